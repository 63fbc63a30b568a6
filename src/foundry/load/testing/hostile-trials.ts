// Trials of hostile models for a test file: a script tries mutations of each kind in a separate process, bounded in time and memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect } from 'vitest';
import { Trials } from '../../../base/testing/trials.ts';

const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Limit of a case in seconds. Most cases take hundredths of a second; the limit allows for loaded machines. */
const MAX_SECONDS = 120;

/** Gives what tries so many cases of a kind by a script of this folder, and says how many of them gave a model that can be used. */
export function hostileTrials(script: string): (kind: string, cases: number) => Promise<number> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-models-'));
  let trials: Trials<{ rss: number; outcomes: Record<string, number> }> | undefined;
  /** One process for all kinds. */
  const begun = () => {
    const folder = mkdtempSync(join(root, 'x'));
    const args = ['--max-old-space-size=512', '--no-warnings', path, folder, `${SEED}`];
    trials = new Trials({ args, cwd: folder, maxSeconds: MAX_SECONDS });
    return trials;
  };
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    trials?.close();
    trials = undefined;
  });
  afterAll(async () => {
    if (trials) expect(await trials.close()).toBe(0);
    rmSync(root, { recursive: true, force: true });
  });
  return async (kind, cases) => {
    const { ended, wrong, last } = await (trials ?? begun()).of(kind, cases);
    expect(ended, `seed ${SEED}`).toBeUndefined();
    expect(wrong, `seed ${SEED}`).toEqual([]);
    expect(last!.rss).toBeLessThan(MAX_BYTES);
    const { usable = 0, ...errors } = last!.outcomes;
    expect(Object.values(errors).reduce((a, b) => a + b, usable)).toBe(cases);
    return usable;
  };
}
