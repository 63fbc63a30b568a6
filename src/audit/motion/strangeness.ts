// Rank: which segments look least like their neighbours. Says where to look, refutes nothing.

/** What of a segment's motion is compared. */
export interface Moved {
  segment: { from: number; to: number };
  /** Weight -> L2 length of its movement. */
  movement: ReadonlyMap<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
}

/** Segments on each side that count as neighbours; for the first and the last one, which have one side only. */
const REACH = 3;
const LONE_REACH = 5;
/** Losses on each side of a seam, and how far around it the spread is taken. */
const SIDE = 4;
const AROUND = 24;
/** Half the distance between the quartiles of a normal distribution, in standard deviations, turned round. */
const MAD = 1.4826;
/** Movements that differ by less than this share are alike, losses by less than this many nats. */
const LEAST_MOVEMENT = 0.1;
const LEAST_LOSS = 1e-3;

/**
 * How strange each segment is, higher is stranger, in about standard deviations; `losses[t - 1]` is that of step t. The largest of
 * - for every tensor, how far the logarithm of movement / sum of learning rates lies above both the median of up to three segments
 *   before and that of up to three after (five for the first and the last segment), or below both, over the typical distance of that tensor from the median of both sides together: what
 *   grows or falls steadily, as in a warm-up, is not strange;
 * - at both ends, how far the mean of the four losses after the seam minus that of the four before it is from the median of the same
 *   difference at the steps around, over its spread there.
 * Infinity where something is not a number.
 */
export function strangeness(segments: readonly Moved[], losses: readonly number[]): number[] {
  const strange = segments.map(({ segment }) => Math.max(seam(losses, segment.from), seam(losses, segment.to)));
  const tensors = new Set(segments.flatMap((s) => [...s.movement.keys()]));
  for (const tensor of tensors) {
    movementDeviations(segments, tensor).forEach((d, i) => {
      strange[i] = Math.max(strange[i]!, d);
    });
  }
  return strange;
}

function movementDeviations(segments: readonly Moved[], tensor: string): number[] {
  // Without a learning rate nothing moves, and there is nothing to compare.
  const speeds = segments.map((s) =>
    s.learningRates === 0 ? undefined : (s.movement.get(tensor) ?? Number.NaN) / s.learningRates,
  );
  const known = speeds.filter((s): s is number => s !== undefined && Number.isFinite(s));
  // A weight that rounds back to where it was has moved by nothing: differences far below the typical speed do not count.
  const floor = 1e-3 * median(known) + 1e-30;
  const logs = speeds.map((s) => (s === undefined ? undefined : Math.log(s + floor)));
  const finite = (xs: (number | undefined)[]) => xs.filter((x): x is number => x !== undefined && Number.isFinite(x));
  // At the ends there is one side: it reaches farther, so that two forged neighbours do not make its median.
  const last = logs.length - 1;
  const before = logs.map((_, i) => finite(logs.slice(Math.max(0, i - (i === last ? LONE_REACH : REACH)), i)));
  const after = logs.map((_, i) => finite(logs.slice(i + 1, i + 1 + (i === 0 ? LONE_REACH : REACH))));
  const usual = finite(logs.map((x, i) => (x === undefined ? x : Math.abs(x - median([...before[i]!, ...after[i]!])))));
  const spread = Math.max(LEAST_MOVEMENT, MAD * median(usual));
  return logs.map((x, i) => {
    if (x === undefined) return 0;
    if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
    const sides = [before[i]!, after[i]!].filter((side) => side.length > 0).map(median);
    if (sides.length === 0) return 0;
    return Math.max(0, x - Math.max(...sides), Math.min(...sides) - x) / spread;
  });
}

/** How strange the change of the loss after step `at` is; 0 where nothing stands on one side. */
function seam(losses: readonly number[], at: number): number {
  const side = Math.min(SIDE, at, losses.length - at);
  if (side < 1) return 0;
  const jump = (t: number): number => mean(losses, t, t + side) - mean(losses, t - side, t);
  const here = jump(at);
  if (!Number.isFinite(here)) return Number.POSITIVE_INFINITY;
  const around: number[] = [];
  for (let t = Math.max(side, at - AROUND); t <= Math.min(losses.length - side, at + AROUND); t++) {
    const other = Math.abs(t - at) >= 2 * side ? jump(t) : Number.NaN;
    if (Number.isFinite(other)) around.push(other);
  }
  if (around.length < SIDE) return 0; // too short to know what is usual
  const middle = median(around);
  const spread = Math.max(LEAST_LOSS, MAD * median(around.map((x) => Math.abs(x - middle))));
  return Math.abs(here - middle) / spread;
}

function mean(xs: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += xs[i]!;
  return sum / (to - from);
}

/** 0 of nothing. */
function median(xs: readonly number[]): number {
  if (xs.length === 0) return 0;
  const sorted = [...xs].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
