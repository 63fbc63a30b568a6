// Hostile evidence: thousands of mutated runs and bundles, audited in separate processes. Always a verdict or a clear error, in bounded
// time and memory; no file is written elsewhere; a changed run never holds.

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Trials } from '../base/testing/trials.ts';
import type { Kind } from './testing/hostile.ts';

/** Cases of each kind; under torture as many as the documents promise. Fewer of the kinds beyond the promise: their audits take longest. */
const [CASES, FEW] = process.env.JIKJI_TORTURE ? [20_000, 1000] : [30, 6];
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Limit of a case in seconds. Most cases take hundredths of a second; the limit allows for loaded machines. */
const MAX_SECONDS = 120;
const HOURS = 8 * 3_600_000;

const script = fileURLToPath(new URL('./testing/hostile.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The folder of one process, which contains all folders of its environment. */
function sandbox(name: string): { folder: string; env: NodeJS.ProcessEnv } {
  const folder = join(root, name);
  for (const inner of ['tmp', 'outside', 'home']) mkdirSync(join(folder, inner), { recursive: true });
  const env = {
    ...process.env,
    TMPDIR: join(folder, 'tmp'),
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_STATE_HOME: join(root, 'state'),
    XDG_CACHE_HOME: join(folder, 'home'),
  };
  return { folder, env };
}

/** Names, sizes and times of the files in a folder that cases do not change. */
const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.split(sep)[1] !== 'run' && name.split(sep)[0] !== 'run')
    .sort()
    .map((name) => {
      const stat = lstatSync(join(folder, name));
      return stat.isDirectory() ? name : `${name} ${stat.size} ${stat.mtimeMs}`;
    });

interface Lane {
  before: Promise<unknown>;
  at: ReturnType<typeof sandbox> | undefined;
  trials: Trials<{ rss: number; verdicts: Record<string, number> }> | undefined;
}

const casesOf = (kind: Kind): number =>
  ['genesis', 'seal', 'transcript', 'safetensors', 'bundle'].includes(kind) ? CASES : FEW;

const kinds: Kind[] = [
  'genesis',
  'seal',
  'lodging',
  'transcript',
  'recipe',
  'corpus',
  'texts',
  'safetensors',
  'bundle',
  'maker: statements',
  'maker: recipe',
];

beforeAll(() => {
  const { folder, env } = sandbox('first');
  execFileSync(process.execPath, ['--no-warnings', script, folder, 'prepare'], { env, stdio: 'pipe' });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});

describe.concurrent('mutated evidence', { timeout: HOURS }, () => {
  // Two at a time: each has its own copy of the run, and one process for all its kinds.
  const lanes = [0, 1].map((): Lane => ({ before: Promise.resolve(), at: undefined, trials: undefined }));
  afterAll(async () => {
    for (const { trials } of lanes) if (trials) expect(await trials.close()).toBe(0);
  });

  test.each(kinds.map((kind, i) => [kind, i % lanes.length] as const))('%s', async (kind, i) => {
    const lane = lanes[i]!;
    const work = lane.before.then(() => all(kind, lane));
    lane.before = work.catch(() => {
      // The next kind gets another process and another copy.
      lane.trials?.close();
      lane.trials = undefined;
    });
    await work;
  });

  function begin(lane: Lane, first: Kind): void {
    const at = sandbox(first.replace(/\W+/g, '-'));
    execFileSync('cp', ['-a', `${join(root, 'first')}/.`, at.folder]);
    const flags = ['--max-old-space-size=512', '--single-threaded-gc', '--no-warnings'];
    const args = [...flags, script, at.folder, `${SEED}`];
    lane.at = at;
    lane.trials = new Trials({ args, cwd: at.folder, env: at.env, maxSeconds: MAX_SECONDS });
  }

  async function all(kind: Kind, lane: Lane): Promise<void> {
    if (!lane.trials) begin(lane, kind);
    const cases = casesOf(kind);
    const { folder } = lane.at!;
    const before = listing(folder);
    const { ended, wrong, last } = await lane.trials!.of(kind, cases);
    expect(ended, `seed ${SEED}`).toBeUndefined();
    expect(wrong, `seed ${SEED}`).toEqual([]);
    expect(last!.rss).toBeLessThan(MAX_BYTES);
    expect(listing(folder)).toEqual(before);
    const { holds = 0, ...others } = last!.verdicts;
    expect(Object.values(others).reduce((a, b) => a + b, holds)).toBe(cases);
    expect(holds).toBeLessThan(cases / 2); // most mutations are ones
  }
});
