// Exports a model as a Hugging Face folder with its model card, or as GGUF for llama.cpp.
export { type ExportOptions, type ExportResult, exportModel } from './export.ts';
export { writeOutput, writePieces } from './output.ts';
