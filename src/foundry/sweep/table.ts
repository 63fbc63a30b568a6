// The table of a sweep: runs that differ in nothing but their seed are one row, with the spread of their validation figures. Claims no
// more than the numbers: no test of significance. Reads no files.

/** A value of a setting, as the recipe has it. */
export type Setting = unknown;

export interface SweepRun {
  /** The run folder. */
  run: string;
  /** The varied keys but the seed, and their values. */
  settings: Record<string, Setting>;
  seed: number;
  /** `planned`: not begun. `failed`: for a reason of its own values, such as a loss that is not finite. */
  state: 'finished' | 'failed' | 'running' | 'unfinished' | 'planned';
  valBitsPerByte: number | null;
  /** Of training and validation, without the texts, which runs share. */
  seconds: number | null;
  tokensPerSecond: number | null;
  failure: { code: string; message: string } | null;
}

export interface SweepRow {
  settings: Record<string, Setting>;
  /** The run folders, in the order of their seeds. */
  runs: string[];
  /** Runs with a validation figure, runs that failed, runs that are not at their end. */
  n: number;
  failed: number;
  open: number;
  /** Of the validation figures, in bits per byte; null without any. */
  median: number | null;
  least: number | null;
  most: number | null;
  /** Medians. */
  seconds: number | null;
  tokensPerSecond: number | null;
  /** Against the best row; null in the best row itself, and while there is none. */
  fromBest: Difference | null;
}

interface Difference {
  /** How much higher the median is. */
  bitsPerByte: number;
  /** Whether this is within the spread of the seeds; null where a row has one seed only, so that its spread is not known. */
  withinSpread: boolean | null;
}

/** The middle one of the numbers, or the mean of the two in the middle; null where there are none. */
export function medianOf(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2;
}

const present = (numbers: readonly (number | null)[]) => numbers.filter((x) => x !== null);

function rowOf(runs: readonly SweepRun[]): SweepRow {
  const figures = present(runs.map(({ valBitsPerByte }) => valBitsPerByte));
  const failed = runs.filter(({ state }) => state === 'failed').length;
  return {
    settings: runs[0].settings,
    runs: runs.toSorted((a, b) => a.seed - b.seed).map(({ run }) => run),
    n: figures.length,
    failed,
    open: runs.filter(({ state }) => state !== 'finished').length - failed,
    median: medianOf(figures),
    least: figures.length > 0 ? Math.min(...figures) : null,
    most: figures.length > 0 ? Math.max(...figures) : null,
    seconds: medianOf(present(runs.map(({ seconds }) => seconds))),
    tokensPerSecond: medianOf(present(runs.map(({ tokensPerSecond }) => tokensPerSecond))),
    fromBest: null,
  };
}

/**
 * How much worse a row is than the best one. Within the spread: their ranges overlap, or the medians differ by no more than the larger
 * one of the two ranges.
 */
function difference(best: SweepRow, row: SweepRow): Difference | null {
  if (row === best || row.median === null) return null;
  const bitsPerByte = row.median - best.median!;
  if (best.n < 2 || row.n < 2) return { bitsPerByte, withinSpread: null };
  const spread = Math.max(best.most! - best.least!, row.most! - row.least!);
  return { bitsPerByte, withinSpread: bitsPerByte <= spread || row.least! <= best.most! };
}

/** The sort key of a row: rows without a figure last, before them those of which a run failed, else by the median. */
const order = ({ median, failed }: SweepRow): [number, number] => [
  median === null ? 2 : failed > 0 ? 1 : 0,
  median ?? 0,
];

export interface SweepTable {
  /** The best first. */
  rows: SweepRow[];
  /** The first row; null while a run is not at its end, and where no row has a figure. */
  best: SweepRow | null;
}

/** The rows of the runs, by their median. */
export function tableOf(runs: readonly SweepRun[]): SweepTable {
  const groups = Map.groupBy(runs, ({ settings }) => JSON.stringify(settings));
  const rows = [...groups.values()].map(rowOf).sort((a, b) => {
    const [[classA, medianA], [classB, medianB]] = [order(a), order(b)];
    return classA - classB || medianA - medianB;
  });
  const [first] = rows;
  if (!first || first.median === null || rows.some(({ open }) => open > 0)) return { rows, best: null };
  for (const row of rows) row.fromBest = difference(first, row);
  return { rows, best: first };
}
