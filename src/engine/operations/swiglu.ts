// SwiGLU, elementwise. docs/arithmetic.md, "Layers".

import type { Engine } from '../engine.ts';
import type { Region } from '../layout.ts';

const chunks = (count: number): number => Math.ceil(count / 4096);

/** y = silu(g) * u over `count` elements. */
export function swiglu(e: Engine, g: Region, u: Region, y: Region, count: number): void {
  e.run('swiglu', chunks(count), e.chunkOf(chunks(count)), [g.at, u.at, y.at, count]);
}

/** dg and du; each may take the place of an input. */
export function swigluBackward(
  e: Engine,
  dy: Region,
  g: Region,
  u: Region,
  dg: Region,
  du: Region,
  count: number,
): void {
  e.run('swigluBackward', chunks(count), e.chunkOf(chunks(count)), [dy.at, g.at, u.at, dg.at, du.at, count]);
}
