// The foundry's face: a recipe becomes a run, a model continues a text, a machine is measured.
export {
  type BenchOptions,
  type BenchResult,
  benchShape,
  configOfShape,
  MEASURED_STEPS,
  measureStep,
  SHAPES,
  type Shape,
  type StepTime,
} from './bench.ts';
export type { Message } from './conversation/index.ts';
export {
  checkEncodings,
  conversationsIn,
  fittingConversations,
  surveyConversations,
  surveyText,
  utf8Lines,
} from './corpus/index.ts';
export {
  compareWithBaseline,
  type EvaluateOptions,
  type EvaluateProgress,
  type EvaluateResult,
  evaluateModel,
  leavePart,
  type SplitEvaluation,
  type SplitTask,
  splitEvaluation,
} from './evaluate/index.ts';
export { type ExportOptions, type ExportResult, exportModel } from './export/index.ts';
export {
  type Answer,
  openTalk,
  type SampleOptions,
  Speaker,
  type SpeakOptions,
  sampleModel,
  type Talk,
  type TalkOptions,
} from './generate/index.ts';
export { openModel } from './load/index.ts';
export {
  ARITHMETIC_VERSION,
  type CardFacts,
  CHAT_FILES,
  chatFiles,
  checkFolder,
  checkpointPlan,
  countReferences,
  folderOfRun,
  followRun,
  interleaved,
  type LodgingRequest,
  type MakeEvent,
  type MakeOptions,
  type MakeResult,
  makeRun,
  makeText,
  marksFile,
  type OfficeClient,
  openReferences,
  parentShape,
  prepareRun,
  REFERENCE_BYTES,
  runCard,
  type Stage,
  scoreHeldOut,
  type TokensManifest,
  textBytes,
  tokenLeaves,
  tokensFile,
  tokensManifestSchema,
  tokensScored,
  weightsDigest,
} from './make/index.ts';
export * from './recipe/index.ts';
export {
  type ComparedRun,
  type Comparison,
  compareRuns,
  type ExportedCurves,
  exportCurves,
  type Scalar,
} from './runs/index.ts';
export * from './sweep/index.ts';
