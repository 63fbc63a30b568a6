// The flows of work: conservation, bounds, shares against the index and against plain recursion, and fates against the what-if, over random
// catalogues; and cases by hand.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import { LAYERS } from '../fleet/index.ts';
import { flowFates } from './flow-fates.ts';
import { type FoldedPicture, pictureOfFlows } from './flow-picture.ts';
import { type Flows, flowsOf, UNNAMED } from './flows.ts';
import { Graph } from './graph.ts';
import { indexOfProgramme } from './self-reliance.ts';
import { catalogueOf, type Draft, need, randomDraft } from './testing/catalogue.ts';
import { whatIf } from './what-if.ts';

const TIMES = process.env.JIKJI_TORTURE ? 3000 : 60;
const SEED = Number(process.env.JIKJI_TEST_SEED ?? Date.now() % 2 ** 31);

interface Drawn extends FoldedPicture {
  graph: Graph;
  flows: Flows;
}
function draw(draft: Draft, consortia: string[]): Drawn {
  const graph = new Graph(catalogueOf(draft));
  const flows = flowsOf(graph, consortia);
  return { graph, flows, ...pictureOfFlows(graph, flows) };
}

/** Random catalogues whose uses belong to two consortia; a third has none. `shared`: all shares are known. */
function* cases({ shared = false } = {}): Generator<Drawn & { random: Random; seed: number; consortia: string[] }> {
  for (let i = 0; i < TIMES; i++) {
    const seed = SEED + i;
    const random = new Random(seed);
    const draft = randomDraft(random, { perKind: 1 + random.below(5), suppliers: 1 + random.below(20), uses: 6 });
    for (const use of Object.values(draft.uses)) use.consortium = random.of(['a', 'b']);
    if (shared)
      for (const { needs = [] } of [...Object.values(draft.uses), ...Object.values(draft.components)])
        for (const { anyOf } of needs) for (const option of anyOf) option.share = 1 / anyOf.length;
    const consortia = random.below(2) === 0 ? ['a', 'b'] : ['a', 'b', 'c'];
    yield { ...draw(draft, consortia), random, seed, consortia };
  }
}

const total = (shares: { low: number }[]) => shares.reduce((sum, { low }) => sum + low, 0);

test('what flows into a thing flows out of it to each layer that it needs, less what nobody can place', () => {
  let exact = 0;
  for (const { flows, seed } of cases()) {
    const out = Map.groupBy(flows.flows, ({ from }) => from);
    const into = Map.groupBy(flows.flows, ({ to }) => to);
    for (const [at, cell] of flows.cells.entries()) {
      expect(cell.low, `seed ${seed}`).toBeLessThanOrEqual(cell.high + 1e-9);
      const coming = into.get(at);
      if (coming) expect(cell.low, `seed ${seed}`).toBeCloseTo(total(coming), 9);
      const layers = Map.groupBy(out.get(at) ?? [], ({ to }) => (cell.of === 'consortium' ? '' : flows.cells[to]!.of));
      for (const options of layers.values()) {
        // Of unknown shares the least is given to each, and the most could be: all of the work lies between.
        expect(total(options), `seed ${seed}`).toBeLessThanOrEqual(cell.low + 1e-9);
        const most = options.reduce((sum, { high }) => sum + high, 0);
        expect(most, `seed ${seed}`).toBeGreaterThanOrEqual(cell.high - 1e-9);
        if (options.every(({ low, high }) => high - low < 1e-12)) {
          exact++;
          expect(total(options), `seed ${seed}`).toBeCloseTo(cell.low, 9);
        }
      }
    }
  }
  expect(exact).toBeGreaterThan(TIMES);
});

test('the picture loses nothing: ends of links, sums of nodes and of links, everything that a node rests on', () => {
  for (const { flows, picture, nodeOf, graph, seed } of cases()) {
    const { nodes, links } = picture;
    for (const { from, to } of links) expect(nodes[to]!.column, `seed ${seed}`).toBe(nodes[from]!.column + 1);
    expect(total(links.map(({ share }) => share))).toBeCloseTo(total(flows.flows), 6);
    for (const [n, node] of nodes.entries()) {
      const into = links.filter(({ to }) => to === n);
      if (into.length > 0) expect(Math.min(1, total(into.map(({ share }) => share)))).toBeCloseTo(node.share.low, 6);
      // By plain recursion over the components.
      const seen = new Set<number>();
      const walk = (cell: number) => {
        for (const { from, to } of flows.flows)
          if (from === cell && !seen.has(to)) {
            seen.add(to);
            walk(to);
          }
      };
      for (const [cell, owner] of nodeOf.entries()) if (owner === n) walk(cell);
      expect(new Set(node.restsOn), `seed ${seed}`).toEqual(new Set([...seen].map((cell) => nodeOf[cell])));
    }
    for (const [cell, { item, of }] of flows.cells.entries())
      if (item >= 0 && item < graph.components.length) {
        expect(of).toBe(graph.components[item]!.of);
        const country = graph.components[item]!.country;
        const place = country === null ? 'unknown' : graph.catalogue.home.includes(country) ? 'home' : 'abroad';
        expect(nodes[nodeOf[cell]!]!.place).toBe(place);
      }
  }
});

test('where each use needs a layer once, its home share is that of the index', () => {
  let compared = 0;
  for (const { graph, flows, picture, consortia, seed } of cases({ shared: true })) {
    const index = indexOfProgramme(graph, consortia, null);
    for (const layer of ['server', 'data-center', 'cloud'] as const) {
      const cells = flows.cells.filter(({ of }) => of === layer);
      // Nested things of the layer, and needs of it beside those of clusters, are weighed otherwise there.
      const once = flows.cells.every(({ block, of, item }) => {
        if (of !== 'compute') return of !== layer || block === `compute ${layer}`;
        if (block !== 'compute') return false;
        const needs = item === UNNAMED ? [] : graph.components[item]!.needs;
        return needs.filter((one) => one.of === 'compute').length === 0;
      });
      const several = graph.uses.some(({ needs }) => needs.filter(({ of }) => of === 'compute').length > 1);
      const twice = graph.components.some(
        ({ needs, of }) => of === 'compute' && needs.filter((one) => one.of === layer).length > 1,
      );
      const exact = cells.every(({ low, high }) => low === high);
      if (!once || several || twice || !exact || cells.length === 0) continue;
      const home = picture.nodes.filter(({ of, place }) => of === layer && place === 'home');
      expect(total(home.map(({ share }) => share)), `seed ${seed} ${layer}`).toBeCloseTo(
        index.layers.find((one) => one.layer === layer)!.home,
        9,
      );
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(TIMES / 20);
});

test('the fates are those of the what-if, and nothing fails while nobody falls away', () => {
  const seen = new Set<string>();
  for (const { graph, flows, random, seed, ...joined } of cases()) {
    const { suppliers } = graph.catalogue;
    const without = { suppliers: [...suppliers.keys()].filter(() => random.below(4) === 0), countries: [] };
    const answer = whatIf(graph, without);
    const fates = flowFates(graph, flows, joined, without);
    // What goes on with less than before stops in part.
    type Outcome = Pick<(typeof answer.uses)[number], 'fate' | 'remaining'>;
    const then = ({ fate, remaining }: Outcome) => (fate === 'goes-on' && remaining.now.high < 1 ? 'in-part' : fate);
    const sites = new Map(answer.sites.map((site) => [site.component, then(site)]));
    const uses = new Map(answer.uses.map((use) => [use.use, then(use)]));
    for (const [n, { fate, fell }] of fates.nodes.entries()) {
      seen.add(fate);
      const items = flows.cells.filter((_, cell) => joined.nodeOf[cell] === n).map(({ item }) => item);
      if (items.some((item) => item < 0)) continue;
      const ids = items.map((item) => graph.idOf(item));
      if (fell) for (const id of ids) expect(answer.fallen, `seed ${seed}`).toContain(id);
      const known = ids.flatMap((id) => sites.get(id) ?? uses.get(id) ?? []);
      if (known.length < ids.length) continue;
      const kinds = new Set<string>(known);
      const wanted =
        kinds.size === 1
          ? known[0]
          : kinds.has('stops') || kinds.has('in-part')
            ? 'in-part'
            : 'goes-on-as-far-as-known';
      expect(fate, `seed ${seed}`).toBe(wanted);
    }
    for (const { consortium, fate } of fates.consortia) {
      const own = graph.uses.filter((use) => use.consortium === consortium).map(({ id }) => uses.get(id));
      if (own.length > 0) expect(fate === 'stops', `seed ${seed}`).toBe(own.every((one) => one === 'stops'));
      if (own.length > 0) expect(fate === 'goes-on', `seed ${seed}`).toBe(own.every((one) => one === 'goes-on'));
    }
    // A ribbon fails with what it leads to, not with what it comes from.
    for (const [i, { to }] of joined.picture.links.entries()) {
      const { fate } = fates.nodes[to]!;
      if (fate === 'stops' || fate === 'goes-on') expect(fates.links[i], `seed ${seed}`).toBe(fate);
    }
    for (const { before, after } of fates.home) {
      for (const { low, high } of [before, after ?? before]) {
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high + 1e-9);
      }
    }
    const nobody = flowFates(graph, flows, joined, { suppliers: [], countries: [] });
    expect(new Set([...nobody.nodes.map(({ fate }) => fate), ...nobody.links])).toEqual(new Set(['goes-on']));
    for (const { before, after } of nobody.home) expect(after).toEqual(before);
  }
  expect([...seen].sort()).toEqual(['goes-on', 'goes-on-as-far-as-known', 'in-part', 'stops']);
});

const HOME = { home: ['KR'], suppliers: { near: 'KR', far: 'US' } };

test('a chip with two suppliers of unknown shares: each may have all of it, and neither has a thickness', () => {
  const { picture, graph, flows, ...joined } = draw(
    {
      ...HOME,
      components: {
        near: { of: 'chip', supplier: 'near' },
        far: { of: 'chip', supplier: 'far' },
        one: { of: 'compute', supplier: 'near', needs: [need('chip', ['near', null], ['far', null])] },
      },
      uses: { u: { kind: 'serving', consortium: 'a', needs: [need('compute', 'one')] } },
    },
    ['a'],
  );
  const chips = picture.nodes.filter(({ of }) => of === 'chip');
  expect(chips.map(({ place, share, supplier }) => [supplier?.id, place, share])).toEqual([
    ['near', 'home', { low: 0, high: 1 }],
    ['far', 'abroad', { low: 0, high: 1 }],
  ]);
  const { home } = flowFates(graph, flows, { picture, ...joined }, { suppliers: ['far'], countries: [] });
  expect(home.find(({ layer }) => layer === 'chip')).toEqual({
    layer: 'chip',
    before: { low: 0, high: 1 },
    after: { low: 0, high: 1 },
  });
});

test('by hand: four fifths of the chips from abroad fall away, and what is left is home', () => {
  const { graph, flows, ...joined } = draw(
    {
      ...HOME,
      components: {
        near: { of: 'chip', supplier: 'near', needs: [] },
        far: { of: 'chip', supplier: 'far', needs: [] },
        one: { of: 'compute', supplier: 'near', needs: [need('chip', ['near', 0.2], ['far', 0.8])] },
      },
      uses: { u: { kind: 'serving', consortium: 'a', needs: [need('compute', 'one')] } },
    },
    ['a'],
  );
  const { home, nodes } = flowFates(graph, flows, joined, { suppliers: ['far'], countries: [] });
  const chip = home.find(({ layer }) => layer === 'chip')!;
  expect(chip.before).toEqual({ low: 0.2, high: 0.2 });
  // The memory of the home chip is not known, so it may stop too: at worst nothing of home remains.
  expect(chip.after).toEqual({ low: 0, high: 1 });
  const fateOf = (id: string) =>
    nodes[joined.picture.nodes.findIndex((node) => node.of === 'chip' && node.supplier?.id === id)];
  expect([fateOf('far'), fateOf('near')]).toEqual([
    { fate: 'stops', fell: true },
    { fate: 'goes-on-as-far-as-known', fell: false },
  ]);
});

test('sixty suppliers: the largest stand alone, the others of a place together, and nothing is lost', () => {
  const ids = Array.from({ length: 60 }, (_, i) => `s${i}`);
  const { picture } = draw(
    {
      home: ['KR'],
      suppliers: Object.fromEntries(ids.map((id, i) => [id, i % 2 ? 'KR' : 'US'])),
      components: {
        ...Object.fromEntries(ids.map((id) => [id, { of: 'chip' as const, supplier: id }])),
        one: {
          of: 'compute',
          supplier: 's0',
          needs: [need('chip', ...ids.map((id): [string, number] => [id, 1 / 60]))],
        },
      },
      uses: { u: { kind: 'training', consortium: 'a', needs: [need('compute', 'one')] } },
    },
    ['a'],
  );
  const chips = picture.nodes.filter(({ of }) => of === 'chip');
  expect(chips).toHaveLength(10);
  expect(chips.filter(({ joined }) => joined > 0).map(({ joined, place }) => [joined, place])).toEqual([
    [26, 'abroad'],
    [26, 'home'],
  ]);
  expect(total(chips.map(({ share }) => share))).toBeCloseTo(1, 9);
});

test('suppliers that rest on each other: each stands where it is needed, and the picture ends', () => {
  // a's framework needs b's driver, which needs a's firmware, which needs b's tool, which needs a's core.
  const deep = ['framework', 'driver', 'firmware', 'tool', 'core'];
  const { picture } = draw(
    {
      home: ['KR'],
      suppliers: { a: 'KR', b: 'US' },
      components: Object.fromEntries(
        deep.toReversed().map((id) => {
          const at = deep.indexOf(id);
          const needs = at < deep.length - 1 ? [need('software', deep[at + 1]!)] : [];
          return [id, { of: 'software' as const, supplier: at % 2 ? 'b' : 'a', needs }];
        }),
      ),
      uses: { u: { kind: 'serving', consortium: 'c', needs: [need('software', 'framework')] } },
    },
    ['c'],
  );
  const software = picture.nodes.filter(({ of }) => of === 'software');
  expect(software.map(({ column, supplier }) => [column, supplier?.id])).toEqual([
    [2, 'a'],
    [3, 'b'],
    [4, 'a'],
  ]);
  expect(picture.cut).toBe(true);
});

test('without a consortium there is nothing; a consortium without a use rests on what nobody knows', () => {
  const nobody = { ...HOME, components: {}, uses: {} };
  expect(draw(nobody, []).picture).toEqual({ nodes: [], links: [], cut: false });
  const { nodes } = draw(nobody, ['a']).picture;
  expect(new Set(nodes.slice(1).flatMap(({ things, supplier }) => [...things, supplier]))).toEqual(new Set([null]));
  // One of each layer, all unknown.
  expect(
    nodes
      .filter(({ column }) => column > 1)
      .map(({ of }) => of)
      .sort(),
  ).toEqual([...LAYERS, 'compute'].sort());
});
