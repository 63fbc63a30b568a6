// Rank: which segments look least like their neighbours, by one measure at a time. Says where to look and refutes nothing; no
// chance is claimed for it, since a forger can make all of this look honest.

/** What of a segment's motion is compared. */
export interface Moved {
  segment: { from: number; to: number };
  /** Weight -> L2 length of its movement. */
  movement: ReadonlyMap<string, number>;
  /** Weight -> cosine of its movement and the optimizer's last direction; NaN where there is none. */
  heading: ReadonlyMap<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
}

/** Segments on each side that count as neighbours; for the first and the last one, which have one side only. */
const REACH = 3;
const LONE_REACH = 5;
/** Half the distance between the quartiles of a normal distribution, in standard deviations, turned round. */
const MAD = 1.4826;
/** Movements that differ by less than this share are alike, cosines by less than this, losses by less than this many nats. */
const MIN_MOVEMENT = 0.1;
const MIN_COSINE = 0.02;
const MIN_LOSS = 1e-3;

/** By segment: how far a tensor's movement / sum of learning rates is from its neighbours', the largest of all tensors. */
export const speedRank = (segments: readonly Moved[]): number[] =>
  largest(segments, (tensor) => {
    // Without a learning rate nothing moves, and there is nothing to compare.
    const speeds = segments.map((s) =>
      s.learningRates === 0 ? Number.NaN : (s.movement.get(tensor) ?? Number.NaN) / s.learningRates,
    );
    // A weight that rounds back to where it was has moved by nothing: differences far below the typical speed do not count.
    const floor = 1e-3 * median(speeds.filter(Number.isFinite)) + 1e-30;
    return deviations(
      speeds.map((speed) => Math.log(speed + floor)),
      MIN_MOVEMENT,
    );
  });

/** By segment: how far a tensor's heading is from its neighbours', the largest of all tensors. */
export const headingRank = (segments: readonly Moved[]): number[] =>
  largest(segments, (tensor) =>
    deviations(
      segments.map((s) => s.heading.get(tensor) ?? Number.NaN),
      MIN_COSINE,
    ),
  );

/** By segment: how far the change of a probe's loss (nats) over it is from its neighbours', the largest of all probes. */
export function probeRank(changes: readonly (readonly number[])[]): number[] {
  const all = changes.map((of) => deviations(of, MIN_LOSS));
  return (changes[0] ?? []).map((_, i) => Math.max(...all.map((of) => of[i]!)));
}

function largest(segments: readonly Moved[], of: (tensor: string) => number[]): number[] {
  const strange = segments.map(() => Number.NaN);
  const tensors = new Set(segments.flatMap((s) => [...s.movement.keys()]));
  for (const tensor of tensors) {
    of(tensor).forEach((d, i) => {
      if (!(strange[i]! >= d)) strange[i] = d;
    });
  }
  return strange;
}

/**
 * How far each value lies above both the median of up to three before it and that of up to three after it (five for the first and
 * the last, which have one side), or below both, over the usual distance from the median of both sides together; `least` is what
 * that is taken to be at least. So what rises or falls steadily, as in a warm-up, is not strange. 0 of what is not finite: it was
 * refuted or not measured, and is not ranked.
 */
function deviations(values: readonly number[], least: number): number[] {
  const finite = (xs: readonly number[]) => xs.filter(Number.isFinite);
  const last = values.length - 1;
  const before = values.map((_, i) => finite(values.slice(Math.max(0, i - (i === last ? LONE_REACH : REACH)), i)));
  const after = values.map((_, i) => finite(values.slice(i + 1, i + 1 + (i === 0 ? LONE_REACH : REACH))));
  const usual = finite(values.map((x, i) => Math.abs(x - median([...before[i]!, ...after[i]!]))));
  const spread = Math.max(least, MAD * median(usual));
  return values.map((x, i) => {
    const sides = [before[i]!, after[i]!].filter((side) => side.length > 0).map(median);
    if (!Number.isFinite(x) || sides.length === 0) return 0;
    return Math.max(0, x - Math.max(...sides), Math.min(...sides) - x) / spread;
  });
}

/** 0 of nothing. */
function median(xs: readonly number[]): number {
  if (xs.length === 0) return 0;
  const sorted = [...xs].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
