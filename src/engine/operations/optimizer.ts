// Gradient norm, AdamW, sums of gradient buffers. docs/arithmetic.md, "A step".

import { bits, type Engine } from '../engine.ts';
import { powInt } from '../functions.ts';
import type { Region } from '../layout.ts';

const blocks = (count: number): number => Math.ceil(count / 4096);

/** Floats that `squareSum` needs for a tensor of `count` elements. */
export const squareSumLength = (count: number): number => blocks(count);

/** sums[squareSumLength(count)] = the squares of each block of a tensor of `count` elements, summed. */
export function blockSquares(e: Engine, g: Region, sums: Region): void {
  const n = blocks(g.length);
  e.run('squares', n, e.chunkOf(n), [g.at, g.length, sums.at]);
}

/** Continues the binary64 chain `sum` over the blocks of one tensor's squares. */
export function squareSum(e: Engine, g: Region, sums: Region, sum: number): number {
  blockSquares(e, g, sums);
  const parts = e.floats(sums);
  for (let i = 0; i < blocks(g.length); i++) sum += parts[i]!;
  return sum;
}

/** What AdamW needs besides the tensors; `step` counts from 1, `clip` is the factor on gradients. */
export interface AdamW {
  learningRate: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  clip: number;
  step: number;
}

/** Updates w, m and v in place. */
export function adamw(e: Engine, w: Region, g: Region, m: Region, v: Region, o: AdamW): void {
  const numbers = [
    o.clip,
    o.beta1,
    1 - o.beta1,
    o.beta2,
    1 - o.beta2,
    1 / (1 - powInt(o.beta1, o.step)),
    1 / (1 - powInt(o.beta2, o.step)),
    o.eps,
    o.weightDecay,
    o.learningRate,
  ];
  const n = blocks(w.length);
  e.run('adamw', n, e.chunkOf(n), [w.at, g.at, m.at, v.at, w.length, ...numbers.map(bits)]);
}

/** target = target + source. */
export function add(e: Engine, target: Region, source: Region): void {
  const n = blocks(target.length);
  e.run('add', n, e.chunkOf(n), [target.at, source.at, target.length]);
}

export function fill(e: Engine, target: Region, value: number): void {
  const n = blocks(target.length);
  e.run('fill', n, e.chunkOf(n), [target.at, target.length, bits(value)]);
}
