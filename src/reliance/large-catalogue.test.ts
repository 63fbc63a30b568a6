// Ten thousand components and five hundred uses, in one chain and as a web: nothing overflows, and the results follow from their construction.
// bench/reliance.ts measures how long it takes.

import { expect, test } from 'vitest';
import { Graph } from './graph.ts';
import { indexOfProgramme, indexOfUse } from './self-reliance.ts';
import { smallestSets } from './smallest-sets.ts';
import { catalogueOf, type Draft, need } from './testing/catalogue.ts';
import { chain, web } from './testing/large-catalogue.ts';
import { whatIf } from './what-if.ts';

test('a chain of ten thousand components under five hundred uses', () => {
  const graph = new Graph(chain());
  // Its end is the only thing of country DE and supplier s299.
  const { uses, fallen } = whatIf(graph, { suppliers: ['s299'], countries: [] });
  expect(fallen).toEqual(['software-9999']);
  expect(uses.length).toBe(500);
  expect(uses.every(({ fate, remaining }) => fate === 'stops' && remaining.could.high === 0)).toBe(true);
  // A path this long is shown by both its ends.
  const links = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `software-${from + i}`);
  expect(uses[499]).toMatchObject({
    because: ['use-499', ...links(0, 19), ...links(9980, 10_000)],
    leftOut: 10_001 - 40,
  });
  expect(whatIf(graph, { suppliers: [], countries: [] }).uses.every(({ fate }) => fate === 'goes-on')).toBe(true);

  const software = indexOfProgramme(graph, ['c0', 'c1', 'c2', 'c3', 'c4'], null).layers.find(
    ({ layer }) => layer === 'software',
  )!;
  // The first sixty are of home; what is after them is not.
  expect(software).toMatchObject({ home: 0, abroad: expect.closeTo(1, 9), uses: 500, more: 300 });
  expect(software.parts[0]).toMatchObject({ component: 'software-0', place: 'abroad', because: 'software-60' });

  expect(smallestSets(graph, { by: 'country' })).toMatchObject({
    size: 1,
    sets: [['DE'], ['JP'], ['NL'], ['TW'], ['US']],
    exact: true,
    more: false,
  });
  const bySupplier = smallestSets(graph, { by: 'supplier' });
  expect(bySupplier).toMatchObject({ size: 1, exact: true, more: true });
  expect(bySupplier.sets.length).toBe(100);
  expect(bySupplier.alone.every(({ stops }) => stops === 500)).toBe(true);
});

test('a web of ten thousand: the smallest sets stop the uses, and no set without one of their members does', () => {
  const catalogue = web();
  const graph = new Graph(catalogue);
  const foreign = [...catalogue.suppliers.values()].flatMap(({ id, country }) => (country === 'KR' ? [] : [id]));
  const stopping = (suppliers: string[], asked?: string[]) =>
    whatIf(graph, { suppliers, countries: [] }, asked ? { uses: asked } : {}).uses.flatMap(({ use, fate }) =>
      fate === 'stops' ? [use] : [],
    );
  const asked = stopping(foreign).slice(0, 4);
  const { sets, size, exact } = smallestSets(graph, { by: 'supplier', uses: asked });
  expect(exact).toBe(true);
  expect(size).toBeGreaterThan(1);
  for (const set of sets.slice(0, 4)) {
    expect(stopping(set, asked)).toEqual(asked);
    for (const one of set)
      expect(
        stopping(
          set.filter((other) => other !== one),
          asked,
        ).length,
      ).toBeLessThan(asked.length);
  }
  // All that stop are too many for an exact answer within the limit; what is said of it holds.
  if (!process.env.JIKJI_TORTURE) return;
  const all = stopping(foreign);
  const bounded = smallestSets(graph, { by: 'supplier', uses: all });
  expect(bounded.sets.every((set) => stopping(set, all).length === all.length)).toBe(true);
  expect(bounded.atLeast).toBeLessThanOrEqual(bounded.size!);
});

test('clusters upon clusters, ten thousand deep', () => {
  const draft: Draft = {
    home: ['KR'],
    suppliers: {},
    components: { chip: { of: 'chip', country: 'KR' }, hall: { of: 'data-center', country: 'US' } },
    uses: {},
  };
  for (let i = 0; i < 10_000; i++)
    draft.components[`cluster-${i}`] = {
      of: 'compute',
      country: 'KR',
      needs:
        i < 9999
          ? [need('compute', `cluster-${i + 1}`), need('chip', 'chip'), need('data-center', 'hall')]
          : [need('chip', 'chip')],
    };
  draft.uses.run = { kind: 'training', needs: [need('compute', 'cluster-0')] };
  const graph = new Graph(catalogueOf(draft));
  const { layers } = indexOfUse(graph, graph.uses[0]!, null);
  const [chips, sites] = ['chip', 'data-center'].map((layer) => layers.find((one) => one.layer === layer)!);
  expect(chips).toMatchObject({ home: 1, parts: [{ component: 'chip', share: 1, place: 'home' }] });
  // Most from abroad: the hall of the first; the last one's is not known, which makes it no less.
  expect(sites).toMatchObject({ home: 0, abroad: 1, parts: [{ component: 'hall', share: 1, place: 'abroad' }] });
  expect(whatIf(graph, { suppliers: [], countries: ['US'] }).uses[0]!.because).toEqual(['run', 'cluster-0', 'hall']);
});
