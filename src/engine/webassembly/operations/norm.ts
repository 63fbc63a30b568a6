// RMSNorm. docs/arithmetic.md, "Layers".

import type { Norm, NormBackward } from '../../engine.ts';
import { normBackwardShape, normShape } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';

export function norm(d: Device, of: Norm): void {
  const { M, D } = normShape(of);
  const { words } = d;
  const a = ARGUMENTS.norm;
  words[a.x] = at(of.x);
  words[a.weight] = at(of.weight);
  words[a.y] = at(of.y);
  words[a.inv] = at(of.inv);
  words[a.D] = D;
  d.floats[a.eps] = of.eps;
  d.run('norm', M, chunkOf(d, M));
}

export function normBackward(d: Device, of: NormBackward): void {
  const { M, D } = normBackwardShape(of);
  const [dy, x, inv] = [at(of.dy), at(of.x), at(of.inv)];
  const { words } = d;
  const w = ARGUMENTS.normWeight;
  words[w.dy] = dy;
  words[w.x] = x;
  words[w.inv] = inv;
  words[w.dWeight] = at(of.dWeight);
  words[w.M] = M;
  words[w.D] = D;
  d.run('normWeight', Math.ceil(D / SIZES.columnGroup), 1, 'normBackward');
  const a = ARGUMENTS.normBackward;
  words[a.dy] = dy;
  words[a.x] = x;
  words[a.weight] = at(of.weight);
  words[a.inv] = inv;
  words[a.dx] = at(of.dx);
  words[a.D] = D;
  d.scratch(2 * (D * 4 + 64) + 64);
  d.run('normBackward', M, chunkOf(d, M));
}
