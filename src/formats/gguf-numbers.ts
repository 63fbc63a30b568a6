// Converts float32 to the numbers of GGUF's tensors and back: F32, F16, BF16 (back only) and blocks of Q8_0. Knows no files.

import { halfBits, narrow, widen } from './float16.ts';
import { type GgufTensorType, ggufBytes, TENSOR_TYPES } from './gguf-format.ts';

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const Q8_0 = TENSOR_TYPES.Q8_0;

/** Encodes values in a tensor's type, little-endian; for Q8_0 in whole blocks of 32. */
export function encodeNumbers(type: GgufTensorType, values: Float32Array): Uint8Array {
  if (!littleEndian) throw new Error('GGUF is written on little-endian machines only');
  if (type === 'BF16') throw new Error('BF16 is read, not written');
  if (values.length % TENSOR_TYPES[type].block !== 0) throw new Error(`${values.length} values are not whole blocks`);
  if (type === 'F32') {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    return new Uint8Array(bits.slice().buffer);
  }
  if (type === 'F16') return narrow('F16', values);
  const out = new Uint8Array(ggufBytes(type, values.length));
  for (let from = 0, at = 0; from < values.length; from += Q8_0.block, at += Q8_0.bytes) {
    encodeBlock(values, from, out, at);
  }
  return out;
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The value of a float16 given by its bits. */
export function fromHalfBits(bits: number): number {
  widen('F16', new Uint8Array(Uint16Array.of(bits).buffer), scratch);
  return scratch[0];
}

/**
 * A block of Q8_0 as ggml's quantize_row_q8_0_ref writes it: scale d = largest magnitude / 127 as F16, then 32 signed bytes
 * round(x * (1 / d)), halves away from zero, with d before it was rounded to F16. All steps in float32.
 */
function encodeBlock(values: Float32Array, from: number, out: Uint8Array, at: number): void {
  let max = 0;
  for (let i = 0; i < Q8_0.block; i++) max = Math.max(max, Math.abs(values[from + i]));
  const scale = Math.fround(max / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  scratch[0] = scale;
  const half = halfBits(scratchBits[0]);
  out[at] = half & 255;
  out[at + 1] = half >>> 8;
  if (!Number.isFinite(inverse)) return; // the scale is 0 as F16, so the values do not matter
  for (let i = 0; i < Q8_0.block; i++) {
    const x = Math.fround(values[from + i] * inverse);
    const magnitude = Math.floor(Math.abs(x) + 0.5);
    out[at + 2 + i] = x < 0 ? -magnitude : magnitude;
  }
}

/** Decodes whole blocks to float32. `bytes` begin at an even byte of their buffer; `target` has exactly their length. */
export function decodeNumbers(type: GgufTensorType, bytes: Uint8Array, target: Float32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 'F32') {
    for (let i = 0; i < target.length; i++) target[i] = view.getFloat32(i * 4, true);
  } else if (type === 'F16' || type === 'BF16') {
    widen(type, bytes, target);
  } else {
    for (let i = 0; i < target.length; i++) {
      const at = Math.floor(i / Q8_0.block) * Q8_0.bytes;
      target[i] = fromHalfBits(view.getUint16(at, true)) * view.getInt8(at + 2 + (i % Q8_0.block));
    }
  }
}
