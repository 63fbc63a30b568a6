// Converts float32 to the numbers of GGUF's tensors and back: F32, F16, BF16 (back only) and blocks of Q8_0. Knows no files.

import { widen } from './float16.ts';
import { type GgufTensorType, ggufBytes, TENSOR_TYPES } from './gguf-format.ts';

/** Bits of the float16 nearest to a float32 given by its bits, ties to even; beyond 65504 (from 65520 on) infinity. */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // not a number
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    // The exponent's bias goes from 127 to 15; a carry out of the rounded mantissa raises the exponent, as it should.
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below half of the smallest
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent; // the unit becomes 2^-24
  const whole = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (whole + (rest > half || (rest === half && (whole & 1) === 1) ? 1 : 0));
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const Q8_0 = TENSOR_TYPES.Q8_0;

/** Encodes values in a tensor's type, little-endian; for Q8_0 in whole blocks of 32. */
export function encodeNumbers(type: GgufTensorType, values: Float32Array): Uint8Array {
  if (!littleEndian) throw new Error('GGUF is written on little-endian machines only');
  if (type === 'BF16') throw new Error('BF16 is read, not written');
  if (values.length % TENSOR_TYPES[type].block !== 0) throw new Error(`${values.length} values are not whole blocks`);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (type === 'F32') return new Uint8Array(bits.slice().buffer);
  if (type === 'F16') {
    const halves = new Uint16Array(bits.length);
    for (let i = 0; i < bits.length; i++) halves[i] = halfBits(bits[i]!);
    return new Uint8Array(halves.buffer);
  }
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
  return scratch[0]!;
}

/**
 * A block of Q8_0 as ggml's quantize_row_q8_0_ref writes it: scale d = largest magnitude / 127 as F16, then 32 signed bytes
 * round(x * (1 / d)), halves away from zero, with d before it was rounded to F16. All steps in float32.
 */
function encodeBlock(values: Float32Array, from: number, out: Uint8Array, at: number): void {
  let max = 0;
  for (let i = 0; i < Q8_0.block; i++) max = Math.max(max, Math.abs(values[from + i]!));
  const scale = Math.fround(max / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  scratch[0] = scale;
  const half = halfBits(scratchBits[0]!);
  out[at] = half & 255;
  out[at + 1] = half >>> 8;
  if (!Number.isFinite(inverse)) return; // the scale is 0 as F16, so the values do not matter
  for (let i = 0; i < Q8_0.block; i++) {
    const x = Math.fround(values[from + i]! * inverse);
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
