// Continuing a text, or a talk, with a model of a run or of a Hugging Face folder.
export { type Answer, openTalk, type Talk, type TalkOptions } from './chat.ts';
export { type SampleOptions, sampleModel } from './sample.ts';
