// `jikji runs`: lists the runs of this machine, exports the curves of a run, cancels the job of a run.

import { relative } from 'node:path';
import type { Command } from 'commander';
import { count, JikjiError, quantity, shellWord } from '../base/index.ts';
import { listKeys } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { note, type Output } from './output.ts';
import { fleet, foundry, type RunSummary, runFolder } from './rooms.ts';
import { activeJobs, jobsOf } from './run-jobs.ts';
import { addRunTags } from './run-tags.ts';
import { clock, fit, table } from './text.ts';

/** The job states of unfinished runs, by folder. A launcher that does not answer is asked once only: that may take seconds. */
async function jobStates(runs: readonly RunSummary[]): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  const silent = new Set<string>();
  for (const { folder, state } of runs) {
    if (state !== 'running' && state !== 'unfinished') continue;
    const last = (await jobsOf(folder)).at(-1);
    if (!last) continue;
    const launcher = `${last.launcher} ${last.slurmrestd}`;
    states.set(folder, `${state} (${last.launcher} ${last.id})`); // shown if Slurm does not answer
    if (silent.has(launcher)) continue;
    try {
      const [found] = await activeJobs(folder);
      if (!found) states.delete(folder);
      else {
        const { record, report } = found;
        const why = report.why ? `: ${report.why}` : '';
        states.set(folder, `${report.state} (${record.launcher} ${record.id}${why})`);
      }
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      silent.add(launcher);
      note(`note: ${error.message} (${error.input}); the state of its jobs is not known`);
    }
  }
  return states;
}

async function cancel(output: Output, run: string): Promise<void> {
  const { launcherOf } = await fleet();
  const records = await jobsOf(run);
  const last = records.at(-1);
  if (!last) {
    throw new JikjiError(
      'no-job',
      'no job was submitted for this run',
      run,
      'one that runs in a terminal ends by Ctrl-C',
    );
  }
  const [found] = await activeJobs(run);
  if (!found) {
    const { state } = await launcherOf(last).report(last);
    throw new JikjiError(
      'job-ended',
      `the job has ended: ${state}`,
      `${last.launcher} ${last.id}`,
      'there is nothing to cancel',
    );
  }
  // The waiting job first: it would start, or fail.
  for (const record of records.toReversed()) await launcherOf(record).cancel(record);
  const { launcher, id } = found.record;
  const { state } = await launcherOf(found.record).report(found.record);
  output.result({ run, launcher, job: id, state }, () => {
    output.line(`Cancelled: ${launcher} ${id}. What it had saved stays; go on with --resume.`);
  });
}

export function addRuns(program: Command, output: Output): void {
  const runs = program
    .command('runs')
    .description(
      'Lists the runs that were made on this machine, the newest first.\n--export writes the curves of one: loss, norm of the gradient and learning rate by step, validation by source.',
    )
    .argument('[run]', 'the run folder whose curves --export writes')
    .option('--tag <tag>', 'only runs with this tag')
    .option('--export <path>', 'write them to a file that ends in .csv, or to a new folder for TensorBoard')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} runs\n  $ ${calledAs()} runs --export hello.csv runs/hello\n  $ ${calledAs()} runs --export logs/hello runs/hello   # tensorboard --logdir logs`,
    )
    .action(async (run: string | undefined, { export: out, tag }: { export?: string; tag?: string }) => {
      if ((run === undefined) !== (out === undefined)) {
        throw new JikjiError(
          'usage',
          run === undefined ? '--export needs the run whose curves it is to write' : 'runs takes a run with --export',
          run ?? `--export ${out}`,
          `write for example ${calledAs()} runs --export hello.csv runs/hello`,
        );
      }
      if (run !== undefined && out !== undefined) {
        const written = (await foundry()).exportCurves({ run, out });
        output.result(written, () => {
          const { steps, validations, file } = written;
          output.line(`Wrote ${quantity(steps, 'step')} and ${quantity(validations, 'validation')}: ${file}`);
        });
        return;
      }
      const { isHandedOver, listRuns, readTags } = await runFolder();
      const tags = readTags();
      const summaries = listRuns().filter(({ folder }) => tag === undefined || tags.get(folder)?.includes(tag));
      const states = await jobStates(summaries);
      const own = listKeys().map(({ fingerprint }) => fingerprint);
      const all = summaries.map((run) => ({
        ...run,
        /** Whether a key of another site goes on with it: this folder is its past. */
        handedOver: run.state === 'unfinished' && isHandedOver(run.folder, own),
        job: states.get(run.folder) ?? null,
        tags: tags.get(run.folder) ?? [],
      }));
      output.result({ runs: all }, () => {
        if (all.length === 0 && tag !== undefined) {
          output.line(`No run has this tag. ${calledAs()} runs tag ${shellWord(tag)} runs/hello gives it to one.`);
          return;
        }
        if (all.length === 0) {
          output.line(
            `Nothing was made on this machine yet. ${calledAs()} make recipes/hello.yaml makes a first model.`,
          );
          return;
        }
        const isTagged = all.some((run) => run.tags.length > 0);
        const days = all.flatMap(({ noted }) => (noted === null ? [] : [clock(noted).slice(0, 10)]));
        const isOneADay = new Set(days).size === days.length;
        const rows = all.map((run) => {
          const begun = clock(run.noted);
          const near = relative(process.cwd(), run.folder) || '.';
          return [
            fit(run.name, 30),
            run.job ?? (run.handedOver ? 'handed over' : run.state),
            `${run.stepsDone === null ? '-' : count(run.stepsDone)}/${run.steps === null ? '-' : count(run.steps)}`,
            run.loss === null ? '-' : run.loss.toFixed(3),
            run.valBitsPerByte === null ? '-' : run.valBitsPerByte.toFixed(3),
            isOneADay ? begun.slice(0, 10) : begun,
            ...(isTagged ? [fit(run.tags.join(', ') || '-', 40)] : []),
            fit(near.startsWith('..') ? run.folder : near, 1000),
          ];
        });
        for (const line of table(
          [['run', 'state', 'steps', 'loss', 'bits/byte', 'begun', ...(isTagged ? ['tags'] : []), 'folder'], ...rows],
          [2, 3, 4],
        )) {
          output.line(line);
        }
      });
    });
  addRunTags(runs, output);
  runs
    .command('cancel')
    .summary('end the job that makes a run')
    .description('Ends the job that makes a run, with time to save what it has. Returns when it has ended.')
    .argument('<run>', 'the run folder')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} runs cancel ${shellWord('runs/hello')}`)
    .action((run: string) => cancel(output, run));
}
