// Continues a text or a conversation with the model of a run or of a Hugging Face folder.
export type { Answer } from './answer.ts';
export { openTalk, type Talk, type TalkOptions } from './chat.ts';
export type { Message } from './chat-template.ts';
export { type Choice, DEFAULT_SAMPLING } from './choose.ts';
export { type SampleOptions, sampleModel } from './sample.ts';
export type { Continued, Ended, TextPiece } from './session.ts';
export { Speaker, type SpeakOptions } from './speaker.ts';
