// The options of a job in Slurm's two forms: #SBATCH lines for sbatch, and a JSON description for slurmrestd, which ignores such lines.

import { JikjiError } from '../../base/index.ts';
import { jobPaths } from './job-folder.ts';
import type { Job } from './launcher.ts';
import { megabytes, SBATCH_OPTION_NAMES } from './sbatch-options.ts';

/** Seconds before the time limit at which a job gets SIGUSR2: enough to write a checkpoint. */
const warningSeconds = (minutes: number): number => Math.min(300, Math.max(30, Math.floor(15 * minutes)));

/** % begins a pattern in file names; %a is the element number. */
const outputOf = ({ folder, elements }: Job): string =>
  jobPaths(folder.replaceAll('%', '%%'), elements === undefined ? undefined : '%a').output;

const arrayOf = ({ elements }: Job): string | undefined => (elements === undefined ? undefined : `0-${elements - 1}`);

const dependencyOf = ({ after = [] }: Job): string | undefined =>
  after.length > 0 ? `afterok:${after.map(({ id }) => id).join(':')}` : undefined;

/** A quoted value of an #SBATCH line. @throws JikjiError `slurm-odd-name` */
function quoted(text: string): string {
  if (/[\n\r"\\]/.test(text)) {
    throw new JikjiError(
      'slurm-odd-name',
      'a name with a quotation mark, a backslash or a line break cannot be given to Slurm',
      text,
      'choose another name',
    );
  }
  return `"${text}"`;
}

/** The #SBATCH lines. @throws JikjiError `slurm-odd-name` */
export function sbatchLines(job: Job, cwd: string): string[] {
  const { timeLimit, partition, account, options: more = {} } = job;
  const dependency = dependencyOf(job);
  const options: [string, string | number | undefined][] = [
    ['job-name', quoted(job.name)],
    ['array', arrayOf(job)],
    ['chdir', quoted(cwd)],
    ['output', quoted(outputOf(job))],
    ['open-mode', 'append'],
    ['nodes', job.nodes],
    ['ntasks-per-node', job.ranksPerNode],
    ['cpus-per-task', job.threads],
    ['partition', partition && quoted(partition)],
    ['account', account && quoted(account)],
    ...SBATCH_OPTION_NAMES.map((name): [string, string | undefined] => [name, more[name] && quoted(more[name])]),
    ['time', timeLimit],
    ['signal', timeLimit && `B:USR2@${warningSeconds(timeLimit)}`],
    ['dependency', dependency],
  ];
  return [
    ...options.flatMap(([name, text]) => (text === undefined ? [] : [`#SBATCH --${name}=${text}`])),
    '#SBATCH --requeue',
    ...(dependency === undefined ? [] : ['#SBATCH --kill-on-invalid-dep=yes']),
  ];
}

/**
 * What sbatch is given beside the script, whose lines say the same: a variable of the environment such as SBATCH_QOS overrides a line, but
 * not an argument.
 */
export function sbatchArguments({ partition, account, options = {} }: Job): string[] {
  const given = { partition, account, ...Object.fromEntries(SBATCH_OPTION_NAMES.map((name) => [name, options[name]])) };
  return Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [`--${name}=${text}`]));
}

const setNumber = (number: number) => ({ set: true, number });

/** The member `job` of a submission to slurmrestd; JSON leaves out undefined members. */
export function restDescription(job: Job, cwd: string): object {
  const { nodes, ranksPerNode, threads, timeLimit, partition, account, options = {} } = job;
  const { gres, qos, mem, constraint, reservation, exclude } = options;
  const dependency = dependencyOf(job);
  return {
    name: job.name,
    array: arrayOf(job),
    current_working_directory: cwd,
    standard_output: outputOf(job),
    open_mode: ['APPEND'],
    nodes: `${nodes}`,
    tasks: nodes * ranksPerNode,
    tasks_per_node: ranksPerNode,
    cpus_per_task: threads,
    partition,
    account,
    tres_per_node: gres?.replace(/[^,]+/g, 'gres/$&'),
    qos,
    memory_per_node: mem === undefined ? undefined : setNumber(megabytes(mem)),
    constraints: constraint,
    reservation,
    excluded_nodes: exclude === undefined ? undefined : [exclude],
    ...(timeLimit === undefined
      ? {}
      : {
          time_limit: setNumber(Math.ceil(timeLimit)),
          kill_warning_signal: 'USR2',
          kill_warning_delay: setNumber(warningSeconds(timeLimit)),
          kill_warning_flags: ['BATCH_JOB'],
        }),
    dependency,
    requeue: true,
    flags: dependency === undefined ? undefined : ['KILL_INVALID_DEPENDENCY'],
  };
}
