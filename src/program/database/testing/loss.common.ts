// kill -9 under load: every acknowledged append is there afterwards, the chain is valid, and each append is there whole or not at all.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Random } from '../../../base/testing/mutate.ts';
import type { Head } from '../../log/index.ts';
import { verifyChain } from '../../log/testing/verify-chain.ts';
import type { Job } from '../jobs.ts';
import { openStore } from '../open.ts';
import { all, openTested } from './harness.ts';

const KILLS = process.env.JIKJI_TORTURE ? 20 : 1;
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

export type Where = { folder: string } | { url: string };

/** A child process that has the store open, and the job that it has taken. */
export async function startChild(
  where: Where,
  how = '',
): Promise<{ child: ChildProcess; lines: AsyncIterator<string>; job: Job | null }> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(where), how], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (text) => (said += text));
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) throw new Error(`the child has ended: ${said}`);
  return { child, lines, job: JSON.parse(first.value).job };
}

export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

export function loss(name: string, where: () => Where): void {
  test(`${name}: kill -9, ${KILLS} times`, { timeout: (KILLS + 2) * 60_000 }, async () => {
    const random = new Random(Date.now() >>> 0);
    {
      const { store, clear } = await openTested(where());
      await clear();
      await store.jobs.add('audit', 'of a process that dies');
      await store.close();
    }
    let total = 0;
    for (let round = 1; round <= KILLS; round++) {
      const { child, lines, job } = await startChild(where());
      expect(job).toMatchObject({ id: 1, attempts: round, status: 'running' });
      const enough = 1 + random.below(60);
      let acknowledged: Head | undefined;
      let count = 0;
      for (;;) {
        const { value, done } = await lines.next();
        if (done) break;
        acknowledged = JSON.parse(value);
        // From here on it goes on writing until the signal comes, at whatever it is doing then.
        if (++count === enough) setTimeout(() => child.kill('SIGKILL'), random.below(40));
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      expect(count).toBeGreaterThanOrEqual(enough);
      total += count;

      const store = await openStore(where());
      try {
        const head = await store.head();
        expect(head.seq).toBeGreaterThanOrEqual(acknowledged!.seq);
        const [entry, ...after] = await all(store.entries(acknowledged!.seq));
        expect(entry?.link).toBe(acknowledged!.link);
        // What was under way is there whole, or not at all.
        const isLast = after.map(({ data }) => (data as { last: boolean }).last);
        expect(isLast.indexOf(true)).toBe(isLast.length - 1);
        expect(await verifyChain(store.entries())).toEqual(head);
      } finally {
        await store.close();
      }
    }
    expect(total).toBeGreaterThanOrEqual(KILLS);
  });
}
