// Rotary embedding, in place. docs/arithmetic.md, "Layers".

import type { Rope } from '../../engine.ts';
import { ropeShape } from '../../shapes.ts';
import type { Device } from '../device.ts';

export const rope = (d: Device, of: Rope): void => rotate(d, of, false);

export const ropeBackward = (d: Device, of: Rope): void => rotate(d, of, true);

function rotate(d: Device, of: Rope, inverse: boolean): void {
  const { M, heads, headDim } = ropeShape(of);
  const { x, cos, sin, positions } = of;
  d.run('rope', { x, stride: heads * headDim * 4, heads, headDim, cos, sin, positions, inverse }, { items: M });
}
