// RMSNorm. docs/arithmetic.md, "Layers".

import { bits, type Engine } from '../engine.ts';
import type { Region } from '../layout.ts';

/** Scratch bytes a thread needs for rows of D. */
export const normScratch = (D: number): number => 2 * (D * 4 + 64) + 64;

/** y[M, D] = x * inv * w with inv[M] = 1 / sqrt(mean(x^2) + eps) kept for the backward pass. */
export function norm(e: Engine, x: Region, w: Region, y: Region, inv: Region, M: number, D: number, eps: number): void {
  e.run('norm', M, e.chunkOf(M), [x.at, w.at, y.at, inv.at, D, bits(eps)]);
}

/** dx[M, D] is added to what is there; dw[D] continues its chains over rows. */
export function normBackward(
  e: Engine,
  dy: Region,
  x: Region,
  w: Region,
  inv: Region,
  dx: Region,
  dw: Region,
  M: number,
  D: number,
): void {
  e.run('normWeight', Math.ceil(D / 16), 1, [dy.at, x.at, inv.at, dw.at, M, D], 'normBackward');
  e.run('normBackward', M, e.chunkOf(M), [dy.at, x.at, w.at, inv.at, dx.at, D]);
}
