// Smallest sets against brute force: on random catalogues every set of foreign suppliers or countries is tried, the small ones first, each by
// plain recursion; on random families of sets likewise; and the answer when the limit is reached.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import type { Catalogue, Component } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { smallestHittingSets } from './hitting-set.ts';
import { smallestSets } from './smallest-sets.ts';
import { catalogueOf, need, randomDraft } from './testing/catalogue.ts';
import { goesOn } from './testing/naive.ts';

const TIMES = process.env.JIKJI_TORTURE ? 3000 : 60;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

/** All subsets of `list` with `size` members. */
function* subsets<T>(list: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) yield [];
  else
    for (let i = from; i <= list.length - size; i++)
      for (const rest of subsets(list, size - 1, i + 1)) yield [list[i]!, ...rest];
}

/** By whose falling away a component falls. */
function ownersOf({ suppliers, home }: Catalogue, { supplier, country, held }: Component, by: 'supplier' | 'country') {
  const theirs = suppliers.get(supplier ?? '')?.country ?? null;
  const isForeign = (code: string | null) => code !== null && !home.includes(code);
  if (held) return [];
  if (by === 'supplier') return isForeign(theirs) ? [supplier!] : [];
  return [country, theirs].filter(isForeign) as string[];
}

test('random catalogues: all smallest sets, as brute force finds them', () => {
  const seen = { none: 0, several: 0, many: 0 };
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const catalogue = catalogueOf(
      randomDraft(random, { perKind: 2 + random.below(3), suppliers: 4 + random.below(7) }),
    );
    const graph = new Graph(catalogue);
    const { home, suppliers, components } = catalogue;
    for (const by of ['supplier', 'country'] as const) {
      const asked = random.below(2) ? undefined : [random.of(catalogue.uses).id];
      const uses = catalogue.uses.filter(({ id }) => !asked || asked.includes(id));
      const foreign =
        by === 'supplier'
          ? [...suppliers.values()].flatMap(({ id, country }) =>
              country !== null && !home.includes(country) ? [id] : [],
            )
          : [
              ...new Set(
                [...suppliers.values(), ...components.values()].flatMap(({ country }) =>
                  country === null || home.includes(country) ? [] : [country],
                ),
              ),
            ];
      /** The uses that go on without them. */
      const left = (gone: readonly string[]) =>
        uses.filter((use) =>
          goesOn(catalogue, use, (one) => !ownersOf(catalogue, one, by).some((owner) => gone.includes(owner)), true),
        );
      let size = 0;
      let sets: string[][] = [];
      const none = left(foreign)[0]?.id ?? null;
      if (none === null)
        for (; sets.length === 0; size += sets.length === 0 ? 1 : 0)
          sets = [...subsets(foreign.toSorted(), size)].filter((set) => left(set).length === 0);
      const got = smallestSets(graph, { by, ...(asked && { uses: asked }) });
      expect(got, `seed ${seed}, by ${by}`).toMatchObject({
        ...{ scope: { uses: uses.map(({ id }) => id) }, by, none, exact: true, more: false },
        size: none === null ? size : null,
        atLeast: size,
        sets: sets.sort((a, b) => (a.join() < b.join() ? -1 : 1)),
      });
      expect(got.alone.map(({ stops }) => stops)).toEqual(got.alone.map(({ stops }) => stops).sort((a, b) => b - a));
      const alone = new Map(got.alone.map(({ id, stops }) => [id, stops]));
      for (const id of foreign) expect(alone.get(id) ?? 0, `seed ${seed}, ${id}`).toBe(uses.length - left([id]).length);
      if (none !== null) seen.none++;
      else if (size > 1) seen.several++;
      if (sets.length > 1) seen.many++;
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(TIMES / 30);
});

/** As the search asks: the sets of a family that are missed, one at a time or all. */
const missedOf = (family: readonly number[][], most: number) => (chosen: readonly number[]) =>
  family.filter((set) => !set.some((e) => chosen.includes(e))).slice(0, most);
const ENDLESS = { steps: Infinity, asking: 0, sets: Infinity };

function randomFamily(random: Random) {
  const elements = 1 + random.below(11);
  const all = Array.from({ length: elements }, (_, e) => e);
  const family = Array.from({ length: random.below(12) }, () => {
    const most = 1 + random.below(4);
    const set = all.filter(() => random.below(elements) < most);
    return set.length > 0 ? set : [random.below(elements)];
  });
  return { elements, family };
}

test('random families: all smallest hitting sets, however few sets are given at a time', () => {
  for (let i = 0; i < 10 * TIMES; i++) {
    const random = new Random(SEED + i);
    const { elements, family } = randomFamily(random);
    const all = Array.from({ length: elements }, (_, e) => e);
    let size = 0;
    let sets: number[][] = [];
    for (; sets.length === 0; size += sets.length === 0 ? 1 : 0)
      sets = [...subsets(all, size)].filter((set) => family.every((one) => one.some((e) => set.includes(e))));
    const got = smallestHittingSets(elements, missedOf(family, 1 + random.below(4)), ENDLESS);
    const sorted = (some: number[][]) => some.map((set) => set.toSorted((a, b) => a - b).join()).sort();
    expect({ ...got, sets: sorted(got.sets) }, `seed ${SEED + i}`).toEqual({
      size,
      sets: sorted(sets),
      exact: true,
      atLeast: size,
      more: false,
    });
  }
});

test('with a small work limit, the results given are correct', () => {
  const seen = { inexact: 0, exact: 0, more: 0 };
  for (let i = 0; i < 10 * TIMES; i++) {
    const random = new Random(SEED + i);
    const { elements, family } = randomFamily(random);
    const whole = smallestHittingSets(elements, missedOf(family, 1), ENDLESS);
    const limit = { steps: random.below(200), asking: 1, sets: 1 + random.below(3) };
    const got = smallestHittingSets(elements, missedOf(family, 1), limit);
    const where = `seed ${SEED + i}`;
    for (const set of got.sets) {
      expect(
        family.every((one) => one.some((e) => set.includes(e))),
        where,
      ).toBe(true);
      expect(set.length, where).toBe(got.size);
    }
    expect(got.sets.length, where).toBeGreaterThan(0);
    expect(got.sets.length, where).toBeLessThanOrEqual(limit.sets);
    expect(got.atLeast, where).toBeLessThanOrEqual(whole.size);
    expect(got.size, where).toBeGreaterThanOrEqual(whole.size);
    if (got.exact) expect(got.size, where).toBe(whole.size);
    if (!got.more) expect(got.sets.length, where).toBe(whole.sets.length);
    seen[got.exact ? 'exact' : 'inexact']++;
    if (got.more) seen.more++;
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(TIMES / 30);
});

test('by hand: two chips to choose from, and one maker of servers', () => {
  const home = { country: 'KR' };
  const draft = (server: string) => ({
    home: ['KR'],
    suppliers: { nvidia: 'US', amd: 'US', asml: 'NL', dell: 'US', skt: 'KR' },
    components: {
      memory: { of: 'memory' as const, ...home },
      gpu: { of: 'chip' as const, supplier: 'nvidia', needs: [need('memory', 'memory')] },
      other: { of: 'chip' as const, supplier: 'amd', needs: [need('memory', 'memory')] },
      box: { of: 'server' as const, supplier: 'dell' },
      rack: { of: 'server' as const, supplier: 'skt' },
      hall: { of: 'data-center' as const, ...home },
      ops: { of: 'cloud' as const, ...home },
      big: {
        of: 'compute' as const,
        ...home,
        needs: [
          need('chip', ['gpu', 1], ['other', 0, 0.5]),
          need('server', server),
          need('data-center', 'hall'),
          need('cloud', 'ops'),
        ],
      },
      kit: { of: 'software' as const, ...home },
      model: { of: 'weights' as const, ...home },
    },
    uses: {
      serve: {
        kind: 'serving' as const,
        needs: [need('compute', 'big'), need('software', 'kit'), need('weights', 'model')],
      },
    },
  });
  const withDell = new Graph(catalogueOf(draft('box')));
  expect(smallestSets(withDell, { by: 'supplier' })).toMatchObject({
    size: 1,
    sets: [['dell']],
    none: null,
    alone: [
      { id: 'dell', stops: 1 },
      { id: 'amd', stops: 0 },
      { id: 'nvidia', stops: 0 },
    ],
  });
  const withSkt = new Graph(catalogueOf(draft('rack')));
  expect(smallestSets(withSkt, { by: 'supplier' })).toMatchObject({
    size: 2,
    sets: [['amd', 'nvidia']],
    alone: [{ stops: 0 }, { stops: 0 }],
  });
  expect(smallestSets(withSkt, { by: 'country' })).toMatchObject({ size: 1, sets: [['US']] });
  // A chip of home in reserve, and nothing abroad stops it.
  const free = draft('rack');
  free.components.other.supplier = 'skt';
  expect(smallestSets(new Graph(catalogueOf(free)), { by: 'supplier' })).toMatchObject({
    size: null,
    sets: [],
    none: 'serve',
    exact: true,
  });
  expect(smallestSets(withSkt, { by: 'supplier', uses: [] })).toMatchObject({ size: null, sets: [], none: null });
  expect(() => smallestSets(withSkt, { by: 'supplier', uses: ['serv'] })).toThrow(
    expect.objectContaining({ code: 'use-unknown', input: 'serv' }),
  );
});
