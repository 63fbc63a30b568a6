// Whatever happens to a Slurm job, its run continues to the bits of an undisturbed run. It needs a Slurm: `JIKJI_FLEET=1 scripts/with-slurm.sh
// npx vitest run src/cli/make-on-faults`.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { skipped } from '../base/testing/skipped.ts';
import { alone, hasSlurm, run, until } from '../fleet/launch/testing/slurm.ts';
import { folder, isWhole, jobOf, make, makeForMinutes, makePaced, sessions, steps, trains } from './testing/make-on.ts';
import { mount, noSmallDisk } from './testing/small-disk.ts';

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

const small = hasSlurm && skipped('a full disk under a job', noSmallDisk());
describe.skipIf(!hasSlurm)('what may happen to a job of Slurm', () => {
  alone();
  const on = ['--on', 'slurm'];

  test.skipIf(small)(
    'a full disk under the checkpoint: the job ends and says so, and goes on to the same bits',
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      run('mount', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk);
      try {
        const out = join('disk', 'run');
        const first = makePaced(out, ...on, '--nodes', '2');
        await trains(out);
        // From now on room for words, and not for a checkpoint. It is refused where more was written since it was asked.
        const { bsize, blocks } = statfsSync(disk);
        const full = () => mount('-o', `remount,size=${(blocks - statfsSync(disk).bfree) * bsize + (1 << 18)}`, disk);
        await until(full, ({ status }) => status === 0);
        const ended = await first.ended;
        expect(ended).toMatchObject({ code: 2 });
        expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'disk-full' });
        run('mount', '-o', 'remount,size=64m', disk);
        await isWhole(out, await make(out, ...on, '--nodes', '2', '--resume').ended);
      } finally {
        run('umount', '-l', disk);
      }
    },
  );

  test('ended by scancel: what it had is saved, and it goes on to the same bits', async () => {
    const first = makePaced('cancelled', ...on);
    await trains('cancelled');
    run('scancel', jobOf('cancelled'));
    const ended = await first.ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'job-cancelled' });
    expect(readdirSync(join(folder, 'cancelled/checkpoints'))).toContain(
      `step-${`${steps('cancelled')}`.padStart(6, '0')}`,
    );
    await isWhole('cancelled', await make('cancelled', ...on, '--resume').ended);
  });

  /** Processes of a run on its nodes, the last rank last. */
  const processes = (out: string): number[] =>
    run('pgrep', '-f', `main.ts make .*--out ${join(folder, out)} `)
      .trim()
      .split('\n')
      .map(Number);

  test('a rank killed with -9: queued again, and on to the same bits', async () => {
    for (const nodes of ['1', '2']) {
      const out = `killed-${nodes}`;
      const first = makePaced(out, ...on, '--nodes', nodes);
      await trains(out);
      process.kill(processes(out).at(-1)!, 'SIGKILL');
      const ended = await first.ended;
      await isWhole(out, ended);
      expect(sessions(out)).toBe(2);
      // The message has the cause, not that Slurm does not restart a job at once.
      expect(ended.stderr).toMatch(/^Job \d+ waits \(rank [01] on [ab] was killed \(SIGKILL\); it was queued again\)/m);
      expect(ended.stderr).not.toContain('BeginTime');
    }
  });

  test('a rank that says nothing any more: not waited for without an end, queued again, and on to the same bits', async () => {
    vi.stubEnv('JIKJI_RANK_PATIENCE', '2');
    const first = makePaced('silent', ...on, '--nodes', '2');
    vi.unstubAllEnvs();
    await trains('silent');
    process.kill(processes('silent').at(-1)!, 'SIGSTOP');
    const ended = await first.ended;
    await isWhole('silent', ended);
    expect(sessions('silent')).toBe(2);
    expect(ended.stderr).toMatch(
      /^Job \d+ waits \(no word from rank [01] on [ab].* for 2 s \([\w ]+\); it was queued again\)/m,
    );
  });

  test('a rank that says nothing for 30 s is named to whoever follows, and the run goes on when it does', async () => {
    const first = makePaced('slow', ...on, '--nodes', '2');
    await trains('slow');
    const stopped = processes('slow').at(-1)!;
    process.kill(stopped, 'SIGSTOP');
    try {
      const named =
        /^! rank ([01]) on ([ab]) has heard nothing from rank [01] on [ab] for 30 s \([\w ]+\), and waits up to 600 s$/m;
      await until(first.stderr, (text) => named.test(text), 90);
    } finally {
      process.kill(stopped, 'SIGCONT');
    }
    await isWhole('slow', await first.ended);
    expect(sessions('slow')).toBe(1);
  });

  test('killed before it saved anything: it fails, and goes on to the same bits where somebody says so', async () => {
    const rare = argv`${on} --set train.checkpointEvery=300`;
    const first = makePaced('nothing', ...rare);
    await trains('nothing');
    process.kill(processes('nothing').at(-1)!, 'SIGKILL');
    const ended = await first.ended;
    expect(JSON.parse(ended.stdout).error).toMatchObject({
      code: 'job-failed',
      message: 'the job failed: rank 0 on a was killed (SIGKILL); nothing was saved to resume from',
    });
    expect(ended.stderr).toMatch(/^Job \d+: failed \(rank 0 on a was killed/m);
    expect(await make('nothing', ...rare, '--resume').ended).toMatchObject({ code: 0 });
  });

  test('a node set down: queued again by Slurm, and on to the same bits', async () => {
    const first = makePaced('down', ...on);
    await trains('down');
    const node = run('squeue', '--noheader', `--jobs=${jobOf('down')}`, '--format=%N').trim();
    run('scontrol', 'update', `NodeName=${node}`, 'State=DOWN', 'Reason=test');
    try {
      const ended = await first.ended;
      await isWhole('down', ended);
      expect(sessions('down')).toBe(2);
      expect(ended.stderr).toMatch(/^Job \d+ waits \(node [ab] failed; it was queued again\)/m);
    } finally {
      await resume(node);
    }
  });

  test('the controller restarted in the middle: nothing is lost, and it is followed on', async () => {
    const first = makePaced('restarted', ...on);
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
      const first = makePaced(out, ...on, '--time', '30', '--nodes', nodes);
      await trains(out);
      run('scancel', '--batch', '--signal=USR2', jobOf(out));
      const ended = await first.ended;
      await isWhole(out, ended);
      expect(sessions(out)).toBe(2);
      expect(ended.stderr).toMatch(/^Job \d+ waits \(its time was nearly over; it was queued again\)/m);
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

  test('the time limit itself', { timeout: 900_000 }, async () => {
    const limited = argv`${on} --time 1`;
    let ended = await makeForMinutes('limited', ...limited).ended;
    // Slurm may give its warning up to a minute early (sbatch, --signal), here at once: nothing is done then, and the job says so.
    for (let i = 0; i < 5 && ended.stderr.includes('before it saved anything'); i++)
      ended = await makeForMinutes('limited', '--resume', ...limited).ended;
    await isWhole('limited', ended);
    expect(sessions('limited')).toBeGreaterThan(1);
  });
});
