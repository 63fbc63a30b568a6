// --on and its companion options, for every verb that can run as a job. Knows neither what the job does nor its state.

import type { Command } from 'commander';
import { JikjiError, shellWord } from '../base/index.ts';
import { checkSbatchOption, SBATCH_OPTION_NAMES, SBATCH_OPTIONS, type SbatchOptions } from '../fleet/index.ts';
import { CATALOGUE_OPTION, findCluster } from './clusters.ts';
import { collect, wholeNumber } from './option-values.ts';
import type { Job, JobRecord } from './rooms.ts';

export interface OnOptions extends SbatchOptions {
  on?: string;
  catalogue?: string[];
  nodes?: number;
  ranksPerNode?: number;
  time?: number;
  account?: string;
  detach?: boolean;
}

/** A parser of an option of sbatch for commander; an empty text leaves out what the job before had. */
const sbatchOption =
  (name: string) =>
  (text: string): string => {
    if (text !== '') checkSbatchOption(name, text);
    return text;
  };

export function addOnOptions(command: Command): Command {
  return addJobOptions(command)
    .option('--on <where>', 'do it by a job: a CLUSTER of a catalogue, slurm, either with :PARTITION, or local')
    .option(CATALOGUE_OPTION[0], `with --on: ${CATALOGUE_OPTION[1]}`, collect)
    .option('--detach', 'with --on: return as soon as it is submitted; --resume follows it');
}

/** Options of a job of Slurm, wherever it is submitted. */
export function addJobOptions(command: Command): Command {
  command
    .option('--time <limit>', 'of a job of Slurm: minutes or [D-]HH:MM[:SS]', minutes)
    .option('--account <name>', 'of a job of Slurm: the account that is charged');
  for (const [name, { what, example }] of Object.entries(SBATCH_OPTIONS))
    command.option(
      `--${name} <${name}>`,
      `of a job of Slurm: ${what}, such as ${shellWord(example)}`,
      sbatchOption(name),
    );
  return command;
}

/** Options of verbs whose work several processes can share. */
export function addRankOptions(command: Command): Command {
  return command
    .option('--nodes <n>', 'with --on: nodes (default: 1)', wholeNumber('--nodes', 1))
    .option(
      '--ranks-per-node <n>',
      'with --on: processes on each node (default: 1)',
      wholeNumber('--ranks-per-node', 1),
    );
}

/** A time limit as Slurm writes them (M, M:S, H:M:S, D-H, D-H:M, D-H:M:S), in minutes, rounded up. */
export function minutes(text: string): number {
  const [, days, clock = ''] = /^(?:(\d{1,4})-)?(\d{1,6}(?::\d{1,2}){0,2})$/.exec(text) ?? [];
  const parts = clock.split(':').map(Number);
  const [a = 0, b = 0, c = 0] = parts;
  const seconds = days !== undefined ? a * 3600 + b * 60 + c : parts.length === 3 ? a * 3600 + b * 60 + c : a * 60 + b;
  const all = Math.ceil((Number(days ?? 0) * 86_400 + seconds) / 60);
  if (clock !== '' && all >= 1) return all;
  throw new JikjiError(
    'usage',
    '--time takes minutes, H:MM:SS or D-HH:MM, a minute at least',
    `--time ${text}`,
    'write for example --time 90, or --time 1-12:00',
  );
}

export interface LauncherChoice extends Pick<Job, 'partition' | 'account' | 'slurmrestd' | 'options'> {
  launcher: JobRecord['launcher'];
}

/**
 * Parses `--on`: the launcher, and the defaults of the job that the cluster sets. `local` and `slurm` never name a cluster of a
 * catalogue.
 * @throws JikjiError `usage`, `cluster-unknown`, `cluster-not-reached`, `catalogue-...`
 */
export function parseOn(text: string, catalogues?: readonly string[]): LauncherChoice {
  const [, name, partition] = /^([a-z\d][a-z\d-]*)(?::(\w[\w.,-]*))?$/.exec(text) ?? [];
  const named = partition === undefined ? {} : { partition };
  if (name === 'slurm') return { launcher: 'slurm', ...named };
  if (name === 'local' && partition === undefined) return { launcher: 'local' };
  if (name === undefined || name === 'local') {
    throw new JikjiError(
      'usage',
      '--on takes slurm or a cluster, each with :PARTITION if needed, or local',
      `--on ${text}`,
      'write for example --on slurm',
    );
  }
  const { scheduler, slurmrestd, partition: usual, accounts, options } = findCluster(name, catalogues).cluster.reached;
  // The options name no consortium; if the catalogue has a single account, the job is charged to it.
  const [account] = accounts.size === 1 ? accounts.values() : [];
  return {
    launcher: scheduler,
    slurmrestd,
    ...(usual === null ? {} : { partition: usual }),
    ...named,
    ...(account === undefined ? {} : { account }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** Refuses the companion options without --on. @throws JikjiError `usage` */
export function requireOn({ catalogue, nodes, ranksPerNode, time, account, detach, ...more }: OnOptions): void {
  const alone = Object.entries({
    '--catalogue': catalogue,
    '--nodes': nodes,
    '--ranks-per-node': ranksPerNode,
    '--time': time,
    '--account': account,
    '--detach': detach,
    ...Object.fromEntries(SBATCH_OPTION_NAMES.map((name) => [`--${name}`, more[name]])),
  });
  const [option] = alone.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined) throw new JikjiError('usage', `${option} belongs to --on`, option, 'say where: --on slurm');
}

/** Requires --threads for a cluster: the default is the processor count of this machine, not of a node. @throws JikjiError `usage` */
export function requireThreads({ on, catalogue }: OnOptions, command: Command): void {
  if (on === undefined || parseOn(on, catalogue).launcher === 'local') return;
  if (command.getOptionValueSource('threads') !== 'default') return;
  throw new JikjiError(
    'usage',
    '--on slurm needs --threads, for each process',
    `--on ${on}`,
    'write for example --threads 8',
  );
}
