// SwiGLU, element by element. docs/arithmetic.md, "Layers".

import type { Swiglu, SwigluBackward } from '../../engine.ts';
import { sameElements } from '../../shapes.ts';
import type { Device } from '../device.ts';
import { blocksOf } from './optimizer.ts';

export function swiglu(d: Device, { gate, up, y }: Swiglu): void {
  const count = sameElements([gate, up, y]);
  d.run('swiglu', { gate, up, y, count }, blocksOf(count));
}

export function swigluBackward(d: Device, { dy, gate, up, dGate, dUp }: SwigluBackward): void {
  const count = sameElements([dy, gate, up, dGate, dUp]);
  d.run('swigluBackward', { dy, gate, up, dGate, dUp, count }, blocksOf(count));
}
