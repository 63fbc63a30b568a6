// Opening a MODEL: a run folder or a Hugging Face folder of a Llama model.
export { type Model, openModel } from './load.ts';
