// What requests of OpenAI's clients mean: their shapes, the prompts and parameters that follow, and the model that they are for. Knows no HTTP.
export { type AnswerPart, type CallAnswer, callAnswerOf, joinedParts } from './call-answer.ts';
export {
  chatMeaning,
  completionMeaning,
  givenSeed,
  type Meaning,
  receiptRequestOf,
  type StatedRequest,
  statedChat,
  statedCompletion,
} from './meaning.ts';
export { digestOfHeld, optionsOf } from './parameters.ts';
export type { Prompt } from './prompts.ts';
export { sealedRunOf, sealOf } from './seal.ts';
export { ServedModel } from './served-model.ts';
export * from './shapes.ts';
export { messagesOf, toolsOf } from './tools.ts';
