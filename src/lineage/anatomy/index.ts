// What a stored model is made of: its towers and their blocks by the tables of families, and the rows of these, read from any kind of file.
export { openStored, type StoredModel } from './stored-model.ts';
export type { Anatomy, Block, GroupKind, Tower, View } from './types.ts';
