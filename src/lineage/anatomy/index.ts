// What a stored model is made of: its towers and their blocks by the tables of families, and the rows of these, read from any kind of file.
export { openStored, type StoredModel } from './stored-model.ts';
export type { Anatomy, Block, Gain, Group, GroupKind, Tower, View } from './types.ts';

import type { Anatomy, View } from './types.ts';
export interface StoredModel {
  path: string;
  anatomy: Anatomy;
  tensors: ReadonlyMap<string, { dtype: string; shape: readonly number[] }>;
  files: readonly { name: string; path: string; size: number }[];
  tokens: { ids: ReadonlyMap<string, number>; merges: readonly string[] | undefined; digest: string } | undefined;
  run: string | undefined;
  readRows(view: View, rows: readonly number[] | Uint32Array, target: Float32Array): void;
  readVector(tensor: string): Float32Array;
  close(): void;
}
export declare function openStored(path: string): StoredModel;
