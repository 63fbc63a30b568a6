// The conformance test of all launchers. The Slurm parts need a Slurm: `scripts/with-slurm.sh --rest npx vitest run src/fleet/launch`.

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasEnded, type Job, type JobRecord, jobPaths, LAUNCHERS, readJob } from './index.ts';
import { alone, byRest, hasRest, hasSlurm, until } from './testing/slurm.ts';

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

describe.for(LAUNCHED)('%s %s', ([name, how, there]) => {
  if (name === 'slurm') alone();
  if (how === 'by REST') byRest();
  const conforms = test.skipIf(!there);
  /** What is about the time limit and saved states, which Slurm itself decides, is tried in one way of asking it. */
  const byCommand = (title: string, work: () => Promise<void>) => how === 'by command' && conforms(title, work);
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
  /** Submits by a process that ends then. */
  const elsewhere = async (asked: Job) => {
    const index = fileURLToPath(new URL('./index.ts', import.meta.url));
    const code = `const { LAUNCHERS } = await import(${JSON.stringify(index)}); await LAUNCHERS.${name}.submit(${JSON.stringify(asked)})`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  };
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
    await elsewhere(asked);
    const record = readJob(asked.folder)!;
    await running(record);
    expect(await launcher.report(record)).toMatchObject({ state: 'running' });
    mkdirSync(gate);
    expect(await ended(record)).toMatchObject({ state: 'failed', exitCode: 5 });
  });

  /** What each of its elements wrote. */
  const outputs = ({ folder, elements = 0 }: JobRecord) =>
    Array.from({ length: elements }, (_, i) => {
      const path = jobPaths(folder, i).output;
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    });

  conforms(
    'an array: each element is told its number, has its output and its end, and is found by others',
    async () => {
      const asked = job('echo "<$JIKJI_ELEMENT>"; exit $((JIKJI_ELEMENT % 2 * 7))', { elements: 3 });
      await elsewhere(asked);
      const record = readJob(asked.folder)!;
      expect(record).toMatchObject({ elements: 3 });
      const report = await ended(record);
      expect(report).toMatchObject({ state: 'failed', exitCode: 7 });
      expect(report.elements!.map(({ state, exitCode }) => [state, exitCode])).toEqual([
        ['done', 0],
        ['failed', 7],
        ['done', 0],
      ]);
      expect(outputs(record).map((text) => text.match(/<.*>/g))).toEqual([['<0>'], ['<1>'], ['<2>']]);
    },
  );

  conforms('what comes after an array waits for all of it, and where one element fails it never begins', async () => {
    const gate = join(folder, `${name} ${how} gate 3`);
    const opens = `until [ -e "${gate}" ]; do sleep 0.1; done`;
    const first = await launcher.submit(job(`[ $JIKJI_ELEMENT = 0 ] || ${opens}`, { elements: 2 }));
    const second = await launcher.submit(job(`[ -e "${gate}" ]`, { after: [first] }));
    const broken = await launcher.submit(job('exit $JIKJI_ELEMENT', { elements: 2 }));
    const never = await launcher.submit(job('echo never', { after: [broken], elements: 2 }));
    await until(
      () => launcher.report(first),
      ({ elements }) => elements![0]!.state === 'done',
    );
    expect(hasEnded(await launcher.report(first))).toBe(false);
    expect(hasEnded(await launcher.report(second))).toBe(false);
    mkdirSync(gate);
    expect(await ended(second)).toMatchObject({ state: 'done' });
    const all = await launcher.report(first);
    expect(all).toMatchObject({ state: 'done', exitCode: 0, why: null });
    expect(all.elements!.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(await ended(never)).toMatchObject({ state: 'cancelled' });
    expect(outputs(never).join('')).not.toContain('never');
  });

  conforms('an array that is cancelled: what runs may save, what waits never begins, what is done stays', async () => {
    // All processors of a node: two run on Slurm, one here.
    const saves = `trap 'echo saved; exit 130' TERM; echo ready; while :; do sleep 0.1; done`;
    const asked = job(`[ $JIKJI_ELEMENT != 0 ] || exit 0; ${saves}`, { elements: 5, threads: 4 });
    const record = await launcher.submit(asked);
    const before = await until(
      () => launcher.report(record),
      ({ elements }) => elements![0]!.state === 'done' && outputs(record)[1]!.includes('ready'),
    );
    expect(before).toMatchObject({ state: 'running', exitCode: null });
    expect(before.elements![4]).toMatchObject({ state: 'waiting', nodes: '' });
    const after = await launcher.cancel(record);
    expect(after).toMatchObject({ state: 'cancelled' });
    expect(after.elements!.map(({ state }) => state)).toEqual(['done', ...Array(4).fill('cancelled')]);
    const written = outputs(record);
    expect(written[1]).toContain('saved');
    expect(written[4]).not.toContain('ready');
    expect(await launcher.cancel(record)).toEqual(after);
  });

  byCommand('an element that reaches its time limit is queued again', async () => {
    // The last one has the number of the whole array too.
    const progress = join(folder, 'marks');
    const mark = join(progress, 'mark');
    const script = `echo "<$JIKJI_ELEMENT>"; [ $JIKJI_ELEMENT = 1 ] || exit 0; [ ! -e "${mark}" ] || exit 0
      trap 'exit 130' USR2; mkdir -p "${mark}"; while :; do sleep 0.1; done`;
    const record = await launcher.submit(job(script, { elements: 2, timeLimit: 30, progress }));
    await until(
      async () => (await launcher.report(record)).elements![0]!.state === 'done' && existsSync(mark),
      Boolean,
    );
    execFileSync('scancel', ['--batch', '--signal=USR2', `${record.id}_1`]);
    expect(await ended(record)).toMatchObject({ state: 'done' });
    expect(outputs(record).map((text) => text.match(/<.*>/g)!.length)).toEqual([1, 2]);
  });

  byCommand('killed while writing, a job has saved nothing', async () => {
    const progress = join(folder, 'drafts');
    const script = `mkdir -p "${progress}"; touch "${progress}/step.$$.tmp"; kill -9 $$`;
    expect(await ended(await launcher.submit(job(script, { progress })))).toMatchObject({ state: 'failed' });
  });

  byCommand('a job without a saved state is not queued again', async () => {
    const script = `[ $JIKJI_ELEMENT = 1 ] || exit 0; trap 'exit 130' USR2; echo ready; while :; do sleep 0.1; done`;
    const record = await launcher.submit(job(script, { elements: 2, timeLimit: 30, progress: null }));
    await until(
      () => outputs(record)[1]!,
      (text) => text.includes('ready'),
    );
    execFileSync('scancel', ['--batch', '--signal=USR2', `${record.id}_1`]);
    const report = await ended(record);
    expect(report).toMatchObject({ state: 'failed', exitCode: null, why: expect.stringContaining('time was over') });
    expect(report.elements!.map(({ state }) => state)).toEqual(['done', 'failed']);
  });

  conforms('a command that is killed: how it ended is told, and by what', async () => {
    const report = await ended(await launcher.submit(job('kill -9 $$')));
    expect(report).toMatchObject({ state: 'failed', exitCode: 137 });
    expect(report.why).toMatch(
      name === 'local' ? /^it was killed \(SIGKILL\)$/ : /^rank 0 on [ab] was killed \(SIGKILL\)$/,
    );
  });

  conforms('a job that nobody knows is lost', async () => {
    const record = await launcher.submit(job('exit 0'));
    await ended(record);
    const other = { ...record, id: '1999999999', folder: join(folder, 'nowhere') };
    expect(await launcher.report(other)).toMatchObject({ state: 'lost', exitCode: null });
    const lost = expect.objectContaining({ state: 'lost' });
    expect(await launcher.report({ ...other, elements: 2 })).toMatchObject({ state: 'lost', elements: [lost, lost] });
    expect(await launcher.cancel(other)).toMatchObject({ state: 'lost' });
  });

  conforms("what cannot be the job's folder is said", async () => {
    const asked = job('exit 0');
    writeFileSync(asked.folder, '');
    await expect(launcher.submit(asked)).rejects.toMatchObject({ code: 'not-writable', input: asked.folder });
  });

  conforms('of two who submit into one folder at once one does, and it has the record', async () => {
    const asked = job('echo ready; exec sleep 600');
    const [first, second] = await Promise.allSettled([launcher.submit(asked), launcher.submit(asked)]);
    const [taken] = [first, second].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const [refused] = [first, second].flatMap((one) => (one.status === 'rejected' ? one.reason : []));
    expect(['locked', 'job-runs']).toContain(refused.code);
    await expect(launcher.submit(asked)).rejects.toMatchObject({ code: 'job-runs', input: `${name} ${taken!.id}` });
    expect(readJob(asked.folder)).toEqual(taken);
    expect(await launcher.cancel(taken!)).toMatchObject({ state: 'cancelled' });
    expect(existsSync(jobPaths(asked.folder).lock)).toBe(false);
    expect(await launcher.cancel(await launcher.submit(asked))).toMatchObject({ state: 'cancelled' });
  });

  conforms('a copy of a folder has no job, one that was moved keeps its own', async () => {
    const record = await launcher.submit(job('echo ready; exec sleep 600'));
    await running(record);
    const other = `${record.folder} other`;
    cpSync(record.folder, other, { recursive: true });
    expect(readJob(other)).toBeUndefined();
    rmSync(other, { recursive: true });
    renameSync(record.folder, other);
    const moved = readJob(other)!;
    expect(moved).toMatchObject({ id: record.id, folder: other, submittedIn: record.folder });
    expect(await launcher.report(moved)).toMatchObject({ state: 'running' });
    renameSync(other, record.folder);
    expect(await launcher.cancel(record)).toMatchObject({ state: 'cancelled' });
  });

  conforms('what is refused leaves nothing', async () => {
    for (const size of [{ nodes: 0 }, { threads: 1.5 }, { nodes: 1000 }, { timeLimit: 0 }, { elements: 0 }]) {
      const refused = job('exit 0', size);
      await expect(launcher.submit(refused)).rejects.toMatchObject({ name: 'JikjiError' });
      expect(existsSync(refused.folder)).toBe(false);
    }
  });
});

test('a forged job folder ends no process', async () => {
  const made = join(folder, 'made-up');
  mkdirSync(made);
  writeFileSync(jobPaths(made).process, JSON.stringify({ pid: process.pid }));
  const record = { formatVersion: 1, launcher: 'local', id: `${process.pid}`, name: 'x', folder: made, submitted: '' };
  writeFileSync(jobPaths(made).record, JSON.stringify({ ...record, submittedIn: '/' }));
  expect(readJob(made)).toEqual(record);
  expect(await LAUNCHERS.local.cancel(readJob(made)!)).toMatchObject({ state: 'lost' });
  for (const wrong of ['', '[]', '{"formatVersion":1}', JSON.stringify({ ...record, id: '-1' })]) {
    writeFileSync(jobPaths(made).record, wrong);
    expect(readJob(made), wrong).toBeUndefined();
  }
  writeFileSync(jobPaths(made).record, JSON.stringify({ ...record, elements: 1e9 }));
  expect(readJob(made)).toBeUndefined();
  // Nobody writes into these: they are not waited for.
  for (const path of [jobPaths(made).record, jobPaths(made).ended, jobPaths(made).process]) {
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
  }
  expect(readJob(made)).toBeUndefined();
  expect(await LAUNCHERS.local.report({ ...record, formatVersion: 1, launcher: 'local' })).toMatchObject({
    state: 'lost',
  });
});
