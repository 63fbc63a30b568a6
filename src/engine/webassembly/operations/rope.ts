// Rotary embedding, in place. docs/arithmetic.md, "Layers".

import type { Rope } from '../../engine.ts';
import { ropeShape } from '../../shapes.ts';
import { ARGUMENTS } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';

export const rope = (d: Device, of: Rope): void => rotate(d, of, false);

export const ropeBackward = (d: Device, of: Rope): void => rotate(d, of, true);

function rotate(d: Device, of: Rope, inverse: boolean): void {
  const { M, heads, headDim } = ropeShape(of);
  const { words } = d;
  const a = ARGUMENTS.rope;
  words[a.x] = at(of.x);
  words[a.stride] = heads * headDim * 4;
  words[a.heads] = heads;
  words[a.headDim] = headDim;
  words[a.cos] = at(of.cos);
  words[a.sin] = at(of.sin);
  words[a.T] = of.length;
  words[a.first] = of.first;
  words[a.inverse] = inverse ? 1 : 0;
  d.run('rope', M, chunkOf(d, M));
}
