// Initial weights from counter-based random numbers. docs/arithmetic.md, "Random numbers".

import type { Engine } from '../engine.ts';
import type { Region } from '../layout.ts';
import { keyOf, type Seed, streamOf } from '../philox.ts';

const std64 = new Float64Array(1);
const stdWords = new Uint32Array(std64.buffer);

/** Fills a tensor with normal numbers of deviation `std`; the stream follows from its name. */
export function randomNormal(e: Engine, target: Region, name: string, seed: Seed, std: number): void {
  const [low, high] = streamOf(name);
  std64[0] = std;
  const n = Math.ceil(target.length / 1024);
  const key = keyOf(seed);
  e.run('random', n, e.chunkOf(n), [target.at, target.length, ...key, low, high, stdWords[0]!, stdWords[1]!]);
}
