// Initial weights from counter-based random numbers. docs/arithmetic.md, "Random numbers".

import type { Random } from '../../engine.ts';
import { keyOf, streamOf } from '../../philox.ts';
import { sameElements } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';

export function random(d: Device, { target, name, seed, std }: Random): void {
  const count = sameElements([target]);
  const [seedLow, seedHigh] = keyOf(seed);
  const [streamLow, streamHigh] = streamOf(name);
  d.scratch(16);
  const values = { target, count, seedLow, seedHigh, streamLow, streamHigh, std };
  d.run('random', values, { items: Math.ceil(count / SIZES.randomBlock) });
}
