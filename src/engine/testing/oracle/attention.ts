// Causal attention with grouped heads. Queries form blocks of 48. Inside a block all sums over keys run to the block's end, and
// masked entries (key after query) take part as +0: this decides the sign of a zero, so it is part of the bits.

import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { rowSum, rowSumOfProducts } from './elementary.ts';

const BLOCK = 48;

/** q [M, H*d], k, v [M, G*d]. */
interface Attention {
  q: FloatArray;
  k: FloatArray;
  v: FloatArray;
  /** Rows of each sequence; M together. */
  lengths: readonly number[];
  /** Query heads, a multiple of G. */
  H: number;
  /** Key-value heads. */
  G: number;
  /** Size of a head. */
  d: number;
}

/** The number of keys that the sums for query i run over. */
const keysFor = (i: number, T: number): number => Math.min(i - (i % BLOCK) + BLOCK, T);

/** Index in q, o [M, H*d] or k, v [M, G*d] at which the row of a head begins. */
const rowStart = (row: number, heads: number, head: number, d: number): number => (row * heads + head) * d;

const scaleOf = (A: Arithmetic, d: number): number => A.round(1 / Math.sqrt(d));

/** Probabilities of query `i`, q [d], over its keys [E]; `k` begins at the first key of the sequence, keys are `stride` apart. */
function probabilities(
  A: Arithmetic,
  q: FloatArray,
  k: FloatArray,
  { i, T, stride }: { i: number; T: number; stride: number },
): FloatArray {
  const d = q.length;
  const scale = scaleOf(A, d);
  const E = keysFor(i, T);
  const s = A.array(E);
  let largest = -Infinity;
  for (let j = 0; j <= i; j++) {
    let acc = 0;
    for (let c = 0; c < d; c++) acc = A.fma(q[c], k[j * stride + c], acc);
    s[j] = A.round(acc * scale);
    if (s[j] > largest) largest = s[j];
  }
  const e = A.array(E);
  for (let j = 0; j <= i; j++) e[j] = A.exp(A.round(s[j] - largest));
  const inverse = A.round(1 / rowSum(A, e));
  const p = A.array(E);
  for (let j = 0; j < E; j++) p[j] = A.round(e[j] * inverse);
  return p;
}

/** Heads and queries of all sequences, ascending: where the query's row and the first key of its head begin, its probabilities. */
function* queriesOf(A: Arithmetic, { q, k, lengths, H, G, d }: Omit<Attention, 'v'>) {
  let start = 0;
  for (const T of lengths) {
    for (let h = 0; h < H; h++) {
      const first = rowStart(start, G, Math.floor(h / (H / G)), d);
      for (let i = 0; i < T; i++) {
        const row = rowStart(start + i, H, h, d);
        const p = probabilities(A, q.subarray(row, row + d), k.subarray(first), { i, T, stride: G * d });
        yield { i, row, first, p };
      }
    }
    start += T;
  }
}

/** -> o [M, H*d]. */
export function attention(A: Arithmetic, of: Attention): FloatArray {
  const { q, v, G, d } = of;
  const o = A.array(q.length);
  for (const { row, first, p } of queriesOf(A, of)) {
    for (let c = 0; c < d; c++) {
      let acc = 0;
      for (let j = 0; j < p.length; j++) acc = A.fma(p[j], v[first + j * G * d + c], acc);
      o[row + c] = acc;
    }
  }
  return o;
}

/** dO, o [M, H*d] -> dq [M, H*d], dk, dv [M, G*d]. `o` is the result of `attention`. */
export function attentionBackward(
  A: Arithmetic,
  of: Attention & { dO: FloatArray; o: FloatArray },
): { dq: FloatArray; dk: FloatArray; dv: FloatArray } {
  const { dO, o, q, k, v, G, d } = of;
  const dq = A.array(q.length);
  const dk = A.array(k.length);
  const dv = A.array(v.length);
  const scale = scaleOf(A, d);
  // Each element of dk and dv is one chain over the group's heads, then over i: key j is among the keys of query i exactly from the
  // start of j's block on.
  for (const { i, row, first, p } of queriesOf(A, of)) {
    const delta = rowSumOfProducts(A, dO.subarray(row, row + d), o.subarray(row, row + d));
    const ds = A.array(p.length);
    for (let j = 0; j <= i; j++) {
      let dp = 0;
      for (let c = 0; c < d; c++) dp = A.fma(dO[row + c], v[first + j * G * d + c], dp);
      ds[j] = A.round(A.round(p[j] * A.round(dp - delta)) * scale);
    }
    for (let j = 0; j < p.length; j++) {
      const key = first + j * G * d;
      for (let c = 0; c < d; c++) {
        dq[row + c] = A.fma(ds[j], k[key + c], dq[row + c]);
        dk[key + c] = A.fma(ds[j], q[row + c], dk[key + c]);
        dv[key + c] = A.fma(p[j], dO[row + c], dv[key + c]);
      }
    }
  }
  return { dq, dk, dv };
}
