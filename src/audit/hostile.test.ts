// Hostile evidence: thousands of mutated runs and bundles, audited in processes of their own. Always a verdict or a clear
// error, in bounded time and memory; nothing written elsewhere; and what was changed never holds.

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
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

/** A process that audits the cases of one kind after another: to start one for each kind takes as long as many cases. */
class Auditor {
  readonly at: ReturnType<typeof sandbox>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #now = 'before the first case';
  #errors = '';
  #rest = '';
  /** Nothing while it waits for its next kind. */
  #hear: ((line: string) => void) | undefined;
  // Seconds are counted one by one: a machine that was asleep, or a process that was stopped, is not late.
  #quiet = 0;
  readonly #watch: NodeJS.Timeout;
  /** How it ended. */
  readonly ended: Promise<string>;

  constructor(at: ReturnType<typeof sandbox>) {
    this.at = at;
    const args = ['--max-old-space-size=512', '--single-threaded-gc', '--no-warnings', script, at.folder, `${SEED}`];
    this.#child = spawn(process.execPath, args, { cwd: at.folder, env: at.env, stdio: ['pipe', 'pipe', 'pipe'] });
    let late = false;
    this.#watch = setInterval(() => {
      if (!this.#hear || ++this.#quiet < MOST_SECONDS) return;
      late = true;
      this.#child.kill('SIGKILL');
    }, 1000);
    this.#child.stdin.on('error', () => {}); // it has ended, and how is told below
    this.#child.stderr.on('data', (piece: Buffer) => {
      this.#errors = (this.#errors + piece).slice(-4000);
    });
    this.#child.stdout.on('data', (piece: Buffer) => {
      this.#quiet = 0;
      const lines = (this.#rest + piece).split('\n');
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith('at ')) this.#now = line;
        else this.#hear?.(line);
      }
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        clearInterval(this.#watch);
        const how = `exit code ${code}\n${this.#errors}`;
        resolve(late ? `${this.#now} did not end within ${MOST_SECONDS} s` : `${this.#now}: ${how}`);
      });
    });
  }

  /** Audits cases of a kind; a case that hangs or ends the process is named. */
  async audited(kind: Kind, cases: number): Promise<Outcome> {
    const outcome: Outcome = { wrong: [], ended: undefined, last: undefined };
    const last = new Promise<undefined>((resolve) => {
      this.#hear = (line) => {
        const said = JSON.parse(line);
        if (said.wrong) outcome.wrong.push(said);
        else {
          outcome.last = said;
          resolve(undefined);
        }
      };
    });
    this.#quiet = 0;
    this.#child.stdin.write(`${cases} ${kind}\n`);
    outcome.ended = await Promise.race([last, this.ended]);
    this.#hear = undefined;
    return outcome;
  }

  /** Tells it that there is no more, and gives its exit code. */
  async close(): Promise<number | null> {
    this.#child.stdin.end();
    await this.ended;
    return this.#child.exitCode;
  }
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
  // Two at a time: each has its own copy of the run, and a process that goes from kind to kind.
  const lanes: { before: Promise<unknown>; auditor: Auditor | undefined }[] = [0, 1].map(() => ({
    before: Promise.resolve(),
    auditor: undefined,
  }));
  afterAll(async () => {
    for (const { auditor } of lanes) if (auditor) expect(await auditor.close()).toBe(0);
  });

  test.each(kinds.map((kind, i) => [kind, i % lanes.length] as const))('%s', async (kind, lane) => {
    const at = lanes[lane]!;
    const work = at.before.then(async () => {
      at.auditor ??= newAuditor(kind);
      await all(kind, at.auditor).catch((error) => {
        // The next kind gets another process and another copy.
        at.auditor?.close();
        at.auditor = undefined;
        throw error;
      });
    });
    at.before = work.catch(() => {});
    await work;
  });

  function newAuditor(first: Kind): Auditor {
    const at = sandbox(first.replace(/\W+/g, '-'));
    execFileSync('cp', ['-a', `${join(root, 'first')}/.`, at.folder]);
    return new Auditor(at);
  }

  async function all(kind: Kind, auditor: Auditor): Promise<void> {
    const cases = casesOf(kind);
    const { folder } = auditor.at;
    const before = listing(folder);
    const outcome = await auditor.audited(kind, cases);
    expect(outcome.ended, `seed ${SEED}`).toBeUndefined();
    expect(outcome.wrong, `seed ${SEED}`).toEqual([]);
    expect(outcome.last!.rss).toBeLessThan(MOST_BYTES);
    expect(listing(folder)).toEqual(before);
    const { holds = 0, ...others } = outcome.last!.verdicts;
    expect(Object.values(others).reduce((a, b) => a + b, holds)).toBe(cases);
    expect(holds).toBeLessThan(cases / 2); // most mutations are ones
  }
});
