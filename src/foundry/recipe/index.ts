// The recipe: its keys, reading with errors that name key and line, writing with all defaults, sizes and costs. Knows nothing of how a
// recipe is carried out.

export { type CheckpointInput, type Checkpoints, chooseCheckpoints, runBytes } from './checkpoints.ts';
export { PIECE_BYTES, TextSample } from './difficulty.ts';
export { type Expected, type ExpectedInput, expectedBitsPerByte, reasonOfKind, sayExpected } from './expected.ts';
export { LanguageGuess } from './language.ts';
export { parseOverride } from './override.ts';
export { leastEntries, type ParentShape } from './parent-shape.ts';
export { type ParseOptions, parseRecipe, parseRunRecipe, readRecipe, readRecipeText } from './read.ts';
export { rewriteRecipe } from './rewrite.ts';
export { type From, MAX_CONTEXT, MAX_TURN_TOKENS, READERS, type ReaderName, type RecipeValues } from './schema.ts';
export { drawSeed, withSeed } from './seed.ts';
export {
  defaultIntermediateSize,
  defaultMicroBatchSize,
  flopsPerToken,
  modelOf,
  parameterCount,
  stateBytes,
  trainingFlops,
} from './sizes.ts';
export {
  LEAST_TEXT_BYTES,
  RATE_BY_WIDTH,
  type Sizing,
  type SizingInput,
  STEPS_SHARE,
  sizeFor,
  tuningRate,
} from './sizing.ts';
export { listOf, scriptPattern } from './source-values.ts';
export { type FoundSource, type FoundTexts, sayOtherFiles, surveyFolder } from './survey.ts';
export { conversationKind, isConversations, turnTokensOf } from './turn-tokens.ts';
export type {
  CorpusRecipe,
  ModelRecipe,
  Recipe,
  RecipeSource,
  RunRecipe,
  TrainRecipe,
} from './types.ts';
export { recipeDigestInput, recipeToYaml } from './write.ts';
