// Calls of tools in an answer: the forms of templates, masks that hold answers to them, and answers taken apart.
export { CallChooser, CallMask, CallTokens } from './call-mask.ts';
export { type CallableTool, CallReader } from './call-reader.ts';
export { CallText } from './call-text.ts';
