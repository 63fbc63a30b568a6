// Hostile GGUF files: thousands of mutated ones, opened and asked for a text in a separate process. Always a clear error or a model that
// answers, in bounded time and memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Trials } from '../../base/testing/trials.ts';
import { GGUF_KINDS } from './testing/gguf-mutations.ts';

const KINDS = Object.keys(GGUF_KINDS);
/** Cases of each kind: together 20,000 under torture. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 / KINDS.length : 40;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Limit of a case in seconds. Most cases take hundredths of a second; the limit allows for loaded machines. */
const MAX_SECONDS = 120;

const script = fileURLToPath(new URL('./testing/hostile-gguf.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-gguf-'));

let trials: Trials<{ rss: number; outcomes: Record<string, number> }> | undefined;
/** One process for all kinds. */
function begun() {
  const folder = mkdtempSync(join(root, 'x'));
  const args = ['--max-old-space-size=512', '--no-warnings', script, folder, `${SEED}`];
  trials = new Trials({ args, cwd: folder, maxSeconds: MAX_SECONDS });
  return trials;
}
afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  trials?.close();
  trials = undefined;
});
afterAll(async () => {
  if (trials) expect(await trials.close()).toBe(0);
  rmSync(root, { recursive: true, force: true });
});

test.each(KINDS)(`${CASES} mutations of %s`, { timeout: 3_600_000 }, async (kind) => {
  const { ended, wrong, last } = await (trials ?? begun()).of(kind, CASES);
  expect(ended, `seed ${SEED}`).toBeUndefined();
  expect(wrong, `seed ${SEED}`).toEqual([]);
  expect(last!.rss).toBeLessThan(MAX_BYTES);
  const { usable = 0, ...errors } = last!.outcomes;
  expect(Object.values(errors).reduce((a, b) => a + b, usable)).toBe(CASES);
  if (CASES < 1000) return; // a few may all end alike
  expect(usable).toBeLessThan(CASES);
  // A header has nothing that may be otherwise but the version and bits that a check does not see.
  if (kind !== 'GGUF header') expect(usable).toBeGreaterThan(0);
});
