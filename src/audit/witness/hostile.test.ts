// Hostile evidence of a witnessed run: thousands of mutated folders and bundles, audited in a separate process. Always a verdict or a clear
// error, in bounded time and memory; what was changed never looks untouched.

import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Trials } from '../../base/testing/trials.ts';
import { KINDS, type Kind } from './testing/hostile.ts';

/** Cases of each kind; 20,000 in all under torture. Where the auditor's Python trains again, a case takes a second. */
const casesOf = (kind: Kind): number =>
  process.env.JIKJI_TORTURE ? (kind === 'trained again' ? 800 : 2400) : kind === 'trained again' ? 2 : 12;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Limit of a case; most take hundredths of a second, and machines are loaded. */
const MAX_SECONDS = 120;

const folder = mkdtempSync(join(tmpdir(), 'jikji-hostile-'));
const trials = new Trials<{ rss: number; verdicts: Record<string, number> }>({
  args: [
    ...['--max-old-space-size=512', '--no-warnings'],
    ...[fileURLToPath(new URL('./testing/hostile.ts', import.meta.url)), folder, `${SEED}`],
  ],
  cwd: folder,
  env: {
    ...process.env,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
  },
  maxSeconds: MAX_SECONDS,
});
afterAll(async () => {
  const code = await trials.close();
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

/** What cases do not change. */
const listing = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !['run', 'tmp'].includes(name.split(sep)[0]!))
    .map((name) => `${name} ${lstatSync(join(folder, name)).isFile() ? lstatSync(join(folder, name)).mtimeMs : ''}`)
    .sort();

let before: string[] | undefined;
test.each(KINDS)('%s', { timeout: 8 * 3_600_000 }, async (kind) => {
  const cases = casesOf(kind);
  const { ended, wrong, last } = await trials.of(kind, cases);
  expect(ended, `seed ${SEED}`).toBeUndefined();
  expect(wrong, `seed ${SEED}`).toEqual([]);
  expect(last!.rss).toBeLessThan(MAX_BYTES);
  const { holds = 0, unwritten = 0, ...others } = last!.verdicts;
  expect(Object.values(others).reduce((a, b) => a + b, holds + unwritten)).toBe(cases);
  expect(holds + unwritten).toBeLessThan(cases / 2 + 1); // most mutations are ones
  before ??= listing();
  expect(listing()).toEqual(before);
});
