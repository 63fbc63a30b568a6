// Rotary embedding, in place. docs/arithmetic.md, "Layers".

import type { Engine } from '../engine.ts';
import type { Region } from '../layout.ts';

/** Rotates the heads of x[M, heads * d] in place; row m stands at position `first + m mod T`. Tables are [positions, d/2]. */
export function rope(
  e: Engine,
  x: Region,
  M: number,
  T: number,
  heads: number,
  d: number,
  cos: Region,
  sin: Region,
  first = 0,
): void {
  rotate(e, x, M, T, heads, d, cos, sin, first, 0);
}

/** The inverse rotation of a gradient, in place. */
export function ropeBackward(
  e: Engine,
  dx: Region,
  M: number,
  T: number,
  heads: number,
  d: number,
  cos: Region,
  sin: Region,
): void {
  rotate(e, dx, M, T, heads, d, cos, sin, 0, 1);
}

function rotate(
  e: Engine,
  x: Region,
  M: number,
  T: number,
  heads: number,
  d: number,
  cos: Region,
  sin: Region,
  first: number,
  backward: number,
): void {
  e.run('rope', M, e.chunkOf(M), [x.at, heads * d * 4, heads, d, cos.at, sin.at, T, first, backward], 'rope');
}
