// Opens models: run folders and Hugging Face folders.
export { findModel, isMoment, placeOfModel } from './find.ts';
export { type Inspection, inspectModel } from './inspect.ts';
export { type Model, openModel, readWeight, templateOf } from './load.ts';
export { MAX_CONFIG, MAX_TOKENIZER } from './model-files.ts';
