// SwiGLU, element by element. docs/arithmetic.md, "Layers".

import type { Swiglu, SwigluBackward } from '../../engine.ts';
import { sameElements } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';

export function swiglu(d: Device, of: Swiglu): void {
  const count = sameElements([of.gate, of.up, of.y]);
  const { words } = d;
  const a = ARGUMENTS.swiglu;
  words[a.gate] = at(of.gate);
  words[a.up] = at(of.up);
  words[a.y] = at(of.y);
  words[a.count] = count;
  const blocks = Math.ceil(count / SIZES.block);
  d.run('swiglu', blocks, chunkOf(d, blocks));
}

export function swigluBackward(d: Device, of: SwigluBackward): void {
  const count = sameElements([of.dy, of.gate, of.up, of.dGate, of.dUp]);
  const { words } = d;
  const a = ARGUMENTS.swigluBackward;
  words[a.dy] = at(of.dy);
  words[a.gate] = at(of.gate);
  words[a.up] = at(of.up);
  words[a.dGate] = at(of.dGate);
  words[a.dUp] = at(of.dUp);
  words[a.count] = count;
  const blocks = Math.ceil(count / SIZES.block);
  d.run('swigluBackward', blocks, chunkOf(d, blocks));
}
