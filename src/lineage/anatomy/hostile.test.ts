// Hostile models of many families: thousands of mutated files, opened and read in a separate process. Always a clear error, or an anatomy whose
// rows are inside their tensors, in bounded time and memory.

import { expect, test } from 'vitest';
import { hostileTrials } from '../../foundry/load/testing/hostile-trials.ts';

const KINDS = ['model.safetensors', 'tensors', 'config.json', 'tokenizer.json', 'model.gguf'];
/** Cases of each kind: together 20,000 under torture. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 / KINDS.length : 60;

const usableOf = hostileTrials(new URL('./testing/hostile.ts', import.meta.url).href);

test.each(KINDS)(`${CASES} mutations of %s`, { timeout: 3_600_000 }, async (kind) => {
  const usable = await usableOf(kind, CASES);
  expect(usable).toBeGreaterThan(0);
  if (kind !== 'tensors') expect(usable).toBeLessThan(CASES);
});
