// `jikji sweep RECIPE --over path=a,b,c`: reads the options, shows the progress of each run, prints the table.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { JikjiError, quantity, shellWord } from '../base/index.ts';
import { startedRanks } from '../fleet/index.ts';
import { RECIPE } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { openSigner } from './key.ts';
import { addOnOptions, addRankOptions, type OnOptions, requireOn, requireThreads } from './on-options.ts';
import { collect, defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import { CheckFailed, note, type Output } from './output.ts';
import { createProgress, type Progress } from './progress.ts';
import { type BestRecipe, foundry, type Point, type SweepOutcome, type SweepPlan } from './rooms.ts';
import { requireQueue, sweepOn } from './sweep-on.ts';
import { sweepReport } from './sweep-report.ts';

interface Options extends OnOptions {
  over?: string[];
  set?: string[];
  out?: string;
  threads: number;
  texts?: string;
  key?: string;
}

export function addSweep(program: Command, output: Output): void {
  const sweep = program
    .command('sweep')
    .description(
      'Makes a run for each combination of values, one after another, or as jobs with --on slurm.\nThe same call goes on where it was stopped; another grid in the same folder adds its runs.\nRuns that differ only in their seed are one row of the table.\nWhere the recipe names no seed, one is drawn for all runs that do not vary it.',
    )
    .argument('<recipe>', 'a recipe, for example recipes/hello.yaml')
    .option(
      '--over <path=values>',
      'a key and its values, separated by commas; may be given several times: all combinations are made',
      collect,
    )
    .option('--set <path=value>', 'override a key in all runs; may be given several times', collect)
    .option('--out <dir>', "the sweep's folder, with a run folder for each point (default: runs/NAME-sweep)")
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .option('--texts <dir>', "the folder in which the recipe's files lie (default: the recipe's own)")
    .option('--key <name>', 'the key that signs the runs (default: your own, made on first use)');
  addRankOptions(addOnOptions(sweep))
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} sweep recipes/hello.yaml --over train.learningRate=1e-3,3e-3,1e-2 --over seed=1,2,3\n  $ ${calledAs()} sweep recipes/hello.yaml --over train.weightDecay=0,0.1 --set train.steps=60 --out runs/decay\n  $ ${calledAs()} sweep recipes/hello.yaml --over seed=1,2,3 --on slurm --threads 8 --detach   (the same call later collects)`,
    )
    .action(async (file: string, options: Options, command: Command) => {
      checkCall(options, command);
      const recipeFolder = resolve(options.texts ?? dirname(file));
      const { over = [], set = [], out } = options;
      const { inSweep, outcomeOf, writeBest } = await foundry();
      await inSweep({ file, set, over, out }, async (plan) => {
        saySeed(plan);
        const jobs = await makeAll(output, plan, { ...options, recipeFolder });
        const outcome = outcomeOf(plan);
        const best = writeBest(plan, outcome, recipeFolder);
        output.result({ sweep: plan.out, ...resultOf(outcome, best), ...(jobs && { jobs }) }, () => {
          output.line();
          output.lines(sweepReport(plan, outcome, (style, text) => output.style(style, text)));
          if (best) output.line(`Next:\n  ${makeCommand(best)}`);
          if (jobs) output.line('The jobs go on; the same call later collects them.');
        });
        if (outcome.runs.every(({ state }) => state === 'failed')) throw new CheckFailed();
      });
    });
}

/** Says the seed that was drawn for the runs, once. */
function saySeed({ drawn, points }: SweepPlan): void {
  if (drawn?.isNew && points.some(({ recipe }) => recipe.seed === drawn.seed))
    note(`seed ${drawn.seed}, drawn for the runs of this sweep; give it as \`seed:\` to make the same runs again`);
}

/** `jikji make` for the best recipe. */
const makeCommand = ({ file, texts }: BestRecipe): string =>
  `${calledAs()} make ${shellWord(file)}${texts === null ? '' : ` --texts ${shellWord(texts)}`}`;

/** What --json prints of the outcome. */
function resultOf({ runs, rows, best, otherValidation }: SweepOutcome, recipe: BestRecipe | null) {
  const { settings, median, least, most, n } = best ?? {};
  return {
    runs,
    rows,
    best: recipe && {
      ...{ settings, median, least, most, n },
      /** Against the second row. */
      difference: rows[1]?.fromBest ?? null,
      recipe: recipe.file,
      make: makeCommand(recipe),
    },
    otherValidation,
  };
}

type Making = Options & { recipeFolder: string };

/** Makes all runs that are missing, here or by jobs; with --detach returns the jobs. */
async function makeAll(output: Output, plan: SweepPlan, options: Making): Promise<object[] | undefined> {
  const { on } = options;
  const heading = (point: Point) => {
    const place = `${plan.points.indexOf(point) + 1}/${plan.points.length}`;
    output.line(output.style('bold', `[${place}] ${point.over.join('  ')}`));
  };
  try {
    if (on !== undefined) return await sweepOn(output, plan, { ...options, on, heading });
    await makeHere(output, plan, { ...options, heading });
    return undefined;
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    // The hints of a single run: a sweep has no --resume, because it always goes on.
    if (error.code !== 'interrupted')
      throw error.reworded({ hint: error.hint.replaceAll('--resume', 'the same call') });
    const { isFinished } = await foundry();
    const made = `${plan.points.filter(isFinished).length} of ${quantity(plan.points.length, 'run')} finished`;
    const hint =
      on === undefined ? 'the same call goes on' : `the same call follows the jobs; ${calledAs()} runs lists them`;
    throw error.reworded({ message: `${error.message} (${made})`, hint });
  }
}

/** Makes the missing runs in this process, one after another. */
async function makeHere(
  output: Output,
  plan: SweepPlan,
  { threads, recipeFolder, key, heading }: Making & { heading: (point: Point) => void },
): Promise<void> {
  const { makePoints, makeRun } = await foundry();
  const signer = key === undefined ? undefined : await openSigner(key);
  let notify: Progress['event'] | undefined;
  await interruptible(
    (signal) =>
      makePoints(plan, {
        make: async (point, textFrom) => {
          const { run: out, recipe } = point;
          if (signal.aborted)
            throw new JikjiError('interrupted', 'stopped between two runs', out, 'go on with --resume');
          heading(point);
          const { event: onEvent, close } = createProgress({ screen: output.progress });
          notify = onEvent;
          try {
            const resume = existsSync(join(out, RECIPE));
            await makeRun({ recipe, recipeFolder, out, threads, signer, resume, textFrom, signal, onEvent });
          } finally {
            notify = undefined;
            close();
          }
        },
        onFailure: (error) => output.line(`${output.style('red', 'failed')}  ${error.message}; the sweep goes on`),
      }),
    () => notify?.({ kind: 'note', text: 'Stopping: saving a checkpoint. Ctrl-C once more ends at once.' }),
  );
}

/** @throws JikjiError `usage` */
function checkCall(options: Options, command: Command): void {
  if (startedRanks() > 1) {
    const hint =
      'call it without mpiexec: --on slurm with --nodes and --ranks-per-node gives each run several processes';
    throw new JikjiError('usage', 'a sweep is started by one process', 'mpiexec', hint);
  }
  if (options.out === '')
    throw new JikjiError('usage', '--out takes the name of a folder', "--out ''", 'leave it out for runs/NAME-sweep');
  if (options.on === undefined) requireOn(options);
  else requireQueue(options.on, options.catalogue);
  requireThreads(options, command);
}
