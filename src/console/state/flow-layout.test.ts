// Where nodes and ribbons stand: places in their order, nothing on top of anything, thickness that is conserved, and fewer crossings than in
// the order of the data.

import { expect, test } from 'vitest';
import { hardPictures, madeUpPicture, pictureOf, randomPicture } from '../testing/made-up-flow.ts';
import type { FlowPicture } from '../types.ts';
import { type FlowLayout, layoutOf, ribbonPath } from './flow-layout.ts';

const SUPPLIERS = Object.fromEntries(
  ['northwind', 'pine', 'river', 'east-servers', 'azalea-halls', 'openjs'].map((id, i) => [
    id,
    { name: { en: id }, country: i % 2 ? 'KR' : 'US' },
  ]),
);
const PICTURES: Record<string, FlowPicture> = {
  example: madeUpPicture(SUPPLIERS),
  ...hardPictures(),
  ...Object.fromEntries(Array.from({ length: 30 }, (_, seed) => [`random ${seed}`, randomPicture(seed)])),
};

test.each(Object.entries(PICTURES))(
  '%s: nothing overlaps, everything is inside, places stand in their order',
  (_, picture) => {
    const layout = layoutOf(picture);
    expect(layout.nodes).toHaveLength(picture.nodes.length);
    const columns = Map.groupBy(picture.nodes.keys(), (n) => picture.nodes[n]!.column);
    for (const column of columns.values()) {
      const sorted = column.toSorted((a, b) => layout.nodes[a]!.y - layout.nodes[b]!.y);
      let end = 0;
      let last = -1;
      for (const n of sorted) {
        const { y, height } = layout.nodes[n]!;
        expect(y).toBeGreaterThanOrEqual(end);
        end = y + height;
        const place = ['home', 'unknown', 'abroad'].indexOf(picture.nodes[n]!.place ?? '');
        expect(place).toBeGreaterThanOrEqual(last);
        last = place;
      }
      expect(end).toBeLessThanOrEqual(layout.height);
    }
  },
);

test.each(Object.entries(PICTURES))(
  '%s: ribbons of a side lie beneath each other, and fill what their shares fill',
  (_, picture) => {
    const { nodes, ribbons } = layoutOf(picture);
    const linkOf = (link: number) => picture.links[link]!;
    for (const end of ['from', 'to'] as const) {
      const sides = Map.groupBy(ribbons, ({ link }) => {
        const { from, to } = linkOf(link);
        // Each layer that a thing needs has a side of its own.
        const layer = picture.nodes[to]!.column < 2 ? '' : picture.nodes[to]!.of;
        return end === 'from' ? `${from} ${layer}` : `${to}`;
      });
      for (const side of sides.values()) {
        const box = nodes[linkOf(side[0]!.link)[end]]!;
        const known = side.filter((ribbon) => ribbon.known).sort((a, b) => a[end] - b[end]);
        let at = box.y + box.inset;
        for (const ribbon of known) {
          expect(ribbon[end]).toBeCloseTo(at, 6);
          at += ribbon.thickness;
        }
        const isWhole = side.every(({ link }) => linkOf(link).share.low === linkOf(link).share.high);
        if (isWhole && known.length > 0) expect(at).toBeCloseTo(box.y + box.inset + box.thickness, 6);
        for (const ribbon of side) {
          expect(ribbon[end]).toBeGreaterThanOrEqual(box.y - 1e-6);
          expect(ribbon[end] + ribbon.thickness).toBeLessThanOrEqual(box.y + box.height + 1e-6);
        }
      }
    }
  },
);

test('an unknown share has the same thin ribbon everywhere, whatever it may be', () => {
  const { ribbons } = layoutOf(PICTURES.two!);
  const thin = ribbons.filter(({ known }) => !known);
  expect(thin.map(({ thickness }) => thickness)).toEqual([3, 3]);
});

test.each(Object.entries(PICTURES))(
  '%s: no more crossings than in the order of the data; the same every time',
  (_, picture) => {
    const layout = layoutOf(picture);
    expect(layout.crossings).toBeLessThanOrEqual(layout.crossingsAtFirst);
    expect(layoutOf(structuredClone(picture))).toEqual(layout);
  },
);

test('sweeps and swaps undo at least a tenth of the crossings of random pictures, whose places are given', () => {
  const sum = (count: (picture: FlowPicture) => number) =>
    Object.entries(PICTURES).reduce((all, [name, one]) => all + (name.startsWith('random') ? count(one) : 0), 0);
  expect(sum((one) => layoutOf(one).crossings)).toBeLessThan(sum((one) => layoutOf(one).crossingsAtFirst) * 0.9);
});

test('a knot that can be undone is undone', () => {
  const side = (column: number, n: number) =>
    Array.from({ length: n }, () => ({
      column,
      of: column === 2 ? ('compute' as const) : ('chip' as const),
      place: 'home' as const,
      share: 1 / n,
    }));
  const knot = pictureOf(
    [...side(2, 5), ...side(3, 5)],
    [0, 1, 2, 3, 4].map((i): [number, number, number] => [i, 5 + 4 - i, 0.2]),
  );
  expect(layoutOf(knot)).toMatchObject({ crossingsAtFirst: 10, crossings: 0 });
});

test('a picture of nothing has no height, and no ribbon is broken', () => {
  expect(layoutOf(PICTURES.empty!)).toMatchObject({ columns: 0, height: 0, nodes: [], ribbons: [] });
  for (const picture of Object.values(PICTURES)) {
    const layout: FlowLayout = layoutOf(picture);
    for (const ribbon of layout.ribbons)
      expect(ribbonPath(ribbon, 10, 20)).toMatch(/^M10 [\d.]+C[\d. ]+V[\d.]+C[\d. ]+Z$/);
  }
});
