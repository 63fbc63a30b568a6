// What a Slurm has and what waits for it, in the form of `fleet status --json`: this machine's own, and what a site answers over ssh.

import { z } from 'zod';
import { describeLimit } from './account-limits.ts';
import { type Partition, slurmPartitions, slurmQueue } from './slurm.ts';
import type { NodeGroup, SlurmJob } from './slurm-answers.ts';

const text = z.string().max(10_000);
const time = z.iso.datetime().nullable();

export const clusterStatusShape = z.object({
  partitions: z.array(
    z.object({
      name: text,
      /** Null: not known. */
      isDefault: z.boolean().nullable(),
      nodes: z.number(),
      /** Of a node, at most. */
      processors: z.number(),
      /** Of a node, at most, in MiB. */
      memory: z.number(),
      /** Minutes; null: none. */
      timeLimit: z.number().nullable(),
      up: z.boolean(),
      processorsIdle: z.number(),
      processorsAll: z.number(),
      states: z.array(z.object({ state: text, count: z.number(), nodes: z.array(text), reason: text.nullable() })),
    }),
  ),
  jobs: z.array(
    z.object({
      id: text,
      name: text,
      user: text,
      account: text.nullable(),
      partition: text,
      state: text,
      nodes: z.number().nullable(),
      on: text.nullable(),
      /** Minutes; null: none. */
      timeLimit: z.number().nullable(),
      /** When it began, or may begin. */
      start: time,
      /** When its time limit is reached. */
      end: time,
      /** Slurm's reason, and what it means where it is a limit of an account. */
      waitsFor: text.nullable(),
      limit: text.nullable(),
    }),
  ),
});
export type ClusterStatus = z.infer<typeof clusterStatusShape>;

const at = (seconds: number | null): string | null =>
  seconds === null || !Number.isFinite(seconds) || seconds <= 0 ? null : new Date(1000 * seconds).toISOString();
const finite = (limit: number | null): number | null => (limit !== null && Number.isFinite(limit) ? limit : null);

function partitionOf(partition: Partition, nodeGroups: NodeGroup[]): ClusterStatus['partitions'][number] {
  const groups = nodeGroups.filter((group) => group.partition.name === partition.name);
  const sum = (of: (group: NodeGroup) => number) => groups.reduce((all, group) => all + of(group), 0);
  return {
    ...partition,
    timeLimit: finite(partition.timeLimit),
    processorsIdle: sum(({ cpus }) => cpus.idle),
    processorsAll: sum(({ cpus }) => cpus.total),
    states: statesOf(groups),
  };
}

/** Nodes by state and reason: Slurm also tells nodes of one state apart by what they have. */
function statesOf(groups: readonly NodeGroup[]) {
  const states = groups.map(({ node, nodes, reason }) => ({
    state: node.state.join('+').toLowerCase(),
    count: nodes.total,
    nodes: nodes.nodes,
    reason: reason?.description || null,
  }));
  return [...Map.groupBy(states, ({ state, reason }) => JSON.stringify([state, reason])).values()].map((alike) => ({
    ...alike[0]!,
    count: alike.reduce((all, { count }) => all + count, 0),
    nodes: alike.flatMap(({ nodes }) => nodes),
  }));
}

function jobOf(job: SlurmJob): ClusterStatus['jobs'][number] {
  const runs = !job.job_state.includes('PENDING');
  const waitsFor = runs || !job.state_reason || job.state_reason === 'None' ? null : job.state_reason;
  const timeLimit = finite(job.time_limit);
  return {
    id: `${job.job_id}`,
    name: job.name ?? '',
    user: job.user_name ?? '',
    account: job.account || null,
    partition: job.partition ?? '',
    state: job.job_state.join('+').toLowerCase(),
    nodes: job.node_count,
    on: job.nodes || null,
    timeLimit,
    start: at(job.start_time),
    end: timeLimit === null ? null : at(job.end_time),
    waitsFor,
    limit: (waitsFor && describeLimit(waitsFor)) ?? null,
  };
}

/** @throws JikjiError `slurm-missing`, `slurm-not-set-up`, `slurm-silent`, ... */
export async function clusterStatus(slurmrestd?: Parameters<typeof slurmQueue>[0]): Promise<ClusterStatus> {
  const [{ partitions, nodeGroups }, queue] = await Promise.all([slurmPartitions(slurmrestd), slurmQueue(slurmrestd)]);
  return { partitions: partitions.map((one) => partitionOf(one, nodeGroups)), jobs: queue.map(jobOf) };
}
