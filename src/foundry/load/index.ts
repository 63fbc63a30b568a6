// Opening a MODEL: a run folder or a Hugging Face folder.
export { type Inspection, inspectModel } from './inspect.ts';
export { type Model, openModel, readWeight } from './load.ts';
