// `jikji fleet status`: what the cluster has, what waits for it, and what would begin when.

import type { Command } from 'commander';
import { count } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { CATALOGUE_OPTION, findCluster } from './clusters.ts';
import { addMetrics } from './fleet-metrics.ts';
import { collect } from './option-values.ts';
import type { Output } from './output.ts';
import { type ClusterStatus, fleet } from './rooms.ts';
import { clock, duration, fit, table } from './text.ts';

/** The most jobs listed for people; --json has all. */
const MAX_JOBS = 50;

const minutes = (limit: number | null): string =>
  limit === null || !Number.isFinite(limit) ? 'none' : duration(60 * limit);
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
  const cluster = name === undefined ? undefined : clusterOf(name, files);
  const found = await (await fleet()).clusterStatus(cluster?.reached.slurmrestd);
  output.result({ cluster: cluster?.json ?? null, ...found }, () => {
    if (cluster) describeCluster(output, cluster.json);
    describeStatus(output, found);
  });
}

/** For people: partitions, then jobs. */
export function describeStatus(output: Output, { partitions, jobs: queue }: ClusterStatus): void {
  const rows = partitions.flatMap((p) =>
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
  if (queue.length === 0) return void output.line('Nothing runs and nothing waits.');
  const jobs = queue
    .slice(0, MAX_JOBS)
    .map((job) => [
      fit(job.id, 20),
      fit(job.name, 20),
      fit(job.user, 16),
      fit(job.partition, 16),
      fit(job.state, 24),
      job.nodes === null ? '-' : count(job.nodes),
      clock(job.start),
      clock(job.end),
      fit(job.limit ? `${job.limit}: ${job.waitsFor}` : (job.waitsFor ?? job.on ?? ''), job.limit ? 120 : 40),
    ]);
  const jobHeads = ['job', 'name', 'user', 'partition', 'state', 'nodes', 'begins', 'ends by', ''];
  output.lines(table([jobHeads, ...jobs], [0, 5]));
  const more = queue.length - jobs.length;
  if (more > 0) output.line(`and ${count(more)} more`);
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
  addMetrics(verb, output);
}
