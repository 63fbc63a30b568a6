// Continues and scores texts with the model of a run or of a Hugging Face folder, many at a time; conversations.
export type { Answer } from './answer.ts';
export { openTalk, type Talk, type TalkOptions } from './chat.ts';
export { type Choice, DEFAULT_SAMPLING } from './choose.ts';
export { Continuation, type Likelihood, type Token } from './continuation.ts';
export type { TextPiece } from './growing-text.ts';
export { compileSchema, JsonMask, JsonReader, MaskTokens } from './json/index.ts';
export { Pipe } from './pipe.ts';
export type { ReplayedText } from './replay.ts';
export { type SampleOptions, sampleModel } from './sample.ts';
export { Scheduler } from './scheduler.ts';
export { type Encoder, rollingRequests, type ScoreRequest, withPrefix } from './score-request.ts';
export { Speaker, type SpeakOptions } from './speaker.ts';
export { type Continued, type ContinueOptions, type End, type EndReason, TextModel } from './text-model.ts';
export {
  type CallableTool,
  CallChooser,
  CallMask,
  CallReader,
  CallText,
  CallTokens,
} from './tools/index.ts';
