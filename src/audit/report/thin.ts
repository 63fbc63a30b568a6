// A long curve made short: of all points that fall on one column of the picture only the lowest and the highest stay, so
// that no spike is lost. Numbers only; one pass, whatever the length.

import type { CurvePoint } from '../types.ts';

/** Beyond this a loss is no loss, and a step no step. */
const MOST_LOSS = 1e9;
const MOST_STEP = Number.MAX_SAFE_INTEGER;

export type Class = 'holds' | 'refuted' | null;

export interface Line {
  /** Pieces that hang together, each a list of points in order of steps. */
  pieces: CurvePoint[][];
}

export interface Thinned {
  all: Line;
  holds: Line;
  refuted: Line;
  drawn: number;
  /** Records that hold no number that can be drawn. */
  left: number;
  first: CurvePoint | null;
  last: CurvePoint | null;
  lowest: number;
  highest: number;
}

/** Collects the points of one line. */
class Thinner {
  readonly pieces: CurvePoint[][] = [];
  #column = -1;
  #low: CurvePoint | null = null;
  #high: CurvePoint | null = null;
  #broken = true;

  /** The next point does not hang together with the last one. */
  break(): void {
    this.#broken = true;
  }

  add(point: CurvePoint, column: number): void {
    if (column !== this.#column) {
      this.flush();
      if (this.#broken) this.pieces.push([]);
      this.#column = column;
    }
    this.#broken = false;
    if (this.#low === null || point.loss < this.#low.loss) this.#low = point;
    if (this.#high === null || point.loss > this.#high.loss) this.#high = point;
  }

  flush(): void {
    const low = this.#low;
    const high = this.#high;
    this.#low = null;
    this.#high = null;
    if (low === null || high === null) return;
    const piece = this.pieces[this.pieces.length - 1];
    if (low === high) piece.push(low);
    else if (low.step <= high.step) piece.push(low, high);
    else piece.push(high, low);
  }
}

/** `columns` is the picture's width; steps lie between 0 and `steps`. */
export function thin(
  points: readonly CurvePoint[],
  columns: number,
  steps: number,
  classOf: (step: number) => Class,
): Thinned {
  const good = points.filter(
    ({ step, loss }) => step >= 0 && step <= MOST_STEP && loss >= -MOST_LOSS && loss <= MOST_LOSS,
  );
  if (good.some(({ step }, i) => i > 0 && step < good[i - 1].step)) good.sort((a, b) => a.step - b.step);
  const lines = { all: new Thinner(), holds: new Thinner(), refuted: new Thinner() };
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const point of good) {
    const column = Math.min(columns - 1, Math.floor((point.step / Math.max(1, steps)) * columns));
    lowest = Math.min(lowest, point.loss);
    highest = Math.max(highest, point.loss);
    lines.all.add(point, column);
    const kind = classOf(point.step);
    for (const name of ['holds', 'refuted'] as const) {
      if (kind === name) lines[name].add(point, column);
      else lines[name].break();
    }
  }
  for (const line of Object.values(lines)) line.flush();
  const line = ({ pieces }: Thinner): Line => ({ pieces: pieces.filter((piece) => piece.length > 0) });
  return {
    all: line(lines.all),
    holds: line(lines.holds),
    refuted: line(lines.refuted),
    drawn: good.length,
    left: points.length - good.length,
    first: good[0] ?? null,
    last: good[good.length - 1] ?? null,
    lowest: good.length ? lowest : 0,
    highest: good.length ? highest : 0,
  };
}

/** The largest step that a picture must reach; at least 1. */
export function lastStep(claimed: number | null, points: readonly CurvePoint[], ends: Iterable<number>): number {
  let last = 1;
  const see = (step: number) => {
    if (step > last && step <= MOST_STEP) last = step;
  };
  if (claimed !== null) see(claimed);
  for (const { step } of points) see(step);
  for (const end of ends) see(end);
  return last;
}

/** About `wanted` round numbers from `low` to `high`, and the distance between them. */
export function ticks(low: number, high: number, wanted: number, least = 0): { values: number[]; step: number } {
  const raw = Math.max((high - low) / Math.max(1, wanted), least, Number.MIN_VALUE);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((unit) => unit >= raw * 0.999) ?? 10 * power;
  const values: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); values.length < 50 && i * step <= high * (1 + 1e-12) + 1e-12; i++)
    values.push(i * step + 0); // never -0
  return { values, step };
}
