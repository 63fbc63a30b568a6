// Runs made by jobs have the bits of runs made here, whatever happens to the jobs. The part of Slurm needs one:
// `JIKJI_FLEET=1 scripts/with-slurm.sh npx vitest run src/cli/make-on`.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alone, hasSlurm, run, until } from '../fleet/launch/slurm.testing.ts';
import { bitsOf, type Ended, jikji, writeTexts } from '../foundry/make/cli.testing.ts';
import { skipped } from './bad-input.testing.ts';
import { noSmallDisk } from './small-disk.testing.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-make-on-'));
  writeTexts(join(folder, 'texts'), 80, 60);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RECIPE = `
name: on
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 700 }
model: { hiddenSize: 64, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 300, batchSize: 4, sequenceLength: 32, microBatchSize: 2, gradientGroups: 2, checkpointEvery: 7, keepEvery: 6, validateEvery: 50, validationTokens: 500 }
`;
/** Long enough that a minute ends in the middle of it. */
const LONG = ['--set', 'train.steps=12000', '--set', 'train.checkpointEvery=500'];

const small = hasSlurm && skipped('a full disk under a job', noSmallDisk());

/** A call of the command line that runs beside the test. */
function call(...args: string[]) {
  let child: ChildProcess | undefined;
  let said = '';
  const onStart = (started: ChildProcess) => {
    child = started;
  };
  const onStderr = (piece: string) => {
    said += piece;
  };
  const ended = jikji(args, { cwd: folder, onStart, onStderr });
  return { ended, kill: (signal: NodeJS.Signals) => child!.kill(signal), saying: () => said };
}
const make = (out: string, ...more: string[]) =>
  call('make', 'recipe.yaml', '--json', '--out', out, '--threads', '1', ...more);

const bits = (out: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(bitsOf(join(folder, out))).filter(([name]) => !name.startsWith('job/')));

const steps = (out: string): number => {
  const path = join(folder, out, 'transcript.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};
const trains = (out: string) =>
  until(
    () => steps(out),
    (n) => n >= 20,
  );
const jobOf = (out: string, inside = ''): string =>
  JSON.parse(readFileSync(join(folder, out, 'job', inside, 'job.json'), 'utf8')).id;
const sessions = (out: string): number =>
  readFileSync(join(folder, out, 'sessions.jsonl'), 'utf8').split('"event":"start"').length - 1;

/** Brings back a node that was set down, unless it has come back by itself. */
async function resume(node: string): Promise<void> {
  try {
    run('scontrol', 'update', `NodeName=${node}`, 'State=RESUME');
  } catch {
    // it is not down
  }
  await until(
    () => run('sinfo', '--noheader', '--partition=main', '--states=idle', '--format=%D').trim(),
    (n) => n === '2',
  );
}

let straight: Record<string, unknown>;
beforeAll(async () => {
  expect(await make('straight').ended).toMatchObject({ code: 0 });
  straight = bits('straight');
}, 120_000);

async function isWhole(out: string, made: Ended): Promise<void> {
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(made.stdout)).toMatchObject({ run: out, stateRoot: straight.stateRoot, head: straight.head });
  expect(bits(out)).toEqual(straight);
}

test('what belongs to --on is refused without it, and Slurm needs a number of threads', async () => {
  for (const args of [
    ['--nodes', '2'],
    ['--ranks-per-node', '1'],
    ['--time', '5'],
    ['--account', 'x'],
  ]) {
    const ended = await make('alone', ...args).ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'usage', message: `${args[0]} belongs to --on` });
  }
  const unsaid = await call('make', 'recipe.yaml', '--json', '--out', 'alone', '--on', 'slurm').ended;
  expect(JSON.parse(unsaid.stdout).error).toMatchObject({ code: 'usage', hint: 'write for example --threads 8' });
  expect(existsSync(join(folder, 'alone'))).toBe(false);
});

test('no Slurm: said before anything is written', async () => {
  const args = ['make', 'recipe.yaml', '--json', '--out', 'none', '--on', 'slurm', '--threads', '1'];
  const ended = await jikji(args, { cwd: folder, env: { PATH: '/bin', SLURM_CONF: join(folder, 'no-slurm.conf') } });
  expect(ended).toMatchObject({ code: 2 });
  expect(JSON.parse(ended.stdout).error.code).toMatch(/^slurm-(missing|not-set-up)$/);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test('the texts alone, and then the rest', async () => {
  const texts = await make('parts', '--until', 'tokens').ended;
  expect(texts, texts.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(texts.stdout)).toEqual({ run: 'parts', until: 'tokens' });
  expect(existsSync(join(folder, 'parts/genesis.json'))).toBe(false);
  await isWhole('parts', await make('parts', '--resume').ended);
  const elsewhere = await make('parts', '--until', 'tokens', '--on', 'local').ended;
  expect(JSON.parse(elsewhere.stdout).error).toMatchObject({ code: 'usage', input: '--until' });
});

test("a run's own recipe makes it again, where it is said in which folder the texts lie", async () => {
  const recipe = join(folder, 'straight/recipe.yaml');
  const args = ['--json', '--threads', '1', '--out'];
  const without = await call('make', recipe, ...args, 'again').ended;
  expect(JSON.parse(without.stdout).error).toMatchObject({ code: 'source-missing' });
  await isWhole('again', await call('make', recipe, ...args, 'again', '--texts', '.').ended);
});

describe('local', { timeout: 120_000 }, () => {
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
    const { runs } = JSON.parse((await call('runs', '--json').ended).stdout);
    const shown = runs.find((run: { folder: string }) => run.folder === join(folder, 'left'));
    expect(shown).toMatchObject({ state: 'running', job: `running (local ${jobOf('left')})` });
    const third = make('left', '--on', 'local', '--resume', ...LONG);
    await until(third.saying, (text) => text.includes(' runs on '));
    const cancelled = await call('runs', 'cancel', 'left', '--json').ended;
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
    expect(JSON.parse(left.stdout)).toEqual({ run: 'detached', launcher: 'local', job: jobOf('detached') });
    await isWhole('detached', await make('detached', '--on', 'local', '--resume').ended);
    const made = jikji(['key', 'new', 'locked', '--passphrase', '--json'], {
      cwd: folder,
      env: { JIKJI_PASSPHRASE: 'x' },
    });
    expect(await made).toMatchObject({ code: 0 });
    const refused = await make('unsigned', '--on', 'local', '--key', 'locked').ended;
    expect(refused).toMatchObject({ code: 2 });
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'no-terminal' });
    expect(existsSync(join(folder, 'unsigned'))).toBe(false);
  });

  test('what its command refuses is told as if it had been here', async () => {
    const ended = await make('office', '--on', 'local', '--lodge', 'no-such-answer.json').ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'lodging-missing' });
  });

  test('a run without a job cannot be cancelled', async () => {
    const ended = await call('runs', 'cancel', 'straight', '--json').ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'no-job' });
  });
});

describe.skipIf(!hasSlurm)('slurm', { timeout: 300_000 }, () => {
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
    const audited = await call('audit', 'two', '--json', '--replay', 'all').ended;
    expect(JSON.parse(audited.stdout)).toMatchObject({ verdict: 'holds' });
  });

  test('mistakes leave nothing, and nothing is queued', async () => {
    for (const [args, code] of [
      [['--on', 'slurm:nope'], 'slurm-unknown-partition'],
      [[...on, '--nodes', '2', '--ranks-per-node', '2'], 'groups-ranks'],
      [['--on', 'slurm:short', '--nodes', '2'], 'too-many-nodes'],
      [['--on', 'slurm:short', '--time', '3'], 'time-limit-too-long'],
    ] as const) {
      const ended = await make('wrong', ...args).ended;
      expect(ended).toMatchObject({ code: 2 });
      expect(JSON.parse(ended.stdout).error).toMatchObject({ code });
      expect(existsSync(join(folder, 'wrong'))).toBe(false);
    }
    const missing = jikji(
      ['make', 'recipe.yaml', '--json', '--out', 'wrong', '--threads', '1', ...on, '--nodes', '2'],
      { cwd: folder, env: { JIKJI_MPI_LIBRARY: 'libnone.so.12' } },
    );
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
    const args = ['make', 'changing.yaml', '--json', '--out', 'changing', '--threads', '1', ...on, '--nodes', '2'];
    try {
      const first = call(...args);
      await until(() => existsSync(join(folder, 'changing/job/job.json')), Boolean);
      const cancelled = JSON.parse((await call('runs', 'cancel', 'changing', '--json').ended).stdout);
      expect(cancelled).toMatchObject({ job: jobOf('changing', 'text'), state: 'cancelled' });
      expect(others()).toBe(0);
      expect(JSON.parse((await first.ended).stdout).error).toMatchObject({ code: 'job-cancelled' });
      const second = call(...args, '--resume');
      await until(others, (n) => n === 2);
      writeFileSync(recipe, RECIPE.replace('steps: 300', 'steps: 5'));
      run('scancel', full);
      await isWhole('changing', await second.ended);
    } finally {
      run('scancel', full);
    }
  });

  test('texts that come to nothing: their own words, and no job is left', async () => {
    const texts = join(folder, 'few');
    writeTexts(texts, 1, 1);
    writeFileSync(join(folder, 'few.yaml'), RECIPE.replace('files: texts', 'files: few'));
    const args = ['make', 'few.yaml', '--json', '--out', 'few-run', '--threads', '1', ...on, '--nodes', '2'];
    const ended = await call(...args).ended;
    expect(ended).toMatchObject({ code: 2 });
    expect(JSON.parse(ended.stdout).error.code).toMatch(/^(tokenizer|corpus)-/);
    await until(
      () => run('squeue', '--noheader').trim(),
      (text) => text === '',
    );
  });

  test.skipIf(small)(
    'a full disk under the checkpoint: the job ends and says so, and goes on to the same bits',
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      run('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk);
      try {
        const out = join('disk', 'run');
        const first = make(out, ...on, '--nodes', '2');
        await trains(out);
        // Room for words, and not for a checkpoint.
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize - (1 << 18)));
        const ended = await first.ended;
        expect(ended).toMatchObject({ code: 2 });
        expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'disk-full' });
        rmSync(join(disk, 'filler'));
        await isWhole(out, await make(out, ...on, '--nodes', '2', '--resume').ended);
      } finally {
        run('umount', '-l', disk);
      }
    },
  );

  test('ended by scancel: what it had is saved, and it goes on to the same bits', async () => {
    const first = make('cancelled', ...on);
    await trains('cancelled');
    run('scancel', jobOf('cancelled'));
    const ended = await first.ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'job-cancelled' });
    expect(readdirSync(join(folder, 'cancelled/checkpoints'))).toContain(
      `step-${`${steps('cancelled')}`.padStart(6, '0')}`,
    );
    await isWhole('cancelled', await make('cancelled', ...on, '--resume').ended);
  });

  test('killed with -9 on its node: the job fails, and goes on to the same bits', async () => {
    for (const nodes of [
      ['--nodes', '1'],
      ['--nodes', '2'],
    ]) {
      const out = `killed-${nodes[1]}`;
      const first = make(out, ...on, ...nodes);
      await trains(out);
      // The last rank, by Slurm's own hand.
      const pids = run('pgrep', '-f', `main.ts make .*--out ${join(folder, out)} `)
        .trim()
        .split('\n');
      process.kill(Number(pids.at(-1)), 'SIGKILL');
      const ended = await first.ended;
      expect(ended.code).toBe(2);
      expect(JSON.parse(ended.stdout).error.code).toMatch(/^(job-failed|rank-lost)$/);
      await isWhole(out, await make(out, ...on, ...nodes, '--resume').ended);
    }
  });

  test('a node set down: queued again by Slurm, and on to the same bits', async () => {
    const first = make('down', ...on);
    await trains('down');
    const node = run('squeue', '--noheader', `--jobs=${jobOf('down')}`, '--format=%N').trim();
    run('scontrol', 'update', `NodeName=${node}`, 'State=DOWN', 'Reason=test');
    try {
      await isWhole('down', await first.ended);
      expect(sessions('down')).toBe(2);
    } finally {
      await resume(node);
    }
  });

  test('the controller restarted in the middle: nothing is lost, and it is followed on', async () => {
    const first = make('restarted', ...on);
    await trains('restarted');
    const work = dirname(process.env.SLURM_CONF!);
    // One that is killed with -9 forgets what it was told in its last seconds; this one writes it down.
    const pid = Number(readFileSync(join(work, 'run/slurmctld.pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    await until(
      () => existsSync(`/proc/${pid}/exe`),
      (there) => !there,
    );
    spawn('slurmctld', ['-D'], { detached: true, stdio: 'ignore' }).unref();
    await isWhole('restarted', await first.ended);
    expect(sessions('restarted')).toBe(1);
  });

  test('the signal before the time limit: saved, queued again, on to the same bits', async () => {
    for (const nodes of ['1', '2']) {
      const out = `signal-${nodes}`;
      const first = make(out, ...on, '--time', '30', '--nodes', nodes);
      await trains(out);
      run('scancel', '--batch', '--signal=USR2', jobOf(out));
      await isWhole(out, await first.ended);
      expect(sessions(out)).toBe(2);
    }
  });

  test('a time limit in which nothing is done is not tried for ever', async () => {
    const first = make('short', ...on, '--time', '30', '--lodge', 'wait');
    await until(() => existsSync(join(folder, 'short/request.json')), Boolean);
    run('scancel', '--batch', '--signal=USR2', jobOf('short'));
    expect(JSON.parse((await first.ended).stdout).error).toMatchObject({
      code: 'job-failed',
      message: expect.stringContaining('time was over'),
    });
  });

  test('the time limit itself', async () => {
    const alone = make('long', ...LONG);
    await alone.ended;
    const limited = await make('limited', ...on, '--time', '1', ...LONG).ended;
    expect(limited, limited.stderr).toMatchObject({ code: 0 });
    expect(bits('limited')).toEqual(bits('long'));
    expect(sessions('limited')).toBeGreaterThan(1);
  });
});
