// Sums of allotments against a count day by day.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../base/testing/random-numbers.ts';
import type { Allotment } from './accounts.ts';
import { fullestDays, hoursOn, overlapsOf } from './allotment-sums.ts';

const DAYS = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2026, 1, 1 + i)).toISOString().slice(0, 10));

function drawn(random: () => number) {
  return Array.from({ length: wholeBelow(random, 12) }, (_, i) => {
    const first = wholeBelow(random, DAYS.length);
    const last = first + wholeBelow(random, DAYS.length - first);
    return {
      id: `n${i}`,
      consortium: 'ab'[wholeBelow(random, 2)]!,
      cluster: ['near', 'far'][wholeBelow(random, 2)]!,
      from: DAYS[first]!,
      to: DAYS[last]!,
      // A number that its days divide, so that sums are exact.
      deviceHours: wholeBelow(random, 4) * (last - first + 1),
    };
  });
}
const isOn = ({ from, to }: Allotment, day: string) => from <= day && day <= to;
const daysOf = (one: Allotment) => DAYS.filter((day) => isOn(one, day)).length;

test('the fullest days are those of a count day by day', () => {
  const random = randomNumbers(5);
  for (let round = 0; round < 300; round++) {
    const all = drawn(random);
    for (const cluster of ['near', 'far', 'nowhere']) {
      const of = (day: string) =>
        all
          .filter((one) => one.cluster === cluster && isOn(one, day))
          .reduce((sum, one) => sum + one.deviceHours / daysOf(one), 0);
      const most = Math.max(...DAYS.map(of));
      const found = fullestDays(all, cluster);
      if (most === 0) expect(found).toBeUndefined();
      else {
        expect(found!.hoursPerDay).toBe(most);
        expect(found!.from).toBe(DAYS.find((day) => of(day) === most));
        for (const day of DAYS.filter((day) => found!.from <= day && day <= found!.to)) expect(of(day)).toBe(most);
      }
      const sum = DAYS.reduce((total, day) => total + of(day), 0);
      expect(hoursOn(all, cluster)).toBe(sum);
    }
  }
});

test('overlaps are the pairs with a day in common, each once, and only those of what changes', () => {
  const random = randomNumbers(6);
  for (let round = 0; round < 300; round++) {
    const all = drawn(random);
    const ids = new Set(all.filter(() => random() < 0.5).map(({ id }) => id));
    const wanted: string[] = [];
    all.forEach((one, i) => {
      for (const other of all.slice(i + 1)) {
        const days = DAYS.filter((day) => isOn(one, day) && isOn(other, day));
        const same = one.consortium === other.consortium && one.cluster === other.cluster;
        if (!same || days.length === 0 || one.deviceHours === 0 || other.deviceHours === 0) continue;
        if (ids.has(one.id) || ids.has(other.id)) wanted.push([one.id, other.id, days[0], days.at(-1)].join());
      }
    });
    const byId = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1));
    const found = overlapsOf(all, ids).map(({ ids, from, to }) => [...ids.toSorted(byId), from, to].join());
    expect(found.sort()).toEqual(wanted.sort());
  }
});
