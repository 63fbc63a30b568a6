// `--on LAUNCHER` and what belongs to it, for every verb that can be done by a job. Knows neither what the job does nor how it fares.

import type { Command } from 'commander';
import { JikjiError } from '../base/index.ts';
import type { JobRecord } from './rooms.ts';
import { wholeNumber } from './values.ts';

export interface OnOptions {
  on?: string;
  nodes?: number;
  ranksPerNode?: number;
  time?: number;
  account?: string;
}

export function addOnOptions(command: Command): Command {
  return command
    .option('--on <launcher>', 'make it by a job: slurm, slurm:PARTITION, or local (in the background)')
    .option('--nodes <n>', 'with --on: nodes (default: 1)', wholeNumber('--nodes', 1))
    .option(
      '--ranks-per-node <n>',
      'with --on: processes on each node (default: 1)',
      wholeNumber('--ranks-per-node', 1),
    )
    .option(
      '--time <limit>',
      'with --on slurm: minutes or [D-]HH:MM[:SS]; near its end the run is saved and queued again',
      minutes,
    )
    .option('--account <name>', 'with --on slurm: the account that is charged');
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

/** `--on`'s value as launcher and partition. */
export function launcherNamed(text: string): { launcher: JobRecord['launcher']; partition?: string } {
  const [, name, partition] = /^(local|slurm)(?::([\w.,-]+))?$/.exec(text) ?? [];
  if (name === 'local' && partition === undefined) return { launcher: 'local' };
  if (name === 'slurm') return { launcher: 'slurm', ...(partition === undefined ? {} : { partition }) };
  throw new JikjiError(
    'usage',
    '--on takes slurm, slurm:PARTITION or local',
    `--on ${text}`,
    'write for example --on slurm',
  );
}

/** What belongs to --on says nothing without it. */
export function refuseAlone({ nodes, ranksPerNode, time, account }: OnOptions): void {
  const alone = Object.entries({
    '--nodes': nodes,
    '--ranks-per-node': ranksPerNode,
    '--time': time,
    '--account': account,
  });
  const [option] = alone.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined) throw new JikjiError('usage', `${option} belongs to --on`, option, 'say where: --on slurm');
}
