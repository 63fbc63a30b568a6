// Hostile GGUF files: thousands of mutated ones, opened and asked for a text in a separate process. Always a clear error or a model that
// answers, in bounded time and memory.

import { expect, test } from 'vitest';
import { GGUF_KINDS } from './testing/gguf-mutations.ts';
import { hostileTrials } from './testing/hostile-trials.ts';

const KINDS = Object.keys(GGUF_KINDS);
/** Cases of each kind: together 20,000 under torture. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 / KINDS.length : 40;

const usableOf = hostileTrials('./hostile-gguf.ts');

test.each(KINDS)(`${CASES} mutations of %s`, { timeout: 3_600_000 }, async (kind) => {
  const usable = await usableOf(kind, CASES);
  if (CASES < 1000) return; // a few may all end alike
  expect(usable).toBeLessThan(CASES);
  // A header has nothing that may be otherwise but the version and bits that a check does not see.
  if (kind !== 'GGUF header') expect(usable).toBeGreaterThan(0);
});
