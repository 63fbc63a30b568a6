// Remaining work, against every possible assignment of what is not known: states, shares, limits and unnamed components, over random graphs with
// all of them. An assignment must reach each bound, and none may lie outside; for uses, sites, consortia and the programme.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import type { Catalogue, Component, Need, Option, Use } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import type { Interval } from './shapes.ts';
import { catalogueOf, type Draft, need } from './testing/catalogue.ts';
import { isOpen, needsOf, ownFate, whereabouts } from './testing/naive.ts';
import { whatIf } from './what-if.ts';

const TIMES = process.env.JIKJI_TORTURE ? 4000 : 150;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
/** Graphs with more ways than this are only sampled. */
const MAX_WAYS = 2000;
const SAMPLES = 200;

const exactly = (share: number) => ({ low: share, high: share });
const between = (low: number, high: number) => ({ low, high });

type Without = { suppliers: string[]; countries: string[] };
type Thing = Component | Use;

/** What stands beside software, all of it of home and known. */
const rest = (): Draft => ({
  home: ['KR'],
  suppliers: { near: 'KR', far: 'US', other: 'JP', nowhere: null, hidden: null },
  components: {
    ram: { of: 'memory', supplier: 'near' },
    chip: { of: 'chip', supplier: 'near', needs: [need('memory', 'ram')] },
    box: { of: 'server', supplier: 'near' },
    hall: { of: 'data-center', supplier: 'near' },
    ops: { of: 'cloud', supplier: 'near' },
    home: {
      of: 'compute',
      supplier: 'near',
      needs: [need('chip', 'chip'), need('server', 'box'), need('data-center', 'hall'), need('cloud', 'ops')],
    },
    model: { of: 'weights', supplier: 'near' },
  },
  uses: {},
});

/** Software upon software, up to five deep: shared, substituted, some of it of nobody knows whom. */
function randomWeb(random: Random) {
  const chance = (one: number) => random.below(1000) < one * 1000;
  const draft = rest();
  const count = 3 + random.below(4);
  const percent = () => random.below(101) / 100;
  const randomNeed = (from: number): Need => {
    const pool = Array.from({ length: count - from }, (_, i) => `s${from + i}`);
    const ids = Array.from(
      { length: Math.min(pool.length, chance(0.05) ? 0 : 1 + random.below(3)) },
      () => pool.splice(random.below(pool.length), 1)[0]!,
    );
    let left = 100;
    const anyOf = ids.map((component, i): Option => {
      const kind = random.below(10);
      if (kind < 3 && ids.length > 1) return { component, share: 0, could: chance(0.6) ? percent() : null };
      if (kind < 6 && ids.length > 1) return { component, share: null, could: chance(0.5) ? percent() : null };
      const share = i === ids.length - 1 && chance(0.8) ? left : random.below(left + 1);
      left -= share;
      return { component, share: share / 100, could: chance(0.5) ? (share + random.below(101 - share)) / 100 : null };
    });
    return { of: 'software', anyOf, ...(chance(0.1) && { others: true as const }) };
  };
  for (let i = count - 1; i >= 0; i--) {
    const supplier = chance(0.3) ? null : random.of(['near', 'near', 'far', 'other', 'nowhere']);
    draft.components[`s${i}`] = {
      ...{ of: 'software', supplier },
      country: chance(supplier === null ? 0.3 : 0.7) ? undefined : chance(0.3) ? null : random.of(['KR', 'US', 'JP']),
      held: chance(0.1),
      needs: Array.from({ length: i < count - 1 ? random.below(3) : 0 }, () => randomNeed(i + 1)),
    };
  }
  for (let u = 0; u < 3; u++)
    draft.uses[`u${u}`] = {
      kind: 'serving',
      consortium: chance(0.1) ? null : `c${random.below(2)}`,
      needs: [
        need('compute', 'home'),
        need('weights', 'model'),
        ...Array.from({ length: 1 + random.below(2) }, () => randomNeed(random.below(2))),
      ],
    };
  return catalogueOf(draft);
}

/** What nobody knows, as it may be: one value for each thing and need. */
interface Way {
  falls: Set<Thing>;
  needs: Map<Need, { shares: number[]; could: number[]; unnamed: { share: number; could: number; remains: number } }>;
}

/** Where a choice may be at its ends: shares fill the rest in any order, as far as each could. */
function waysOf(one: Need, isNobody: boolean): (Way['needs'] extends Map<Need, infer V> ? V : never)[] {
  const { anyOf } = one;
  const known = anyOf.reduce((sum, { share }) => sum + (share ?? 0), 0);
  const group: (number | 'unnamed')[] = anyOf.flatMap(({ share }, i) => (share === null ? [i] : []));
  if (isOpen(one)) group.push('unnamed');
  return permutations(group).flatMap((order) => {
    const shares = anyOf.map(({ share }) => share ?? 0);
    let unnamed = 0;
    let left = Math.max(0, 1 - known);
    for (const i of order) {
      const taken = Math.min(left, i === 'unnamed' ? 1 : (anyOf[i]!.could ?? 1));
      if (i === 'unnamed') unnamed = taken;
      else shares[i] = taken;
      left -= taken;
    }
    // An option of unknown limit could do no more than it does, or everything.
    let limits: number[][] = [[]];
    for (const [i, { could }] of anyOf.entries()) {
      const possible = could !== null ? [could] : [...new Set([shares[i]!, 1])];
      limits = limits.flatMap((some) => possible.map((limit) => [...some, limit]));
    }
    const others = isOpen(one)
      ? [unnamed, 1].flatMap((could) =>
          (isNobody ? [1] : [0, 1]).map((remains) => ({ share: unnamed, could, remains })),
        )
      : [{ share: 0, could: 0, remains: 0 }];
    return limits.flatMap((could) => others.map((unnamed) => ({ shares, could, unnamed })));
  });
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((one, i) => permutations(list.toSpliced(i, 1)).map((others) => [one, ...others]));
}

/** What remains of a thing in one way, by plain recursion. */
function valueIn({ falls, needs }: Way, { components }: Catalogue, thing: Thing, which: 'now' | 'could') {
  if (falls.has(thing)) return 0;
  let least = 1;
  for (const one of needsOf(thing)) {
    const way = needs.get(one);
    // Only what is not known was written down: the machine and the weights are of home.
    if (!way) continue;
    const of = which === 'now' ? way.shares : way.could;
    const from = which === 'now' ? way.unnamed.share : way.unnamed.could;
    const sum = one.anyOf.reduce(
      (total, { component }, i) =>
        total + of[i]! * valueIn({ falls, needs }, { components } as Catalogue, components.get(component)!, which),
      from * way.unnamed.remains,
    );
    least = Math.min(least, sum);
  }
  return least;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** By name: each use and thing, each consortium, the programme. */
function valuesIn(way: Way, catalogue: Catalogue, things: readonly Component[], which: 'now' | 'could') {
  const values = new Map<string, number>();
  for (const thing of things) values.set(thing.id, valueIn(way, catalogue, thing, which));
  const byConsortium = new Map<string, number[]>();
  for (const use of catalogue.uses) {
    const value = valueIn(way, catalogue, use, which);
    values.set(use.id, value);
    if (use.consortium !== null) byConsortium.set(use.consortium, [...(byConsortium.get(use.consortium) ?? []), value]);
  }
  for (const [id, of] of byConsortium) values.set(id, mean(of));
  if (byConsortium.size > 0) values.set('programme', mean([...byConsortium.values()].map(mean)));
  return values;
}

/** The number of ways, and the way of a number. */
function waysFor(catalogue: Catalogue, without: Without) {
  const isNobody = without.suppliers.length + without.countries.length === 0;
  const software = [...catalogue.components.values()].filter(({ of }) => of === 'software');
  const fates = new Map(software.map((one) => [one, ownFate(catalogue, one, without)]));
  const unsure = software.filter((one) => fates.get(one) === 'goes-on-as-far-as-known');
  const needs = [...software, ...catalogue.uses]
    .flatMap((thing) => thing.needs)
    .filter(({ of }) => of === 'software')
    .map((one) => ({ one, ways: waysOf(one, isNobody) }));
  const count = needs.reduce((product, { ways }) => product * ways.length, 2 ** unsure.length);
  const way = (choose: (count: number) => number): Way => ({
    falls: new Set([...software.filter((one) => fates.get(one) === 'stops'), ...unsure.filter(() => choose(2) === 1)]),
    needs: new Map(needs.map(({ one, ways }) => [one, ways[choose(ways.length)]!])),
  });
  return { count, way, software };
}

const someWithout = (random: Random): Without => ({
  suppliers: ['far', 'nowhere', 'hidden', 'other'].filter(() => random.below(3) === 0),
  countries: random.below(2) ? [] : [random.of(['US', 'JP'])].filter((code) => code === 'US' || random.below(2) === 1),
});

test('random graphs: both bounds are reached, and no assignment lies outside', () => {
  const seen = { enumerated: 0, sampled: 0, inside: 0, exact: 0, ranges: 0 };
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const catalogue = randomWeb(random);
    const without = someWithout(random);
    const { uses, consortia, programme } = whatIf(new Graph(catalogue), without);
    const told = new Map(uses.map(({ use, remaining }) => [use, remaining]));
    for (const { consortium, remaining } of consortia) told.set(consortium, remaining);
    if (programme) told.set('programme', programme);

    const places = whereabouts(catalogue, without).map((one) => waysFor(one, without));
    const count = places.reduce((sum, one) => sum + one.count, 0);
    const isWhole = count <= MAX_WAYS;
    seen[isWhole ? 'enumerated' : 'sampled']++;
    const ends = { now: new Map<string, Interval>(), could: new Map<string, Interval>() };
    for (let number = 0; number < (isWhole ? count : SAMPLES); number++) {
      let digits = number; // say which of the ways each is at
      let place = isWhole ? 0 : random.below(places.length);
      while (isWhole && digits >= places[place]!.count) digits -= places[place++]!.count;
      const one = places[place]!.way((many) => {
        if (!isWhole) return random.below(many);
        const digit = digits % many;
        digits = Math.floor(digits / many);
        return digit;
      });
      for (const which of ['now', 'could'] as const) {
        for (const [id, value] of valuesIn(one, catalogue, [], which)) {
          const end = ends[which].get(id) ?? between(1, 0);
          ends[which].set(id, between(Math.min(end.low, value), Math.max(end.high, value)));
        }
      }
    }
    for (const [id, remaining] of told) {
      for (const which of ['now', 'could'] as const) {
        const { low, high } = ends[which].get(id)!;
        const got = remaining[which];
        const where = `seed ${seed}, ${id}, ${which}: ${low} to ${high}, told ${JSON.stringify(got)}`;
        expect(got.low, where).toBeLessThanOrEqual(low + 1e-9);
        expect(got.high, where).toBeGreaterThanOrEqual(high - 1e-9);
        if (!isWhole) continue;
        expect(got.low, where).toBeCloseTo(low, 9);
        expect(got.high, where).toBeCloseTo(high, 9);
        if (high - low > 1e-9) {
          expect(got.low, where).toBeLessThan(got.high);
          seen.ranges++;
        } else {
          expect(got.low, where).toBe(got.high);
          seen.exact++;
          if (low > 0 && low < 1) seen.inside++;
        }
      }
    }
  }
  expect(seen.enumerated, JSON.stringify(seen)).toBeGreaterThan(TIMES / 4);
  expect(seen.sampled).toBeGreaterThan(TIMES / 100);
  expect(seen.ranges).toBeGreaterThan(TIMES / 2);
  expect(seen.exact).toBeGreaterThan(TIMES / 2);
  expect(seen.inside).toBeGreaterThan(0);
});

test('random graphs: for every assignment of unknown origins and shares, the result is inside the bounds', () => {
  let narrowed = 0;
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const catalogue = randomWeb(random);
    const without = someWithout(random);
    const before = whatIf(new Graph(catalogue), without);
    for (let times = 0; times < 5; times++) {
      const after = whatIf(new Graph(foundOut(catalogue, random)), without);
      for (const [u, { use, remaining, fate }] of after.uses.entries()) {
        const was = before.uses[u]!;
        if (was.fate !== 'goes-on-as-far-as-known') expect(fate, `seed ${seed}, ${use}`).toBe(was.fate);
        for (const which of ['now', 'could'] as const) {
          const where = `seed ${seed}, ${use}, ${which}: ${JSON.stringify([was.remaining[which], remaining[which]])}`;
          expect(remaining[which].low, where).toBeGreaterThanOrEqual(was.remaining[which].low - 1e-9);
          expect(remaining[which].high, where).toBeLessThanOrEqual(was.remaining[which].high + 1e-9);
          if (remaining[which].low === remaining[which].high && was.remaining[which].low < was.remaining[which].high)
            narrowed++;
        }
      }
    }
  }
  expect(narrowed).toBeGreaterThan(TIMES);
});

/** The catalogue once everything is known: each supplier, country, share and limit found out, and who nobody named. */
function foundOut(catalogue: Catalogue, random: Random) {
  const found = structuredClone(catalogue);
  const country = () => random.of(['KR', 'US', 'JP', 'TW']);
  for (const supplier of found.suppliers.values()) supplier.country ??= country();
  found.suppliers.set('somebody', { ...found.suppliers.get('near')!, id: 'somebody', country: country() });
  for (const component of found.components.values()) {
    component.country ??= country();
    const of = [...found.suppliers.values()].filter((one) => one.country === component.country);
    component.supplier ??= of.length > 0 ? random.of(of).id : null;
  }
  let unnamed = 0;
  const software = [...found.components.values()].filter(({ of }) => of === 'software');
  for (const one of [...software, ...found.uses].flatMap((thing) => thing.needs)) {
    if (isOpen(one)) {
      const id = `unnamed-${unnamed++}`;
      const supplier = random.of([...found.suppliers.values()]);
      const named = { ...software[0]!, id, held: false, needs: [], supplier: supplier.id, country: supplier.country };
      found.components.set(id, named);
      one.anyOf.push({ component: id, share: null, could: null });
    }
    delete one.others;
    let left = 1 - one.anyOf.reduce((sum, { share }) => sum + (share ?? 0), 0);
    const unshared = one.anyOf.filter(({ share }) => share === null).sort(() => random.below(3) - 1);
    for (const [i, option] of unshared.entries()) {
      // As much as those after it cannot do at least, as much as it could itself at most.
      const after = unshared.slice(i + 1).reduce((sum, { could }) => sum + (could ?? 1), 0);
      const least = Math.max(0, left - after);
      const most = Math.min(left, option.could ?? 1);
      option.share = least + (Math.max(0, most - least) * random.below(101)) / 100;
      left -= option.share;
    }
    for (const option of one.anyOf) option.could ??= option.share! + ((1 - option.share!) * random.below(101)) / 100;
  }
  return found;
}

/** Two clusters: one that does all the work, with memory that nobody knows, and one of home. */
const twoClusters = (could: number | null) => {
  const draft = rest();
  draft.components.unclear = {
    ...draft.components.home!,
    needs: [need('chip', 'bare'), ...draft.components.home!.needs!.slice(1)],
  };
  draft.components.bare = { of: 'chip', supplier: 'near', needs: [{ of: 'memory', anyOf: [] }] };
  draft.components.lib = { of: 'software', supplier: 'near' };
  draft.uses.serve = {
    kind: 'serving',
    consortium: 'han',
    needs: [need('compute', ['unclear', 1], ['home', 0, could]), need('software', 'lib'), need('weights', 'model')],
  };
  return new Graph(catalogueOf(draft));
};

test('by hand: a substitute keeps a use going, and the option beside it is not known', () => {
  const without = { suppliers: ['far'], countries: [] };
  const { uses, sites, consortia, programme } = whatIf(twoClusters(0.1), without);
  // The memory may be far's: then nothing remains at once, and a tenth once home takes over. Or it is not.
  const remaining = { now: between(0, 1), could: between(0.1, 1) };
  expect(uses).toMatchObject([{ use: 'serve', fate: 'goes-on', remaining }]);
  expect(consortia).toEqual([{ consortium: 'han', remaining }]);
  expect(programme).toEqual(remaining);
  expect(sites.find(({ component }) => component === 'unclear')).toMatchObject({
    fate: 'goes-on-as-far-as-known',
    remaining: { now: between(0, 1), could: between(0, 1) },
  });
  expect(whatIf(twoClusters(null), without).uses[0]!.remaining).toEqual({ now: between(0, 1), could: between(0, 1) });
  expect(whatIf(twoClusters(1), without).uses[0]!.remaining).toEqual({ now: between(0, 1), could: exactly(1) });
});

test('by hand: a lost supplier is in one country alone, wherever that is', () => {
  const box = (country: string) => ({ of: 'software' as const, supplier: null, country });
  const remainingOf = (...suppliers: string[]) => {
    const draft = rest();
    Object.assign(draft.components, { korean: box('KR'), american: box('US'), japanese: box('JP') });
    const both = [need('compute', 'home'), need('weights', 'model')];
    const either = need('software', ['korean', 0.5, 1], ['american', 0.3, 0.5], ['japanese', 0.2, 0.2]);
    draft.uses.any = { kind: 'serving', consortium: 'han', needs: [either, ...both] };
    draft.uses.one = { kind: 'serving', consortium: 'han', needs: [need('software', 'korean'), ...both] };
    draft.uses.two = { kind: 'serving', consortium: 'bada', needs: [need('software', 'american'), ...both] };
    const { uses, consortia, programme } = whatIf(new Graph(catalogueOf(draft)), { suppliers, countries: [] });
    return { uses: uses.map(({ fate, remaining }) => [fate, remaining]), consortia, programme };
  };
  const perhaps = ['goes-on-as-far-as-known', { now: between(0, 1), could: between(0, 1) }];
  const near = (low: number) => between(expect.closeTo(low, 12), 1);
  // At worst the lost one is of Korea, where it takes half of the first use, and all of the second.
  expect(remainingOf('nowhere')).toEqual({
    uses: [['goes-on', { now: near(0.5), could: near(0.7) }], perhaps, perhaps],
    consortia: [
      { consortium: 'han', remaining: { now: near(0.25), could: near(0.35) } },
      { consortium: 'bada', remaining: { now: between(0, 1), could: between(0, 1) } },
    ],
    // Of both consortia at once it cannot be all: (0.7 + 1) / 2 and nothing, if it is of the United States, is the worst.
    programme: { now: near(0.425), could: near(0.5) },
  });
  // Two of them may be in two of the three countries.
  expect(remainingOf('nowhere', 'hidden').uses[0]).toEqual(['goes-on', { now: near(0.2), could: near(0.2) }]);
  expect(remainingOf('nowhere', 'hidden', 'other').uses[0]).toEqual([
    'goes-on-as-far-as-known',
    { now: between(0, 1), could: between(0, 1) },
  ]);
});

test('by hand: lost suppliers that may be in many sets of countries count as in all of these countries', () => {
  const countries = Array.from({ length: 12 }, (_, i) => `A${String.fromCharCode(65 + i)}`);
  const fateOf = (lost: number) => {
    const draft = rest();
    const suppliers = Array.from({ length: lost }, (_, i) => `lost${i}`);
    for (const id of suppliers) draft.suppliers[id] = null;
    for (const country of countries) draft.components[country] = { of: 'software', supplier: null, country };
    const options = countries.map((id): [string, number] => [id, 1 / countries.length]);
    const needs = [need('software', ...options), need('compute', 'home'), need('weights', 'model')];
    draft.uses.any = { kind: 'serving', needs };
    return whatIf(new Graph(catalogueOf(draft)), { suppliers, countries: [] }).uses[0]!.fate;
  };
  // One, ten or eleven of twelve: 12, 66 and 12 sets. Beyond 64 the answer is wider than it need be.
  expect([1, 10, 11, 12].map(fateOf)).toEqual([
    'goes-on',
    'goes-on-as-far-as-known',
    'goes-on',
    'goes-on-as-far-as-known',
  ]);
});

test('by hand: if no supplier falls away, everything remains, whatever is not known', () => {
  const { uses, sites, programme } = whatIf(twoClusters(0.1), { suppliers: [], countries: [] });
  const all = { now: exactly(1), could: exactly(1) };
  for (const one of [...uses, ...sites]) expect(one).toMatchObject({ fate: 'goes-on', remaining: all });
  expect(programme).toEqual(all);
});

test('by hand: a consortium without a known use may lose everything or nothing', () => {
  const asked = { consortia: ['han', 'new'] };
  const { consortia, programme } = whatIf(twoClusters(1), { suppliers: ['far'], countries: [] }, asked);
  expect(consortia[1]).toEqual({ consortium: 'new', remaining: { now: between(0, 1), could: between(0, 1) } });
  expect(programme).toEqual({ now: between(0, 1), could: between(0.5, 1) });
});

test('by hand: remaining work with unknown shares or limits', () => {
  const remainingOf = (...options: Parameters<typeof need>[1][]) => {
    const box = (supplier: string) => ({ of: 'software' as const, supplier });
    const draft = rest();
    Object.assign(draft.components, { a: box('near'), b: box('near'), c: box('near'), x: box('far') });
    draft.uses.run = {
      kind: 'serving',
      needs: [need('software', ...options), need('compute', 'home'), need('weights', 'model')],
    };
    return whatIf(new Graph(catalogueOf(draft)), { suppliers: ['far'], countries: [] }).uses[0]!.remaining;
  };
  const close = (low: number, high = low) => between(expect.closeTo(low, 12), expect.closeTo(high, 12));
  expect(remainingOf(['a', 0.7], ['x', 0.3])).toEqual({ now: exactly(0.7), could: between(0.7, 1) });
  expect(remainingOf(['a', 0.7, 0.7], ['x', 0.3])).toEqual({ now: exactly(0.7), could: exactly(0.7) });
  expect(remainingOf(['a', 0, 0.5], ['x', 1])).toEqual({ now: exactly(0), could: exactly(0.5) });
  expect(remainingOf(['a', 0, null], ['x', 1])).toEqual({ now: exactly(0), could: between(0, 1) });
  // The share of x is not known; it is at least what a cannot do.
  expect(remainingOf(['a', null, 0.6], ['x', null])).toEqual({ now: between(0, 0.6), could: exactly(0.6) });
  // x does not matter: the others do it all, whatever their shares.
  expect(remainingOf(['a', null], ['b', null], ['x', 0])).toEqual({ now: exactly(1), could: exactly(1) });
  // a can do 0.3 at most, so that b, of which no limit is known, does 0.5 of the 0.8 that they do together; or more.
  expect(remainingOf(['a', null, 0.3], ['b', null], ['x', 0.2])).toEqual({ now: close(0.8), could: close(0.8, 1) });
  // These three do 0.3, 0.5 and the 0.2 that are then left, at least.
  expect(remainingOf(['a', null, 0.3], ['b', null, 0.5], ['c', null])).toEqual({ now: exactly(1), could: exactly(1) });
  // With x gone, at most 0.8 of it, at once or later.
  expect(remainingOf(['a', null, 0.3], ['b', null, 0.5], ['x', null])).toEqual({
    now: close(0, 0.8),
    could: close(0.8),
  });
  // Who does the rest is not known.
  expect(remainingOf(['a', 0.5, 0.5], ['x', 0.25])).toEqual({ now: between(0.5, 0.75), could: between(0.5, 1) });
  // a and b do all of it, so it is said, and could not: what they leave, somebody does whom nobody named.
  expect(remainingOf(['a', null, 0.3], ['b', null, 0.5])).toEqual({ now: between(0, 1), could: close(0.8, 1) });
});
