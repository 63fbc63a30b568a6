// What GGUF's reader and writer agree on: the types of metadata and of tensors, by the numbers that stand in a file.

/** Types of metadata, by number. */
export const VALUE_TYPES = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'float32',
  'bool',
  'string',
  'array',
  'uint64',
  'int64',
  'float64',
] as const;

export type GgufType = (typeof VALUE_TYPES)[number];

/** A value and its type. Whole numbers of 64 bits are bigint, those below number. */
export type GgufValue =
  | { type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'; value: number }
  | { type: 'uint64' | 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | GgufArray;

/** Elements of one type; those of `of: 'array'` are arrays in turn. */
export interface GgufArray {
  type: 'array';
  of: GgufType;
  value: (number | bigint | boolean | string)[] | GgufArray[];
}

/** Types of tensors: their number, elements in a block, bytes of a block. Of ggml's many these are read and written. */
export const TENSOR_TYPES = {
  F32: { number: 0, block: 1, bytes: 4 },
  F16: { number: 1, block: 1, bytes: 2 },
  Q8_0: { number: 8, block: 32, bytes: 34 },
} as const;

export type GgufTensorType = keyof typeof TENSOR_TYPES;

/** Bytes of so many elements, a whole number of blocks. */
export function ggufBytes(type: GgufTensorType, elements: number): number {
  const { block, bytes } = TENSOR_TYPES[type];
  return (elements / block) * bytes;
}

export const MAGIC = 0x46554747; // GGUF
export const VERSION = 3;
/** Tensors begin at multiples of this, unless `general.alignment` says otherwise. */
export const ALIGNMENT = 32;
/** ggml's longest name of a tensor, in bytes. */
export const MAX_TENSOR_NAME = 63;
/** ggml's most dimensions of a tensor. */
export const MAX_DIMENSIONS = 4;

export const aligned = (at: number, alignment: number): number => Math.ceil(at / alignment) * alignment;
