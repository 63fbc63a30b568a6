// Writes GGUF, version 3: metadata, then tensors one after the other, each made when its turn comes. Gives bytes; knows no
// files and no models.

import {
  ALIGNMENT,
  aligned,
  type GgufArray,
  type GgufTensorType,
  type GgufType,
  type GgufValue,
  ggufBytes,
  MAGIC,
  MAX_DIMENSIONS,
  MAX_TENSOR_NAME,
  TENSOR_TYPES,
  VALUE_TYPES,
  VERSION,
} from './gguf-format.ts';
import { encodeNumbers } from './gguf-numbers.ts';

export interface GgufInput {
  name: string;
  type: GgufTensorType;
  /** Row-major as everywhere here: the last size is that of a row. (In the file it stands first.) */
  shape: readonly number[];
  /** The values in order, cut between blocks anywhere. */
  values: () => Iterable<Float32Array>;
}

const elementsOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bytes of the whole file. */
export function ggufSize(metadata: readonly (readonly [string, GgufValue])[], tensors: readonly GgufInput[]): number {
  const data = tensors.reduce((sum, t) => sum + aligned(ggufBytes(t.type, elementsOf(t.shape)), ALIGNMENT), 0);
  return header(metadata, tensors).length + data;
}

/** The file, piece by piece. */
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
    const padding = aligned(bytes, ALIGNMENT) - bytes;
    if (padding > 0) yield new Uint8Array(padding);
  }
}

/** All before the first tensor's bytes, padded. */
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
    offset = aligned(offset + ggufBytes(type, elementsOf(shape)), ALIGNMENT);
  }
  return out.padded(ALIGNMENT);
}

/** Bytes that grow. */
class Bytes {
  #buffer = Buffer.alloc(1 << 16);
  #length = 0;

  #room(bytes: number): number {
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
    const at = this.#room(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  uint64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigUInt64LE(value, at);
  }

  string(text: string): void {
    const bytes = Buffer.from(text);
    this.uint64(BigInt(bytes.length));
    const at = this.#room(bytes.length);
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
      const { bytes, write } = NUMBERS[value.type];
      const at = this.#room(bytes);
      write(this.#buffer, at, value.value as never);
    }
  }

  padded(alignment: number): Buffer {
    this.#room(aligned(this.#length, alignment) - this.#length);
    return this.#buffer.subarray(0, this.#length);
  }
}

const NUMBERS: Record<
  Exclude<GgufType, 'string' | 'array'>,
  { bytes: number; write: (to: Buffer, at: number, value: never) => void }
> = {
  uint8: { bytes: 1, write: (to, at, value: number) => to.writeUInt8(value, at) },
  int8: { bytes: 1, write: (to, at, value: number) => to.writeInt8(value, at) },
  uint16: { bytes: 2, write: (to, at, value: number) => to.writeUInt16LE(value, at) },
  int16: { bytes: 2, write: (to, at, value: number) => to.writeInt16LE(value, at) },
  uint32: { bytes: 4, write: (to, at, value: number) => to.writeUInt32LE(value, at) },
  int32: { bytes: 4, write: (to, at, value: number) => to.writeInt32LE(value, at) },
  float32: { bytes: 4, write: (to, at, value: number) => to.writeFloatLE(value, at) },
  bool: { bytes: 1, write: (to, at, value: boolean) => to.writeUInt8(value ? 1 : 0, at) },
  uint64: { bytes: 8, write: (to, at, value: bigint) => to.writeBigUInt64LE(value, at) },
  int64: { bytes: 8, write: (to, at, value: bigint) => to.writeBigInt64LE(value, at) },
  float64: { bytes: 8, write: (to, at, value: number) => to.writeDoubleLE(value, at) },
};
