// Products with a weight of bytes, by the definition: whole numbers within a block, one chain over blocks.

import { Q8 } from '../../engine.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';

const LARGEST = 8191;
const TINY = 2 ** -100;

/** The value of a finite binary16. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

/** Block `block` of row n of a weight [N, K] as it is stored: its scale and its bytes. */
function blockAt(stored: Uint8Array, K: number, n: number, block: number): { d: number; q: Int8Array } {
  const at = (n * (K / Q8.block) + block) * Q8.bytes;
  const bytes = stored.slice(at, at + Q8.bytes);
  return { d: half(bytes[0]! + bytes[1]! * 256), q: new Int8Array(bytes.buffer, 2, Q8.block) };
}

const roundToEven = (x: number): number => {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
};

/** A block of x as whole numbers and their scale. */
function wholeNumbers(A: Arithmetic, x: FloatArray): { z: number[]; s: number } {
  const most = Math.max(...[...x].map(Math.abs));
  if (most < TINY) return { z: [...x].map(() => 0), s: 0 };
  const factor = A.round(LARGEST / most);
  return { z: [...x].map((value) => roundToEven(A.round(value * factor))), s: A.round(most / LARGEST) };
}

/** x [M, K], a weight [N, K] as it is stored -> y [M, N]; the chains start at `from` [M, N] or at +0. */
export function linearQ8(
  A: Arithmetic,
  x: FloatArray,
  stored: Uint8Array,
  { M, K, N, from }: { M: number; K: number; N: number; from?: FloatArray | undefined },
): FloatArray {
  const y = A.array(M * N);
  if (from) y.set(from);
  for (let block = 0; block < K / Q8.block; block++) {
    const weights = Array.from({ length: N }, (_, n) => blockAt(stored, K, n, block));
    for (let m = 0; m < M; m++) {
      const first = m * K + block * Q8.block;
      const { z, s } = wholeNumbers(A, x.slice(first, first + Q8.block));
      for (const [n, { d, q }] of weights.entries()) {
        const sum = z.reduce((total, value, k) => total + value * q[k]!, 0);
        y[m * N + n] = A.fma(A.round(sum), A.round(s * d), y[m * N + n]!);
      }
    }
  }
  return y;
}

/** The rows of a weight [V, D] as it is stored, for tokens [M] -> [M, D]. */
export function embeddingQ8(A: Arithmetic, stored: Uint8Array, tokens: ArrayLike<number>, D: number): FloatArray {
  const x = A.array(tokens.length * D);
  for (let m = 0; m < tokens.length; m++) {
    for (let k = 0; k < D; k++) {
      const { d, q } = blockAt(stored, D, tokens[m]!, Math.floor(k / Q8.block));
      x[m * D + k] = d * q[k % Q8.block]!;
    }
  }
  return x;
}
