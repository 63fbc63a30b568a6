// Hostile model folders: thousands of mutated files, opened in processes of their own. Always a clear error or a model that can
// be used, in bounded time and memory.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Kind } from './hostile.testing.ts';

/** Cases of each kind; in torture as many as the promise says. */
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 200;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MOST_BYTES = 2 ** 30;
/** No case may take longer, in seconds. Most take hundredths of one; the time is for machines under load. */
const MOST_SECONDS = 120;

const script = fileURLToPath(new URL('./hostile.testing.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'jikji-hostile-models-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Outcome {
  wrong: { case: number; wrong: string }[];
  /** The case that did not end, and how the process ended. */
  ended: string | undefined;
  last: { rss: number; outcomes: Record<string, number> } | undefined;
}

function opened(kind: Kind): Promise<Outcome> {
  const folder = mkdtempSync(join(root, 'x'));
  const args = ['--max-old-space-size=512', '--no-warnings', script, folder, kind, `${SEED}`, '0', `${CASES}`];
  const child = spawn(process.execPath, args, { cwd: folder });
  const outcome: Outcome = { wrong: [], ended: undefined, last: undefined };
  let errors = '';
  let rest = '';
  let now = 'before the first case';
  // Seconds are counted one by one: a machine that was asleep is not late.
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

const kinds: Kind[] = ['index', 'shards', 'config', 'tokenizer, ours', 'tokenizer, of others', 'tokenizer config'];

test.each(kinds)(`${CASES} times a mutated %s`, { timeout: 3_600_000 }, async (kind) => {
  const { ended, wrong, last } = await opened(kind);
  expect(ended, `seed ${SEED}`).toBeUndefined();
  expect(wrong, `seed ${SEED}`).toEqual([]);
  expect(last!.rss).toBeLessThan(MOST_BYTES);
  const { usable = 0, ...errors } = last!.outcomes;
  expect(Object.values(errors).reduce((a, b) => a + b, usable)).toBe(CASES);
  expect(usable).toBeLessThan(CASES);
  expect(usable).toBeGreaterThan(0);
});
