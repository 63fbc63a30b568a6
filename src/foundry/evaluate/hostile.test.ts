// Mutated tasks, data files and templates: read, or refused with a clear error. A case that ends or hangs its process is given to the
// sandbox, which must report it.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sandboxFlags } from '../../apart/sandbox.ts';
import { JikjiError } from '../../base/index.ts';
import { renderApart } from './sandbox.ts';
import { jobOf, KINDS, type Kind } from './testing/hostile.ts';

const CASES = process.env.JIKJI_TORTURE ? 20_000 : 100;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const MAX_BYTES = 2 ** 30;
/** Seconds after which a case counts as hanging; most take milliseconds. */
const HANGS = 8;
const HOURS = 8 * 3_600_000;
const script = fileURLToPath(new URL('./testing/hostile.ts', import.meta.url));

interface Ran {
  wrong: unknown[];
  /** The case that ended the process, if any. */
  down: number | undefined;
  counts: Record<string, number>;
  rss: number;
}

function run(kind: Kind, from: number): Promise<Ran> {
  const child = spawn(process.execPath, [...sandboxFlags(), script, kind, `${SEED}`, `${from}`, `${CASES}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {},
  });
  const ran: Ran = { wrong: [], down: undefined, counts: {}, rss: 0 };
  let now = from;
  let rest = '';
  let quiet = 0;
  const watch = setInterval(() => ++quiet > HANGS && child.kill('SIGKILL'), 1000);
  child.stdout.on('data', (piece: Buffer) => {
    quiet = 0;
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith('at ')) now = Number(line.slice(3));
      else if ('wrong' in JSON.parse(line)) ran.wrong.push(JSON.parse(line));
      else Object.assign(ran, JSON.parse(line));
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) ran.down = now;
      resolve(ran);
    });
  });
}

describe.concurrent('mutations', { timeout: HOURS }, () => {
  test.each(KINDS)('%s', async (kind) => {
    let down = 0;
    let last: Ran | undefined;
    for (let from = 0; from < CASES; ) {
      last = await run(kind, from);
      expect(last.wrong, `seed ${SEED}`).toEqual([]);
      if (last.down === undefined) break;
      const at = last.down;
      from = at + 1;
      down++;
      expect(kind, `seed ${SEED}, case ${at} took the process down`).not.toBe('task');
      const error = await renderApart('t', jobOf(kind, SEED, at), { reading: 5, rendering: 5 }).catch(
        (e: unknown) => e,
      );
      expect(error, `seed ${SEED}, case ${at}`).toBeInstanceOf(JikjiError);
      expect((error as JikjiError).code).toMatch(/^task-(data|template)$/);
    }
    expect(down).toBeLessThan(CASES / 20);
    expect(last!.rss).toBeLessThan(MAX_BYTES);
    const { read = 0, ...refused } = last!.counts;
    if (down === 0) expect(Object.values(refused).reduce((a, b) => a + b, read)).toBe(CASES);
  });
});
