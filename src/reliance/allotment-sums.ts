// Sums of allotments by cluster, beside what its chips can give, and overlapping periods. Hours of an allotment are spread evenly over its
// days, since no allotment says more. Knows no log.

import type { Allotment } from './accounts.ts';

export interface FullestDays {
  from: string;
  to: string;
  /** Allotted device-hours of each of these days. */
  hoursPerDay: number;
}

export interface Overlap {
  consortium: string;
  cluster: string;
  /** Ids of the two allotments. */
  ids: [string, string];
  /** The days that both have. */
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;
const textOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export const hoursOn = (allotments: readonly Allotment[], cluster: string): number =>
  allotments.filter((one) => one.cluster === cluster).reduce((sum, { deviceHours }) => sum + deviceHours, 0);

/** The first stretch of days in which most hours of the cluster are allotted each day; undefined if none are. */
export function fullestDays(allotments: readonly Allotment[], cluster: string): FullestDays | undefined {
  const spans = allotments
    .filter((one) => one.cluster === cluster && one.deviceHours > 0)
    .map(({ from, to, deviceHours }) => {
      const [first, last] = [dayOf(from), dayOf(to)];
      return { first, last, rate: deviceHours / (last - first + 1) };
    });
  // The sum changes only where an allotment begins or has ended.
  const turns = [...new Set(spans.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
  let fullest: FullestDays | undefined;
  turns.slice(0, -1).forEach((first, i) => {
    const hoursPerDay = spans.reduce(
      (sum, span) => sum + (span.first <= first && first <= span.last ? span.rate : 0),
      0,
    );
    if (hoursPerDay > (fullest?.hoursPerDay ?? 0))
      fullest = { from: textOf(first), to: textOf(turns[i + 1]! - 1), hoursPerDay };
  });
  return fullest;
}

/** Pairs of allotments of one consortium on one cluster with days in common, of which one is among `ids`. */
export function overlapsOf(allotments: readonly Allotment[], ids: ReadonlySet<string>): Overlap[] {
  const real = allotments.filter(({ deviceHours }) => deviceHours > 0);
  return real.flatMap((one, i) => {
    if (!ids.has(one.id)) return [];
    return real.flatMap((other, k): Overlap[] => {
      // Of two that are both among them, one names the pair.
      if (k === i || (k < i && ids.has(other.id))) return [];
      if (one.consortium !== other.consortium || one.cluster !== other.cluster) return [];
      const from = [one.from, other.from].sort()[1]!;
      const to = [one.to, other.to].sort()[0]!;
      if (from > to) return [];
      return [{ consortium: one.consortium, cluster: one.cluster, ids: [one.id, other.id], from, to }];
    });
  });
}
