// Accounts of compute: allotted, used and remaining hours, computed from rows. Knows no log.

import { z } from 'zod';

const spent = {
  id: z.string(),
  consortium: z.string(),
  cluster: z.string(),
  /** First and last day, `2026-01-15`. */
  from: z.string(),
  to: z.string(),
  deviceHours: z.number(),
};
export const allotmentShape = z.object(spent);
export type Allotment = z.infer<typeof allotmentShape>;

export const usageShape = z.object({
  ...spent,
  /** Null: the cluster is not known. */
  cluster: z.string().nullable(),
  /** Who states it: the maker, from session records, or the office, by metering. */
  word: z.enum(['maker', 'office']),
  submission: z.string().nullable(),
});
export type Usage = z.infer<typeof usageShape>;

/** Overlapping allotments of a consortium on a cluster, or its usage outside all allotments. In device-hours. */
export const accountShape = z
  .object({
    consortium: z.string(),
    /** Null: the cluster is not known. */
    cluster: z.string().nullable(),
    from: z.string(),
    to: z.string(),
    /** Null: outside all allotments. */
    allotted: z.number().nullable(),
    /** Stated by the maker, whether or not it counts. */
    said: z.number(),
    metered: z.number(),
    /** The metered hours, or those stated by the maker if the office did not meter them. */
    counted: z.number(),
    /** Negative if more was used than was allotted; null outside all allotments. */
    left: z.number().nullable(),
    allotments: z.array(z.string()),
    /** A usage that extends beyond the period is split over several accounts by days. */
    usages: z.array(z.string()),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof accountShape>;

/** Ids of usages that count: if the office metered a submission, the usage stated by its maker does not. */
export function countedUsages(usages: readonly Usage[]): Set<string> {
  const metered = new Set(usages.flatMap(({ word, submission }) => (word === 'office' ? (submission ?? []) : [])));
  return new Set(usages.flatMap((one) => (one.word === 'maker' && metered.has(one.submission ?? '') ? [] : one.id)));
}

/** A smaller difference of hours counts as 0. */
const NEAR = 1e-6;
const DAY_MS = 86_400_000;
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS;
const textOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Sorts an unknown cluster after all others. */
const keyOf = ({ consortium, cluster }: Pick<Account, 'consortium' | 'cluster'>) => `${consortium} ${cluster ?? '~'}`;

interface Open extends Account {
  first: number;
  last: number;
}

/**
 * One account for overlapping allotments of a consortium on a cluster, and one for its usage on a cluster outside all allotments. A usage
 * is spread evenly over its days, since hours are not recorded by day. Sorted by consortium, cluster and day.
 */
export function accountsOf(allotments: readonly Allotment[], usages: readonly Usage[]): Account[] {
  const counted = countedUsages(usages);
  const within = new Map<string, Open[]>();
  const outside = new Map<string, Open>();

  for (const allotment of allotments.toSorted((a, b) => dayOf(a.from) - dayOf(b.from))) {
    const [first, last] = [dayOf(allotment.from), dayOf(allotment.to)];
    const key = keyOf(allotment);
    const all = within.get(key) ?? [];
    within.set(key, all);
    let account = all.at(-1);
    if (!account || first > account.last) {
      account = opened(allotment, first, last, 0);
      all.push(account);
    }
    account.last = Math.max(account.last, last);
    account.allotted! += allotment.deviceHours;
    account.allotments.push(allotment.id);
  }

  for (const usage of usages) {
    const [first, last] = [dayOf(usage.from), dayOf(usage.to)];
    const days = last - first + 1;
    const key = keyOf(usage);
    const all = within.get(key) ?? [];
    let rest = days;
    for (const account of all) {
      const shared = Math.min(last, account.last) - Math.max(first, account.first) + 1;
      if (shared <= 0) continue;
      rest -= shared;
      book(account, usage, shared / days, counted);
    }
    if (rest === 0) continue;
    // The first and last day outside all accounts.
    let [from, to] = [first, last];
    for (const one of all) if (one.first <= from && from <= one.last) from = one.last + 1;
    for (const one of all.toReversed()) if (one.first <= to && to <= one.last) to = one.first - 1;
    const account = outside.get(key) ?? opened(usage, from, to, null);
    outside.set(key, account);
    account.first = Math.min(account.first, from);
    account.last = Math.max(account.last, to);
    book(account, usage, rest / days, counted);
  }

  return [...[...within.values()].flat(), ...outside.values()]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.first - b.first))
    .map(({ first, last, ...account }) => ({
      ...account,
      from: textOf(first),
      to: textOf(last),
      left: account.allotted === null ? null : leftOf(account.allotted - account.counted),
    }));
}

const leftOf = (hours: number): number => (Math.abs(hours) < NEAR ? 0 : hours);

function opened(of: Allotment | Usage, first: number, last: number, allotted: number | null): Open {
  const { consortium, cluster, from, to } = of;
  const hours = { allotted, said: 0, metered: 0, counted: 0, left: null };
  return { consortium, cluster, from, to, ...hours, allotments: [], usages: [], first, last };
}

function book(account: Open, { id, word, deviceHours }: Usage, share: number, counted: ReadonlySet<string>): void {
  const hours = deviceHours * share;
  if (word === 'office') account.metered += hours;
  else account.said += hours;
  if (counted.has(id)) account.counted += hours;
  account.usages.push(id);
}
