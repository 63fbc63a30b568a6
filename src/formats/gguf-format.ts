// The constants of GGUF that its reader and writer share: the types of metadata and of tensors, by their numbers in the file.

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

/** The number types: their bytes, and the names of Node's Buffer methods without `read` and `write`. */
export const NUMBERS = {
  uint8: { bytes: 1, method: 'UInt8' },
  int8: { bytes: 1, method: 'Int8' },
  uint16: { bytes: 2, method: 'UInt16LE' },
  int16: { bytes: 2, method: 'Int16LE' },
  uint32: { bytes: 4, method: 'UInt32LE' },
  int32: { bytes: 4, method: 'Int32LE' },
  float32: { bytes: 4, method: 'FloatLE' },
  uint64: { bytes: 8, method: 'BigUInt64LE' },
  int64: { bytes: 8, method: 'BigInt64LE' },
  float64: { bytes: 8, method: 'DoubleLE' },
} as const;

/** A value and its type. Whole numbers of 64 bits are bigint, smaller ones number. */
export type GgufValue =
  | { type: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'; value: number }
  | { type: 'uint64' | 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | GgufArray;

/** Elements of one type; with `of: 'array'` they are arrays. */
export interface GgufArray {
  type: 'array';
  of: GgufType;
  value: (number | bigint | boolean | string)[] | GgufArray[];
}

/** Types of tensors: their number, elements of a block, bytes of a block. Models in these of ggml's types are computed. */
export const TENSOR_TYPES = {
  F32: { number: 0, block: 1, bytes: 4 },
  F16: { number: 1, block: 1, bytes: 2 },
  Q8_0: { number: 8, block: 32, bytes: 34 },
  BF16: { number: 30, block: 1, bytes: 2 },
} as const;

export type GgufTensorType = keyof typeof TENSOR_TYPES;

/** Names of ggml's types that are not read, by number, for messages. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
};

export const otherTypeName = (number: number): string => OTHER_TYPES[number] ?? `type ${number}`;

/** Bytes of a number of elements, which must be whole blocks. */
export function ggufBytes(type: GgufTensorType, elements: number): number {
  const { block, bytes } = TENSOR_TYPES[type];
  return (elements / block) * bytes;
}

export const MAGIC = 0x46554747; // GGUF
export const VERSION = 3;
/** Tensors begin at multiples of this, unless `general.alignment` says otherwise. */
export const ALIGNMENT = 32;
/** ggml's limit for the name of a tensor, in bytes. */
export const MAX_TENSOR_NAME = 63;
/** ggml's limit for the dimensions of a tensor. */
export const MAX_DIMENSIONS = 4;

export const alignUp = (at: number, alignment: number): number => Math.ceil(at / alignment) * alignment;
