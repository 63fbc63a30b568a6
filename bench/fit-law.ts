// `node bench/fit-law.ts [FILE]`: fits the law of src/foundry/recipe/expected.ts to the lines of bench/law.jsonl. Prints its constants, its
// errors on packages and on budgets that were left out of the fit, and the trainings. Trains nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { worthOf } from '../src/foundry/recipe/sizing.ts';
import type { LawRun } from './law-run.ts';

/** A training of a budget of 100 TFLOP or more. There are few: too few to fit, and enough to see how far off the fit is. */
export const isLong = ({ budget }: LawRun): boolean => budget >= 100;

/** Coefficients of ln(bits per byte / difficulty) on 1, ln d and ln c. */
type Coefficients = readonly [number, number, number];

const termsOf = ({ tokens, corpusTokens }: LawRun): Coefficients => [
  1,
  Math.log(worthOf(tokens, corpusTokens)),
  Math.log(corpusTokens),
];

const dot = (a: Coefficients, b: Coefficients) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const targetOf = ({ bitsPerByte, difficulty }: LawRun) => Math.log(bitsPerByte / difficulty);

/** Least squares by the normal equations. */
export function fitLaw(runs: readonly LawRun[]): Coefficients {
  const rows = [0, 1, 2].map((i) => {
    const of = (value: (run: LawRun) => number) => runs.reduce((sum, run) => sum + termsOf(run)[i]! * value(run), 0);
    return [...[0, 1, 2].map((j) => of((run) => termsOf(run)[j]!)), of(targetOf)];
  });
  for (let pivot = 0; pivot < 3; pivot++) {
    for (const row of rows) {
      if (row === rows[pivot]) continue;
      const factor = row[pivot]! / rows[pivot]![pivot]!;
      for (let j = pivot; j < 4; j++) row[j]! -= factor * rows[pivot]![j]!;
    }
  }
  return rows.map((row, i) => row[3]! / row[i]!) as unknown as Coefficients;
}

/** ln(predicted / true) of a run. */
const errorOf = (law: Coefficients, run: LawRun) => dot(law, termsOf(run)) - targetOf(run);

/** The errors of each run, by a fit to the runs of all other packages. */
export const unseenErrors = (runs: readonly LawRun[]): number[] =>
  runs.map((run) => errorOf(fitLaw(runs.filter(({ from }) => from !== run.from)), run));

/** The errors of the runs with a larger budget than this, by a fit to the others. */
function errorsAbove(runs: readonly LawRun[], limit: number) {
  const law = fitLaw(runs.filter(({ budget }) => budget <= limit));
  return runs.filter(({ budget }) => budget > limit).map((run) => errorOf(law, run));
}

/** The size of the largest error. */
const largest = (errors: readonly number[]) => Math.max(...errors.map(Math.abs));

const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** The errors of each long run, by a fit to the short runs of all other packages. */
const longErrors = (runs: readonly LawRun[]) =>
  runs
    .filter(isLong)
    .map((run) => errorOf(fitLaw(runs.filter((other) => !isLong(other) && other.from !== run.from)), run));

/** The factor that no error exceeds, to two places. */
const factorOf = (errors: readonly number[]) => Number((Math.ceil(100 * Math.exp(largest(errors))) / 100).toFixed(2));

/** The constants as they stand in src/foundry/recipe/expected.ts: of a fit to the short runs, which the long ones are held against. */
export function constantsOf(runs: readonly LawRun[]) {
  const [long, short] = [runs.filter(isLong), runs.filter((run) => !isLong(run))];
  const [scale, tokens, corpus] = fitLaw(short);
  return {
    scale: Number(Math.exp(scale).toPrecision(4)),
    byTokens: Number((-tokens).toPrecision(4)),
    byCorpus: Number(corpus.toPrecision(4)),
    within: factorOf(unseenErrors(short)),
    withinLong: factorOf(longErrors(runs)),
    difficulty: range(short.map(({ difficulty }) => difficulty)),
    corpusTokens: range(short.map(({ corpusTokens }) => corpusTokens)),
    flops: range(short.map(({ flops }) => flops)),
    flopsLong: range(long.map(({ flops }) => flops)),
  };
}

export const readRuns = (file: string): LawRun[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function main() {
  const runs = readRuns(process.argv[2] ?? join(import.meta.dirname, 'law.jsonl'));
  // One run for each text and size: other seeds say how much they matter.
  const first = runs.filter(({ seed }) => seed === 1);
  const short = first.filter((run) => !isLong(run));
  const unseen = unseenErrors(short);
  console.log(constantsOf(first));
  const percent = (error: number) => `${error < 0 ? '' : '+'}${(100 * (Math.exp(error) - 1)).toFixed(0)}%`;
  const spread = (errors: readonly number[]) => {
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const within = errors.filter((error) => Math.abs(error) < Math.log(1.15)).length;
    return `${errors.length} runs: mean ${percent(mean)}, ${range(errors).map(percent).join(' to ')}, ${within} within 15%`;
  };
  console.log(`packages left out: ${spread(unseen)}`);
  for (const limit of [1, 3]) console.log(`above ${limit} TFLOP left out: ${spread(errorsAbove(short, limit))}`);
  const budgets = [...new Set(short.map(({ budget }) => budget))].toSorted((x, y) => x - y);
  // The longest trainings one by one: what a fit to short ones says of trainings that are thirty times as long.
  const long = first.filter(isLong);
  for (const limit of [1, 3, 10]) {
    const errors = long.map((run) => errorOf(fitLaw(first.filter(({ budget }) => budget <= limit)), run));
    const each = long.map(
      ({ text, flops }, i) => `${text}, ${(flops / 1e12).toFixed(0)} TFLOP: ${percent(errors[i]!)}`,
    );
    console.log(`by trainings of at most ${limit} TFLOP: ${each.join('; ')}`);
  }
  console.log(`| text | tokens | difficulty | ${budgets.map((budget) => `${budget} TFLOP`).join(' | ')} |`);
  console.log(`|---|---:|---:|${'---:|'.repeat(budgets.length)}`);
  for (const text of new Set(short.map((run) => run.text))) {
    const { corpusTokens, difficulty } = short.find((run) => run.text === text)!;
    const cells = budgets.map((budget) => {
      const i = short.findIndex((run) => run.text === text && run.budget === budget);
      return i < 0 ? '' : `${short[i]!.bitsPerByte.toFixed(3)} (${percent(unseen[i]!)})`;
    });
    console.log(`| ${text} | ${(corpusTokens / 1e6).toFixed(2)} M | ${difficulty.toFixed(2)} | ${cells.join(' | ')} |`);
  }
  for (const run of runs.filter(({ seed }) => seed !== 1))
    console.log(`seed ${run.seed}: ${run.text}, ${run.budget} TFLOP: ${run.bitsPerByte}`);
}

if (import.meta.main) main();
