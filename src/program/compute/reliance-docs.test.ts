// docs/reliance.md is correct: its catalogue is read, and its worked figures are those that the code gives.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCatalogue, shippedCatalogue } from '../../fleet/index.ts';
import { Graph, indexOfUse, whatIf } from '../../reliance/index.ts';
import { parseRuleBook } from '../rules/index.ts';

const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const docs = text('docs/reliance.md');

/** The YAML in it, without what it is indented by. */
const blocks = [...docs.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].map(([, indent, yaml]) =>
  yaml!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);
const small = () => new Graph(readCatalogue([{ file: 'docs/reliance.md', text: blocks[0]! }]));

test('its catalogue is complete, and has every key that the page mentions', () => {
  expect(blocks).toHaveLength(1);
  for (const key of [
    'needs',
    'anyOf',
    'memory',
    'servers',
    'cloud',
    'site',
    'chips',
    'held',
    'known',
    'share',
    'could',
  ])
    expect(blocks[0]).toMatch(new RegExp(`\\b${key}: `));
  const { catalogue } = small();
  expect(catalogue.uses.map(({ id }) => id)).toEqual(['han-training', 'han-serving']);
  expect(catalogue.clusters.get('rented')!.needs.map(({ of, anyOf }) => [of, anyOf.length])).toEqual([
    ['chip', 1],
    ['server', 0],
    ['data-center', 0],
    ['cloud', 0],
  ]);
  expect(catalogue.components.get('framework')!.needs).toEqual([
    {
      of: 'software',
      anyOf: [
        { component: 'driver', share: 1, could: null },
        { component: 'compiler', share: 0, could: 0.2 },
      ],
    },
  ]);
  // It stands beside the one that comes with Jikji, too.
  readCatalogue([...shippedCatalogue(), { file: 'docs/reliance.md', text: blocks[0]! }]);
});

test('its remaining work without US', () => {
  const { uses } = whatIf(small(), { suppliers: [], countries: ['US'] });
  const words = docs.replace(/\s+/g, ' ');
  expect(words).toContain('of `han-training` remains nothing at once and 0 to 0.2 later');
  expect(words).toContain('of `han-serving` 0 to 0.55 at once and 0 to 1 later');
  const to = (high: number) => ({ low: 0, high: expect.closeTo(high, 9) });
  expect(uses.map(({ fate, remaining }) => ({ fate, ...remaining }))).toEqual([
    { fate: 'goes-on-as-far-as-known', now: to(0), could: to(0.2) },
    { fate: 'goes-on-as-far-as-known', now: to(0.55), could: to(1) },
  ]);
});

test('the example of the practice programme', () => {
  const file = (name: string) => ({ file: name, text: text(`programs/practice/${name}`) });
  const graph = new Graph(readCatalogue([...shippedCatalogue(), file('value-chain.yaml')]));
  const { selfReliance } = parseRuleBook(text('programs/practice/stage-1.yaml'), { file: 'stage-1.yaml' });
  const use = graph.uses.find(({ id }) => id === 'azalea-serving')!;
  const { layers, overall } = indexOfUse(graph, use, selfReliance!);
  const homes = Object.fromEntries(layers.map(({ layer, home }) => [layer, Number(home.toFixed(6))]));
  expect(homes).toEqual({
    ...{ chip: 0.2, memory: 0.44, server: 0.2, 'data-center': 1, cloud: 1, software: 0.1, weights: 1 },
  });
  for (const [layer, home] of [
    ['chip', 0.2],
    ['memory', 0.44],
    ['server', 0.2],
    ['software', 0.1],
  ])
    expect(docs).toContain(`| ${layer} | ${home} |`);
  expect(docs).toContain(`**${overall.score!.toFixed(1)}** of 100`);
  expect(overall).toMatchObject({ state: 'scored', score: expect.closeTo((100 * 55.4) / 90, 9) });
  const northgate = [...graph.catalogue.suppliers.values()].find(({ name }) => name.en.startsWith('Northgate'))!;
  const { remaining } = whatIf(graph, { suppliers: [northgate.id], countries: [] }, { uses: [use.id] }).uses[0]!;
  const exactly = (share: number) => ({ low: expect.closeTo(share, 9), high: expect.closeTo(share, 9) });
  expect(remaining).toEqual({ now: exactly(0.2), could: exactly(0.6) });
});
