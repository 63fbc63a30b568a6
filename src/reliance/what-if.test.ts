// What if, against plain recursion over random catalogues. remaining-work.test.ts has how much remains.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import type { Catalogue, Cluster, Component, Option, Use } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { catalogueOf, need, randomDraft } from './testing/catalogue.ts';
import { fate, isOpen, needsOf, ownFate, unknownLayers } from './testing/naive.ts';
import { whatIf } from './what-if.ts';

const TIMES = process.env.JIKJI_TORTURE ? 5000 : 80;
const exactly = (share: number) => ({ low: share, high: share });
const all = exactly(1);
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

function* cases(size = {}): Generator<{
  catalogue: Catalogue;
  without: { suppliers: string[]; countries: string[] };
  random: Random;
  seed: number;
}> {
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const catalogue = catalogueOf(randomDraft(random, size));
    const some = (list: readonly string[]) => list.filter(() => random.below(4) === 0);
    const countries = [...new Set([...catalogue.suppliers.values()].flatMap(({ country }) => country ?? []))];
    const kind = random.below(3);
    const without = {
      suppliers: kind === 0 ? [] : some([...catalogue.suppliers.keys()]),
      countries: kind === 1 ? [] : some(countries),
    };
    yield { catalogue, without, random, seed };
  }
}

test('every state is that of plain recursion, and every reason leads to a component that fell away', () => {
  const seen: Record<string, number> = {};
  for (const { catalogue, without, seed } of cases()) {
    const { uses, sites, fallen, held } = whatIf(new Graph(catalogue), without);
    const { components } = catalogue;
    const ids = (holds: (component: Component) => boolean) =>
      [...components.values()]
        .filter(holds)
        .map(({ id }) => id)
        .sort();
    expect(fallen.toSorted(), `seed ${seed}`).toEqual(ids((one) => ownFate(catalogue, one, without) === 'stops'));
    expect(held.toSorted(), `seed ${seed}`).toEqual(
      ids((one) => one.held && ownFate(catalogue, { ...one, held: false }, without) === 'stops'),
    );
    expect(sites.map(({ component }) => component).sort()).toEqual(
      ids(({ of }) => of === 'compute' || of === 'data-center'),
    );
    expect(uses.map(({ use }) => use)).toEqual(catalogue.uses.map(({ id }) => id));
    const things = [
      ...uses.map((one, u) => ({ ...one, thing: catalogue.uses[u]! })),
      ...sites.map((one) => ({ ...one, thing: components.get(one.component)! })),
    ];
    for (const { thing, because, leftOut, fate: got } of things) {
      expect(leftOut).toBe(0);
      const where = `seed ${seed}, ${thing.id}`;
      seen[got] = (seen[got] ?? 0) + 1;
      expect(got, where).toBe(fate(catalogue, thing, without));
      if (got === 'stops') expect(because.length, where).toBeGreaterThan(0);
      if (because.length === 0) {
        expect(fellInUse(catalogue, thing, without), where).toBe(false);
        continue;
      }
      expect(because[0], where).toBe(thing.id);
      expect(fallen, where).toContain(because.at(-1));
      expect(because.length, where).toBe(nearest(catalogue, thing, without));
      let at: Component | Use = thing;
      for (const id of because.slice(1)) {
        expect(
          steps(catalogue, at, without).map(({ component }) => component),
          `${where}: ${because}`,
        ).toContain(id);
        at = components.get(id)!;
      }
    }
    for (const { use, fate: got, unknown } of uses) {
      const thing = catalogue.uses.find(({ id }) => id === use)!;
      const expected = got === 'goes-on-as-far-as-known' ? unknownLayers(catalogue, thing, without) : [];
      expect(unknown, `seed ${seed}, ${use}`).toEqual(expected);
    }
  }
  expect(Math.min(...['stops', 'goes-on', 'goes-on-as-far-as-known'].map((one) => seen[one] ?? 0))).toBeGreaterThan(
    TIMES / 10,
  );
});

/**
 * Options that tell why something is less than before: of what stops, those of a need that nothing meets any more, in use if there are
 * any; else those in use of all needs.
 */
function steps(catalogue: Catalogue, thing: Component | Use, without: { suppliers: string[]; countries: string[] }) {
  const stops = ({ component }: Option) => fate(catalogue, catalogue.components.get(component)!, without) === 'stops';
  const inUse = (options: Option[]) => options.filter(({ share }) => share !== 0);
  if (fate(catalogue, thing, without) !== 'stops') return needsOf(thing).flatMap(({ anyOf }) => inUse(anyOf));
  return needsOf(thing)
    .filter((one) => !isOpen(one) && one.anyOf.every(stops))
    .flatMap(({ anyOf }) => (inUse(anyOf).length > 0 ? inUse(anyOf) : anyOf));
}

/** How many names the shortest way to something that fell has. */
function nearest(
  catalogue: Catalogue,
  thing: Component | Use,
  without: { suppliers: string[]; countries: string[] },
): number {
  if (!('kind' in thing) && ownFate(catalogue, thing, without) === 'stops') return 1;
  const below = steps(catalogue, thing, without).map(({ component }) =>
    nearest(catalogue, catalogue.components.get(component)!, without),
  );
  return 1 + Math.min(Infinity, ...below);
}

/** Whether something in use, however far down, fell itself. */
function fellInUse(
  catalogue: Catalogue,
  thing: Component | Use,
  without: { suppliers: string[]; countries: string[] },
): boolean {
  if (!('kind' in thing) && ownFate(catalogue, thing, without) === 'stops') return true;
  return needsOf(thing).some(({ anyOf }) =>
    anyOf.some(
      ({ component, share }) => share !== 0 && fellInUse(catalogue, catalogue.components.get(component)!, without),
    ),
  );
}

test('a substitute is an option that goes on beside an option in use that stops', () => {
  let found = 0;
  for (const { catalogue, without, seed } of cases()) {
    for (const { use, takeOver, more } of whatIf(new Graph(catalogue), without).uses) {
      const expected = new Set<string>();
      const visited = new Set<string>();
      const visit = (thing: Component | Use) => {
        if (visited.has(thing.id)) return;
        visited.add(thing.id);
        for (const { anyOf } of thing.needs) {
          const stops = ({ component }: Option) =>
            fate(catalogue, catalogue.components.get(component)!, without) === 'stops';
          const others = anyOf.filter((option) => !stops(option));
          if (anyOf.some((option) => option.share !== 0 && stops(option)))
            for (const { component, share, could } of others)
              expected.add(
                JSON.stringify({
                  component,
                  of: catalogue.components.get(component)!.of,
                  share,
                  could,
                  chips: null, // the made-up catalogues count none
                }),
              );
          for (const { component } of others) visit(catalogue.components.get(component)!);
        }
      };
      visit(catalogue.uses.find(({ id }) => id === use)!);
      found += expected.size;
      expect(more).toBe(false);
      expect(takeOver.map((one) => JSON.stringify(one)).sort(), `seed ${seed}, ${use}`).toEqual([...expected].sort());
    }
  }
  expect(found).toBeGreaterThan(TIMES / 10);
});

test('by hand: Nvidia falls away, training stops, serving goes on with home components', () => {
  const graph = new Graph(
    catalogueOf({
      home: ['KR'],
      suppliers: { nvidia: 'US', rebellions: 'KR', meta: 'US' },
      components: {
        memory: { of: 'memory', country: 'KR' },
        gpu: { of: 'chip', supplier: 'nvidia', needs: [need('memory', 'memory')] },
        npu: { of: 'chip', supplier: 'rebellions', needs: [need('memory', 'memory')] },
        box: { of: 'server', country: 'KR' },
        hall: { of: 'data-center', country: 'KR' },
        ops: { of: 'cloud', country: 'KR' },
        big: {
          of: 'compute',
          country: 'KR',
          needs: [need('chip', 'gpu'), need('server', 'box'), need('data-center', 'hall'), need('cloud', 'ops')],
        },
        mixed: {
          of: 'compute',
          country: 'KR',
          needs: [
            need('chip', ['gpu', 0.75], ['npu', 0.25, 0.5]),
            need('server', 'box'),
            need('data-center', 'hall'),
            need('cloud', 'ops'),
          ],
        },
        torch: { of: 'software', supplier: 'meta', held: true },
        text: { of: 'data', country: 'KR' },
        weights: { of: 'weights', country: 'KR' },
      },
      uses: {
        train: {
          kind: 'training',
          needs: [need('compute', 'big'), need('software', 'torch'), need('data', 'text'), need('weights', 'weights')],
        },
        serve: {
          kind: 'serving',
          needs: [need('compute', 'mixed'), need('software', 'torch'), need('weights', 'weights')],
        },
      },
    }),
  );
  // As many of the others, unless the cluster says how many.
  const counted = {
    chips: [
      { chip: 'gpu', count: 64 },
      { chip: 'npu', count: null },
    ],
  };
  graph.catalogue.clusters.set('mixed', counted as Cluster);
  const chips = { stopped: { chip: 'gpu', count: 64 }, instead: { chip: 'npu', count: 64 } };
  expect(whatIf(graph, { suppliers: ['nvidia'], countries: [] })).toEqual({
    without: { suppliers: ['nvidia'], countries: [] },
    uses: [
      {
        use: 'train',
        fate: 'stops',
        remaining: { now: exactly(0), could: exactly(0) },
        because: ['train', 'big', 'gpu'],
        leftOut: 0,
        unknown: [],
        takeOver: [],
        more: false,
      },
      {
        use: 'serve',
        fate: 'goes-on',
        // A quarter of its chips are left, which could do half of the work.
        remaining: { now: exactly(0.25), could: exactly(0.5) },
        because: ['serve', 'mixed', 'gpu'],
        leftOut: 0,
        unknown: [],
        takeOver: [{ component: 'npu', of: 'chip', share: 0.25, could: 0.5, chips }],
        more: false,
      },
    ],
    // Nobody's uses make up no programme.
    consortia: [],
    programme: null,
    sites: [
      { component: 'hall', fate: 'goes-on', remaining: { now: all, could: all }, because: [], leftOut: 0 },
      {
        component: 'big',
        fate: 'stops',
        remaining: { now: exactly(0), could: exactly(0) },
        because: ['big', 'gpu'],
        leftOut: 0,
      },
      {
        component: 'mixed',
        fate: 'goes-on',
        remaining: { now: exactly(0.25), could: exactly(0.5) },
        because: ['mixed', 'gpu'],
        leftOut: 0,
      },
    ],
    fallen: ['gpu'],
    held: [],
  });
  // Meta's software is held; all else of the United States is Nvidia's.
  expect(whatIf(graph, { suppliers: [], countries: ['US'] }, { uses: ['serve'] })).toMatchObject({
    uses: [{ use: 'serve', fate: 'goes-on' }],
    fallen: ['gpu'],
    held: ['torch'],
  });
});

test('shares that add up to 1 up to rounding leave no unknown share', () => {
  const maker = { of: 'software' as const, supplier: 'maker' };
  const catalogue = catalogueOf({
    home: ['KR'],
    suppliers: { maker: 'US' },
    components: { a: maker, b: maker, c: maker, d: maker },
    uses: { run: { kind: 'serving', needs: [need('software', ['a', 0.7], ['b', 0.1], ['c', 0.1], ['d', 0.1])] } },
  });
  expect(0.7 + 0.1 + 0.1 + 0.1).toBeLessThan(1);
  expect(whatIf(new Graph(catalogue), { suppliers: ['maker'], countries: [] }).uses[0]!.fate).toBe('stops');
});

test('unknown names are errors', () => {
  const graph = new Graph(
    catalogueOf({ home: ['KR'], suppliers: { nvidia: 'US', meta: 'US' }, components: {}, uses: {} }),
  );
  expect(() => whatIf(graph, { suppliers: ['nvidai'], countries: [] })).toThrow(
    expect.objectContaining({ code: 'supplier-unknown', input: 'nvidai', hint: 'did you mean nvidia?' }),
  );
  expect(() => whatIf(graph, { suppliers: ['constructor-of-ships'], countries: [] })).toThrow(
    expect.objectContaining({ code: 'supplier-unknown', hint: 'there are: meta, nvidia' }),
  );
  expect(() => whatIf(graph, { suppliers: [], countries: ['FR'] })).toThrow(
    expect.objectContaining({ code: 'country-unknown', input: 'FR', hint: 'there are: KR, US' }),
  );
  expect(() => whatIf(graph, { suppliers: [], countries: ['UK'] })).toThrow(
    expect.objectContaining({ code: 'country-unknown', input: 'UK', hint: 'did you mean United Kingdom (GB)?' }),
  );
  expect(() => whatIf(graph, { suppliers: [], countries: [] }, { uses: ['run'] })).toThrow(
    expect.objectContaining({ code: 'use-unknown', input: 'run' }),
  );
});
