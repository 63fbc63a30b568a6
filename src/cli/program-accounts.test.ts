// `jikji program accounts`: with fake Slurm commands that record their calls, and with the real ones under `scripts/with-slurm.sh --accounting
// --rest npx vitest run src/cli/program-accounts.test.ts`. There the printed script is executed, and a run on a cluster of the catalogue exceeds
// its allotment.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { alone, hasAccounting, hasRest, run, until } from '../fleet/launch/testing/slurm.ts';
import { call, errorOf, start, succeed, workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const { ask, program, refused } = programmeCalls(folder);
let catalogue: string;
const day = (offset: number) => new Date(Date.now() + 86_400_000 * offset).toISOString().slice(0, 10);
const socket = hasRest ? `, slurmrestd: "unix:${process.env.SLURMRESTD}"` : '';

beforeAll(async () => {
  await program`example practice`;
  catalogue = join(folder, 'value-chain.yaml');
  const text = readFileSync(new URL('../../programs/practice/value-chain.yaml', import.meta.url), 'utf8')
    .replace('version: 1\n', 'version: 2\n')
    .replace(
      '    site: azalea-site\n',
      `    site: azalea-site\n    reached: { scheduler: slurm${socket}, partition: short, login: azalea.example, accounts: { camellia: camellia-gpu } }\n`,
    );
  writeFileSync(catalogue, text);
  await program`catalogue ${catalogue}`;
  const allot = (id: string, from: number, to: number, hours: string) =>
    program`allot ${id} --consortium azalea --on azalea-one --from ${day(from)} --to ${day(to)} --hours ${hours}`;
  await allot('azalea-now', -1, 30, '100');
  await allot('azalea-more', 10, 40, '0.76');
});

test('who was allotted hours has them today, or none; accounts are those of the catalogue', async () => {
  const found = await program`accounts --on azalea-one`;
  expect(found).toMatchObject({ cluster: 'azalea-one', device: 'gres/gpu', day: day(0) });
  expect(found.accounts).toEqual([
    {
      consortium: 'azalea',
      name: 'Azalea (made up)',
      account: 'azalea',
      hours: 100.76,
      period: { from: day(-1), to: day(40) },
    },
    { consortium: 'camellia', name: 'Camellia (made up)', account: 'camellia-gpu', hours: 0, period: null },
  ]);
  for (const word of ['AccountingStorageTRES=gres/gpu', 'PriorityDecayHalfLife=0', 'AccountingStorageEnforce=safe'])
    expect(found.script).toContain(word);
  expect((await program`accounts --on azalea-one --device node`).script).not.toContain('StorageTRES');
});

test('the lines make what is not there, and set limits; run again they do no more', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const command = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  command('scontrol', "echo 'ClusterName             = one cluster'");
  // Knows the accounts that were added.
  command(
    'sacctmgr',
    `cd ${bin}; printf '%s|' "$@" >> asked; echo >> asked
case "$*" in
*'show assoc'*) for word; do case "$word" in account=*) grep -x "\${word#account=}" there 2>/dev/null; esac; done; true ;;
*'add account'*) echo "$4" >> there ;;
esac`,
  );
  const { script } = await program`accounts --on azalea-one`;
  const changes = () => {
    rmSync(join(bin, 'asked'), { force: true });
    execFileSync('bash', { input: script, env: { PATH: `${bin}:${process.env.PATH}` } });
    const lines = readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n');
    return lines.filter((line) => !line.includes('|show|'));
  };
  const set = (name: string, minutes: number) =>
    `--immediate|modify|account|where|name=${name}|cluster=one cluster|set|GrpTRESMins=gres/gpu=${minutes}|`;
  const add = (name: string) => `--immediate|add|account|${name}|cluster=one cluster|`;
  // 100.76 hours are 6045.6 minutes.
  const limits = [set('azalea', 6045), set('camellia-gpu', 0)];
  expect(changes()).toEqual([add('azalea'), limits[0], add('camellia-gpu'), limits[1]]);
  expect(changes()).toEqual(limits);
});

test('consortia stand in the script by their names, and a name cannot leave its comment', async () => {
  for (const name of ['Azalea\ntouch owned', 'Azalea\rtouch owned', 'Azalea\u2028touch owned', '\u001b[2J'])
    expect(await refused`rename consortium azalea --name ${name}`).toMatchObject({
      code: 'entry-broken',
      message: '--name must be text on one line',
    });
  const { script } = await program`accounts --on azalea-one`;
  expect(script).toContain('\n# Azalea (made up): 101 hours from ');
  expect(script).toContain('\n# Camellia (made up): nothing is allotted on this day');
});

test('metering asks for the same accounts', async () => {
  const bin = join(folder, 'metering');
  mkdirSync(bin);
  for (const name of ['sacct', 'squeue'])
    writeFileSync(join(bin, name), `#!/bin/sh\necho "$@" >>"\${0%/*}/asked"\necho '{"jobs":[]}'\n`, { mode: 0o755 });
  const days = argv`--from 2026-05-01 --to 2026-05-31`;
  const env = { PATH: `${bin}:${process.env.PATH}`, SLURM_CONF: '' };
  await succeed(ask(argv`meter --on azalea-one ${days}`, env));
  const asked = readFileSync(join(bin, 'asked'), 'utf8').match(/(?<=--accounts=)\S+/g)!;
  expect(asked).toEqual(expect.arrayContaining(['azalea', 'camellia-gpu', 'bellflower']));
  expect(asked).not.toContain('camellia');
});

test('errors are reported', async () => {
  expect(await refused`accounts --on azalea-won`).toMatchObject({ code: 'cluster-unknown' });
  expect(await refused`accounts --on mugunghwa-one`).toMatchObject({ code: 'cluster-unknown' });
  for (const device of ['gres/gpu=1', 'node;id', '$(id)', 'gres/gpu id', '']) {
    expect(await refused`accounts --on azalea-one --device ${device}`).toMatchObject({ code: 'usage' });
  }
});

describe.skipIf(!hasAccounting)('with a Slurm that keeps accounts', () => {
  alone();

  test('its accounts get the limits, and a run on the cluster is told that its account has no hours', async () => {
    const limits = () =>
      run('sacctmgr', '--noheader', '--parsable2', 'show', 'assoc', 'user=', 'format=account,grptresmins')
        .split('\n')
        .filter((line) => /azalea|camellia/.test(line))
        .sort();
    const { script } = await program`accounts --on azalea-one --device node`;
    execFileSync('bash', { input: script });
    expect(limits()).toEqual(['azalea|node=6045', 'camellia-gpu|node=0']);
    run('sacctmgr', '--immediate', 'modify', 'account', 'azalea', 'set', 'GrpTRESMins=cpu=7');
    execFileSync('bash', { input: script });
    expect(limits()).toEqual(['azalea|cpu=7,node=6045', 'camellia-gpu|node=0']);
    run('sacctmgr', '--immediate', 'add', 'user', userInfo().username, 'account=camellia-gpu');

    // By the catalogue: its slurmrestd, its partition, and the only account in it.
    const on = argv`--on azalea-one --catalogue ${catalogue}`;
    const args = argv`make t.yaml ${on} --threads 1 --time 1`;
    const env = { JIKJI_CATALOGUE: catalogue };
    const child = start(folder, argv`${args} --out runs/late`);
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (piece) => {
      stderr += piece;
    });
    child.stdout!.setEncoding('utf8').on('data', (piece) => {
      stderr += piece;
    });
    const words = 'its account has no hours left: AssocGrpNodeMinutes';
    await until(
      () => stderr,
      (text) => text.includes(words),
    );
    child.kill('SIGINT');
    await new Promise((resolve) => child.on('close', resolve));
    const { slurmrestd, id } = JSON.parse(readFileSync(join(folder, 'runs/late/job/job.json'), 'utf8'));
    expect(slurmrestd).toBe(hasRest ? `unix:${process.env.SLURMRESTD}` : null);
    const status = JSON.parse((await call(folder, argv`fleet status azalea-one`, env)).stdout);
    expect(status.cluster).toMatchObject({
      id: 'azalea-one',
      site: { id: 'azalea-site' },
      chips: [{ id: 'northgate-n9', count: 64 }],
      login: 'azalea.example',
    });
    expect(status.jobs).toContainEqual(
      expect.objectContaining({
        id,
        partition: 'short',
        account: 'camellia-gpu',
        limit: 'its account has no hours left',
      }),
    );
    const { runs } = JSON.parse((await call(folder, ['runs'])).stdout);
    expect(runs[0].job).toBe(`waiting (slurm ${id}: ${words})`);
    await succeed(call(folder, argv`runs cancel runs/late`));

    run('sacctmgr', '--immediate', 'add', 'qos', 'denies', 'set', 'flags=DenyOnLimit');
    run('sacctmgr', '--immediate', 'modify', 'account', 'camellia-gpu', 'set', 'qos=denies', 'defaultqos=denies');
    const refused = errorOf(await call(folder, argv`${args} --out runs/none`));
    expect(refused).toMatchObject({ code: 'slurm-account-limit', hint: expect.stringContaining('program compute') });
    expect(existsSync(join(folder, 'runs/none'))).toBe(false);
  });
});
