// Made-up pictures of a value chain: one with every state of a node, and hard ones. Their fates are plain recursion over the picture, so that
// pages show something of sense; the API's own come from the graph.

import type { FlowFates, FlowPicture, Place } from '../types.ts';

type Node = FlowPicture['nodes'][number];
type Name = NonNullable<Node['supplier']>['name'];
export type Draft = Partial<Omit<Node, 'restsOn' | 'share'>> &
  Pick<Node, 'column' | 'of'> & { share: number | [number, number] };
type Link = [from: number, to: number, share: number | [number, number]];

const range = (share: number | [number, number]) =>
  typeof share === 'number' ? { low: share, high: share } : { low: share[0], high: share[1] };

export function pictureOf(drafts: readonly Draft[], links: readonly Link[], cut = false): FlowPicture {
  const below = (n: number, seen = new Set<number>()): Set<number> => {
    for (const [from, to] of links)
      if (from === n && !seen.has(to)) {
        seen.add(to);
        below(to, seen);
      }
    return seen;
  };
  const nothing = { consortium: null, supplier: null, things: [], country: null, place: null, joined: 0 };
  return {
    nodes: drafts.map(({ share, ...draft }, n) => ({
      ...nothing,
      ...draft,
      share: range(share),
      restsOn: [...below(n)].sort((a, b) => a - b),
    })),
    links: links.map(([from, to, share]) => ({ from, to, share: range(share) })),
    cut,
  };
}

type Suppliers = Record<string, { name: Name; country: string | null }>;

/** The example of the pages; `suppliers` are those of the example of the API. */
export function madeUpPicture(suppliers: Suppliers): FlowPicture {
  const by = (column: number, of: Node['of'], id: string, share: Draft['share'], name: string): Draft => {
    const { country } = suppliers[id]!;
    const place: Place = country === null ? 'unknown' : country === 'KR' ? 'home' : 'abroad';
    return { column, of, supplier: { id, ...suppliers[id]! }, country, place, share, things: [{ en: name }] };
  };
  const unnamed = (column: number, of: Node['of'], share: Draft['share']): Draft => ({
    column,
    of,
    place: 'unknown',
    share,
  });
  const team = (id: string): Draft => ({ column: 0, of: 'consortium', consortium: id, share: 0.5 });
  const work = (of: 'training' | 'serving', consortium: string, share: number, ...names: string[]): Draft => ({
    ...{ column: 1, of, consortium, share },
    things: names.map((en) => ({ en })),
  });
  return pictureOf(
    [
      team('azalea'),
      team('bellflower'),
      work('training', 'azalea', 0.34, 'Training of Azalea 1', 'Run of azalea-1'),
      work('serving', 'azalea', 0.16, 'Azalea 1 for everybody'),
      work('serving', 'bellflower', 0.5, 'Bellflower chat'),
      by(2, 'compute', 'azalea-halls', 0.5, 'Azalea One'),
      unnamed(2, 'compute', 0.5),
      by(2, 'software', 'openjs', 1, 'Node.js'),
      unnamed(2, 'data', 0.34),
      unnamed(2, 'weights', 1),
      by(3, 'chip', 'northwind', 0.34, 'Northwind NW-100'),
      by(3, 'chip', 'pine', 0.16, 'Pine-2'),
      unnamed(3, 'chip', 0.5),
      by(3, 'server', 'east-servers', [0, 0.5], 'East rack'),
      unnamed(3, 'server', [0.5, 1]),
      by(3, 'data-center', 'azalea-halls', 0.5, 'Azalea Hall'),
      unnamed(3, 'data-center', 0.5),
      by(3, 'cloud', 'azalea-halls', 0.5, 'Azalea cloud'),
      unnamed(3, 'cloud', 0.5),
      by(4, 'memory', 'river', 0.16, 'River HBM'),
      unnamed(4, 'memory', 0.84),
    ],
    [
      [0, 2, 0.34],
      [0, 3, 0.16],
      [1, 4, 0.5],
      [2, 5, 0.34],
      [3, 5, 0.16],
      [4, 6, 0.5],
      [2, 7, 0.34],
      [3, 7, 0.16],
      [4, 7, 0.5],
      [2, 8, 0.34],
      [2, 9, 0.34],
      [3, 9, 0.16],
      [4, 9, 0.5],
      [5, 10, 0.34],
      [5, 11, 0.16],
      [6, 12, 0.5],
      [5, 13, [0, 0.5]],
      [5, 14, [0, 0.5]],
      [6, 14, 0.5],
      [5, 15, 0.5],
      [6, 16, 0.5],
      [5, 17, 0.5],
      [6, 18, 0.5],
      [11, 19, 0.16],
      [10, 20, 0.34],
      [12, 20, 0.5],
    ],
  );
}

type FlowFate = FlowFates['links'][number];

export function madeUpFates(
  { nodes, links }: FlowPicture,
  { suppliers, countries }: { suppliers: string[]; countries: string[] },
): FlowFates {
  const isGone = suppliers.length + countries.length > 0;
  const fell = nodes.map(
    ({ supplier, country }) =>
      (supplier !== null && suppliers.includes(supplier.id)) || (country !== null && countries.includes(country)),
  );
  const fates: FlowFate[] = nodes.map(({ place, supplier }, n) =>
    fell[n] ? 'stops' : place === 'unknown' && supplier === null && isGone ? 'goes-on-as-far-as-known' : 'goes-on',
  );
  for (let n = nodes.length - 1; n >= 0; n--) {
    if (fell[n]) continue;
    const needs = Map.groupBy(
      links.filter(({ from }) => from === n),
      ({ to }) => (nodes[n]!.column === 0 ? 'work' : nodes[to]!.of),
    );
    for (const options of needs.values()) {
      const theirs = options.map(({ to }) => fates[to]!);
      if (theirs.every((fate) => fate === 'stops')) fates[n] = 'stops';
      else if (fates[n] === 'goes-on' && theirs.some((fate) => fate === 'stops' || fate === 'in-part'))
        fates[n] = 'in-part';
      else if (fates[n] === 'goes-on' && theirs.includes('goes-on-as-far-as-known'))
        fates[n] = 'goes-on-as-far-as-known';
    }
  }
  return {
    nodes: fates.map((fate, n) => ({ fate, fell: fell[n]! })),
    links: links.map(({ to }) => fates[to]!),
    consortia: nodes.flatMap(({ of, consortium }, n) =>
      of === 'consortium' && consortium !== null ? [{ consortium, fate: fates[n]! }] : [],
    ),
    home: suppliers.includes('northwind')
      ? [
          { layer: 'chip', before: { low: 0.17, high: 0.34 }, after: { low: 0.25, high: 1 } },
          { layer: 'memory', before: { low: 0.58, high: 1 }, after: null },
          { layer: 'cloud', before: { low: 0.75, high: 1 }, after: { low: 0.75, high: 1 } },
        ]
      : [],
  };
}

const named = (id: string, name: Name, country: string | null) => ({ id, name, country });

/** Pictures that are hard to draw, by what is hard in them. */
export function hardPictures(): Record<string, FlowPicture> {
  const base: Draft[] = [
    { column: 0, of: 'consortium', consortium: 'azalea', share: 1 },
    { column: 1, of: 'training', consortium: 'azalea', share: 1, things: [{ en: 'Training' }] },
    { column: 2, of: 'compute', place: 'home', country: 'KR', share: 1, supplier: named('one', { en: 'One' }, 'KR') },
  ];
  const chain: Link[] = [
    [0, 1, 1],
    [1, 2, 1],
  ];
  const many = Array.from({ length: 60 }, (_, i): Draft => {
    const place = (['home', 'abroad', 'unknown'] as const)[i % 3]!;
    const supplier = named(
      `s${i}`,
      { en: `Supplier ${i}` },
      place === 'home' ? 'KR' : place === 'abroad' ? 'US' : null,
    );
    return { column: 3, of: 'chip', supplier, country: supplier.country, place, share: 1 / 60 };
  });
  const hostile = '<b onload="x">\u202Egnp.exe</b>'.repeat(3);
  return {
    empty: pictureOf([], []),
    one: pictureOf(base, chain),
    sixty: pictureOf([...base, ...many], [...chain, ...many.map((_, i): Link => [2, base.length + i, 1 / 60])]),
    unknown: pictureOf(
      [
        ...base.slice(0, 2),
        { column: 2, of: 'compute', place: 'unknown', share: [0, 1] },
        { column: 2, of: 'software', place: 'unknown', share: [0, 1] },
      ],
      [
        [0, 1, 1],
        [1, 2, [0, 1]],
        [1, 3, [0, 1]],
      ],
    ),
    nothing: pictureOf(
      base.map((draft) => ({ ...draft, share: 0 })),
      chain.map(([from, to]): Link => [from, to, 0]),
    ),
    hostile: pictureOf(
      [
        ...base,
        {
          ...{ column: 3, of: 'chip', place: 'abroad', country: 'US', share: 1 },
          supplier: named('evil', { en: hostile, ko: hostile }, 'US'),
          things: [{ en: hostile }],
        },
      ],
      [...chain, [2, 3, 1]],
    ),
    two: pictureOf(
      [
        ...base,
        ...(['north', 'south'] as const).map(
          (id): Draft => ({
            column: 3,
            of: 'chip',
            place: 'abroad',
            country: 'US',
            share: [0, 1],
            supplier: named(id, { en: id }, 'US'),
          }),
        ),
      ],
      [...chain, [2, 3, [0, 1]], [2, 4, [0, 1]]],
    ),
  };
}

/** A picture with up to 12 nodes in each of five columns, the same for the same seed. */
export function randomPicture(seed: number): FlowPicture {
  let state = seed + 1;
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const drafts: Draft[] = [];
  const links: Link[] = [];
  let before: number[] = [];
  const columns = [
    ['consortium'],
    ['training'],
    ['compute', 'software'],
    ['chip', 'server', 'cloud'],
    ['memory'],
  ] as const;
  for (const [column, layers] of columns.entries()) {
    const here = Array.from({ length: 1 + below(12) }, (_, n) => drafts.length + n);
    for (const _ of here) {
      const place = column < 2 ? null : (['home', 'unknown', 'abroad'] as const)[below(3)]!;
      drafts.push({ column, of: layers[below(layers.length)]!, place, share: column === 0 ? 1 / here.length : 0 });
    }
    for (const layer of layers) {
      const options = here.filter((n) => drafts[n]!.of === layer);
      if (options.length === 0) continue;
      // Every thing rests on one or two of a layer, with all that it bears.
      for (const from of before) {
        const two = [...new Set([options[below(options.length)]!, options[below(options.length)]!])];
        for (const to of two) {
          const share = (drafts[from]!.share as number) / two.length;
          links.push([from, to, share]);
          drafts[to]!.share = (drafts[to]!.share as number) + share;
        }
      }
    }
    before = here;
  }
  return pictureOf(drafts, links);
}
