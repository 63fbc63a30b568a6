// Continuing a text with a model of a run or of a Hugging Face folder.
export { type SampleOptions, sampleModel } from './sample.ts';
