// The runs of a sweep as jobs of Slurm: side by side, followed or collected later, failures of their own. It needs a Slurm:
// `JIKJI_FLEET=1 scripts/with-slurm.sh npx vitest run src/cli/sweep-on`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { alone, hasSlurm, run, until } from '../fleet/launch/testing/slurm.ts';
import { bits, call, folder, jobOf, make, paced, trains } from './testing/make-on.ts';

const calls = (out: string) => argv`sweep recipe.yaml --json --out ${out} --threads 1 --on slurm`;
const sweep = (out: string, ...more: string[]) => call`${calls(out)} ${more}`;

describe.skipIf(!hasSlurm)('a sweep on Slurm', () => {
  alone();

  test('left at once, followed, and left again: the runs go on, and have the bits of make', async () => {
    const over = ['--over', 'seed=1,2'];
    // Long enough that both runs are seen while they train.
    const submitted = await paced(100, ...calls('left'), ...over, '--mem', '500M', '--detach').ended;
    expect(submitted, submitted.stderr).toMatchObject({ code: 0 });
    const { jobs, best, runs } = JSON.parse(submitted.stdout);
    const numbers = ['left/seed-1', 'left/seed-2'].map((run) => ({
      run,
      jobs: [{ launcher: 'slurm', id: jobOf(run) }],
    }));
    expect(jobs).toEqual(numbers);
    expect(best).toBeNull();
    expect(runs).toHaveLength(2);
    for (const { run: out } of numbers)
      expect(run('scontrol', 'show', 'job', jobOf(out))).toContain('MinMemoryNode=500M');
    await Promise.all(numbers.map(({ run }) => trains(run))); // both nodes at once

    const followed = sweep('left', ...over);
    await until(followed.stderr, (text) => text.includes(' runs on '));
    followed.kill('SIGINT');
    const stopped = await followed.ended;
    expect(stopped).toMatchObject({ code: 130 });
    expect(JSON.parse(stopped.stdout).error).toMatchObject({
      ...{ code: 'interrupted', message: 'the job goes on without this terminal (0 of 2 runs finished)' },
      hint: expect.stringContaining('the same call follows the jobs'),
    });

    const collected = await sweep('left', ...over).ended;
    expect(collected, collected.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(collected.stdout)).toMatchObject({ rows: [{ n: 2, open: 0 }], best: { n: 2 } });
    expect(numbers.map(({ run }) => jobOf(run))).toEqual(numbers.map(({ jobs: [job] }) => job!.id)); // no second job
    const straight = await make('seed-2', '--set', 'seed=2', '--set', 'name=on-seed-2').ended;
    expect(straight, straight.stderr).toMatchObject({ code: 0 });
    expect(bits('left/seed-2')).toEqual(bits('seed-2'));
  });

  test('a run that diverges, and one that no number of ranks can share, fail alone', async () => {
    const set = ['train.gradClip=1e30', 'train.weightDecay=100', 'model.initializerRange=10'];
    const args = argv`--over train.learningRate=10,1e-4 --over train.gradientGroups=1,2`;
    const all = argv`${args} ${set.flatMap((text) => ['--set', text])} --nodes 2`;
    const ended = await sweep('failing', ...all).ended;
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    const codes = (stdout: string) =>
      JSON.parse(stdout).runs.map(({ failure }: { failure: { code: string } | null }) => failure?.code);
    expect(codes(ended.stdout)).toEqual(['groups-ranks', 'not-finite', 'groups-ranks', undefined]);
    const run = 'failing/learning-rate-10-gradient-groups-2';
    const before = jobOf(run);
    const again = await sweep('failing', ...all).ended;
    expect(codes(again.stdout)).toEqual(['groups-ranks', 'not-finite', 'groups-ranks', undefined]);
    expect(jobOf(run)).toBe(before);
    expect(existsSync(join(folder, 'failing/learning-rate-10-gradient-groups-1/job'))).toBe(false);
    const { points } = JSON.parse(readFileSync(join(folder, 'failing/sweep.json'), 'utf8'));
    expect(points[1]).toMatchObject({ failure: { code: 'not-finite' } });
  });

  test('a diverged run is collected as failed after --detach', async () => {
    const args = argv`--over train.learningRate=10 --set train.gradClip=1e30 --set train.weightDecay=100`;
    const all = argv`${args} --set model.initializerRange=10 --set train.steps=100`;
    expect(await sweep('later', ...all, '--detach').ended).toMatchObject({ code: 0 });
    const run = 'later/learning-rate-10';
    const id = jobOf(run);
    const output = join(folder, run, 'job/output.log');
    await until(
      () => existsSync(output) && readFileSync(output, 'utf8'),
      (text) => text !== false && text.includes('not-finite'),
    );
    const collected = await sweep('later', ...all).ended;
    expect(collected).toMatchObject({ code: 1 });
    expect(JSON.parse(collected.stdout)).toMatchObject({ best: null, runs: [{ failure: { code: 'not-finite' } }] });
    expect(jobOf(run)).toBe(id);
  });
});
