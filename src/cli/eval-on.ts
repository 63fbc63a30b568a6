// `jikji eval MODEL --on LAUNCHER`: each task is scored by an element of one array job. Follows the job and merges the results.

import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { JikjiError, parseJson, shellWord, writeFileAtomic } from '../base/index.ts';
import { calledAs, EXECUTABLE } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { optionsOfJob } from './job-options.ts';
import { checkJobSigns } from './key.ts';
import { type OnOptions, parseOn } from './on-options.ts';
import {
  type EvaluateOptions,
  type EvaluateResult,
  fleet,
  foundry,
  type Job,
  type JobRecord,
  type JobReport,
  type SplitEvaluation,
  type SplitTask,
} from './rooms.ts';
import { jobFolder } from './run-jobs.ts';
import { describeJob, failureOf, jobName, watchJob } from './watch-job.ts';

/** Slurm's default limit of array elements. */
const MAX_TASKS = 1000;
/** The most names of tasks in a line. */
const MAX_NAMES = 8;

export interface EvalOn extends Omit<OnOptions, 'nodes' | 'ranksPerNode'> {
  on: string;
  resume: boolean;
  key: string | undefined;
  /** The options of the same evaluation on this machine. */
  evaluation: EvaluateOptions;
  note: (text: string) => void;
}

/** A job, and the tasks of its elements in their order. */
interface EvaluationJob {
  record: JobRecord;
  tasks: Pick<SplitTask, 'name' | 'digest'>[];
}

/** Submits an evaluation as a job, or takes the one that runs already, and follows it. With `detach` returns the job at once. */
export async function evalOn(options: EvalOn): Promise<EvaluateResult | JobRecord> {
  const { evaluation, resume, detach, key, note } = options;
  const { length } = evaluation.tasks;
  if (length > MAX_TASKS) {
    throw new JikjiError(
      'usage',
      `a job takes ${MAX_TASKS} tasks at most`,
      `${length} tasks`,
      'evaluate them in parts',
    );
  }
  const { splitEvaluation } = await foundry();
  const signer = async () => {
    checkJobSigns(key, note);
    return evaluation.signer!();
  };
  const plan = await splitEvaluation({ ...evaluation, signer });
  let work = await activeJob(plan, resume);
  let missing = resume ? plan.missing() : plan.tasks;
  while (work || missing.length > 0) {
    work ??= await submit(plan, missing, options);
    if (detach) return work.record;
    await follow(plan, work, note);
    missing = plan.missing();
    const other = missing.find(({ name }) => work!.tasks.some((task) => task.name === name));
    if (other) {
      const hint = 'its data or the model has changed since the job was submitted: evaluate it anew';
      throw new JikjiError('task-differs', 'the job scored something else', other.name, hint);
    }
    work = undefined;
  }
  return plan.together();
}

const tasksFile = (plan: SplitEvaluation): string => join(jobFolder(plan.folder), 'tasks.json');

const tasksFileSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  tasks: z.array(z.object({ name: z.string(), digest: z.string() })),
});

/** The job that evaluates these tasks now, if any. @throws JikjiError `job-runs` without --resume, or if its tasks differ */
async function activeJob(plan: SplitEvaluation, resume: boolean): Promise<EvaluationJob | undefined> {
  const { hasEnded, launcherOf, readJob } = await fleet();
  const record = readJob(jobFolder(plan.folder));
  if (!record || hasEnded(await launcherOf(record).report(record))) return undefined;
  const job = `${record.launcher} ${record.id}`;
  const ends = `${calledAs()} runs cancel ${shellWord(plan.folder)} ends it`;
  if (!resume) throw new JikjiError('job-runs', 'a job evaluates here already', job, `--resume follows it, ${ends}`);
  const tasks = tasksOf(plan, record);
  const isOurs = (task: EvaluationJob['tasks'][number]) =>
    plan.tasks.some(({ name, digest }) => name === task.name && digest === task.digest);
  if (tasks?.every(isOurs)) return { record, tasks };
  throw new JikjiError('job-runs', 'a job evaluates other tasks here', job, `wait for its end, or ${ends}`);
}

function tasksOf(plan: SplitEvaluation, { id }: JobRecord): EvaluationJob['tasks'] | undefined {
  try {
    const found = tasksFileSchema.parse(parseJson(readFileSync(tasksFile(plan), 'utf8')));
    return found.id === id ? found.tasks : undefined;
  } catch {
    return undefined;
  }
}

async function submit(plan: SplitEvaluation, tasks: readonly SplitTask[], options: EvalOn): Promise<EvaluationJob> {
  const { on, catalogue, time, account, key, resume } = options;
  const { model, limit, out, threads } = options.evaluation;
  const choice = parseOn(on, catalogue);
  const { launcher: named, ...where } = choice;
  const { LAUNCHERS, readJob } = await fleet();
  const launcher = LAUNCHERS[named];
  const before = resume ? readJob(jobFolder(plan.folder)) : undefined;
  const job: Job = {
    name: `eval-${basename(resolve(model)).replace(/[^\w.-]+/g, '_')}`,
    folder: jobFolder(plan.folder),
    command: [
      EXECUTABLE,
      ...['eval', '--json', '--element', `--threads=${threads}`],
      ...(limit === undefined ? [] : [`--limit=${limit}`]),
      ...(key === undefined ? [] : [`--key=${key}`]),
      ...(out === undefined ? [] : [`--out=${out}`]),
      ...tasks.map(({ task }) => `--task=${task}`),
      ...['--', model],
    ],
    nodes: 1,
    ranksPerNode: 1,
    threads,
    elements: tasks.length,
    timeLimit: time,
    ...where,
    ...(account === undefined ? {} : { account }),
    options: optionsOfJob(options, choice, before),
    progress: null,
  };
  await launcher.check(job);
  if (!resume) plan.forget();
  const record = await launcher.submit(job);
  const work = { record, tasks: tasks.map(({ name, digest }) => ({ name, digest })) };
  writeFileAtomic(tasksFile(plan), `${JSON.stringify({ formatVersion: 1, id: record.id, tasks: work.tasks })}\n`);
  return work;
}

/** Follows a job until it is done. @throws JikjiError why the job or one of its elements failed */
async function follow(
  { folder }: SplitEvaluation,
  { record, tasks }: EvaluationJob,
  note: (text: string) => void,
): Promise<void> {
  const describe = (record: JobRecord, report: JobReport) => describeTasks(record, report, tasks);
  const report = await interruptible((signal) => watchJob(record, { signal, note, describe, cancelledBy: folder }));
  if (report.state === 'done') return;
  const element = report.elements!.findIndex(({ state }) => state === report.state);
  throw await failureOf(record, report.elements![element]!, element);
}

/** One line: how many tasks are done, and the names of those that run or failed. */
function describeTasks(record: JobRecord, report: JobReport, tasks: EvaluationJob['tasks']): string {
  const of = (wanted: JobReport['state']) => tasks.filter((_, i) => report.elements![i]!.state === wanted);
  const done = of('done').length;
  if (report.state === 'waiting' && done === 0) return describeJob(record, report);
  const others = (['running', 'failed', 'lost', 'cancelled'] as const).flatMap((state) => {
    const names = of(state).map(({ name }) => name);
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
    return names.length > 0 ? [`; ${state}: ${names.slice(0, MAX_NAMES).join(', ')}${more}`] : [];
  });
  return `${jobName(record)}: ${done} of ${tasks.length} tasks done${others.join('')}.`;
}
