// Initial weights from counter-based random numbers. docs/arithmetic.md, "Random numbers".

import type { Random } from '../../engine.ts';
import { keyOf, streamOf } from '../../philox.ts';
import { sameElements } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';

export function random(d: Device, of: Random): void {
  const count = sameElements([of.target]);
  const [seedLow, seedHigh] = keyOf(of.seed);
  const [streamLow, streamHigh] = streamOf(of.name);
  const { words } = d;
  const a = ARGUMENTS.random;
  words[a.target] = at(of.target);
  words[a.count] = count;
  words[a.seedLow] = seedLow;
  words[a.seedHigh] = seedHigh;
  words[a.streamLow] = streamLow;
  words[a.streamHigh] = streamHigh;
  d.doubles[a.std / 2] = of.std;
  const blocks = Math.ceil(count / SIZES.randomBlock);
  d.scratch(16);
  d.run('random', blocks, chunkOf(d, blocks));
}
