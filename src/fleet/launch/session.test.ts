// Why a session of a job ended, from real outputs of Slurm 24.11 and MPICH 4.2.

import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { causeOf, endingOf, errorOf, lastSession, OutputLines, signalOf } from './session.ts';

const folder = temporaryFolder();
const path = join(folder, 'output.log');

const error = (code: string, message: string) =>
  JSON.stringify({ error: { code, message, input: 'rank 0 of 2 on a', hint: 'see' } });
const SILENT = error('rank-lost', 'no word from rank 1 on b for 600 s (gradients)');
const MPI = error('rank-lost', 'MPI failed (gradients): Other MPI error');
const STEP = 'step 1/600  loss 6.565  lr 5.0e-5';

test.each<[string, string | undefined, string[]]>([
  [
    'a rank killed: the other one is ended for that',
    'rank 1 on b was killed (SIGKILL)',
    [
      STEP,
      'srun: error: b: task 1: Killed',
      'srun: Terminating StepId=3.0',
      'slurmstepd-a: error: *** STEP 3.0 ON a CANCELLED AT 2026-11-26T19:17:33 ***',
      'srun: error: a: task 0: Killed',
      'srun: Force Terminated StepId=3.0',
    ],
  ],
  ['the only one', 'rank 0 on a was killed (SIGKILL)', ['srun: error: a: task 0: Killed']],
  ['several at once', 'ranks 2-3,5 on n-17.x were killed (SIGKILL)', ['srun: error: n-17.x: tasks 2-3,5: Killed']],
  [
    'a rank that hears by MPI before srun tells',
    'rank 1 on b was killed (SIGKILL)',
    [MPI, 'srun: error: b: task 1: Killed', 'srun: error: a: task 0: Exited with exit code 2'],
  ],
  [
    'for memory',
    'rank 1 on b was killed: out of memory',
    [
      'slurmstepd-b: error: Detected 1 oom_kill event in StepId=3.0. Some of the step tasks have been OOM Killed.',
      'srun: error: b: task 1: Killed',
    ],
  ],
  ['for memory, in Slurm’s words', 'rank 1 on b was killed: out of memory', ['srun: error: b: task 1: Out Of Memory']],
  [
    'a fault',
    'rank 1 on b was ended: Segmentation fault (core dumped)',
    ['srun: error: b: task 1: Segmentation fault (core dumped)'],
  ],
  [
    'a rank that says nothing, and is killed then with the others',
    'no word from rank 1 on b for 600 s (gradients)',
    [SILENT, 'srun: error: a: task 0: Exited with exit code 2', 'srun: error: b: task 1: Killed'],
  ],
  ['MPI alone', 'MPI failed (gradients): Other MPI error', [MPI]],
  [
    'its time',
    'its time was nearly over',
    [STEP, 'srun: error: a: task 0: Exited with exit code 130', '-- its time is nearly over'],
  ],
  [
    'a node',
    'a node failed',
    [
      'slurmstepd-a: error: *** JOB 7 ON a CANCELLED AT 2026-11-26T19:17:33 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***',
    ],
  ],
  ['a node that srun misses', 'node b failed', ['srun: error: Node failure on b', 'srun: error: b: task 1: Killed']],
  [
    'preempted',
    'it had to make room for another job',
    ['slurmstepd-a: error: *** JOB 7 ON a CANCELLED AT 2026-11-26T19:17:33 DUE TO PREEMPTION ***'],
  ],
  [
    'an error of its own',
    undefined,
    [error('disk-full', 'the disk is full'), 'srun: error: a: task 0: Exited with exit code 2'],
  ],
  [
    'an error of its own, and a rank that is slow to leave',
    undefined,
    [
      'srun: error: a: task 0: Exited with exit code 2',
      'srun: Terminating StepId=1.0',
      error('not-finite', 'the loss is not finite'),
      'srun: error: b: task 1: Killed',
      'srun: Force Terminated StepId=1.0',
    ],
  ],
  [
    'a rank killed before the error',
    'rank 1 on b was killed (SIGKILL)',
    [
      'srun: error: b: task 1: Killed',
      'srun: error: a: task 0: Exited with exit code 2',
      error('not-finite', 'the loss is not finite'),
    ],
  ],
  [
    'an end without a word',
    'rank 0 on a ended with exit code 70',
    ['srun: error: a: task 0: Exited with exit code 70'],
  ],
  ['nothing', undefined, [STEP]],
  [
    'no srun’s',
    undefined,
    ['srun: error: a\u001b[31m: task 0: Killed', 'srun: error: a: task 0: Killed by \u001b[31m me'],
  ],
])('%s', (_, cause, lines) => {
  expect(causeOf(lines)).toBe(cause);
});

test('the last message of a session', () => {
  expect(endingOf([STEP, '-- not queued again: nothing was saved that it could go on from'])).toContain(
    'nothing was saved',
  );
  expect(endingOf([STEP])).toBeUndefined();
  expect(errorOf([MPI, error('disk-full', 'the disk is full'), 'srun: Terminating'])?.code).toBe('disk-full');
  expect(errorOf(['{"error":', STEP])).toBeUndefined();
});

test('the last session, if it belongs to this job', () => {
  expect(lastSession(path, '7')).toBeUndefined();
  writeFileSync(
    path,
    '== 2026-11-26T19:17:09+0000 on a, job 7\none\n== 2026-11-26T19:18:09+0000 on a, job 7\ntwo\nthree\n',
  );
  expect(lastSession(path, '7')).toEqual(['two', 'three']);
  for (const id of ['8', '77', '']) expect(lastSession(path, id)).toBeUndefined();
  appendFileSync(path, '== 2026-11-26T19:19:09+0000 on a, job 77\n');
  expect(lastSession(path, '7')).toBeUndefined();
  expect(lastSession(path, '77')).toEqual([]);
  appendFileSync(path, 'x'.repeat(5 << 20)); // the beginning of the session is too far away
  expect(lastSession(path, '77')).toBeUndefined();
  // An element of a local job does not have a separate session.
  writeFileSync(path, `one\n${MPI}\n`);
  expect(lastSession(path, '77')).toEqual(['one', MPI]);
});

test('a signal from the exit code of a shell', () => {
  expect([137, 139, 143].map(signalOf)).toEqual(
    ['SIGKILL', 'SIGSEGV', 'SIGTERM'].map((name) => `it was killed (${name})`),
  );
  for (const code of [null, 0, 1, 2, 70, 127, 128, 130, 255]) expect(signalOf(code)).toBeUndefined();
});

test('a follower gets each new line once and complete', () => {
  writeFileSync(path, '! old\n');
  const warnings = new OutputLines(path, '! ');
  expect(warnings.read()).toEqual([]);
  appendFileSync(path, 'step 1\n! rank 1 is si');
  expect(warnings.read()).toEqual([]);
  appendFileSync(path, 'lent\nstep 2\n!no\n! 가');
  expect(warnings.read()).toEqual(['rank 1 is silent']);
  appendFileSync(path, '\n');
  expect(warnings.read()).toEqual(['가']);
  expect(warnings.read()).toEqual([]);
  rmSync(path);
  expect(warnings.read()).toEqual([]);
  const later = new OutputLines(path, '! ');
  writeFileSync(path, '! first\n');
  expect(later.read()).toEqual(['first']);
});
