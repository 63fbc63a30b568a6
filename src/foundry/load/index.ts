// Opening a MODEL: a run folder or a Hugging Face folder of a Llama model.
export { type Inspection, inspectModel } from './inspect.ts';
export { type Model, openModel } from './load.ts';
