// RMSNorm. docs/arithmetic.md, "Layers".

import type { Norm, NormBackward } from '../../engine.ts';
import { normBackwardShape, normShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';

export function norm(d: Device, of: Norm): void {
  const { M, D } = normShape(of);
  const { x, weight, y, inv, eps } = of;
  d.run('norm', { x, weight, y, inv, D, eps }, { items: M });
}

export function normBackward(d: Device, of: NormBackward): void {
  const { M, D } = normBackwardShape(of);
  const { dy, x, weight, inv, dx, dWeight } = of;
  const groups = Math.ceil(D / SIZES.columnGroup);
  d.run('normWeight', { dy, x, inv, dWeight, M, D }, { items: groups, chunk: 1, label: 'normBackward' });
  d.scratch(2 * (D * 4 + 64) + 64);
  d.run('normBackward', { dy, x, weight, inv, dx, D }, { items: M });
}
