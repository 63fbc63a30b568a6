// The launcher for Slurm: checks jobs before they are queued, and explains refusals. Does not know the transport to Slurm.

import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../../base/index.ts';
import { describeLimit } from './account-limits.ts';
import { checkSize } from './job-folder.ts';
import { hasEnded, type Job, type JobRecord, type JobReport, type Launcher } from './launcher.ts';
import { checkOptions, optionError } from './option-checks.ts';
import { megabytes } from './sbatch-options.ts';
import { jobScript } from './script.ts';
import type { NodeGroup, SlurmJob } from './slurm-answers.ts';
import { SlurmRefusal, slurmSilent } from './slurm-command.ts';
import { report, reportOf } from './slurm-report.ts';
import { slurmTransport } from './slurm-transports.ts';
import { submitIntoFolder } from './submission.ts';

/** Time for Slurm to end a cancelled job: its KillWait is 30 s by default. */
const CANCEL_TIMEOUT_MS = 120_000;

export interface Partition {
  name: string;
  /** null if the transport cannot know it. */
  isDefault: boolean | null;
  nodes: number;
  /** Processors of the largest node. */
  processors: number;
  /** Minutes; Infinity for no limit. */
  timeLimit: number;
  /** Megabytes of the node with most. */
  memory: number;
  up: boolean;
}

/** The partitions and their nodes by state. `slurmrestd`: the one of a job. */
export async function slurmPartitions(
  slurmrestd?: Job['slurmrestd'],
): Promise<{ partitions: Partition[]; nodeGroups: NodeGroup[] }> {
  const transport = slurmTransport(slurmrestd);
  const [nodeGroups, defaultName] = await ask(() =>
    Promise.all([transport.nodeGroups(), transport.defaultPartition()]),
  );
  const partitions = new Map<string, Partition>();
  for (const { partition, cpus, memory } of nodeGroups) {
    const { name } = partition;
    const found = partitions.get(name);
    partitions.set(name, {
      name,
      isDefault: defaultName === undefined ? null : name === defaultName,
      nodes: partition.nodes.total,
      processors: Math.max(found?.processors ?? 0, cpus.maximum),
      timeLimit: partition.maximums.time ?? Number.POSITIVE_INFINITY,
      memory: Math.max(found?.memory ?? 0, memory.maximum),
      up: partition.partition?.state.includes('UP') ?? true,
    });
  }
  return { partitions: [...partitions.values()], nodeGroups };
}

/** The jobs of all users that have not ended. */
export const slurmQueue = async (slurmrestd?: Job['slurmrestd']): Promise<SlurmJob[]> => {
  const jobs = await ask(() => slurmTransport(slurmrestd).jobs());
  return jobs.filter((job) => !hasEnded(reportOf(job)));
};

/** Asks Slurm what it has no reason to refuse. @throws JikjiError `slurm-refused` */
async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    throw slurmSilent(error, 'try sinfo and squeue yourself');
  }
}

async function check(job: Job): Promise<void> {
  checkSize(job);
  const { partitions } = await slurmPartitions(job.slurmrestd);
  // One partition, or all that may be the default: Slurm itself then refuses a job that fits another one only.
  const candidates = partitions.filter(({ name, isDefault }) =>
    job.partition === undefined ? isDefault !== false : name === job.partition,
  );
  const names = partitions.map(({ name }) => name);
  if (candidates.length === 0) throw noPartition(job, names);
  const misfits = candidates.map((partition) => misfit(job, partition));
  if (misfits.every((found) => found !== undefined)) throw misfits[0];
  await ask(() => checkOptions(job, slurmTransport(job.slurmrestd)));
}

/** Why a job can never run in a partition; undefined if it can. */
function misfit({ nodes, ranksPerNode, threads, timeLimit, options }: Job, found: Partition): JikjiError | undefined {
  const of = `partition ${found.name}`;
  if (!found.up)
    return new JikjiError('slurm-partition-down', `${of} takes no jobs now`, found.name, 'choose another one');
  if (nodes > found.nodes) {
    const have = found.nodes === 1 ? 'one node' : `${found.nodes} nodes`;
    return new JikjiError('too-many-nodes', `${of} has ${have}`, `--nodes ${nodes}`, 'ask for fewer');
  }
  if (ranksPerNode * threads > found.processors) {
    return new JikjiError(
      'too-many-threads',
      `a node of ${of} has ${found.processors} processors at most`,
      `--ranks-per-node ${ranksPerNode} --threads ${threads}`,
      'ask for fewer on each node',
    );
  }
  const mem = options?.mem;
  if (mem !== undefined && megabytes(mem) > found.memory) {
    const words = `a node of ${of} has ${found.memory} megabytes of memory at most`;
    return new JikjiError('too-much-memory', words, `--mem ${mem}`, 'ask for less on each node');
  }
  if (timeLimit !== undefined && timeLimit > found.timeLimit) {
    return new JikjiError(
      'time-limit-too-long',
      `${of} gives a job ${found.timeLimit} minutes at most`,
      `--time ${timeLimit}`,
      'ask for less: the run is saved before the limit, and queued again',
    );
  }
  return undefined;
}

const noPartition = ({ partition }: Job, names: string[]): JikjiError =>
  new JikjiError(
    'slurm-unknown-partition',
    partition === undefined ? 'Slurm has no default partition' : 'Slurm has no such partition',
    partition ?? 'slurm',
    `write slurm:NAME; there are: ${names.slice(0, 20).join(', ')}`,
  );

function submissionError(job: Job, refusal: SlurmRefusal): JikjiError {
  const { message, output } = refusal;
  const { account } = job;
  const ofOption = optionError(job, refusal);
  if (ofOption) return ofOption;
  if (/invalid account/i.test(message)) {
    return new JikjiError(
      'slurm-unknown-account',
      account === undefined ? 'Slurm needs the account to charge' : 'Slurm does not let you use this account',
      account ?? '--account',
      'sacctmgr show assoc user=$USER lists yours; name one with --account',
    );
  }
  if (/invalid partition/i.test(message)) return noPartition(job, []);
  if (/accounting.qos policy/i.test(message)) {
    // sbatch names the limit, slurmrestd does not.
    const [reason] = /\b(?:Assoc|QOS)[A-Z]\w+/.exec(output) ?? [];
    const words = (reason && describeLimit(reason)) ?? 'a limit of its account or its quality of service forbids it';
    return new JikjiError(
      'slurm-account-limit',
      `Slurm does not take this job: ${words}`,
      reason ?? message,
      'ask for less; jikji program compute shows what is left of the allotment',
    );
  }
  return new JikjiError(
    'slurm-refused',
    'Slurm does not take this job',
    message,
    'ask for less, or ask the administrator of the cluster',
  );
}

async function submit(job: Job): Promise<JobRecord> {
  await check(job);
  return submitIntoFolder(job, slurmLauncher, jobScript(job, 'slurm', process.cwd()), () =>
    slurmTransport(job.slurmrestd)
      .submit(job)
      .catch((error) => {
        throw error instanceof SlurmRefusal ? submissionError(job, error) : error;
      }),
  );
}

async function cancel(record: JobRecord): Promise<JobReport> {
  let last = await report(record);
  if (hasEnded(last)) return last;
  await ask(() => slurmTransport(record.slurmrestd).cancel(record.id));
  const deadline = Date.now() + CANCEL_TIMEOUT_MS;
  for (last = await report(record); !hasEnded(last); last = await report(record)) {
    if (Date.now() > deadline) {
      throw new JikjiError(
        'slurm-still-runs',
        'Slurm has not ended it yet',
        `job ${record.id}`,
        `squeue --jobs=${record.id} says more`,
      );
    }
    await setTimeout(500);
  }
  return last;
}

export const slurmLauncher: Launcher = { name: 'slurm', check, submit, report, cancel };
