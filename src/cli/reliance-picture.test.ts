// The pictures of the example programmes' value chains, from their catalogues to the layout of the page: complete, and with no more crossings
// than they had.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layoutOf } from '../console/state/flow-layout.ts';
import { readCatalogue, readCatalogueFile, shippedCatalogue } from '../fleet/index.ts';
import { flowsOf, Graph, pictureOfFlows } from '../reliance/index.ts';

test.each([
  ['practice', 3, 156],
  ['korea-2025', 6, 149],
])('%s', (name, teams, most) => {
  const file = join(import.meta.dirname, `../../programs/${name}/value-chain.yaml`);
  const catalogue = readCatalogue([...shippedCatalogue(), ...readCatalogueFile(file, 'value-chain.yaml')]);
  const graph = new Graph(catalogue);
  const consortia = [...new Set(catalogue.uses.flatMap(({ consortium }) => consortium ?? []))];
  expect(consortia).toHaveLength(teams);
  const { picture } = pictureOfFlows(graph, flowsOf(graph, consortia));
  // Every layer bears all of the work that needs it.
  for (const layer of ['compute', 'software', 'weights', 'server', 'chip'] as const) {
    const shares = picture.nodes.filter((node) => node.of === layer).map(({ share }) => share.low);
    const sum = shares.reduce((all, share) => all + share, 0);
    expect(sum, layer).toBeCloseTo(1, 9);
  }
  const { crossings, crossingsAtFirst } = layoutOf(picture);
  expect(crossings).toBeLessThanOrEqual(most);
  expect(crossings).toBeLessThan(crossingsAtFirst);
});
