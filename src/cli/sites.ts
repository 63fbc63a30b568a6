// `jikji sites move RUN --to SITE`: a run goes on at another site, with that site's key. `sites status` looks there; `sites receive` is the other
// end of both, which ssh calls.

import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { count, JikjiError, packageVersion, parseJson, shellWord } from '../base/index.ts';
import { SBATCH_OPTION_NAMES, type SbatchOptions } from '../fleet/index.ts';
import { fingerprintOf } from '../ledger/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { CATALOGUE_OPTION, findCluster } from './clusters.ts';
import { describeStatus } from './fleet.ts';
import { interruptible } from './interrupt.ts';
import { openSigner, signerOf } from './key.ts';
import { addJobOptions, addRankOptions, type OnOptions } from './on-options.ts';
import { collect, parseThreads, threadsOption } from './option-values.ts';
import { type Output, plain } from './output.ts';
import { fleet, foundry } from './rooms.ts';
import { activeJobs } from './run-jobs.ts';
import { bytes, duration, fit, short, table } from './text.ts';
import { watchJob } from './watch-job.ts';

interface MoveCommand extends Omit<OnOptions, 'on' | 'detach'> {
  to: string;
  from?: string;
  as?: string;
  key?: string;
  threads?: number;
  local?: boolean;
  start: boolean;
  yes?: boolean;
}

/** What a site answers to `make --detach`. */
const SUBMITTED = 'job';

/** The way to a cluster by ssh. @throws JikjiError `site-not-by-ssh`, `cluster-...`, `catalogue-...` */
function siteOf(text: string, catalogues: readonly string[] | undefined) {
  const [name = '', partition] = text.split(':');
  const { reached } = findCluster(name, catalogues).cluster;
  const { ssh } = reached;
  const { options } = reached;
  if (ssh) return { site: { name, ...ssh }, partition: partition ?? reached.partition, options };
  throw new JikjiError(
    'site-not-by-ssh',
    'the catalogue does not say how this cluster is reached by ssh',
    name,
    'its key reached takes ssh: { host: ..., folder: ..., jikji: ... } (docs/sites.md)',
  );
}

/** Ends the jobs that train a run here, and waits until they have saved its state. */
async function stopJobs(output: Output, run: string, signal: AbortSignal): Promise<void> {
  const { launcherOf } = await fleet();
  const active = await activeJobs(run);
  for (const { record } of active.toReversed()) {
    output.line(`Stopping ${record.launcher} ${record.id}: it writes a checkpoint first.`);
    await launcherOf(record).cancel(record);
  }
  for (const { record } of active)
    await watchJob(record, { signal, note: (text) => output.line(text), cancelledBy: run });
}

/** Shows progress on one line of a terminal, at most twice a second. */
function progressLine(output: Output) {
  let shownAt = 0;
  return (phase: 'read' | 'carry' | 'check', bytes: number, total: number): void => {
    if (!output.progress.isTTY || performance.now() - shownAt < 500) return;
    shownAt = performance.now();
    const words = { read: 'reading', carry: 'sending', check: 'the site reads what has arrived' }[phase];
    output.progress.write(`\r\u001b[K${words}${total > 0 ? `: ${short(bytes)} of ${short(total)} bytes` : ''}`);
  };
}

async function move(output: Output, run: string, options: MoveCommand): Promise<void> {
  const { moveRun, askSite } = await fleet();
  const { ARITHMETIC_VERSION } = await foundry();
  const { site, ...usual } = siteOf(options.to, options.catalogue);
  const egress =
    options.from === undefined ? null : findCluster(options.from, options.catalogue).cluster.reached.egress;
  const start = startOf(options, usual);
  const name = options.as ?? resolve(run).split('/').at(-1)!;
  const to = `${site.folder}/${name}`;
  if (!/^\w[\w.+-]{0,200}$/.test(name))
    throw new JikjiError(
      'usage',
      'the folder has a name that is not taken to a site',
      name,
      'give it another one there: --as NAME',
    );
  const signer = await signerOf(options.key, output);
  const moved = await interruptible(async (signal) => {
    if (options.yes) await stopJobs(output, run, signal);
    const progress = progressLine(output);
    const result = await moveRun({
      ...{ run, site, to, signer, egress, signal, isEstimate: options.yes !== true },
      arithmeticVersion: ARITHMETIC_VERSION,
      onProgress: progress,
      approve: async (cost) => {
        if (output.progress.isTTY) output.progress.write('\r\u001b[K');
        output.line(`To send: ${short(cost.bytesToSend)} of ${short(cost.bytes)} bytes in ${cost.files} files`);
        output.line(
          `  time    ${cost.seconds === null ? 'too little to measure' : `about ${duration(cost.seconds)}, by a probe of this line`}`,
        );
        const price = cost.egress && `${cost.egress.amount.toFixed(2)} ${cost.egress.currency}`;
        output.line(
          `  egress  ${price ?? 'not known: the catalogue has no price of the cluster that it leaves (--from)'}`,
        );
        if (!options.yes) output.result({ run: resolve(run), site: site.name, cost, moved: false }, () => {});
        return options.yes === true;
      },
    });
    if (!result) {
      output.line('Nothing was sent. The same call with --yes moves it.');
      return undefined;
    }
    if (output.progress.isTTY) output.progress.write('\r\u001b[K');
    output.line(
      `The run went on after step ${result.step} to the key ${result.to.slice(0, 16)}... at ${site.name}: this folder is its past.`,
    );
    if (start.length === 0) return { result, job: null };
    const { z } = await import('zod');
    const words = ['make', `${to}/${RECIPE}`, '--resume', '--out', to, ...start];
    const shape = z.object({ [SUBMITTED]: z.string().max(100) });
    return { result, job: (await askSite(site, words, { shape, signal }))[SUBMITTED] ?? null };
  });
  if (!moved) return;
  const { result, job } = moved;
  const { step, from, to: next, cost } = result;
  output.result(
    { run: resolve(run), site: site.name, folder: to, step, from, to: next, cost, job, moved: true },
    () => {
      if (job !== null) output.line(`It goes on there: job ${job}`);
      else
        output.line(
          `Next, at ${site.name}: jikji make ${shellWord(`${to}/${RECIPE}`)} --resume --out ${shellWord(to)}`,
        );
    },
  );
}

async function status(output: Output, name: string, catalogues: readonly string[] | undefined): Promise<void> {
  const { answerShapes, askSite, clusterStatusShape } = await fleet();
  const { site } = siteOf(name, catalogues);
  const input = `${JSON.stringify({ do: 'look', folder: site.folder })}\n`;
  const { key, ...found } = await interruptible((signal) =>
    askSite(site, ['sites', 'receive'], { input, shape: answerShapes.look, signal }),
  );
  const slurm = await interruptible(async (signal) => {
    try {
      return await askSite(site, ['fleet', 'status'], { shape: clusterStatusShape, signal });
    } catch (error) {
      if (error instanceof JikjiError && error.code === 'site-refuses') return error.message;
      throw error;
    }
  });
  const fingerprint = fingerprintOf(Buffer.from(key, 'base64'));
  const isSilent = typeof slurm === 'string';
  output.result({ site: site.name, key: fingerprint, ...found, slurm: isSilent ? null : slurm }, () => {
    const { version, arithmeticVersion, free, runs } = found;
    output.line(`${site.name}: Jikji ${plain(version)}, arithmetic version ${arithmeticVersion}`);
    output.line(`  key   ${fingerprint}`);
    output.line(`  room  ${free === null ? 'not known: there is no folder of runs yet' : bytes(free)}`);
    output.line();
    const rows = runs.map(({ name, folder, state, stepsDone, steps }) => [
      fit(name, 30),
      state,
      `${stepsDone === null ? '-' : count(stepsDone)}/${steps === null ? '-' : count(steps)}`,
      fit(folder, 1000),
    ]);
    if (rows.length === 0) output.line('No runs there.');
    else output.lines(table([['run', 'state', 'steps', 'folder'], ...rows], [2]));
    output.line();
    if (isSilent) output.line(`Its Slurm: ${plain(slurm)}`);
    else describeStatus(output, slurm);
  });
}

/** The words after `make RECIPE --resume` that start the run at the site; none with --no-start. @throws JikjiError `usage` */
function startOf(options: MoveCommand, usual: Pick<ReturnType<typeof siteOf>, 'partition' | 'options'>): string[] {
  const { start, local, threads, nodes, ranksPerNode, time, account, ...rest } = options;
  if (!start) return [];
  if (threads === undefined)
    throw new JikjiError(
      'usage',
      'a run that goes on at a site needs --threads, for each process',
      '--threads',
      'give it, or --no-start',
    );
  const on = local ? 'local' : usual.partition === null ? 'slurm' : `slurm:${usual.partition}`;
  const chosen: SbatchOptions = local ? {} : { ...usual.options, ...rest };
  const ofSlurm = SBATCH_OPTION_NAMES.map((name) => [`--${name}`, chosen[name]] as const);
  const pairs = {
    ...Object.fromEntries(ofSlurm),
    '--nodes': nodes,
    '--ranks-per-node': ranksPerNode,
    '--time': time,
    '--account': account,
  };
  const more = Object.entries(pairs).flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
  return ['--on', on, '--threads', `${threads}`, '--detach', ...more];
}

/** The most that a request may have: names and digests of 200,000 files. */
const MAX_REQUEST = 64 << 20;

async function receive(output: Output, key: string | undefined): Promise<void> {
  const { answerMove, askedShape } = await fleet();
  const { ARITHMETIC_VERSION } = await foundry();
  const text = await readAll(process.stdin);
  const asked = askedShape.safeParse(text.length <= MAX_REQUEST ? parsed(text) : undefined);
  if (!asked.success)
    throw new JikjiError(
      'usage',
      'is not a request of sites move',
      'standard input',
      'jikji sites move calls this over ssh',
    );
  // Not a word on standard output but the answer.
  const signer = key === undefined ? await signerOf(undefined, output) : await openSigner(key);
  const far = { signer, version: packageVersion(), arithmeticVersion: ARITHMETIC_VERSION };
  output.result(await answerMove(asked.data, far), () => output.line('Answered with --json only.'));
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export function addSites(program: Command, output: Output): void {
  const sites = program
    .command('sites')
    .description('Runs that go on at another site: a cluster of a catalogue that is reached by ssh (docs/sites.md).')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sites move runs/hello --to azalea-one --threads 8 --time 90`);
  const command = sites
    .command('move')
    .description(
      "Stops a run at a checkpoint, carries it to a site by rsync, has each file checked there by its SHA-256, and hands it over to the site's own key, which countersigns: no private key travels. From then on this folder refuses to go on. Says first what it costs, and does it with --yes. After a cut line, a full disk or a kill the same call goes on.",
    )
    .argument('<run>', 'a run folder')
    .requiredOption('--to <site>', 'a cluster of a catalogue, perhaps with :PARTITION')
    .option(CATALOGUE_OPTION[0], CATALOGUE_OPTION[1], collect)
    .option('--from <cluster>', 'the cluster that the run leaves, for the price of what leaves it')
    .option('--as <name>', 'the name of its folder there (default: the one here)')
    .option('--key <name>', 'the key that holds the run here (default: your own)')
    .option(threadsOption[0], 'threads of each process there', parseThreads)
    .option('--local', 'there, go on in a process of the host itself, not by Slurm')
    .option('--no-start', 'leave it there without going on')
    .option('--yes', 'move it; without this, say what it costs and do nothing');
  addRankOptions(addJobOptions(command))
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} sites move runs/hello --to azalea-one --threads 8 --time 90\n  $ ${calledAs()} sites move runs/hello --to azalea-one --threads 8 --time 90 --yes`,
    )
    .action((run: string, options: MoveCommand) => move(output, run, options));
  sites
    .command('status')
    .description(
      'Asks a site over ssh what a move wants to know: its Jikji, its key, the room for runs, the runs that are there, and its Slurm.',
    )
    .argument('<site>', 'a cluster of a catalogue')
    .option(CATALOGUE_OPTION[0], CATALOGUE_OPTION[1], collect)
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sites status azalea-one`)
    .action((site: string, { catalogue }: { catalogue?: string[] }) => status(output, site, catalogue));
  sites
    .command('receive')
    .description(
      'The other end of sites move and sites status, which ssh calls there: one request on standard input, one answer.',
    )
    .option('--key <name>', 'the key that takes runs over (default: your own, made on first use)')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} sites receive --json < request.json`)
    .action((options: { key?: string }) => receive(output, options.key));
}
