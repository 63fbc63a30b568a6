// Writes GGUF, version 3: metadata, then the tensors in order, each computed when it is written. Returns bytes; knows no files
// and no models.

import {
  ALIGNMENT,
  alignUp,
  type GgufArray,
  type GgufTensorType,
  type GgufValue,
  ggufBytes,
  MAGIC,
  MAX_DIMENSIONS,
  MAX_TENSOR_NAME,
  NUMBERS,
  TENSOR_TYPES,
  VALUE_TYPES,
  VERSION,
} from './gguf-format.ts';
import { encodeNumbers } from './gguf-numbers.ts';

export interface GgufInput {
  name: string;
  type: GgufTensorType;
  /** Row-major: the last size is that of a row. (In the file it comes first.) */
  shape: readonly number[];
  /** The values in order, in pieces of whole blocks. */
  values: () => Iterable<Float32Array>;
}

const elementsOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Bytes of the whole file. */
export function ggufSize(metadata: readonly (readonly [string, GgufValue])[], tensors: readonly GgufInput[]): number {
  const data = tensors.reduce((sum, t) => sum + alignUp(ggufBytes(t.type, elementsOf(t.shape)), ALIGNMENT), 0);
  return header(metadata, tensors).length + data;
}

/** The bytes of the file in pieces. */
export function* ggufPieces(
  metadata: readonly (readonly [string, GgufValue])[],
  tensors: readonly GgufInput[],
): Generator<Uint8Array> {
  yield header(metadata, tensors);
  for (const { name, type, shape, values } of tensors) {
    let bytes = 0;
    for (const piece of values()) {
      const encoded = encodeNumbers(type, piece);
      bytes += encoded.length;
      yield encoded;
    }
    if (bytes !== ggufBytes(type, elementsOf(shape))) throw new Error(`${name}: ${bytes} bytes for [${shape}]`);
    const padding = alignUp(bytes, ALIGNMENT) - bytes;
    if (padding > 0) yield new Uint8Array(padding);
  }
}

/** The bytes before the first tensor, padded. */
function header(metadata: readonly (readonly [string, GgufValue])[], tensors: readonly GgufInput[]): Buffer {
  const out = new Bytes();
  out.uint32(MAGIC);
  out.uint32(VERSION);
  out.uint64(BigInt(tensors.length));
  out.uint64(BigInt(metadata.length));
  for (const [key, value] of metadata) {
    out.string(key);
    out.uint32(VALUE_TYPES.indexOf(value.type));
    out.value(value);
  }
  let offset = 0;
  for (const { name, type, shape } of tensors) {
    if (Buffer.byteLength(name) > MAX_TENSOR_NAME) throw new Error(`${name} is longer than ggml's names`);
    const { block, number } = TENSOR_TYPES[type];
    if (shape.length > MAX_DIMENSIONS || shape.at(-1)! % block !== 0) throw new Error(`${name}: [${shape}] as ${type}`);
    out.string(name);
    out.uint32(shape.length);
    for (const size of shape.toReversed()) out.uint64(BigInt(size));
    out.uint32(number);
    out.uint64(BigInt(offset));
    offset = alignUp(offset + ggufBytes(type, elementsOf(shape)), ALIGNMENT);
  }
  return out.padded(ALIGNMENT);
}

/** A buffer that grows. */
class Bytes {
  #buffer = Buffer.alloc(1 << 16);
  #length = 0;

  /** Appends `bytes` bytes and returns their position. */
  #reserve(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#length, this.#buffer.length * 2));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    return at;
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  uint64(value: bigint): void {
    const at = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, at);
  }

  string(text: string): void {
    const bytes = Buffer.from(text);
    this.uint64(BigInt(bytes.length));
    const at = this.#reserve(bytes.length);
    bytes.copy(this.#buffer, at);
  }

  value(value: GgufValue): void {
    if (value.type === 'array') {
      this.uint32(VALUE_TYPES.indexOf(value.of));
      this.uint64(BigInt(value.value.length));
      for (const element of value.value) {
        this.value(value.of === 'array' ? (element as GgufArray) : ({ type: value.of, value: element } as GgufValue));
      }
    } else if (value.type === 'string') {
      this.string(value.value);
    } else {
      const { bytes, method } = NUMBERS[value.type === 'bool' ? 'uint8' : value.type];
      const at = this.#reserve(bytes);
      this.#buffer[`write${method}`]((value.type === 'bool' ? Number(value.value) : value.value) as never, at);
    }
  }

  padded(alignment: number): Buffer {
    this.#reserve(alignUp(this.#length, alignment) - this.#length);
    return this.#buffer.subarray(0, this.#length);
  }
}
