// The report of a sweep for people: the table, what failed, and what the figures do and do not show.

import { basename } from 'node:path';
import { count, quantity, shellWord } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import type { Style } from './output.ts';
import type { SweepOutcome, SweepPlan, SweepRow, SweepRun } from './rooms.ts';
import { duration, fit, table } from './text.ts';

/** A best row that takes this many times as long as the second gets a line that says so; shorter runs than this vary as much by chance. */
const MUCH_LONGER = 1.2;
const MIN_SECONDS = 10;

const bits = (x: number | null): string => (x === null ? '-' : x.toFixed(4));
const time = (seconds: number | null): string => (seconds === null ? '-' : duration(seconds));
const speed = (x: number | null): string => (x === null ? '-' : count(Math.round(x)));
const value = (x: unknown): string => fit(x === null ? '-' : typeof x === 'object' ? JSON.stringify(x) : String(x), 40);

/** `learningRate` for `train.learningRate`, unless another varied key ends like it. */
function shortKeys(paths: readonly string[]): string[] {
  const last = (path: string) => path.slice(path.lastIndexOf('.') + 1);
  return paths.map((path) => (paths.filter((other) => last(other) === last(path)).length > 1 ? path : last(path)));
}

/** The right-aligned columns: those whose cells are all numbers, times or empty. */
const numeric = (rows: readonly string[][]): number[] =>
  rows[0]!.flatMap((_, i) =>
    rows.slice(1).every((row) => /^(-|failed|-?[\d.,]+(e[-+]?\d+)?|[\dhmsd ]+)$/.test(row[i]!)) ? [i] : [],
  );

const columns = (rows: string[][]): string[] => table(rows, numeric(rows));

/** `best`, or `~` for a row that the spread of the seeds does not tell from the best. */
const mark = (row: SweepRow, best: SweepRow | null): string =>
  row === best ? 'best' : row.fromBest?.withinSpread ? '~' : '';

function rowTable({ rows, best }: SweepOutcome, hasSeeds: boolean): string[] {
  const marked = rows.length > 1 ? best : null; // one row has nothing to be better than
  const paths = Object.keys(rows[0]!.settings);
  const figures = hasSeeds ? ['seeds', 'median bits/byte', 'least', 'most'] : ['bits/byte'];
  const head = ['', ...shortKeys(paths), ...figures, 'time', 'tokens/s', ...(hasSeeds ? [] : ['run'])];
  const lines = rows.map((row) => [
    mark(row, marked),
    ...paths.map((path) => value(row.settings[path])),
    ...(hasSeeds ? [`${row.n}${row.n < row.runs.length ? ` of ${row.runs.length}` : ''}`] : []),
    row.n === 0 && row.failed > 0 ? 'failed' : bits(row.median),
    ...(hasSeeds ? [bits(row.least), bits(row.most)] : []),
    time(row.seconds),
    speed(row.tokensPerSecond),
    ...(hasSeeds ? [] : [basename(row.runs[0]!)]),
  ]);
  return columns([head, ...lines]);
}

function runTable(runs: readonly SweepRun[]): string[] {
  const head = ['run', 'seed', 'bits/byte', 'time', 'tokens/s', 'state'];
  const lines = runs.map(({ run, seed, valBitsPerByte, seconds, tokensPerSecond, state }) => [
    ...[basename(run), `${seed}`, bits(valBitsPerByte), time(seconds), speed(tokensPerSecond), state],
  ]);
  return columns([head, ...lines]);
}

/** What the difference between the best two rows shows. */
function verdict(best: SweepRow, second: SweepRow): string {
  const { bitsPerByte, withinSpread } = second.fromBest!;
  const differ = `The best two differ by ${bits(bitsPerByte)} bits per byte`;
  if (withinSpread === null)
    return `${differ}. The spread over seeds is not known, so this does not show that one is better: --over seed=1,2,3 measures it.`;
  if (withinSpread) return `${differ}, within the spread of their seeds: neither is shown to be better.`;
  const spread = Math.max(best.most! - best.least!, second.most! - second.least!);
  return `${differ}, more than the spread of their seeds (${bits(spread)}).`;
}

function* remarks({ runs, rows, best, otherValidation }: SweepOutcome): Generator<string> {
  const open = runs.filter(({ state }) => state !== 'finished' && state !== 'failed').length;
  if (open > 0) yield `${quantity(open, 'run')} of ${runs.length} not at the end yet: the order may change.`;
  const without = runs.filter(({ state, valBitsPerByte }) => state === 'finished' && valBitsPerByte === null).length;
  if (without > 0) yield `No validation figure in ${quantity(without, 'run')}: no text was held out.`;
  const second = rows[1];
  if (best?.failed) yield `Of every row a run failed, of the best ${best.failed}.`;
  else if (second?.failed) yield 'Rows of which a run failed stand behind those of which none did.';
  else if (best && second?.fromBest) {
    yield verdict(best, second);
    const ratio = (best.seconds ?? 0) / (second.seconds ?? Number.POSITIVE_INFINITY);
    if (ratio >= MUCH_LONGER && best.seconds! >= MIN_SECONDS)
      yield `The best took ${ratio.toFixed(1)} times as long as the second.`;
  }
  if (otherValidation.length > 0)
    yield `With another ${otherValidation.join(', ')} a run may be validated on other text: such figures are not of the same thing.`;
}

/** The lines of the report. */
export function sweepReport(
  { out }: Pick<SweepPlan, 'out'>,
  outcome: SweepOutcome,
  style: (style: Style, text: string) => string,
): string[] {
  const { runs, rows, best } = outcome;
  const hasSeeds = rows.some((row) => row.runs.length > 1);
  const [head, ...lines] = rowTable(outcome, hasSeeds);
  const failures = runs.flatMap(({ run, failure }) => (failure ? [`${basename(run)}: ${failure.message}`] : []));
  const compared = [best, rows[1]].flatMap((row) => (row?.n ? [shellWord(row.runs[0]!)] : []));
  return [
    style('bold', head!),
    ...lines,
    ...(hasSeeds ? ['', ...runTable(runs)] : []),
    '',
    ...failures.map((text) => `${style('red', 'failed')}  ${text}`),
    ...remarks(outcome),
    ...(best && compared.length > 1 ? [`Curves side by side: ${calledAs()} compare ${compared.join(' ')}`] : []),
    `The sweep: ${out}`,
  ];
}
