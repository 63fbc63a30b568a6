// `jikji compare RUN RUN...`: recipes, results and loss curves of runs, side by side.

import type { Command } from 'commander';
import { count, JikjiError, textWidth, wrap } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { renderCurves } from './curve.ts';
import { canRedraw } from './live-block.ts';
import type { Output } from './output.ts';
import { type ComparedRun, type Comparison, foundry, type Scalar } from './rooms.ts';
import { fit, short, table } from './text.ts';

/** Columns of the widest picture and table; wider ones are harder to read. */
const MAX_WIDTH = 120;
/** Columns that the label and each run need side by side; with fewer, the runs are listed under each other. */
const MIN_COLUMN_WIDTH = 12;
const COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const show = (value: Scalar | undefined): string =>
  Number.isInteger(value) && (value as number) >= 1e4 ? count(value as number) : `${value ?? '-'}`;

/** Rows of results: a label, then a text for each run. */
function results(runs: readonly ComparedRun[], all: boolean): string[][] {
  const digest = (hex: string | null) => (hex === null ? '-' : all ? hex : `${hex.slice(0, 12)}…`);
  const rows: [string, (run: ComparedRun) => string][] = [
    ['state', (run) => run.state],
    ['steps', (run) => `${count(run.stepsDone)}/${count(run.steps)}`],
    ['tokens', (run) => (run.tokens === null ? '-' : count(run.tokens))],
    ['parameters', (run) => short(run.parameters)],
    ['loss, last steps', (run) => run.loss?.toFixed(3) ?? '-'],
    ['validation bits/byte', (run) => run.valBitsPerByte?.toFixed(3) ?? '-'],
    ['tokens/s', (run) => (run.tokensPerSecond === null ? '-' : count(run.tokensPerSecond))],
    ['state root', (run) => digest(run.stateRoot)],
    ['signed by', (run) => digest(run.signedBy)],
    ['sealed', (run) => (run.sealed ? 'yes' : 'no')],
  ];
  return rows.map(([name, text]) => [name, ...runs.map(text)]);
}

/** Rows of a name and a value for each run as lines: side by side where they fit, else under each other. */
export function sideBySide(head: readonly string[], rows: readonly string[][], width: number): string[] {
  const widest = Math.max(...rows.map(([name]) => textWidth(name!)));
  const natural = Math.max(...[...head, ...rows.flatMap((row) => row.slice(1))].map(textWidth));
  const key = Math.min(widest, width - head.length * (Math.min(natural, MIN_COLUMN_WIDTH) + 2));
  const room = Math.floor((width - key) / head.length) - 2;
  if (key < Math.min(widest, MIN_COLUMN_WIDTH)) {
    return rows.flatMap(([name, ...values]) => [
      fit(name!, width),
      ...values.map((value, i) => fit(`  ${LETTERS[i]} ${value}`, width)),
    ]);
  }
  return table(
    [['', ...head], ...rows].map(([name, ...cells]) => [fit(name!, key), ...cells.map((c) => fit(c, room))]),
  );
}

/** Losses of the runs at a few steps, from the first to the last. */
export function lossRows(runs: readonly ComparedRun[]): string[][] {
  const last = Math.max(...runs.map((run) => run.stepsDone));
  const shares = [0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 1];
  const steps = [...new Set(shares.map((share) => Math.max(1, Math.round(share * last))))];
  return steps.map((step) => [
    `step ${count(step)}`,
    ...runs.map((run) => run.curve.find((point) => point.step >= step)?.loss.toFixed(3) ?? '-'),
  ]);
}

/** The report for people. Without a terminal, numbers replace the picture and nothing is cut off. */
function describe(output: Output, { runs, keys, notes }: Comparison, all: boolean): void {
  const screen = output.progress;
  const terminal = canRedraw(screen);
  const width = terminal ? Math.min(MAX_WIDTH, Math.max(1, (screen.columns || 80) - 1)) : Number.MAX_SAFE_INTEGER;
  const head = runs.map((run, i) => `${LETTERS[i]} ${fit(run.name, 1000)}`);
  const section = (title: string, lines: readonly string[]) => {
    output.line(output.style('bold', fit(title, width)));
    output.lines(lines);
    output.line();
  };
  runs.forEach((run, i) => {
    output.line(fit(run.run === run.name ? head[i]! : `${head[i]}  ${run.run}`, width));
  });
  output.line();
  const chosen = keys.filter(({ key, differs }) => all || (differs && key !== 'name'));
  const rows = chosen.map(({ key, values }) => [key, ...values.map(show)]);
  const title = all ? 'recipe' : 'recipe, where it differs';
  section(title, rows.length ? sideBySide(head, rows, width) : ['the recipes are the same']);
  section('results', sideBySide(head, results(runs, all), width));

  if (runs.some((run) => run.curve.length > 0)) {
    const steps = Math.max(...runs.map((run) => run.stepsDone));
    const height = Math.min(16, (screen.rows || 24) - 4);
    const picture = terminal
      ? renderCurves(
          runs.map((run, i) => ({
            points: run.curve,
            letter: LETTERS[i]!,
            paint: (text) => output.style(COLOURS[i % COLOURS.length]!, text),
          })),
          { width, height, steps },
        )
      : [];
    section('loss in nats', picture.length ? picture : sideBySide(head, lossRows(runs), width));
  }
  for (const note of notes) output.lines(wrap(note, width));
  const rest = `Signatures were checked; what else the folders say is for an audit: ${calledAs()} audit RUN`;
  output.lines(wrap(rest, width));
}

/** What --json prints: each run with its values of the keys that differ. */
function summary({ runs, keys, notes }: Comparison, all: boolean) {
  const chosen = keys.filter(({ differs }) => all || differs);
  const recipes = runs.map((_, i) => Object.fromEntries(chosen.map(({ key, values }) => [key, values[i] ?? null])));
  return { runs: runs.map((run, i) => ({ ...run, recipe: recipes[i] })), notes };
}

export function addCompare(program: Command, output: Output): void {
  program
    .command('compare')
    .description('Shows where the recipes of two or more runs differ, what came of them, and their loss curves.')
    .argument('<run...>', 'two or more run folders, finished or not')
    .option('--all', 'every key of the recipes, every digest in full')
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} compare runs/hello runs/hello-2`)
    .action(async (folders: string[], options: { all?: boolean }) => {
      if (folders.length < 2 || folders.length > LETTERS.length) {
        throw new JikjiError(
          'usage',
          `compare takes 2 to ${LETTERS.length} runs`,
          folders.join(' '),
          `see what was made here: ${calledAs()} runs`,
        );
      }
      const { compareRuns } = await foundry();
      const comparison = compareRuns(folders);
      const all = options.all === true;
      output.result(summary(comparison, all), () => describe(output, comparison, all));
    });
}
