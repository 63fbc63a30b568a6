// `jikji program meter`: with a fake sacct whose answer the test sets, and with the real one under `scripts/with-slurm.sh --accounting npx
// vitest run src/cli/program-meter.test.ts`.

import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { jobsOfAccount, readSacct, sacctCommand } from '../fleet/index.ts';
import { alone, hasAccounting, run, until } from '../fleet/launch/testing/slurm.ts';
import { errorOf, workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const { ask, program } = programmeCalls(folder);
let bin: string;
beforeAll(async () => {
  bin = join(folder, 'bin');
  mkdirSync(bin);
  await program`example practice`;
});

/** With commands of Slurm's that answer so; sacct writes down what it was asked. */
function answered(sacct: string, queue: object[], ...args: string[]) {
  const command = (name: string, text: string) => {
    writeFileSync(join(bin, `${name}.answer`), text);
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\necho "$@" >> ${join(bin, `${name}.asked`)}\ncat ${join(bin, `${name}.answer`)}\n`,
    );
    chmodSync(join(bin, name), 0o755);
  };
  command('sacct', sacct);
  command('squeue', JSON.stringify({ jobs: queue }));
  const PATH = `${bin}:${process.env.PATH}`;
  return ask(['meter', ...args], { PATH, SLURM_CONF: '' });
}

const at = (time: string) => Date.parse(time) / 1000;
const job = (job_id: number, account: string, start: string, { hours, gpus }: { hours: number; gpus: number }) => ({
  job_id,
  account,
  time: { start: at(start), end: at(start) + 3600 * hours, elapsed: 3600 * hours },
  tres: {
    allocated: [
      { type: 'node', name: '', count: 1 },
      { type: 'gres', name: 'gpu', count: gpus },
    ],
  },
});
const JOBS = JSON.stringify({
  jobs: [
    job(1, 'azalea', '2026-05-31T22:00:00Z', { hours: 10, gpus: 8 }),
    job(2, 'azalea', '2026-06-30T20:00:00Z', { hours: 10, gpus: 2 }),
    job(3, 'bell', '2026-06-10T00:00:00Z', { hours: 5, gpus: 4 }),
    job(4, 'azalea-two', '2026-06-10T00:00:00Z', { hours: 5, gpus: 4 }),
  ],
});
const JUNE = argv`--on azalea-one --from 2026-06-01 --to 2026-06-30`;

test('hours of each consortium in the requested days, signed once; jobs that still wait are reported', async () => {
  const waits = { job_id: 5, job_state: ['PENDING'], account: 'bell', state_reason: 'AssocGrpGRESMinutes' };
  const accounts = argv`--account azalea=azalea --account bellflower=bell`;
  const first = await answered(JOBS, [waits, { ...waits, state_reason: 'Priority' }], ...JUNE, ...accounts);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  const { usages, waiting } = JSON.parse(first.stdout);
  expect(usages).toMatchObject([
    { consortium: 'azalea', jobs: 2, deviceHours: 8 * 8 + 2 * 4, fresh: true },
    { consortium: 'bellflower', jobs: 1, deviceHours: 20, fresh: true },
  ]);
  expect(waiting).toEqual([
    { consortium: 'bellflower', job: '5', reason: 'AssocGrpGRESMinutes', why: 'its account has no hours left' },
  ]);
  const again = JSON.parse((await answered(JOBS, [], ...JUNE, ...accounts)).stdout);
  expect(again.usages.map(({ fresh }: { fresh: boolean }) => fresh)).toEqual([false, false]);
  const { accounts: told } = await program`compute`;
  const of = (consortium: string) =>
    told.find((one: Record<string, string>) => one.consortium === consortium && one.from === '2026-06-01');
  expect([of('azalea').metered, of('bellflower').metered]).toEqual([72, 20]);
  await program`verify`;
});

test('a consortium without a named account uses its own name; Slurm is queried with one day of margin', async () => {
  rmSync(join(bin, 'sacct.asked'));
  const july = argv`--on azalea-one --from 2026-07-01 --to 2026-07-31`;
  const { usages, unnamed } = JSON.parse((await answered(JOBS, [], ...july)).stdout);
  const { accounts } = await program`compute`;
  const consortia = new Set(accounts.map((one: { consortium: string }) => one.consortium));
  expect(new Set(usages.map((one: { consortium: string }) => one.consortium))).toEqual(consortia);
  expect(usages.find((one: { deviceHours: number }) => one.deviceHours > 0)).toMatchObject({
    consortium: 'azalea',
    deviceHours: 12,
  });
  expect(unnamed).toEqual([]);
  const asked = readFileSync(join(bin, 'sacct.asked'), 'utf8').trim().split('\n');
  expect(asked).toHaveLength(consortia.size);
  expect(asked[0]).toMatch(/--accounts=azalea --starttime=2026-06-30 --endtime=2026-08-02$/);
});

test('a wrong call is reported, and nothing is written', async () => {
  const refused = (sacct: string) => typed(async (args) => errorOf(await answered(sacct, [], ...args)));
  expect(await refused(JOBS)`${JUNE.slice(0, 4)} --to 2026-06-31`).toMatchObject({ code: 'usage' });
  expect(await refused(JOBS)`${JUNE.slice(0, 4)} --to 2026-05-31`).toMatchObject({ code: 'period-backwards' });
  expect(await refused(JOBS)`${JUNE} --account azalea`).toMatchObject({ code: 'usage' });
  expect(await refused(JOBS)`${JUNE} --account aster=a`).toMatchObject({ code: 'consortium-unknown' });
  const both = argv`--account azalea=a --account bellflower=a`;
  expect(await refused(JOBS)`${JUNE} ${both}`).toMatchObject({ code: 'account-twice', input: 'a' });
  expect(await refused(JOBS)`--on azalea-won ${JUNE.slice(2)}`).toMatchObject({ code: 'cluster-unknown' });
  expect(await refused('sacct: hm')`${JUNE}`).toMatchObject({ code: 'slurm-strange-answer' });
  expect(await refused(JOBS)`${JUNE} --device gres/npu`).toMatchObject({
    code: 'device-not-held',
    hint: 'they held: gres/gpu, node',
  });
  expect(await refused(JOBS)`${JUNE} --submission none=1`).toMatchObject({ code: 'submission-unknown' });
});

describe.skipIf(!hasAccounting)('with a Slurm that keeps accounts', () => {
  alone(); // a job of ours waits, and others would wait behind it

  test('hours of a real job, metered twice, and a job whose account has no hours left', async () => {
    const dir = `--chdir=${folder}`;
    const manage = typed((args) => run('sacctmgr', '--immediate', '--quiet', ...args));
    manage`add account metered cluster=jikji`;
    manage`add user ${userInfo().username} account=metered cluster=jikji`;
    const sbatch = typed((args) => run('sbatch', '--parsable', '--output=/dev/null', dir, ...args).trim());
    const id = sbatch`--wait --account=metered --nodes=2 ${'--wrap=sleep 4'}`;
    await until(
      () => run('sacct', '--parsable2', '--noheader', '--allocations', `--jobs=${id}`, '--format=State,ElapsedRaw'),
      (text) => text.startsWith('COMPLETED'),
    );
    const elapsed = Number(
      run('sacct', '--parsable2', '--noheader', '--allocations', `--jobs=${id}`, '--format=ElapsedRaw'),
    );
    const day = (offset: number) => new Date(Date.now() + 86_400_000 * offset).toISOString().slice(0, 10);
    const days = argv`--from ${day(-1)} --to ${day(1)} --on azalea-one --account camellia=metered`;
    manage`modify account metered set GrpTRESMins=cpu=0`;
    const late = sbatch`--account=metered --time=1 --wrap=true`;
    try {
      await until(
        () => run('squeue', '--noheader', `--jobs=${late}`, '--format=%r'),
        (text) => text.includes('AssocGrpCPUMinutesLimit'),
      );
      const met = await program`meter ${days} --device node`;
      const [usage] = met.usages;
      expect(usage).toMatchObject({ consortium: 'camellia', jobs: 1, fresh: true });
      expect(usage.deviceHours).toBe((2 * elapsed) / 3600);
      expect(met.waiting).toContainEqual({
        consortium: 'camellia',
        job: late,
        reason: 'AssocGrpCPUMinutesLimit',
        why: 'its account has no hours left',
      });
      expect((await program`meter ${days} --device node`).usages).toEqual([{ ...usage, fresh: false }]);
      // What the console has people type says the same, and which cluster it is of.
      const typed = readSacct(run('sh', '-c', sacctCommand(['metered', 'team'], day(-1), day(1))));
      expect(typed.filter(({ account }) => account === 'metered')).toEqual(
        await jobsOfAccount('metered', day(-1), day(1)),
      );
      expect(typed.find((job) => job.id === id)).toMatchObject({ cluster: 'jikji' });
      const twice = await ask(['meter', ...days]);
      expect(errorOf(twice)).toMatchObject({ code: 'device-not-held', input: 'gres/gpu' });
    } finally {
      run('scancel', late);
    }
  });
});
