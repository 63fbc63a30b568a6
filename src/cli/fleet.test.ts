// What `fleet status` shows. Needs a Slurm: `scripts/with-slurm.sh npx vitest run src/cli/fleet`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { alone, hasSlurm, run, until } from '../fleet/launch/testing/slurm.ts';
import { jikji } from '../foundry/make/testing/cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-fleet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('no Slurm', async () => {
  const env = { SLURM_CONF: join(folder, 'none.conf') };
  const ended = await jikji(argv`fleet status --json`, { cwd: folder, env });
  expect(ended).toMatchObject({ code: 2 });
  expect(JSON.parse(ended.stdout).error.code).toMatch(/^slurm-(missing|not-set-up)$/);
});

/** A catalogue with a cluster that is asked by Slurm's commands, and one of which nobody says how it is reached. */
function catalogue(): string {
  const file = join(folder, 'ours.yaml');
  const clusters = `clusters:
  - id: near
    name: { en: Near }
    site: hall
    chips: [{ id: nvidia-b200, count: 1024 }, { id: nvidia-h200 }]
    reached: { scheduler: slurm, login: login.near.example }
  - { id: dark, name: { en: Dark } }
`;
  const head =
    'formatVersion: 1\nid: ours\nversion: 1\ntitle: { en: Ours }\nsites: [{ id: hall, name: { en: Hall } }]\n';
  writeFileSync(file, head + clusters);
  return file;
}

test.each([
  ['naer', 'cluster-unknown', 'did you mean near?'],
  ['dark', 'cluster-not-reached', 'reached'],
])('no such cluster: %s', async (name, code, hint) => {
  const ended = await jikji(argv`fleet status ${name} --catalogue ${catalogue()} --json`, { cwd: folder });
  expect(ended).toMatchObject({ code: 2 });
  expect(JSON.parse(ended.stdout).error).toMatchObject({ code, input: name, hint: expect.stringContaining(hint) });
});

describe.skipIf(!hasSlurm)('with a Slurm', () => {
  alone();

  test('a cluster of a catalogue: its hardware and its present state, whatever the environment names', async () => {
    const env = { JIKJI_CATALOGUE: catalogue(), JIKJI_SLURMRESTD: 'unix:/nowhere' };
    const { stdout } = await jikji(argv`fleet status near`, { cwd: folder, env });
    expect(stdout).toMatch(/^Near \(near\): 1,024 Nvidia B200; Nvidia H200, how many is not known/);
    expect(stdout).toMatch(/^ {2}site {3}Hall\n {2}login {2}login\.near\.example\n\npartition /m);
    expect(stdout).toMatch(/^main \(default\) +none +8\/8 +idle +2 +a,b$/m);
  });
  const status = async () => JSON.parse((await jikji(argv`fleet status --json`, { cwd: folder })).stdout);
  const submit = typed((args) =>
    run('sbatch', '--parsable', '--output=/dev/null', ...args, '--wrap', 'exec sleep 600').trim(),
  );

  test('partitions, states of nodes, running and waiting jobs with their times', async () => {
    expect(await status()).toMatchObject({
      partitions: [
        { name: 'main', isDefault: true, nodes: 2, timeLimit: null, up: true, processorsIdle: 8, processorsAll: 8 },
        { name: 'short', isDefault: false, nodes: 1, timeLimit: 2, up: true, processorsIdle: 4, processorsAll: 4 },
      ],
      jobs: [],
    });
    const first = submit`--nodes=2 --ntasks=8 --time=7 --job-name=first`;
    const second = submit`--nodes=2 --ntasks=8 --time=9 ${'--job-name=가 나'}`;
    try {
      const found = await until(status, ({ jobs }) =>
        jobs.some((job: { start: unknown; waitsFor: unknown }) => job.waitsFor && job.start),
      );
      const [waits, runs] = found.jobs.toSorted((a: { id: string }, b: { id: string }) => Number(b.id) - Number(a.id));
      expect(runs).toMatchObject({
        id: first,
        name: 'first',
        state: 'running',
        nodes: 2,
        on: 'a,b',
        timeLimit: 7,
        waitsFor: null,
      });
      expect(Date.parse(runs.end) - Date.parse(runs.start)).toBe(7 * 60_000);
      // It may begin when the first one must be over.
      expect(waits).toMatchObject({ id: second, name: '가 나', state: 'pending', on: null });
      // Tests of other files may have jobs before it in the same partition.
      expect(waits.waitsFor).toMatch(/^(Resources|Priority)$/);
      expect(Math.abs(Date.parse(waits.start) - Date.parse(runs.end))).toBeLessThan(61_000);
      expect(found.partitions[0]).toMatchObject({
        processorsIdle: 0,
        states: [{ state: 'allocated', count: 2, reason: null }],
      });
      const { stdout } = await jikji(['fleet', 'status'], { cwd: folder });
      expect(stdout).toMatch(/^main \(default\) +none +0\/8 +allocated +2 +a,b$/m);
      // Until Slurm's scheduler has looked at it again, the reason is its priority.
      expect(stdout).toMatch(/ 가 나 .* pending .* (Resources|Priority)$/m);
    } finally {
      run('scancel', first, second);
      await until(
        () => run('squeue', '--noheader'),
        (text) => text === '',
      );
    }
  });

  test('a node that is drained, with the reason', async () => {
    run('scontrol', 'update', 'NodeName=b', 'State=DRAIN', 'Reason=a fan');
    try {
      const { partitions } = await status();
      expect(partitions[0].states).toContainEqual({
        state: expect.stringContaining('drain'),
        count: 1,
        nodes: ['b'],
        reason: 'a fan',
      });
    } finally {
      run('scontrol', 'update', 'NodeName=b', 'State=RESUME');
    }
  });
});
