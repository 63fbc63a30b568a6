// `jikji fleet status`: what the cluster has, what waits for it, and what would begin when.

import type { Command } from 'commander';
import { count } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { CATALOGUE_OPTION, findCluster } from './clusters.ts';
import { collect } from './option-values.ts';
import type { Output } from './output.ts';
import { fleet, type NodeGroup, type Partition, type SlurmJob } from './rooms.ts';
import { clock, duration, fit, table } from './text.ts';

/** The most jobs listed for people; --json has all. */
const MAX_JOBS = 50;

const minutes = (limit: number | null): string =>
  limit === null || !Number.isFinite(limit) ? 'none' : duration(60 * limit);
const at = (seconds: number | null): string | null =>
  seconds === null || !Number.isFinite(seconds) || seconds <= 0 ? null : new Date(1000 * seconds).toISOString();

function partitionOf(partition: Partition, nodeGroups: NodeGroup[]) {
  const groups = nodeGroups.filter((group) => group.partition.name === partition.name);
  const sum = (of: (group: NodeGroup) => number) => groups.reduce((all, group) => all + of(group), 0);
  return {
    ...partition,
    timeLimit: Number.isFinite(partition.timeLimit) ? partition.timeLimit : null,
    processorsIdle: sum(({ cpus }) => cpus.idle),
    processorsAll: sum(({ cpus }) => cpus.total),
    states: groups.map(({ node, nodes, reason }) => ({
      state: node.state.join('+').toLowerCase(),
      count: nodes.total,
      nodes: nodes.nodes,
      reason: reason?.description || null,
    })),
  };
}

function jobOf(job: SlurmJob, limitText: (reason: string) => string | undefined) {
  const runs = !job.job_state.includes('PENDING');
  const waitsFor = runs || !job.state_reason || job.state_reason === 'None' ? null : job.state_reason;
  return {
    id: `${job.job_id}`,
    name: job.name ?? '',
    user: job.user_name ?? '',
    account: job.account || null,
    partition: job.partition ?? '',
    state: job.job_state.join('+').toLowerCase(),
    nodes: job.node_count,
    on: job.nodes || null,
    timeLimit: job.time_limit !== null && Number.isFinite(job.time_limit) ? job.time_limit : null,
    /** When it began, or may begin. */
    start: at(job.start_time),
    /** When its time limit is reached. */
    end: job.time_limit !== null && Number.isFinite(job.time_limit) ? at(job.end_time) : null,
    /** Slurm's reason, and what it means where it is a limit of an account. */
    waitsFor,
    limit: (waitsFor && limitText(waitsFor)) ?? null,
  };
}

/** A cluster as its catalogue describes it. */
function clusterOf(name: string, files: readonly string[] | undefined) {
  const { catalogue, cluster } = findCluster(name, files);
  const { id, site, chips, reached } = cluster;
  return {
    reached,
    json: {
      id,
      name: cluster.name,
      site: site === null ? null : { id: site, name: catalogue.components.get(site)!.name },
      chips: chips.map(({ chip, count }) => ({ id: chip, name: catalogue.components.get(chip)!.name, count })),
      login: reached.login,
    },
  };
}

function describeCluster(output: Output, { id, name, site, chips, login }: ReturnType<typeof clusterOf>['json']): void {
  const have = chips.map(({ name, count: n }) =>
    n === null ? `${name.en}, how many is not known` : `${count(n)} ${name.en}`,
  );
  output.line(`${name.en} (${id}): ${have.join('; ') || 'chips not known'}`);
  output.line(`  site   ${site?.name.en ?? 'not known'}`);
  if (login !== null) output.line(`  login  ${login}`);
  output.line();
}

async function status(output: Output, name: string | undefined, files: readonly string[] | undefined): Promise<void> {
  const { describeLimit, slurmPartitions, slurmQueue } = await fleet();
  const cluster = name === undefined ? undefined : clusterOf(name, files);
  const at = cluster?.reached.slurmrestd;
  const [{ partitions, nodeGroups }, queue] = await Promise.all([slurmPartitions(at), slurmQueue(at)]);
  const found = {
    cluster: cluster?.json ?? null,
    partitions: partitions.map((p) => partitionOf(p, nodeGroups)),
    jobs: queue.map((job) => jobOf(job, describeLimit)),
  };
  output.result(found, () => {
    if (found.cluster) describeCluster(output, found.cluster);
    const rows = found.partitions.flatMap((p) =>
      p.states.map((s, i) => [
        i > 0 ? '' : `${fit(p.name, 20)}${p.isDefault ? ' (default)' : ''}${p.up ? '' : ' (takes no jobs)'}`,
        i > 0 ? '' : minutes(p.timeLimit),
        i > 0 ? '' : `${count(p.processorsIdle)}/${count(p.processorsAll)}`,
        fit(s.state, 24),
        count(s.count),
        fit(s.nodes.join(',') + (s.reason ? ` (${s.reason})` : ''), 60),
      ]),
    );
    const heads = ['partition', 'time limit', 'processors idle', 'state', 'nodes', ''];
    output.lines(table([heads, ...rows], [1, 2, 4]));
    output.line();
    if (found.jobs.length === 0) return void output.line('Nothing runs and nothing waits.');
    const jobs = found.jobs
      .slice(0, MAX_JOBS)
      .map((job) => [
        job.id,
        fit(job.name, 20),
        fit(job.user, 16),
        fit(job.partition, 16),
        job.state,
        job.nodes === null ? '-' : count(job.nodes),
        clock(job.start),
        clock(job.end),
        fit(job.limit ? `${job.limit}: ${job.waitsFor}` : (job.waitsFor ?? job.on ?? ''), job.limit ? 120 : 40),
      ]);
    const jobHeads = ['job', 'name', 'user', 'partition', 'state', 'nodes', 'begins', 'ends by', ''];
    output.lines(table([jobHeads, ...jobs], [0, 5]));
    const more = found.jobs.length - jobs.length;
    if (more > 0) output.line(`and ${count(more)} more`);
  });
}

export function addFleet(program: Command, output: Output): void {
  const verb = program
    .command('fleet')
    .description('The clusters that make --on uses.')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} fleet status`);
  verb
    .command('status')
    .summary('nodes, partitions, the queue, what would begin when')
    .description('Shows the nodes and partitions of Slurm, its queue, and when what waits is expected to begin.')
    .argument('[cluster]', 'a cluster of a catalogue (default: the Slurm here)')
    .option(CATALOGUE_OPTION[0], CATALOGUE_OPTION[1], collect)
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} fleet status\n  $ ${calledAs()} fleet status titan --catalogue our-clusters.yaml`,
    )
    .action((cluster: string | undefined, { catalogue }: { catalogue?: string[] }) =>
      status(output, cluster, catalogue),
    );
}
