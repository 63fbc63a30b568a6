// Shared by console, decision page and audit page: elements and texts. Does not know how a document is written: the folder
// `document` does that.

export * from './elements/index.ts';
export * from './text/index.ts';
