// Two runs of one recipe that differ in their seed: tests of forgeries take parts of one for the other.

import { afterAll } from 'vitest';
import type { Signer } from '../../ledger/index.ts';
import { Bench } from './run.ts';

/** `other` is another model of the same shape. Everything is removed after the tests of the file. */
export async function makeTwoRuns(): Promise<{ bench: Bench; signer: Signer; run: string; other: string }> {
  const bench = new Bench();
  afterAll(() => bench.remove());
  const signer = bench.strangersKey('maker');
  return { bench, signer, run: await bench.make(signer), other: await bench.make(signer, { seed: 4711 }) };
}
