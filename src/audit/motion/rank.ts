// Rankings: which segments differ most from their neighbours, by one measure at a time. A ranking refutes nothing, and no chance is claimed
// for it: a forger can make all of these measures look honest.

/** The parts of a segment's motion that are compared. */
export interface SegmentMovement {
  segment: { from: number; to: number };
  /** L2 length of each weight's movement. */
  movement: ReadonlyMap<string, number>;
  /** Cosine between each weight's movement and the optimizer's last direction; NaN if it did not move. */
  heading: ReadonlyMap<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
}

/** Neighbours on each side of a segment; the first and the last segment have only one side, with more neighbours. */
const REACH = 3;
const LONE_REACH = 5;
/** A normal distribution's standard deviation over its median absolute deviation. */
const MAD = 1.4826;
/** Smaller differences count as none: of movements (a share), of cosines, of losses (nats). */
const MIN_MOVEMENT = 0.1;
const MIN_COSINE = 0.02;
const MIN_LOSS = 1e-3;

/** For each segment: how far movement / sum of learning rates is from that of the neighbours, for the strangest tensor. */
export const speedRank = (segments: readonly SegmentMovement[]): number[] =>
  largest(segments, (tensor) => {
    // Without a learning rate nothing moves, so there is nothing to compare.
    const speeds = segments.map((s) =>
      s.learningRates === 0 ? Number.NaN : (s.movement.get(tensor) ?? Number.NaN) / s.learningRates,
    );
    // A step can be lost in rounding: differences far below the typical speed do not count.
    const floor = 1e-3 * median(speeds.filter(Number.isFinite)) + 1e-30;
    return deviations(
      speeds.map((speed) => Math.log(speed + floor)),
      MIN_MOVEMENT,
    );
  });

/** For each segment: how far the heading is from that of the neighbours, for the strangest tensor. */
export const headingRank = (segments: readonly SegmentMovement[]): number[] =>
  largest(segments, (tensor) =>
    deviations(
      segments.map((s) => s.heading.get(tensor) ?? Number.NaN),
      MIN_COSINE,
    ),
  );

/** For each segment: how far the change of the loss (nats) is from that of the neighbours, for the strangest probe. */
export function probeRank(changes: readonly (readonly number[])[]): number[] {
  const all = changes.map((of) => deviations(of, MIN_LOSS));
  return (changes[0] ?? []).map((_, i) => Math.max(...all.map((of) => of[i]!)));
}

function largest(segments: readonly SegmentMovement[], of: (tensor: string) => number[]): number[] {
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
 * How far each value is above both or below both of two medians: of up to three values before it and of up to three after it (up to five
 * for the first and the last value, which have one side). In units of the usual distance from the median of both sides, at least
 * `minSpread`. So values that rise or fall steadily, as in a warm-up, are not strange. Values that are not finite give 0: they were
 * refuted or not measured.
 */
function deviations(values: readonly number[], minSpread: number): number[] {
  const finite = (xs: readonly number[]) => xs.filter(Number.isFinite);
  const last = values.length - 1;
  const before = values.map((_, i) => finite(values.slice(Math.max(0, i - (i === last ? LONE_REACH : REACH)), i)));
  const after = values.map((_, i) => finite(values.slice(i + 1, i + 1 + (i === 0 ? LONE_REACH : REACH))));
  const usual = finite(values.map((x, i) => Math.abs(x - median([...before[i]!, ...after[i]!]))));
  const spread = Math.max(minSpread, MAD * median(usual));
  return values.map((x, i) => {
    const sides = [before[i]!, after[i]!].filter((side) => side.length > 0).map(median);
    if (!Number.isFinite(x) || sides.length === 0) return 0;
    return Math.max(0, x - Math.max(...sides), Math.min(...sides) - x) / spread;
  });
}

/** The median; 0 of an empty list. */
function median(xs: readonly number[]): number {
  if (xs.length === 0) return 0;
  const sorted = [...xs].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
