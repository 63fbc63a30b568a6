// The stored weights of a model by Hugging Face's names: what opening needs of files of any format.

export interface Weights {
  readonly tensors: ReadonlyMap<
    string,
    { dtype: string; shape: number[]; byteLength: number /** Name of its file. */; file: string }
  >;
  readonly files: readonly { name: string; path: string /** Bytes. */; size: number }[];
  /** Fills `target` with numbers of a tensor as float32, from number `offset` of the tensor on. */
  readFloats(name: string, target: Float32Array, offset?: number): void;
  close(): void;
}
