// The reported cause of a job that failed, from whichever source knows it.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { skipped } from '../base/testing/skipped.ts';
import type { JobRecord, JobReport } from './rooms.ts';

import { mount, noSmallDisk } from './testing/small-disk.ts';
import { describeJob, failureOf } from './watch-job.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let n = 0;
/** A job of Slurm with this output. */
function jobWith(output: string): JobRecord {
  const own = join(folder, `${n++}`);
  mkdirSync(own);
  writeFileSync(join(own, 'output.log'), output);
  return { formatVersion: 1, launcher: 'slurm', id: '7', name: 'x', folder: own, submitted: '2026-11-26T19:00:00Z' };
}
const report = (more: Partial<JobReport>): JobReport => ({
  state: 'failed',
  why: null,
  exitCode: 2,
  nodes: 'a,b',
  expectedStart: null,
  ...more,
});
const error = (code: string) =>
  JSON.stringify({ error: { code, message: `it is ${code}`, input: 'run', hint: 'see' } });
const session = (...lines: string[]) => `== 2026-11-26T19:17:09+0000 on a, job 7\n${lines.join('\n')}\n`;
const KILLED = 'rank 1 on b was killed (SIGKILL); nothing was saved to resume from';

test('a job that ended by its own error: its own words', async () => {
  const record = jobWith(`${session(error('rank-lost'))}${session('step 1', error('disk-full'), 'srun: Terminating')}`);
  expect(await failureOf(record, report({}))).toMatchObject({
    code: 'disk-full',
    message: 'it is disk-full',
    hint: 'see',
  });
});

test('the cause of the end, if known, comes before the message of a rank', async () => {
  const record = jobWith(session(error('rank-lost')));
  expect(await failureOf(record, report({ why: KILLED, exitCode: 137 }))).toMatchObject({
    code: 'job-failed',
    message: `the job failed: ${KILLED}`,
    input: 'slurm 7',
    hint: expect.stringContaining('go on with --resume'),
  });
});

test('the words of an earlier job in the folder are ignored', async () => {
  const record = jobWith(session(error('disk-full')).replace('job 7', 'job 6'));
  expect(await failureOf(record, report({}))).toMatchObject({ message: 'the job failed: it ended with exit code 2' });
});

test.skipIf(skipped('a job’s folder that is read-only', noSmallDisk()))(
  'where its folder has become read-only it cannot have said why',
  async () => {
    const record = jobWith(session('step 1'));
    expect(mount('--bind', record.folder, record.folder).status).toBe(0);
    try {
      expect(mount('-o', 'remount,bind,ro', record.folder).status).toBe(0);
      expect((await failureOf(record, report({}))).message).toBe(
        `the job failed: nothing can be written into ${record.folder}, so it could not say why: make that writable`,
      );
    } finally {
      spawnSync('umount', ['-l', record.folder]);
    }
  },
);

test('the state of a job in one line', () => {
  const record = jobWith('');
  const line = (more: Partial<JobReport>) => describeJob(record, report(more));
  expect(line({ why: KILLED })).toBe(`Job 7: failed (${KILLED}).`);
  expect(line({})).toBe('Job 7: failed (exit code 2).');
  expect(line({ state: 'waiting', why: 'node b failed; it was queued again' })).toBe(
    'Job 7 waits (node b failed; it was queued again).',
  );
  expect(line({ state: 'running' })).toBe('Job 7 runs on a,b.');
  expect(line({ state: 'done', exitCode: 0 })).toBe('Job 7: done.');
});
