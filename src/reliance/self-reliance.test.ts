// The index against values worked out by hand, against plain recursion, and its parts against the whole; one changed origin changes only what
// depends on it.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import { type Catalogue, type Component, LAYERS, type Layer, type Need, PROVIDES, type Use } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { indexOfCatalogue, indexOfConsortium, indexOfProgramme, indexOfUse } from './self-reliance.ts';
import type { Index, SelfRelianceRules } from './shapes.ts';
import { catalogueOf, type Draft, need, randomDraft } from './testing/catalogue.ts';
import { isOpen, needsOf } from './testing/naive.ts';

const TIMES = process.env.JIKJI_TORTURE ? 3000 : 40;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

const draft = (): Draft => ({
  home: ['KR'],
  suppliers: {
    nvidia: 'US',
    rebellions: 'KR',
    hynix: 'KR',
    micron: 'US',
    dell: 'US',
    skt: 'KR',
    meta: 'US',
    nobody: null,
  },
  components: {
    hbm: { of: 'memory', supplier: 'hynix' },
    dram: { of: 'memory', supplier: 'micron' },
    h100: { of: 'chip', supplier: 'nvidia', needs: [need('memory', ['hbm', 0.75], ['dram', 0.25])] },
    rebel: { of: 'chip', supplier: 'rebellions', needs: [need('memory', 'hbm')] },
    box: { of: 'server', supplier: 'dell' },
    rack: { of: 'server', supplier: 'skt' },
    hall: { of: 'data-center', supplier: 'skt' },
    operator: { of: 'cloud', supplier: 'skt' },
    // Its operator is not known.
    titan: {
      of: 'compute',
      supplier: 'skt',
      needs: [need('chip', ['h100', 0.8], ['rebel', 0.2]), need('server', 'box'), need('data-center', 'hall')],
    },
    // 0.6 of its chips are known; both kinds of its servers are known, but not their shares.
    nest: {
      of: 'compute',
      supplier: 'skt',
      needs: [
        need('chip', ['rebel', 0.6]),
        need('server', ['box', null], ['rack', null]),
        need('data-center', 'hall'),
        need('cloud', 'operator'),
      ],
    },
    torch: { of: 'software', supplier: 'meta' },
    kit: { of: 'software', supplier: 'skt', needs: [need('software', 'torch')] },
    own: { of: 'software', supplier: 'skt' },
    news: { of: 'data', supplier: 'skt' },
    web: { of: 'data', supplier: 'nobody' },
    model: { of: 'weights', supplier: 'skt' },
  },
  uses: {
    train: {
      kind: 'training',
      consortium: 'a',
      needs: [
        need('compute', ['titan', 0.5], ['nest', 0.5]),
        need('software', 'kit'),
        need('software', 'own'),
        need('data', ['news', 0.7], ['web', 0.2]),
        need('weights', 'model'),
      ],
    },
    serve: {
      kind: 'serving',
      consortium: 'b',
      needs: [need('compute', 'nest'), need('software', ['torch', null], ['own', null]), need('weights', 'model')],
    },
  },
});

/*
 * The sheet: home / abroad / not known.
 *
 *              titan                        nest                  train = (titan + nest) / 2     serve = nest
 * chip         0.2 / 0.8 / 0                0.6 / 0 / 0.4         0.4 / 0.4 / 0.2                0.6 / 0 / 0.4
 *   memory of h100: 0.75 / 0.25 / 0; of rebel: 1 / 0 / 0
 * memory       0.8 * 0.75 + 0.2 * 1 = 0.8,  0.6 * 1 / 0 / 0.4     0.7 / 0.1 / 0.2                0.6 / 0 / 0.4
 *              0.8 * 0.25 = 0.2, 0
 * server       0 / 1 / 0 (box)              0 / 0 / 1             0 / 0.5 / 0.5                  0 / 0 / 1
 *   nest: box or rack, nobody knows how much: nothing counts as of home, and abroad is the least of 1 and 0
 * data center  1 / 0 / 0                    1 / 0 / 0             1 / 0 / 0                      1 / 0 / 0
 * cloud        0 / 0 / 1                    1 / 0 / 0             0.5 / 0 / 0.5                  1 / 0 / 0
 * software     kit: least of itself (1) and torch (0): 0 / 1 / 0; own: 1 / 0 / 0
 *                                                                 0.5 / 0.5 / 0                  0 / 0 / 1 (as servers of nest)
 * data         news 0.7, web 0.2 of a country that is not known, 0.1 that nobody names
 *                                                                 0.7 / 0 / 0.3                  not needed
 * weights                                                         1 / 0 / 0                      1 / 0 / 0
 *
 * Consortium a is train. Consortium b is serve, which needs no data. The programme is their mean, in data that of a alone:
 * chip 0.5 / 0.2 / 0.3, memory 0.65 / 0.05 / 0.3, server 0 / 0.25 / 0.75, data center 1 / 0 / 0, cloud 0.75 / 0 / 0.25,
 * software 0.25 / 0.25 / 0.5, data 0.7 / 0 / 0.3, weights 1 / 0 / 0.
 *
 * Weights: chip 20, memory 10, server 10, data center 10, cloud 10, software 20, data 10, weights 10.
 * Programme: 20 * 0.5 + 10 * 0.65 + 10 * 0 + 10 * 1 + 10 * 0.75 + 20 * 0.25 + 10 * 0.7 + 10 * 1
 *          = 10 + 6.5 + 0 + 10 + 7.5 + 5 + 7 + 10 = 56.
 * a: 20 * 0.4 + 10 * 0.7 + 0 + 10 + 10 * 0.5 + 20 * 0.5 + 10 * 0.7 + 10 = 8 + 7 + 0 + 10 + 5 + 10 + 7 + 10 = 57.
 * b: 20 * 0.6 + 10 * 0.6 + 0 + 10 + 10 + 0 + 0 + 10 = 12 + 6 + 10 + 10 + 10 = 48.
 * Neither serve nor b needs data, which leaves its weight to the others: they add up to 90, and 48 / 90 * 100 = 53.33...
 */
const SHEET = {
  train: {
    chip: [0.4, 0.4, 0.2],
    memory: [0.7, 0.1, 0.2],
    server: [0, 0.5, 0.5],
    'data-center': [1, 0, 0],
    cloud: [0.5, 0, 0.5],
    software: [0.5, 0.5, 0],
    data: [0.7, 0, 0.3],
    weights: [1, 0, 0],
  },
  serve: {
    chip: [0.6, 0, 0.4],
    memory: [0.6, 0, 0.4],
    server: [0, 0, 1],
    'data-center': [1, 0, 0],
    cloud: [1, 0, 0],
    software: [0, 0, 1],
    weights: [1, 0, 0],
  },
  programme: {
    chip: [0.5, 0.2, 0.3],
    memory: [0.65, 0.05, 0.3],
    server: [0, 0.25, 0.75],
    'data-center': [1, 0, 0],
    cloud: [0.75, 0, 0.25],
    software: [0.25, 0.25, 0.5],
    data: [0.7, 0, 0.3],
    weights: [1, 0, 0],
  },
};
const WEIGHTS = { chip: 20, memory: 10, server: 10, 'data-center': 10, cloud: 10, software: 20, data: 10, weights: 10 };
const rules = (floors: SelfRelianceRules['floors'] = {}): SelfRelianceRules => ({ floors, weights: WEIGHTS });

const sheetOf = ({ layers }: Index) =>
  Object.fromEntries(layers.map(({ layer, home, abroad, unknown }) => [layer, [home, abroad, unknown]]));
const close = (sheet: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(sheet).map(([layer, row]) => [layer, row.map((x) => expect.closeTo(x, 12))]));
const useOf = (graph: Graph, id: string): Use => graph.uses.find((use) => use.id === id)!;

test('home shares worked out by hand', () => {
  const graph = new Graph(catalogueOf(draft()));
  const train = indexOfUse(graph, useOf(graph, 'train'), rules());
  const serve = indexOfUse(graph, useOf(graph, 'serve'), rules());
  const [a, b] = ['a', 'b'].map((id) => indexOfConsortium(graph, id, rules()));
  const programme = indexOfProgramme(graph, ['a', 'b'], rules());
  expect(sheetOf(train)).toEqual(close(SHEET.train));
  expect(sheetOf(serve)).toEqual(close(SHEET.serve));
  expect(sheetOf(a!)).toEqual(close(SHEET.train));
  expect(sheetOf(b!)).toEqual(close(SHEET.serve));
  expect(sheetOf(programme)).toEqual(close(SHEET.programme));
  expect([train, serve, a!, b!, programme].map(({ overall }) => overall)).toEqual(
    [57, (48 / 90) * 100, 57, (48 / 90) * 100, 56].map((score) => ({
      state: 'scored',
      score: expect.closeTo(score, 10),
      below: [],
    })),
  );
  // All that a catalogue has, where each use is of one of them.
  const { of: _, ...whole } = programme;
  expect(indexOfCatalogue(graph, rules())).toEqual(whole);
  expect(programme.lowest).toEqual(['server']);
  expect(b!.lowest).toEqual(['server', 'software']);
  expect(programme.layers.map(({ uses }) => uses)).toEqual([2, 2, 2, 2, 2, 2, 1, 2]);
  // A consortium that has left does not count; one of which nothing is known does.
  expect(sheetOf(indexOfProgramme(graph, ['a'], null))).toEqual(close(SHEET.train));
  expect(sheetOf(indexOfProgramme(graph, ['a', 'new'], null)).weights).toEqual([0.5, 0, 0.5]);
  expect(sheetOf(indexOfProgramme(graph, [], null)).weights).toEqual([0, 0, 1]);
  expect(sheetOf(indexOfProgramme(graph, ['b'], null))).toEqual(close(SHEET.serve));
  // If the uses of a consortium are not known, it is not known either that it needs no data.
  const withNew = indexOfProgramme(graph, ['b', 'new'], rules());
  expect(sheetOf(withNew).data).toEqual([0, 0, 1]);
  expect(sheetOf(withNew).chip).toEqual([0.3, 0, 0.7].map((x) => expect.closeTo(x, 12)));
});

test('floors reject first; a share equal to its floor passes', () => {
  const graph = new Graph(catalogueOf(draft()));
  const overall = (floors: SelfRelianceRules['floors']) => indexOfProgramme(graph, ['a', 'b'], rules(floors)).overall;
  expect(overall({ chip: 0.5, memory: 0.65, data: 0.35 }).state).toBe('scored');
  expect(overall({ chip: 0.51, memory: 0.65, data: 0.71 })).toEqual({
    state: 'below-floor',
    score: null,
    below: ['chip', 'data'],
  });
  // Serving is not rejected for data that it does not need, nor is a consortium that only serves.
  expect(indexOfConsortium(graph, 'b', rules({ data: 0.9 })).overall.state).toBe('scored');
  expect(indexOfUse(graph, useOf(graph, 'serve'), rules({ data: 0.9 })).overall.state).toBe('scored');
  expect(indexOfProgramme(graph, ['a'], null).overall).toEqual({ state: 'no-rules', score: null, below: [] });
  const noWeight = { floors: {}, weights: { data: 100 } };
  expect(indexOfUse(graph, useOf(graph, 'serve'), noWeight).overall).toEqual({
    state: 'no-rules',
    score: null,
    below: [],
  });
});

test('options with unknown shares count with what they have in common, unless an unlisted option is possible', () => {
  const memory = (given: Need) => {
    const of = draft();
    of.components['hbm-too'] = { of: 'memory', supplier: 'skt' };
    of.components.rebel!.needs = [given];
    const graph = new Graph(catalogueOf(of));
    const { home, abroad, unknown } = indexOfUse(graph, useOf(graph, 'serve'), null).layers.find(
      ({ layer }) => layer === 'memory',
    )!;
    return [home, abroad, unknown];
  };
  // serve has 0.6 of its work on chips that are known.
  expect(memory(need('memory', ['hbm', null], ['hbm-too', null]))).toEqual([0.6, 0, 0.4]);
  expect(memory(need('memory', ['hbm', null], ['dram', null]))).toEqual([0, 0, 1]);
  expect(memory(need('memory', ['dram', null]))).toEqual([0, 0.6, 0.4]);
  expect(memory({ ...need('memory', ['hbm', null], ['hbm-too', null]), others: true })).toEqual([0, 0, 1]);
});

test('every number has its parts', () => {
  const graph = new Graph(catalogueOf(draft()));
  const partsOf = (index: Index, layer: Layer) => {
    const { parts } = index.layers.find((one) => one.layer === layer)!;
    expect(parts.map(({ share }) => share)).toEqual(parts.map(({ share }) => share).sort((a, b) => b - a));
    return parts.toSorted((a, b) => ((a.component ?? '~') < (b.component ?? '~') ? -1 : 1));
  };
  const train = indexOfUse(graph, useOf(graph, 'train'), null);
  const part = (component: string | null, share: number, place: string, more = {}) => ({
    ...{ component, of: 'chip', use: 'train', share: expect.closeTo(share, 12), place, because: null, among: [] },
    ...more,
  });
  // Titan's half: 0.8 and 0.2; the nest's half: 0.6, and an unnamed 0.4.
  expect(partsOf(train, 'chip')).toEqual([
    part('h100', 0.4, 'abroad'),
    part('rebel', 0.1 + 0.3, 'home'),
    part(null, 0.2, 'unknown'),
  ]);
  expect(partsOf(train, 'memory')).toEqual([
    part('dram', 0.4 * 0.25, 'abroad', { of: 'memory' }),
    part('hbm', 0.4 * 0.75 + 0.1 + 0.3, 'home', { of: 'memory' }),
    part(null, 0.2, 'unknown'),
  ]);
  // Made at home, but for what it needs.
  expect(partsOf(train, 'software')).toEqual([
    part('kit', 0.5, 'abroad', { of: 'software', because: 'torch' }),
    part('own', 0.5, 'home', { of: 'software' }),
  ]);
  // Among box and rack, rack has the least from abroad.
  expect(partsOf(train, 'server')).toEqual([
    part('box', 0.5, 'abroad', { of: 'server' }),
    part(null, 0.5, 'unknown', { of: 'server', because: 'rack', among: ['box', 'rack'] }),
  ]);
  expect(partsOf(train, 'cloud')).toContainEqual(part(null, 0.5, 'unknown', { of: 'cloud' }));
  expect(partsOf(indexOfConsortium(graph, 'new', null), 'data')).toEqual([
    { component: null, of: 'data', use: null, share: 1, place: 'unknown', because: null, among: [] },
  ]);
});

/** The shares of a component or use in a layer, by the written formula; undefined where it has no part in the layer. */
function naive(catalogue: Catalogue, thing: Component | Use, layer: Layer): [home: number, abroad: number] | undefined {
  const parts = needsOf(thing)
    .filter(({ of }) => PROVIDES[of].includes(layer))
    .map((need): [number, number] => {
      const { anyOf } = need;
      const options = anyOf.map(({ component, share }) => ({
        share,
        of: naive(catalogue, catalogue.components.get(component)!, layer)!,
      }));
      const known = options.filter(({ share }) => share !== null);
      const sum = (i: 0 | 1) => known.reduce((total, { share, of }) => total + share! * of[i], 0);
      const rest = 1 - known.reduce((total, { share }) => total + share!, 0);
      // Options of unknown share count with what they all have, if the need is met by one of them.
      const common = options.flatMap(({ share, of }) => (share === null ? [of] : []));
      const all = (i: 0 | 1) =>
        common.length > 0 && !isOpen(need) ? rest * Math.min(...common.map((of) => of[i])) : 0;
      return [sum(0) + all(0), sum(1) + all(1)];
    });
  if ('kind' in thing) {
    const mean = (i: 0 | 1) => parts.reduce((total, part) => total + part[i], 0) / parts.length;
    return parts.length > 0 ? [mean(0), mean(1)] : undefined;
  }

  if (thing.of === layer) {
    const isHome = thing.country !== null && catalogue.home.includes(thing.country);
    parts.push([isHome ? 1 : 0, thing.country !== null && !isHome ? 1 : 0]);
  }
  return parts.length > 0
    ? [Math.min(...parts.map(([home]) => home)), Math.max(...parts.map(([, abroad]) => abroad))]
    : undefined;
}

test('random catalogues: the formula by plain recursion, and parts that add up', () => {
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const catalogue = catalogueOf(randomDraft(new Random(seed)));
    const graph = new Graph(catalogue);
    for (const use of catalogue.uses) {
      const { layers } = indexOfUse(graph, use, null);
      const expected = LAYERS.flatMap((layer) => {
        const shares = naive(catalogue, use, layer);
        return shares ? [{ layer, shares }] : [];
      });
      expect(
        layers.map(({ layer }) => layer),
        `seed ${seed}`,
      ).toEqual(expected.map(({ layer }) => layer));
      for (const [l, { shares }] of expected.entries()) {
        const where = `seed ${seed}, ${use.id}, ${layers[l]!.layer}`;
        // What is named twice counts once: counted-once.test.ts.
        if (namesTwice(use, layers[l]!.layer)) continue;
        expect(layers[l]!.home, where).toBeCloseTo(shares[0], 10);
        expect(layers[l]!.abroad, where).toBeCloseTo(shares[1], 10);
      }
    }
    const consortia = ['c0', 'c1', 'c2'];
    const all = [indexOfProgramme(graph, consortia, null), indexOfUse(graph, catalogue.uses[0]!, null)];
    for (const { layers } of all) {
      for (const { layer, parts, more, home, abroad, unknown } of layers) {
        const where = `seed ${seed}, ${layer}`;
        expect(more).toBe(0);
        const sum = (place: string) =>
          parts.filter((part) => part.place === place).reduce((total, { share }) => total + share, 0);
        expect(home + abroad + unknown, where).toBeCloseTo(1, 10);
        expect(sum('home'), where).toBeCloseTo(home, 10);
        expect(sum('abroad'), where).toBeCloseTo(abroad, 10);
        expect(sum('unknown'), where).toBeCloseTo(unknown, 10);
        for (const { component, of, place, because } of parts) {
          // What counts as of a place is of it itself, or needs something in the layer that is, or that is lacking.
          if (component === null) continue;
          expect(of, where).toBe(layer);
          const placeOf = (id: string) => {
            const { country } = catalogue.components.get(id)!;
            return country === null ? 'unknown' : catalogue.home.includes(country) ? 'home' : 'abroad';
          };
          if (because === null)
            expect(place === 'unknown' ? ['unknown', 'home'] : [place], where).toContain(placeOf(component));
          else {
            if (place === 'abroad') expect(placeOf(because), where).toBe('abroad');
            expect(placeOf(component), where).not.toBe(place);
            expect(isBelow(catalogue, component, because, layer), where).toBe(true);
          }
        }
      }
    }
  }
});

/** Whether several needs in the layer name one component. */
function namesTwice({ needs }: Use, layer: Layer) {
  const names = needs.flatMap(({ of, anyOf }) => (PROVIDES[of].includes(layer) ? anyOf : []));
  return new Set(names.map(({ component }) => component)).size < names.length;
}

/** Whether `id` is, in the layer, among what `from` needs. */
function isBelow(catalogue: Catalogue, from: string, id: string, layer: Layer): boolean {
  return needsOf(catalogue.components.get(from)!)
    .filter(({ of }) => PROVIDES[of].includes(layer))
    .some(({ anyOf }) => anyOf.some(({ component }) => component === id || isBelow(catalogue, component, id, layer)));
}

test('by hand: one origin changed', () => {
  const before = new Graph(catalogueOf(draft()));
  const changed = draft();
  // Micron's memory is in the H100, which is in Titan: 0.5 * 0.8 * 0.25 = 0.1 of the memory of train turns to home.
  changed.components.dram!.country = 'KR';
  const after = new Graph(catalogueOf(changed));
  const all = (graph: Graph) =>
    Object.fromEntries(graph.uses.map((use) => [use.id, sheetOf(indexOfUse(graph, use, null))]));
  expect(all(after)).toEqual({
    ...all(before),
    train: { ...all(before).train, memory: [0.8, 0, 0.2].map((x) => expect.closeTo(x, 12)) },
  });
  expect(all(after)).not.toEqual(all(before));
});

test('random catalogues: one changed origin affects only layers of uses that depend on it', () => {
  let changes = 0;
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const drafted = randomDraft(random);
    const before = catalogueOf(drafted);
    const id = random.of(Object.keys(drafted.components));
    drafted.components[id]!.country = random.of(['KR', 'US', null]);
    const after = catalogueOf(drafted);
    const { of } = after.components.get(id)!;
    for (const use of before.uses) {
      const [old, now] = [before, after].map((catalogue) => indexOfUse(new Graph(catalogue), use, null).layers);
      for (const [l, { layer, home, abroad }] of old!.entries()) {
        const same = home === now![l]!.home && abroad === now![l]!.abroad;
        if (!same) {
          changes++;
          expect(layer, `seed ${seed}`).toBe(of);
          expect(restsOn(before, use, id, layer), `seed ${seed}, ${use.id}`).toBe(true);
        }
      }
    }
  }
  expect(changes).toBeGreaterThan(TIMES / 10);
});

/** Whether it is in use, however far down in the layer. */
function restsOn(catalogue: Catalogue, thing: Component | Use, id: string, layer: Layer): boolean {
  return needsOf(thing)
    .filter(({ of }) => PROVIDES[of].includes(layer))
    .some(({ anyOf }) =>
      anyOf.some(
        ({ component, share }) =>
          share !== 0 && (component === id || restsOn(catalogue, catalogue.components.get(component)!, id, layer)),
      ),
    );
}
