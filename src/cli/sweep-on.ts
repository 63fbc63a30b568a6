// `jikji sweep --on slurm`: submits a job for each missing run of a sweep, and follows them. The runs of one sweep wait in the queue side by
// side; each is a job of its own, so that it is listed, cancelled and queued again like any run.

import { JikjiError } from '../base/index.ts';
import { followRun, makeOn } from './make-on.ts';
import { type OnOptions, parseOn } from './on-options.ts';
import { note, type Output } from './output.ts';
import { fleet, foundry, type JobRecord, type Point, type SweepPlan } from './rooms.ts';
import { jobsOf } from './run-jobs.ts';
import { failureOf } from './watch-job.ts';

/** Refuses a launcher that starts everything at once. @throws JikjiError `usage`, or as `parseOn` */
export function requireQueue(on: string, catalogues: readonly string[] | undefined): void {
  if (parseOn(on, catalogues).launcher !== 'local') return;
  const hint = 'leave it out: the runs are then made one after another';
  throw new JikjiError('usage', 'this machine has no queue: all runs would begin at once', `--on ${on}`, hint);
}

export interface SweepOn extends OnOptions {
  on: string;
  recipeFolder: string;
  threads: number;
  key?: string;
  /** Announces the run of a point. */
  heading: (point: Point) => void;
}

/** How the last job of a run failed, where it did. */
async function failureBefore(run: string): Promise<JikjiError | undefined> {
  const { launcherOf } = await fleet();
  const record = (await jobsOf(run)).at(-1);
  if (!record) return undefined;
  const report = await launcherOf(record).report(record);
  return report.state === 'failed' ? failureOf(record, report) : undefined;
}

/**
 * Submits what is missing and follows it to its end; with `detach` returns the jobs at once. The failure of a job is that of its run: the
 * other jobs go on.
 * @throws JikjiError `interrupted`; `slurm-...`; what the submission of a job throws
 */
export async function sweepOn(output: Output, plan: SweepPlan, options: SweepOn): Promise<object[] | undefined> {
  const { isFinal, isOfPoint, isOpen, makePoints } = await foundry();
  const { key, detach, heading } = options;
  const jobs = new Map<Point, readonly JobRecord[]>();
  const failures = new Map<Point, JikjiError>();
  for (const point of plan.points.filter(isOpen)) {
    const { run: out, recipe } = point;
    const failure = await failureBefore(out);
    if (failure && isFinal(failure)) {
      failures.set(point, failure);
      continue;
    }
    if (failure) note(`note: ${out} failed (${failure.message}); it is submitted again`);
    const passed = key === undefined ? [] : ['--key', key];
    try {
      jobs.set(point, await makeOn({ ...options, recipe, out, resume: true, passed }));
    } catch (error) {
      if (!(error instanceof JikjiError) || !isOfPoint(error)) throw error;
      failures.set(point, error);
    }
  }
  await makePoints(plan, {
    make: async (point) => {
      const failure = failures.get(point);
      if (failure) throw failure;
      const records = jobs.get(point) ?? [];
      if (detach || records.length === 0) return;
      heading(point);
      await followRun(output, { run: point.run, recipe: point.recipe, records });
    },
    onFailure: ({ message }) => output.line(`${output.style('red', 'failed')}  ${message}; the other runs go on`),
    isAlone: ({ code }) => code !== 'interrupted' && !code.startsWith('slurm'),
  });
  if (!detach) return undefined;
  return [...jobs].map(([{ run }, records]) => ({ run, jobs: records.map(({ launcher, id }) => ({ launcher, id })) }));
}
