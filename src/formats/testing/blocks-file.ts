// A GGUF file whose tensors have the bytes that are given, of any type, for tests: the writer of the house has only the types in which models are
// computed.

import { BLOCK_TYPES, type GgufBlockType } from '../gguf-blocks.ts';
import { ALIGNMENT, alignUp, MAGIC, VERSION } from '../gguf-format.ts';

export interface BlocksInput {
  name: string;
  type: GgufBlockType | 'F32';
  /** Row-major. */
  shape: readonly number[];
  data: Uint8Array;
}

const uint32 = (n: number): Buffer => Buffer.from(Uint32Array.of(n).buffer);
const uint64 = (n: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(n)).buffer);
const text = (s: string): Buffer => Buffer.concat([uint64(Buffer.byteLength(s)), Buffer.from(s)]);
const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes], alignUp(bytes.length, ALIGNMENT));

export function blocksFile(tensors: readonly BlocksInput[], metadata: Record<string, string | number> = {}): Buffer {
  const pairs = Object.entries(metadata);
  const header = [uint32(MAGIC), uint32(VERSION), uint64(tensors.length), uint64(pairs.length)];
  for (const [key, value] of pairs)
    header.push(text(key), ...(typeof value === 'string' ? [uint32(8), text(value)] : [uint32(4), uint32(value)]));
  let offset = 0;
  for (const { name, type, shape, data } of tensors) {
    header.push(text(name), uint32(shape.length), ...shape.toReversed().map(uint64));
    header.push(uint32(type === 'F32' ? 0 : BLOCK_TYPES[type].number), uint64(offset));
    offset += alignUp(data.length, ALIGNMENT);
  }
  return Buffer.concat([padded(Buffer.concat(header)), ...tensors.map(({ data }) => padded(data))]);
}
