// What every launcher keeps. The parts of Slurm need one: `scripts/with-slurm.sh --rest npx vitest run src/fleet/launch`.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasEnded, type Job, type JobRecord, jobPaths, LAUNCHERS, readJob } from './index.ts';
import { alone, byRest, hasRest, hasSlurm, until } from './slurm.testing.ts';

const BASH = '/bin/bash';
let folder: string;
beforeAll(() => {
  // A name that needs care in a shell and in #SBATCH lines.
  folder = mkdtempSync(join(tmpdir(), "jikji launch's 가 %j "));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LAUNCHED = [
  ['local', 'as processes', true],
  ['slurm', 'by command', hasSlurm],
  ['slurm', 'by REST', hasRest],
] as const;

describe.for(LAUNCHED)('%s %s', { timeout: 120_000 }, ([name, how, there]) => {
  if (name === 'slurm') alone();
  if (how === 'by REST') byRest();
  const conforms = test.skipIf(!there);
  const launcher = LAUNCHERS[name];
  let n = 0;
  const job = (script: string, more: Partial<Job> = {}): Job => ({
    name: 'test',
    folder: join(folder, `${name} ${how} ${n++}`),
    command: [BASH, '-c', script],
    nodes: 1,
    ranksPerNode: 1,
    threads: 1,
    ...more,
  });
  const ended = (record: JobRecord) => until(() => launcher.report(record), hasEnded);
  const output = (record: JobRecord) => readFileSync(jobPaths(record.folder).output, 'utf8');
  const running = (record: JobRecord) =>
    until(
      () => existsSync(jobPaths(record.folder).output) && output(record),
      (text) => typeof text === 'string' && text.includes('ready'),
    );

  conforms('a job that is done: its output, its words, its script', async () => {
    const record = await launcher.submit(job(`printf '%s|' "$1" "$PWD"; exit 0`, {}));
    expect(record).toMatchObject({ launcher: name, name: 'test' });
    expect(await ended(record)).toMatchObject({ state: 'done', exitCode: 0, why: null });
    expect(output(record)).toContain(`|${process.cwd()}|`);
    expect(readFileSync(jobPaths(record.folder).script, 'utf8')).toMatch(/^#!\/bin\/bash\n/);
    expect(readJob(record.folder)).toEqual(record);
  });

  conforms('words of a command arrive as they are', async () => {
    const words = ["it's", 'a  b', '$HOME', '', '"', '가', '*', 'x\ny', '\\'];
    const record = await launcher.submit(job('', { command: [BASH, '-c', `printf '<%s>' "$@"`, 'x', ...words] }));
    await ended(record);
    expect(output(record)).toContain(words.map((word) => `<${word}>`).join(''));
  });

  conforms('a job that fails: its exit code', async () => {
    expect(await ended(await launcher.submit(job('exit 7')))).toMatchObject({ state: 'failed', exitCode: 7 });
  });

  conforms('a job that runs is asked to stop when it is cancelled, and has time to save', async () => {
    const saves = `trap 'echo saved; exit 130' TERM; echo ready; while :; do sleep 0.1; done`;
    const record = await launcher.submit(job(saves));
    await running(record);
    expect(await launcher.report(record)).toMatchObject({ state: 'running', exitCode: null });
    expect(await launcher.cancel(record)).toMatchObject({ state: 'cancelled', exitCode: null });
    expect(output(record)).toMatch(/saved/);
    expect(await launcher.cancel(record)).toMatchObject({ state: 'cancelled' });
  });

  conforms('a job begins when those before it are done, and never where one of them fails', async () => {
    const gate = join(folder, `${name} ${how} gate`);
    const first = await launcher.submit(job(`until [ -e "${gate}" ]; do sleep 0.1; done; echo first`));
    const second = await launcher.submit(job(`[ -e "${gate}" ] && exit 0; exit 1`, { after: [first] }));
    const broken = await launcher.submit(job('exit 3'));
    const never = await launcher.submit(job('echo never', { after: [first, broken] }));
    expect(await ended(broken)).toMatchObject({ state: 'failed' });
    expect(hasEnded(await launcher.report(second))).toBe(false);
    mkdirSync(gate);
    expect(await ended(first)).toMatchObject({ state: 'done' });
    expect(await ended(second)).toMatchObject({ state: 'done' });
    expect(await ended(never)).toMatchObject({ state: 'cancelled' });
    expect(existsSync(jobPaths(never.folder).output) ? output(never) : '').not.toContain('never');
  });

  conforms('one that waits for others can be cancelled', async () => {
    const first = await launcher.submit(job('echo ready; sleep 600'));
    await running(first);
    const second = await launcher.submit(job('echo never', { after: [first] }));
    expect(await launcher.cancel(second)).toMatchObject({ state: 'cancelled' });
    expect(await launcher.cancel(first)).toMatchObject({ state: 'cancelled' });
  });

  conforms('a job outlives whoever submitted it, and another process finds it', async () => {
    const gate = join(folder, `${name} ${how} gate 2`);
    const asked = job(`echo ready; until [ -e "${gate}" ]; do sleep 0.1; done; exit 5`);
    const index = fileURLToPath(new URL('./index.ts', import.meta.url));
    const code = `const { LAUNCHERS } = await import(${JSON.stringify(index)}); await LAUNCHERS.${name}.submit(${JSON.stringify(asked)})`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
    const record = readJob(asked.folder)!;
    await running(record);
    expect(await launcher.report(record)).toMatchObject({ state: 'running' });
    mkdirSync(gate);
    expect(await ended(record)).toMatchObject({ state: 'failed', exitCode: 5 });
  });

  conforms('a job that nobody knows is lost', async () => {
    const record = await launcher.submit(job('exit 0'));
    await ended(record);
    const other = { ...record, id: '1999999999', folder: join(folder, 'nowhere') };
    expect(await launcher.report(other)).toMatchObject({ state: 'lost', exitCode: null });
    expect(await launcher.cancel(other)).toMatchObject({ state: 'lost' });
  });

  conforms('what is refused leaves nothing', async () => {
    for (const size of [{ nodes: 0 }, { threads: 1.5 }, { nodes: 1000 }, { timeLimit: 0 }]) {
      const refused = job('exit 0', size);
      await expect(launcher.submit(refused)).rejects.toMatchObject({ name: 'JikjiError' });
      expect(existsSync(refused.folder)).toBe(false);
    }
  });
});

test('a folder that somebody made up ends no process', async () => {
  const made = join(folder, 'made-up');
  mkdirSync(made);
  writeFileSync(jobPaths(made).process, JSON.stringify({ pid: process.pid }));
  const record = { formatVersion: 1, launcher: 'local', id: `${process.pid}`, name: 'x', submitted: '' } as const;
  writeFileSync(jobPaths(made).record, JSON.stringify(record));
  expect(readJob(made)).toEqual({ ...record, folder: made });
  expect(await LAUNCHERS.local.cancel(readJob(made)!)).toMatchObject({ state: 'lost' });
  for (const wrong of ['', '[]', '{"formatVersion":1}', JSON.stringify({ ...record, id: '-1' })]) {
    writeFileSync(jobPaths(made).record, wrong);
    expect(readJob(made), wrong).toBeUndefined();
  }
});
