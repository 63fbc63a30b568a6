// Causal attention with grouped heads. docs/arithmetic.md, "Attention".

import { bits, type Engine } from '../engine.ts';
import { type Region, ZEROS } from '../layout.ts';

/** B sequences of T positions, H query heads, G key-value heads of size d. q, o: [B*T, H*d]; k, v: [B*T, G*d]. */
export interface AttentionShape {
  B: number;
  T: number;
  H: number;
  G: number;
  d: number;
}

const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Scratch bytes a thread needs for attention over T positions: packed operands and two blocks of 48 rows of scores. */
export function attentionScratch(T: number, d: number): number {
  const packed = 3 * Math.max(up(T, 16) * d, up(d, 16) * T) + 2 * up(d, 16) * 48;
  return 512 + 4 * (packed + 2 * 48 * (up(T, 16) + 16)) + 256;
}

/** 1 / sqrt(d), as the scores are scaled. */
export const attentionScale = (d: number): number => Math.fround(1 / Math.sqrt(d));

/** Multiply-adds of the scores and sums that causality leaves, as flops. */
const attentionFlops = ({ B, T, H, d }: AttentionShape): number => 2 * B * H * d * T * T;

/** With `start` only the queries of the positions from there on: q and o are [B * (T - start), H * d] then. */
export function attention(
  e: Engine,
  q: Region,
  k: Region,
  v: Region,
  o: Region,
  shape: AttentionShape,
  start = 0,
): void {
  const { B, T, H, G, d } = shape;
  const args = [q.at, k.at, v.at, o.at, T, H, G, d, bits(attentionScale(d)), ZEROS, e.tile, start];
  const flops = attentionFlops(shape) - attentionFlops({ ...shape, T: start });
  e.run('attention', B * G, 1, args, 'attention', flops);
}

/** Writes dq, dk, dv (before the inverse rotation). */
export function attentionBackward(
  e: Engine,
  dO: Region,
  o: Region,
  q: Region,
  k: Region,
  v: Region,
  dq: Region,
  dk: Region,
  dv: Region,
  shape: AttentionShape,
): void {
  const { B, T, H, G, d } = shape;
  const args = [q.at, k.at, v.at, o.at, T, H, G, d, bits(attentionScale(d)), ZEROS, e.tile];
  e.run(
    'attentionBackward',
    B * G,
    1,
    [...args, dO.at, dq.at, dk.at, dv.at],
    'attentionBackward',
    2.5 * attentionFlops(shape),
  );
}

/** One new position (row q[H*d]) against caches of T positions, the new one included; cache rows are `stride` floats apart. */
export function attendOne(
  e: Engine,
  q: Region,
  keys: Region,
  values: Region,
  o: Region,
  T: number,
  H: number,
  G: number,
  d: number,
  stride: number,
): void {
  e.run('attendOne', H, 1, [q.at, keys.at, values.at, o.at, T, G, d, bits(attentionScale(d)), H, stride * 4]);
}
