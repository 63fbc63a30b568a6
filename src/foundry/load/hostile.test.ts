// Hostile model folders: thousands of mutated files, opened in separate processes. Always a clear error or a usable model, in bounded time
// and memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Trials } from '../../base/testing/trials.ts';
import type { Kind } from './testing/hostile.ts';

/** Cases of each kind; under torture as many as the documents promise. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 200;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Limit of a case in seconds. Most cases take hundredths of a second; the limit allows for loaded machines. */
const MAX_SECONDS = 120;

const script = fileURLToPath(new URL('./testing/hostile.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-models-'));

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

const kinds: Kind[] = ['index', 'shards', 'config', 'tokenizer, ours', 'tokenizer, of others', 'tokenizer config'];

test.each(kinds)(`${CASES} mutations of %s`, { timeout: 3_600_000 }, async (kind) => {
  const { ended, wrong, last } = await (trials ?? begun()).of(kind, CASES);
  expect(ended, `seed ${SEED}`).toBeUndefined();
  expect(wrong, `seed ${SEED}`).toEqual([]);
  expect(last!.rss).toBeLessThan(MAX_BYTES);
  const { usable = 0, ...errors } = last!.outcomes;
  expect(Object.values(errors).reduce((a, b) => a + b, usable)).toBe(CASES);
  expect(usable).toBeLessThan(CASES);
  expect(usable).toBeGreaterThan(0);
});
