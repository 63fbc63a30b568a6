// The stored weights of a model by Hugging Face's names: what opening needs of files of any format.

import type { StoredWeights } from '../model/index.ts';

export interface Weights {
  readonly tensors: ReadonlyMap<
    string,
    { dtype: string; shape: number[]; byteLength: number /** Name of its file. */; file: string }
  >;
  readonly files: readonly { name: string; path: string /** Bytes. */; size: number }[];
  /** Fills `target` with numbers of a tensor as float32, from number `offset` of the tensor on. */
  readFloats(name: string, target: Float32Array, offset?: number): void;
  /** Tensors of signed bytes with scales, and their rows from row `first` on as they are stored. @throws JikjiError for a scale that is not finite */
  q8?: StoredWeights['q8'];
  close(): void;
}
