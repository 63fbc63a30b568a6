// Hostile evidence: thousands of mutated runs and bundles, audited in processes of their own. Always a verdict or a clear
// error, in bounded time and memory; nothing written elsewhere; and what was changed never holds.

import { execFileSync, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kind } from './hostile.testing.ts';

/** Cases of each kind; in torture as many as the promise says. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 200;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MOST_BYTES = 2 ** 30;
/** No case may take longer, in seconds. Most take hundredths of one; the time is for machines under load. */
const MOST_SECONDS = 120;
const HOURS = 8 * 3_600_000;

const script = fileURLToPath(new URL('./hostile.testing.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder in which one process lives, with all folders that a process is told of. */
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

/** Everything in a folder but what the cases themselves change: names, sizes, times. */
const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.split(sep)[1] !== 'run' && name.split(sep)[0] !== 'run')
    .sort()
    .map((name) => {
      const stat = lstatSync(join(folder, name));
      return stat.isDirectory() ? name : `${name} ${stat.size} ${stat.mtimeMs}`;
    });

interface Outcome {
  wrong: { case: number; wrong: string }[];
  /** The case that it did not end, and how it ended. */
  ended: string | undefined;
  last: { rss: number; verdicts: Record<string, number> } | undefined;
}

/** Runs cases in a process; a case that hangs or ends it is named. */
function audited(
  kind: Kind,
  from: number,
  to: number,
  at: { folder: string; env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const args = [
    '--max-old-space-size=512',
    '--single-threaded-gc',
    '--no-warnings',
    script,
    at.folder,
    kind,
    `${SEED}`,
    `${from}`,
    `${to}`,
  ];
  const child = spawn(process.execPath, args, { cwd: at.folder, env: at.env });
  const outcome: Outcome = { wrong: [], ended: undefined, last: undefined };
  let errors = '';
  let rest = '';
  let now = 'before the first case';
  // Seconds are counted one by one: a machine that was asleep, or a process that was stopped, is not late.
  let quiet = 0;
  const watch = setInterval(() => {
    if (++quiet < MOST_SECONDS) return;
    outcome.ended = `${now} did not end within ${MOST_SECONDS} s`;
    child.kill('SIGKILL');
  }, 1000);
  child.stderr.on('data', (piece: Buffer) => {
    errors = (errors + piece).slice(-4000);
  });
  child.stdout.on('data', (piece: Buffer) => {
    quiet = 0;
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('at ')) now = line;
      else {
        const said = JSON.parse(line);
        if (said.wrong) outcome.wrong.push(said);
        else outcome.last = said;
      }
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) outcome.ended ??= `${now}: exit code ${code}\n${errors}`;
      resolve(outcome);
    });
  });
}

/** Few for the kinds beyond those that were promised: their audits take longest. */
const casesOf = (kind: Kind): number =>
  ['genesis', 'seal', 'transcript', 'safetensors', 'bundle'].includes(kind) ? CASES : CASES / 20;

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
  // Two at a time: each has its own copy of the run.
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  test.each(kinds.map((kind, i) => [kind, i % lanes.length] as const))('%s', async (kind, lane) => {
    const before = lanes[lane]!;
    const work = before.then(() => all(kind));
    lanes[lane] = work.catch(() => {});
    await work;
  });

  async function all(kind: Kind): Promise<void> {
    const at = sandbox(kind.replace(/\W+/g, '-'));
    execFileSync('cp', ['-a', `${join(root, 'first')}/.`, at.folder]);
    const cases = casesOf(kind);
    const before = listing(at.folder);
    const outcome = await audited(kind, 0, cases, at);
    expect(outcome.ended, `seed ${SEED}`).toBeUndefined();
    expect(outcome.wrong, `seed ${SEED}`).toEqual([]);
    expect(outcome.last!.rss).toBeLessThan(MOST_BYTES);
    expect(listing(at.folder)).toEqual(before);
    const { holds = 0, ...others } = outcome.last!.verdicts;
    expect(Object.values(others).reduce((a, b) => a + b, holds)).toBe(cases);
    expect(holds).toBeLessThan(cases / 2); // most mutations are ones
  }
});
