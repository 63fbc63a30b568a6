// Runs made by jobs have the bits of runs made here. The Slurm part needs a Slurm: `JIKJI_FLEET=1 scripts/with-slurm.sh npx vitest run
// src/cli/make-on.fleet`.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { takeLock } from '../base/index.ts';
import { argv } from '../base/testing/argv.ts';
import { alone, hasSlurm, run, until } from '../fleet/launch/testing/slurm.ts';
import { jikji, writeTexts } from '../foundry/make/testing/cli.ts';
import { call, folder, isWhole, jobOf, LONG, make, RECIPE, sessions, steps, trains } from './testing/make-on.ts';

test('what belongs to --on is refused without it, and Slurm needs a number of threads', async () => {
  for (const args of [
    ['--nodes', '2'],
    ['--ranks-per-node', '1'],
    ['--time', '5'],
    ['--account', 'x'],
    ['--gres', 'gpu:1'],
    ['--qos', 'long'],
    ['--mem', '1G'],
    ['--constraint', 'a'],
    ['--reservation', 'r'],
    ['--exclude', 'a'],
  ]) {
    const ended = await make('alone', ...args).ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'usage', message: `${args[0]} belongs to --on` });
  }
  const unsaid = await call`make recipe.yaml --json --out alone --on slurm`.ended;
  expect(JSON.parse(unsaid.stdout).error).toMatchObject({ code: 'usage', hint: 'write for example --threads 8' });
  expect(existsSync(join(folder, 'alone'))).toBe(false);
});

test('no Slurm: said before anything is written', async () => {
  const args = argv`make recipe.yaml --json --out none --on slurm --threads 1`;
  const ended = await jikji(args, { cwd: folder, env: { PATH: '/bin', SLURM_CONF: join(folder, 'no-slurm.conf') } });
  expect(ended).toMatchObject({ code: 2 });
  expect(JSON.parse(ended.stdout).error.code).toMatch(/^slurm-(missing|not-set-up)$/);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('the texts alone, and then the rest', async () => {
  const texts = await make('parts', '--until', 'tokens').ended;
  expect(texts, texts.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(texts.stdout)).toEqual({ run: 'parts', until: 'tokens', seed: 1377 });
  expect(existsSync(join(folder, 'parts/genesis.json'))).toBe(false);
  await isWhole('parts', await make('parts', '--resume').ended);
  const elsewhere = await make('parts', '--until', 'tokens', '--on', 'local').ended;
  expect(JSON.parse(elsewhere.stdout).error).toMatchObject({ code: 'usage', input: '--until' });
});

test("a run's own recipe makes it again, where it is said in which folder the texts lie", async () => {
  const recipe = join(folder, 'straight/recipe.yaml');
  const args = argv`--json --threads 1 --out`;
  const without = await call`make ${recipe} ${args} again`.ended;
  expect(JSON.parse(without.stdout).error).toMatchObject({ code: 'source-missing' });
  await isWhole('again', await call`make ${recipe} ${args} again --texts .`.ended);
});

describe('local', () => {
  test('the same run in the background', async () => {
    await isWhole('local', await make('local', '--on', 'local').ended);
  });

  test('Ctrl-C only ends the following; --resume follows again; runs shows it, runs cancel ends it', async () => {
    const first = make('left', '--on', 'local', ...LONG);
    await trains('left');
    first.kill('SIGINT');
    const detached = await first.ended;
    expect(detached).toMatchObject({ code: 130 });
    expect(JSON.parse(detached.stdout).error).toMatchObject({ message: 'the job goes on without this terminal' });
    const second = await make('left', '--on', 'local', ...LONG).ended;
    expect(JSON.parse(second.stdout).error).toMatchObject({ code: 'job-runs' });
    const { runs } = JSON.parse((await call`runs --json`.ended).stdout);
    const shown = runs.find((run: { folder: string }) => run.folder === join(folder, 'left'));
    expect(shown).toMatchObject({ state: 'running', job: `running (local ${jobOf('left')})` });
    const before = steps('left');
    const { stdout: figures } = await call`fleet metrics --once --no-slurm`.ended;
    const of = `run="on",folder="${join(folder, 'left')}"`;
    expect(figures).toContain(`\njikji_run_state{${of},state="running",launcher="local"} 1\n`);
    expect(figures).toContain(`\njikji_run_steps{${of}} 12000\n`);
    const figure = (name: string) => Number(figures.split(`\njikji_run_${name}{${of}} `)[1]?.split('\n')[0]);
    expect(figure('steps_done')).toBeGreaterThanOrEqual(before);
    expect(figure('steps_done')).toBeLessThanOrEqual(steps('left'));
    const losses = readFileSync(join(folder, 'left/transcript.jsonl'), 'utf8').split('\n');
    const { loss } = JSON.parse(losses[figure('steps_done') - 1]!);
    expect(figure('loss_nats')).toBe(Buffer.from(loss, 'hex').readDoubleBE());
    expect(figure('last_step_timestamp_seconds')).toBeGreaterThan(1.7e9);
    // What has ended is not among them, nor a Slurm that was not asked.
    expect(figures).not.toMatch(/\/straight"|slurm/);
    const third = make('left', '--on', 'local', '--resume', ...LONG);
    await until(third.stderr, (text) => text.includes(' runs on '));
    const cancelled = await call`runs cancel left --json`.ended;
    expect(JSON.parse(cancelled.stdout)).toEqual({
      run: 'left',
      launcher: 'local',
      job: jobOf('left'),
      state: 'cancelled',
    });
    // It saved what it had.
    expect(readdirSync(join(folder, 'left/checkpoints'))).toContain(`step-${`${steps('left')}`.padStart(6, '0')}`);
    expect(JSON.parse((await third.ended).stdout).error).toMatchObject({ code: 'job-cancelled' });
  });

  test('submitted and left; a key that a job could not ask for is refused before', async () => {
    const left = await make('detached', '--on', 'local', '--detach').ended;
    expect(left, left.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(left.stdout)).toEqual({ run: 'detached', launcher: 'local', job: jobOf('detached'), seed: 1377 });
    await isWhole('detached', await make('detached', '--on', 'local', '--resume').ended);
    const made = jikji(argv`key new locked --passphrase --json`, {
      cwd: folder,
      env: { JIKJI_PASSPHRASE: 'x' },
    });
    expect(await made).toMatchObject({ code: 0 });
    const refused = await make('unsigned', '--on', 'local', '--key', 'locked').ended;
    expect(refused).toMatchObject({ code: 2 });
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'no-terminal' });
    expect(existsSync(join(folder, 'unsigned'))).toBe(false);
  });

  test('a run that waits for an office says so; one of another recipe is not followed', async () => {
    const first = make('waits', '--on', 'local', '--lodge', 'wait');
    await until(first.stderr, (text) => text.includes("It waits for the office's answer to waits/request.json"));
    const other = await make('waits', '--on', 'local', '--resume', '--set', 'train.steps=7').ended;
    expect(JSON.parse(other.stdout).error).toMatchObject({ code: 'folder-holds-another-run' });
    await call`runs cancel waits`.ended;
    await first.ended;
  });

  test('options of sbatch are not for this machine', async () => {
    const ended = await make('options', '--on', 'local', '--mem', '1G').ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'not-local', input: 'mem 1G' });
    expect(existsSync(join(folder, 'options'))).toBe(false);
  });

  test('what its command refuses is told as if it had been here', async () => {
    const ended = await make('office', '--on', 'local', '--lodge', 'no-such-answer.json').ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'lodging-missing' });
  });

  test('what an earlier job said is not said again of one that could say nothing', async () => {
    for (const [more, signal, code] of [
      [[], 'SIGTERM', 'interrupted'],
      [['--resume'], 'SIGKILL', 'job-failed'],
    ] as const) {
      const before = steps('said');
      const made = make('said', '--on', 'local', ...more, ...LONG);
      await until(
        () => steps('said'),
        (n) => n > before + 20,
      );
      process.kill(Number(run('pgrep', '-f', `main.ts make .*--out ${join(folder, 'said')} `)), signal);
      expect(JSON.parse((await made.ended).stdout).error).toMatchObject({ code });
    }
  });

  test('one of several processes submits nothing', async () => {
    const options = { cwd: folder, env: { PMI_RANK: '0', PMI_SIZE: '2' } };
    const ended = await jikji(argv`make recipe.yaml --json --out ranks --on local`, options);
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'usage', input: '--on local' });
    expect(existsSync(join(folder, 'ranks'))).toBe(false);
  });

  test('a run without a job cannot be cancelled', async () => {
    const ended = await call`runs cancel straight --json`.ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'no-job' });
  });
});

describe.skipIf(!hasSlurm)('slurm', () => {
  alone();
  const on = ['--on', 'slurm'];

  test('on one node, and shared by ranks on two', async () => {
    await isWhole('one', await make('one', ...on).ended);
    await isWhole('two', await make('two', ...on, '--nodes', '2').ended);
    expect(sessions('two')).toBe(1);
    // What comes before training takes one process, not two.
    const sizes = ['text', ''].map((inside) => run('scontrol', 'show', 'job', jobOf('two', inside)));
    expect(sizes[0]).toMatch(/NumNodes=1 .*NumTasks=1 /);
    expect(sizes[1]).toMatch(/NumNodes=2 .*NumTasks=2 /);
    const audited = await call`audit two --json --replay all`.ended;
    expect(JSON.parse(audited.stdout)).toMatchObject({ verdict: 'holds' });
  });

  test('mistakes leave nothing, and nothing is queued', async () => {
    for (const [args, code] of [
      [['--on', 'slurm:nope'], 'slurm-unknown-partition'],
      [[...on, '--nodes', '2', '--ranks-per-node', '2'], 'groups-ranks'],
      [['--on', 'slurm:short', '--nodes', '2'], 'too-many-nodes'],
      [['--on', 'slurm:short', '--time', '3'], 'time-limit-too-long'],
      [[...on, '--mem', '5G'], 'too-much-memory'],
      [[...on, '--constraint', 'third'], 'slurm-unknown-feature'],
      [[...on, '--constraint', 'third', '--nodes', '2'], 'slurm-unknown-feature'],
      [[...on, '--gres', 'help'], 'slurm-option'],
      [[...on, '--exclude', 'a --export=X'], 'slurm-option'],
    ] as const) {
      const ended = await make('wrong', ...args).ended;
      expect(ended).toMatchObject({ code: 2 });
      expect(JSON.parse(ended.stdout).error).toMatchObject({ code });
      expect(existsSync(join(folder, 'wrong'))).toBe(false);
    }
    const missing = jikji(argv`make recipe.yaml --json --out wrong --threads 1 ${on} --nodes 2`, {
      cwd: folder,
      env: { JIKJI_MPI_LIBRARY: 'libnone.so.12' },
    });
    expect(JSON.parse((await missing).stdout).error).toMatchObject({ code: 'mpi-missing' });
    expect(existsSync(join(folder, 'wrong'))).toBe(false);
    expect(run('squeue', '--noheader').trim()).toBe('');
  });

  test('what a job waits for is cancelled with it; the recipe may change after it was submitted', async () => {
    const recipe = join(folder, 'changing.yaml');
    writeFileSync(recipe, RECIPE);
    const full = run(
      'sbatch',
      '--parsable',
      '--nodes=2',
      '--exclusive',
      '--output=/dev/null',
      '--wrap=sleep 600',
    ).trim();
    await until(
      () => run('squeue', '--noheader', `--jobs=${full}`, '--format=%T').trim(),
      (state) => state === 'RUNNING',
    );
    const others = () =>
      run('squeue', '--noheader', '--format=%i')
        .trim()
        .split('\n')
        .filter((id) => id !== full).length;
    const { stdout: figures } = await call`fleet metrics --once`.ended;
    expect(figures).toContain('\njikji_slurm_up 1\n');
    expect(figures).toMatch(/\njikji_slurm_jobs\{partition="[a-z]+",state="RUNNING"\} 1\n/i);
    const args = argv`make changing.yaml --json --out changing --threads 1 ${on} --nodes 2`;
    try {
      const first = call`${args}`;
      await until(() => existsSync(join(folder, 'changing/job/job.json')), Boolean);
      const cancelled = JSON.parse((await call`runs cancel changing --json`.ended).stdout);
      expect(cancelled).toMatchObject({ job: jobOf('changing', 'text'), state: 'cancelled' });
      expect(others()).toBe(0);
      expect(JSON.parse((await first.ended).stdout).error).toMatchObject({ code: 'job-cancelled' });
      const second = call`${args} --resume`;
      await until(others, (n) => n === 2);
      writeFileSync(recipe, RECIPE.replace('steps: 300', 'steps: 5'));
      run('scancel', full);
      await isWhole('changing', await second.ended);
    } finally {
      run('scancel', full);
    }
  });

  test('--resume asks Slurm again for what the job before it had, and for nothing else that its record may name', async () => {
    const full = run('sbatch', '--parsable', '--nodes=2', '--exclusive', '--output=/dev/null', '--wrap=sleep 600');
    const args = argv`${on} --nodes 2`;
    const given = ['--mem', '1G', '--constraint', '[first*1&second*1]'];
    const record = join(folder, 'asked-again/job/job.json');
    const shown = (inside = '') => run('scontrol', 'show', 'job', jobOf('asked-again', inside));
    const again = async (...more: string[]) => {
      await call`runs cancel asked-again`.ended;
      return make('asked-again', ...args, '--resume', '--detach', ...more).ended;
    };
    try {
      const began = await make('asked-again', ...args, ...given, '--detach').ended;
      expect(began, began.stdout).toMatchObject({ code: 0 });
      expect(shown()).toMatch(/MinMemoryNode=1G [\s\S]*Features=\[first\*1&second\*1\] /);
      expect(shown('text')).toMatch(/MinMemoryNode=1G [\s\S]*Features=\(null\) /); // it has one node
      const second = await again();
      expect(second, second.stderr).toMatchObject({ code: 0 });
      expect(second.stderr).toContain('note: as before: --mem 1G --constraint [first*1&second*1]');
      expect(shown()).toMatch(/MinMemoryNode=1G [\s\S]*Features=\[first\*1&second\*1\] /);
      // A new value counts, and an empty one leaves the option out.
      expect(await again('--mem', '2G', '--constraint', '')).toMatchObject({ code: 0 });
      expect(shown()).toMatch(/MinMemoryNode=2G [\s\S]*Features=\(null\) /);
      const { options, ...rest } = JSON.parse(readFileSync(record, 'utf8'));
      expect(options).toEqual({ mem: '2G' });
      for (const hostile of [
        { export: 'ALL,LD_PRELOAD=/x' },
        { mem: '1G\n#SBATCH --export=X' },
        { qos: '--wrap=id' },
      ]) {
        await call`runs cancel asked-again`.ended;
        writeFileSync(record, JSON.stringify({ ...rest, options: hostile }));
        const ended = await again();
        expect(JSON.parse(ended.stdout).error).toMatchObject({
          code: 'slurm-option',
          message: expect.stringContaining('job/job.json'),
        });
      }
      expect(run('squeue', '--noheader', '--format=%i').trim()).toBe(full.trim());
    } finally {
      run('scancel', full.trim());
    }
  });

  test('submitted by halves: --resume adds the job that is missing, and none to a run that is finished', async () => {
    const full = run('sbatch', '--parsable', '--nodes=2', '--exclusive', '--output=/dev/null', '--wrap=sleep 600');
    const args = argv`${on} --nodes 2`;
    try {
      expect(await make('half', ...args, '--detach').ended).toMatchObject({ code: 0 });
      const [text, training] = [jobOf('half', 'text'), jobOf('half')];
      run('scancel', training);
      const release = takeLock(join(folder, 'half/lock'), 'this run'); // as the job for the texts does while it is at it
      const again = await make('half', ...args, '--resume', '--detach').ended;
      release();
      expect(again, again.stderr).toMatchObject({ code: 0 });
      expect(jobOf('half', 'text')).toBe(text);
      expect(jobOf('half')).not.toBe(training);
      expect(JSON.parse(again.stdout)).toMatchObject({ job: jobOf('half') });
    } finally {
      run('scancel', full.trim());
    }
    await isWhole('half', await make('half', ...args, '--resume').ended);
    const last = jobOf('half');
    await isWhole('half', await make('half', ...args, '--resume').ended);
    await isWhole('half', await make('half', ...args, '--resume', '--detach').ended);
    expect(jobOf('half')).toBe(last);
  });

  test('texts that come to nothing: their own words, and no job is left', async () => {
    const texts = join(folder, 'few');
    writeTexts(texts, 1, 1);
    writeFileSync(join(folder, 'few.yaml'), RECIPE.replace('files: texts', 'files: few'));
    const args = argv`make few.yaml --json --out few-run --threads 1 ${on} --nodes 2`;
    const ended = await call`${args}`.ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error.code).toMatch(/^(tokenizer|corpus)-/);
    await until(
      () => run('squeue', '--noheader').trim(),
      (text) => text === '',
    );
  });
});
