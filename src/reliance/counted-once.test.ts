// A component counts once in a use, however many needs name it: by hand, and against every possible assignment of unknown shares and unnamed
// components, on a grid of eighths.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import type { Need, Option } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { indexOfConsortium, indexOfProgramme, indexOfUse } from './self-reliance.ts';
import { catalogueOf, type Draft, need } from './testing/catalogue.ts';
import { isOpen } from './testing/naive.ts';

const TIMES = process.env.JIKJI_TORTURE ? 3000 : 150;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);
const GRID = 8;

const COMPONENTS: Draft['components'] = {
  a: { of: 'software', country: 'KR' },
  b: { of: 'software', country: 'US' },
  c: { of: 'software', country: 'KR' },
  d: { of: 'software', country: 'JP' },
  x: { of: 'software' },
  // Of home, and half of what it needs is not.
  half: { of: 'software', country: 'KR', needs: [need('software', ['c', 0.5], ['d', 0.5])] },
};
/** How much of each is of home, as it may be. */
const HOME: Record<string, readonly number[]> = { a: [1], b: [0], c: [1], d: [0], x: [0, 1], half: [0.5] };

const catalogueWith = (...needs: Need[]) =>
  catalogueOf({
    home: ['KR'],
    suppliers: {},
    components: COMPONENTS,
    uses: { run: { kind: 'serving', consortium: 'han', needs } },
  });

function softwareOf(...needs: Need[]) {
  const graph = new Graph(catalogueWith(...needs));
  const all = [
    indexOfUse(graph, graph.uses[0]!, null),
    indexOfConsortium(graph, 'han', null),
    indexOfProgramme(graph, ['han'], null),
  ].map(({ layers }) => layers.find(({ layer }) => layer === 'software')!);
  for (const { home, abroad, unknown, parts } of all) {
    const sum = (place: string) => parts.reduce((total, part) => total + (part.place === place ? part.share : 0), 0);
    expect([home, abroad, unknown]).toEqual(
      ['home', 'abroad', 'unknown'].map((place) => expect.closeTo(sum(place), 9)),
    );
    expect([home, abroad]).toEqual([all[0]!.home, all[0]!.abroad]);
  }
  return all[0]!;
}
const sharesOf = (...needs: Need[]) => {
  const { home, abroad, unknown } = softwareOf(...needs);
  return [home, abroad, unknown];
};
const close = (...shares: number[]) => shares.map((share) => expect.closeTo(share, 12));

test('by hand: ten entries for one home component do not raise the home share', () => {
  const b = need('software', 'b');
  expect(sharesOf(need('software', 'a'), b)).toEqual(close(0.5, 0.5, 0));
  expect(sharesOf(...Array<Need>(10).fill(need('software', 'a')), b)).toEqual(close(0.5, 0.5, 0));
  // Nor does it to name it beside another: it counts with its largest share, 1, and d with 0.1 that it does not do somewhere.
  const beside = need('software', ['a', 0.9], ['d', 0.1]);
  expect(sharesOf(need('software', 'a'), b, beside)).toEqual(close(1 / 2.1, 1.1 / 2.1, 0));
  const { parts } = softwareOf(need('software', 'a'), need('software', 'a'), b);
  expect(parts.map(({ component, share }) => [component, share]).sort()).toEqual([
    ['a', 0.5],
    ['b', 0.5],
  ]);
});

test('by hand: one of several options that may be counted already', () => {
  // b counts, and whether a does is not known: of home is none for sure, and abroad at least half.
  expect(sharesOf(need('software', 'b'), need('software', ['a', null], ['b', null]))).toEqual(close(0, 0.5, 0.5));
  expect(sharesOf(need('software', 'a'), need('software', ['a', null], ['b', null]))).toEqual(close(0.5, 0, 0.5));
  // Both are of home, and beside a that counts already c may count or not: half of home, or two thirds.
  expect(sharesOf(need('software', 'b'), need('software', 'a'), need('software', ['a', null], ['c', null]))).toEqual(
    close(1 / 2, 1 / 3, 1 / 6),
  );
  // Named twice, each time one of both: once at least.
  const either = need('software', ['a', null], ['c', null]);
  expect(sharesOf(need('software', 'b'), either, either)).toEqual(close(1 / 2, 1 / 3, 1 / 6));
  // The only one of unknown share has the rest, and counts once.
  expect(sharesOf(need('software', 'a'), need('software', ['a', null], ['b', 0.5]))).toEqual(close(2 / 3, 1 / 3, 0));
  // Something that nobody named may be of anywhere, or what counts already.
  expect(sharesOf(need('software', 'a'), need('software'))).toEqual(close(0.5, 0, 0.5));
});

/** All ways to part `whole` among `count`. */
function* parted(count: number, whole: number): Generator<number[]> {
  if (count === 0) {
    if (whole === 0) yield [];
    return;
  }
  for (let first = count === 1 ? whole : 0; first <= whole; first++)
    for (const rest of parted(count - 1, whole - first)) yield [first, ...rest];
}

/** Every share of home that the needs may come to. */
function* homesOf(needs: readonly Need[]): Generator<number> {
  const choices = needs.map((one, n) => {
    const known = one.anyOf.flatMap(({ component, share }): [string, number][] =>
      share === null ? [] : [[component, share * GRID]],
    );
    const rest = GRID - known.reduce((sum, [, share]) => sum + share, 0);
    const members = one.anyOf.flatMap(({ component, share }) => (share === null ? [component] : []));
    // An unnamed option is one of those that are listed, or another component: that of another need too, or of this need alone.
    const others = ['other-home', 'other-abroad', `other-home ${n}`, `other-abroad ${n}`, ...Object.keys(HOME)];
    const groups = isOpen(one) ? others.map((other) => [...members, other]) : [members];
    return groups.flatMap((group) =>
      [...parted(group.length, rest)].map((shares) => [
        ...known,
        ...group.map((component, i): [string, number] => [component, shares[i]!]),
      ]),
    );
  });
  for (const x of HOME.x!) {
    const values: Record<string, number> = { 'other-home': 1, 'other-abroad': 0, x };
    for (const n of needs.keys()) Object.assign(values, { [`other-home ${n}`]: 1, [`other-abroad ${n}`]: 0 });
    for (const [name, [home]] of Object.entries(HOME)) values[name] ??= home!;
    const number = choices.reduce((product, ways) => product * ways.length, 1);
    for (let n = 0; n < number; n++) {
      let digits = n;
      const weights = new Map<string, number>();
      for (const ways of choices) {
        // Two of one need may be the same thing.
        const here = new Map<string, number>();
        for (const [component, share] of ways[digits % ways.length]!)
          here.set(component, (here.get(component) ?? 0) + share);
        for (const [component, share] of here) weights.set(component, Math.max(share, weights.get(component) ?? 0));
        digits = Math.floor(digits / ways.length);
      }
      let [sum, whole] = [0, 0];
      for (const [component, weight] of weights) {
        sum += weight * values[component]!;
        whole += weight;
      }
      yield sum / whole;
    }
  }
}

function randomNeeds(random: Random): Need[] {
  return Array.from({ length: 1 + random.below(3) }, () => {
    const pool = Object.keys(COMPONENTS);
    const count = random.below(12) === 0 ? 0 : 1 + random.below(3);
    let left = GRID;
    const ids = Array.from({ length: count }, () => pool.splice(random.below(pool.length), 1)[0]!);
    const anyOf = ids.map((component, i): Option => {
      if (count > 1 && random.below(2)) return { component, share: null, could: null };
      const share = i === count - 1 && random.below(4) ? left : random.below(left + 1);
      left -= share;
      return { component, share: share / GRID, could: null };
    });
    return { of: 'software', anyOf, ...(random.below(12) === 0 && { others: true as const }) };
  });
}

test('random needs: home and abroad shares never exceed those of any possible assignment, and mostly equal those of one', () => {
  const seen = { exact: 0, wider: 0, twice: 0 };
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const needs = randomNeeds(new Random(seed));
    let [low, high] = [1, 0];
    let ways = 0;
    for (const home of homesOf(needs)) {
      [low, high] = [Math.min(low, home), Math.max(high, home)];
      if (++ways > 10_000) break;
    }
    if (ways > 10_000) continue;
    const { home, abroad } = softwareOf(...needs);
    const where = `seed ${seed}: ${low} to ${high}, told ${home} to ${1 - abroad}, ${JSON.stringify(needs)}`;
    expect(home, where).toBeLessThanOrEqual(low + 1e-9);
    expect(1 - abroad, where).toBeGreaterThanOrEqual(high - 1e-9);
    const isExact = low - home < 1e-9 && 1 - abroad - high < 1e-9;
    seen[isExact ? 'exact' : 'wider']++;
    const names = needs.map(({ anyOf }) => anyOf.map(({ component }) => component));
    if (new Set(names.flat()).size < names.flat().length) seen.twice++;
    // Wider only where a need of unknown shares has a component in common with another.
    const unshared = needs.filter(({ anyOf }) => anyOf.filter(({ share }) => share === null).length > 1);
    const isShared = unshared.some((one) =>
      one.anyOf.some(
        ({ component, share }) =>
          share === null && needs.some((other) => other !== one && other.anyOf.some((o) => o.component === component)),
      ),
    );
    if (!isShared) expect(isExact, where).toBe(true);
  }
  expect(seen.twice, JSON.stringify(seen)).toBeGreaterThan(TIMES / 8);
  expect(seen.exact, JSON.stringify(seen)).toBeGreaterThan(4 * seen.wider);
  if (process.env.JIKJI_TORTURE) console.log(seen);
});
