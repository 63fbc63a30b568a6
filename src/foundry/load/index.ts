// Opening a MODEL: a run folder or a Hugging Face folder.
export { type Inspection, inspectModel } from './inspect.ts';
export { type Model, openModel } from './load.ts';
