// Hostile model folders: thousands of mutated files, opened in separate processes. Always a clear error or a usable model, in bounded time
// and memory.

import { expect, test } from 'vitest';
import type { Kind } from './testing/hostile.ts';
import { hostileTrials } from './testing/hostile-trials.ts';

/** Cases of each kind; under torture as many as the documents promise. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 60;

const kinds: Kind[] = ['index', 'shards', 'config', 'tokenizer, ours', 'tokenizer, of others', 'tokenizer config'];
const usableOf = hostileTrials('./hostile.ts');

test.each(kinds)(`${CASES} mutations of %s`, { timeout: 3_600_000 }, async (kind) => {
  const usable = await usableOf(kind, CASES);
  expect(usable).toBeLessThan(CASES);
  expect(usable).toBeGreaterThan(0);
});
