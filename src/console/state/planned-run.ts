// What follows from the planned seconds of a step: the run, whether it ends in time, energy and cost. Knows no layout and no words.

export interface Interval {
  low: number;
  high: number;
}

export const DAY = 86_400;
/** Days of a month in the mean. */
export const MONTH_DAYS = 365.25 / 12;

const times = ({ low, high }: Interval, factor: number): Interval => ({ low: low * factor, high: high * factor });

/** Seconds of a run; steps are whole. */
export function runOf(
  step: Interval,
  tokens: number,
  { sequence, sequences }: { sequence: number; sequences: number },
): Interval {
  return times(step, Math.ceil(tokens / (sequence * sequences)));
}

/** `in-time` where even the slow end of the interval is, `too-late` where even the fast one is. */
export function endsWithin({ low, high }: Interval, months: number): 'in-time' | 'perhaps-in-time' | 'too-late' {
  const given = months * MONTH_DAYS * DAY;
  if (high <= given) return 'in-time';
  return low <= given ? 'perhaps-in-time' : 'too-late';
}

/** How much of the work of `run` is done where it takes `other`, in the same time: from the slow end of one over the fast end of the other. */
export const doneMeanwhile = (run: Interval, other: Interval): Interval => ({
  low: run.low / other.high,
  high: run.high / other.low,
});

const hoursOf = (run: Interval): Interval => times(run, 1 / 3600);

/** Megawatt-hours of the chips at their rated power. */
export const energyOf = (run: Interval, devices: number, watts: number): Interval =>
  times(hoursOf(run), (devices * watts) / 1e6);

export const costOf = (run: Interval, devices: number, price: number): Interval => times(hoursOf(run), devices * price);

/** How much faster a run is, from the planned time over the planned time now: 0.8 is a quarter faster. */
export const gainOf = (share: number): number => 1 / share - 1;

/** A gain below this is none that anybody would see. */
const LEAST_GAIN = 0.01;

/** The figures that limit a run, the one that limits it most first. */
export function limitsIn<Name extends string>(limits: Record<Name, number>): Name[] {
  return (Object.entries(limits) as [Name, number][])
    .filter(([, share]) => gainOf(share) >= LEAST_GAIN)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name]) => name);
}
