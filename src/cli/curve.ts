// Loss curves in Braille dots, for a terminal. Pure: numbers in, lines of text out.

import { short } from './text.ts';

export interface CurveOptions {
  /** Columns and rows of the whole picture, labels and axis included. */
  width: number;
  height: number;
  /** Steps of the whole run: the picture grows to the right as they come. */
  steps: number;
}

const LABEL = 6;
/** Bits of a Braille cell's dots: [column][row from the top]. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];

/**
 * Where a step lies between 0 and 1. Near-logarithmic: the first twentieth of a run, where the loss falls most, gets about a
 * quarter of the width, and a fall that slows down evenly stays visible to the end.
 */
export function place(step: number, steps: number): number {
  if (steps <= 1) return 0;
  const unit = steps / 20;
  return Math.min(1, Math.max(0, Math.log1p((step - 1) / unit) / Math.log1p((steps - 1) / unit)));
}

/** Mean loss of each dot column that has steps; columns without are filled in between. Index 0 is `first`. */
function columnMeans(points: readonly Point[], columns: number, steps: number): { first: number; means: number[] } {
  const sums = new Float64Array(columns);
  const counts = new Uint32Array(columns);
  for (const { step, loss } of points) {
    if (!Number.isFinite(loss)) continue;
    const column = Math.round(place(step, steps) * (columns - 1));
    sums[column] += loss;
    counts[column]++;
  }
  const first = counts.findIndex((n) => n > 0);
  const last = counts.findLastIndex((n) => n > 0);
  const means: number[] = [];
  for (let x = first, from = first; first >= 0 && x <= last; x++) {
    if (counts[x] === 0) continue;
    const mean = sums[x] / counts[x];
    const before = means.at(-1) ?? mean;
    for (let between = from + 1; between < x; between++)
      means.push(before + ((mean - before) * (between - from)) / (x - from));
    means.push(mean);
    from = x;
  }
  return { first: Math.max(0, first), means };
}

export interface Point {
  step: number;
  loss: number;
}

export interface Curve {
  points: readonly Point[];
  /** Repeated along the curve, to tell it from others without colour. */
  letter?: string;
  /** Colours a piece of the curve. */
  paint?: (text: string) => string;
}

/** The curve as `height` lines of at most `width` columns; empty if there is no room or nothing to show. */
export const renderCurve = (points: readonly Point[], options: CurveOptions): string[] =>
  renderCurves([{ points }], options);

/** Cells between two of a curve's letters. */
const LETTER_EVERY = 24;

/** The same for several curves over each other. */
export function renderCurves(curves: readonly Curve[], { width, height, steps }: CurveOptions): string[] {
  const cells = width - LABEL - 2;
  const rows = height - 2;
  if (cells < 8 || rows < 2) return [];
  const drawn = curves.map(({ points }) => columnMeans(points, cells * 2, steps));
  let high = -Infinity;
  let low = Infinity;
  for (const mean of drawn.flatMap(({ means }) => means)) {
    high = Math.max(high, mean);
    low = Math.min(low, mean);
  }
  if (high < low) return [];
  const middle = (high + low) / 2;
  const half = Math.max((high - low) / 2, 0.005); // a flat curve is a line, not noise blown up
  const top = middle + half;
  const bottom = middle - half;
  const yOf = (mean: number) => Math.round(((top - mean) / (top - bottom)) * (rows * 4 - 1));

  const grid = new Uint8Array(cells * rows);
  const SHARED = curves.length;
  const owners = new Int16Array(cells * rows).fill(-1);
  drawn.forEach(({ first, means }, curve) => {
    const dot = (x: number, y: number) => {
      const cell = (y >> 2) * cells + (x >> 1);
      grid[cell] |= DOTS[x & 1][y & 3];
      owners[cell] = owners[cell] === -1 || owners[cell] === curve ? curve : SHARED;
    };
    let before: number | undefined;
    means.forEach((mean, i) => {
      const y = yOf(mean);
      const x = first + i;
      dot(x, y);
      // A steep piece is joined to its neighbour, so that it reads as a line.
      if (before !== undefined) for (let at = Math.min(before, y) + 1; at < Math.max(before, y); at++) dot(x, at);
      before = y;
    });
  });
  const letters = new Map<number, number>();
  drawn.forEach(({ first, means }, curve) => {
    if (curves[curve].letter === undefined || means.length === 0) return;
    const last = first + means.length - 1;
    // The end first; then back from it, each curve's letters between those of the others.
    const shift = Math.round((curve * LETTER_EVERY) / curves.length) * 2;
    for (let x = last; x >= first; x -= x === last ? LETTER_EVERY + shift : LETTER_EVERY * 2) {
      for (let near = x; near >= Math.max(first, x - 8); near -= 2) {
        const cell = (yOf(means[near - first]) >> 2) * cells + (near >> 1);
        if (letters.has(cell)) continue;
        letters.set(cell, curve);
        break;
      }
    }
  });

  /** A row of cells, pieces of one curve painted as one. */
  const show = (row: number): string => {
    let line = '';
    let piece = '';
    let of = -1;
    for (let cell = row * cells; cell < (row + 1) * cells; cell++) {
      const letter = letters.get(cell);
      const owner = letter ?? owners[cell];
      if (owner !== of) {
        line += curves[of]?.paint?.(piece) ?? piece;
        piece = '';
        of = owner;
      }
      if (letter !== undefined) piece += curves[letter].letter;
      else piece += grid[cell] === 0 ? ' ' : String.fromCharCode(0x2800 + grid[cell]);
    }
    return (line + (curves[of]?.paint?.(piece) ?? piece)).trimEnd();
  };
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const value = row === 0 ? top : row === rows - 1 ? bottom : undefined;
    const label = value === undefined ? '' : value.toPrecision(3).slice(0, LABEL);
    lines.push(`${label.padStart(LABEL)} ${value === undefined ? '│' : '┤'}${show(row)}`.trimEnd());
  }
  return [...lines, ...axis(cells, steps)];
}

/** The axis and its steps: the first, round numbers as far as they fit, the last. */
function axis(cells: number, steps: number): string[] {
  const line = new Array<string>(cells).fill('─');
  const labels = new Array<string>(cells).fill(' ');
  const mark = (step: number) => {
    const text = short(step).replace(' ', '');
    const x = Math.round(place(step, steps) * (cells - 1));
    const from = Math.min(Math.max(0, x - (text.length >> 1)), cells - text.length);
    // One blank on each side, or the numbers run together.
    if (from < 0 || labels.slice(Math.max(0, from - 1), from + text.length + 1).some((c) => c !== ' ')) return;
    line[x] = '┴';
    [...text].forEach((c, i) => {
      labels[from + i] = c;
    });
  };
  mark(1);
  mark(steps);
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, steps)));
  for (const round of [unit / 10, unit / 2, unit, unit * 2, unit * 5, unit / 5]) {
    if (Number.isInteger(round) && round > 1 && round < steps) mark(round);
  }
  return [`${' '.repeat(LABEL)} └${line.join('')}`, `${' '.repeat(LABEL + 2)}${labels.join('')}`.trimEnd()];
}
