// Jobs of a run whose texts are in use by a job of another launcher: no second job is submitted.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { submitRun } from './run-jobs.ts';

test('a Slurm job that may still run blocks a local job from its texts', async () => {
  const run = mkdtempSync(join(tmpdir(), 'jikji-run-jobs-'));
  const folder = join(run, 'job', 'text');
  mkdirSync(folder, { recursive: true });
  const record = { formatVersion: 1, launcher: 'slurm', id: '7', name: 'x', folder, submitted: '2026-11-27T12:00:00Z' };
  // Nothing listens on port 1, so Slurm does not say that its job has ended.
  const text = JSON.stringify({ ...record, slurmrestd: 'http://127.0.0.1:1' });
  writeFileSync(join(folder, 'job.json'), text);
  try {
    const jobs = { name: 'x', run, words: [], nodes: 1, ranksPerNode: 1, threads: 1 };
    await expect(submitRun('local', jobs)).rejects.toMatchObject({ code: expect.stringMatching(/^slurm/) });
    expect(existsSync(join(run, 'job', 'job.json'))).toBe(false);
  } finally {
    rmSync(run, { recursive: true });
  }
});
