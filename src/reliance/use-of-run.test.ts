// A run as a use: each component by its known name, and everything unstated is not known.

import { expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { readCatalogue } from '../fleet/index.ts';
import { Graph } from './graph.ts';
import { isOpen } from './licences.ts';
import { indexOfUse } from './self-reliance.ts';
import { smallestSets } from './smallest-sets.ts';
import { type Library, type RunEvidence, useOfRun, withRuns } from './use-of-run.ts';

const CATALOGUE = readCatalogue([
  {
    file: 'made-up.yaml',
    text: `formatVersion: 1
id: made-up
version: 1
title: { en: made up }
home: [KR]
suppliers:
  - { id: north, name: { en: North }, country: US }
  - { id: home, name: { en: Home, ko: 우리 }, country: KR }
chips:
  - { id: north-any, name: { en: North }, supplier: north, uses: [training], devices: [North] }
  - { id: north-n9, name: { en: North N9 }, supplier: north, uses: [training], devices: [North N9], memory: [ram] }
  - { id: home-c1, name: { en: Home C1 }, supplier: home, uses: [inference], memory: [ram] }
sites:
  - { id: hall, name: { en: Hall }, supplier: home }
clusters:
  - { id: one, name: { en: One }, supplier: home, site: hall, chips: [{ id: north-n9 }], servers: [box], cloud: [operation] }
components:
  - { id: ram, layer: memory, name: { en: RAM }, supplier: home }
  - { id: box, layer: server, name: { en: Box }, supplier: home }
  - { id: operation, layer: cloud, name: { en: Operation }, supplier: home }
  - { id: node, layer: software, name: { en: Node.js }, supplier: north, held: true, known: [node, "npm:node"] }
  - { id: scoped, layer: software, name: { en: Scoped }, supplier: home, known: ["npm:@scope/lib"] }
  - { id: native, layer: software, name: { en: Native }, supplier: home, known: ["pkg:deb/debian/native"] }
  - { id: words, layer: data, name: { en: Words }, supplier: north, known: ["npm:words"] }
`,
  },
]);

const EVIDENCE: RunEvidence = {
  id: 'run',
  kind: 'training',
  name: 'hello',
  model: 'hello',
  consortium: null,
  devices: ['North N9 at 3 GHz'],
  on: null,
  runtime: { node: '24.0.0', v8: '13.6', version: '0.1.0' },
  data: ['npm:words', 'npm:other', 'files'],
  maker: { name: '우리', country: 'KR' },
  libraries: [],
};

const library = (name: string, rest: Partial<Library> = {}): Library => ({
  ...{ name, version: '1.0.0', purl: null, supplier: null, licence: null },
  ...rest,
});

function tried(rest: Partial<RunEvidence>) {
  const found = useOfRun({ ...EVIDENCE, ...rest }, CATALOGUE);
  const catalogue = withRuns(CATALOGUE, [found]);
  const graph = new Graph(catalogue); // every name that a need has must be in it
  const layers = indexOfUse(graph, found.use, null).layers.map(
    ({ layer, home, abroad, unknown }) => [layer, [home, abroad, unknown]] as const,
  );
  const needs = (of: string) => found.use.needs.filter((need) => need.of === of).map(({ anyOf }) => anyOf);
  return { found, catalogue, graph, layers: Object.fromEntries(layers), needs };
}
const one = (component: string) => [{ component, share: 1, could: null }];

test('known components are those of the catalogue; the rest is added as not known', () => {
  const { found, catalogue, layers, needs } = tried({});
  expect(found.use).toMatchObject({
    id: 'run',
    kind: 'training',
    word: 'evidence',
    verified: false,
    name: { en: 'hello' },
  });
  expect(needs('compute')).toEqual([one('run:machine')]);
  expect(catalogue.components.get('run:machine')!.needs).toEqual([{ of: 'chip', anyOf: one('north-n9') }]);
  expect(needs('software')).toEqual(['node', 'software:v8', 'software:jikji'].map(one));
  expect(needs('data')).toEqual(['words', 'data:npm:other', 'data:files'].map(one));
  // Theirs by name and country: who takes the supplier away takes their weights away.
  expect(catalogue.components.get('run:weights')).toMatchObject({ supplier: 'home', country: 'KR', held: false });
  expect(layers).toEqual({
    chip: [0, 1, 0],
    memory: [1, 0, 0],
    server: [0, 0, 1],
    'data-center': [0, 0, 1],
    cloud: [0, 0, 1],
    software: [0, expect.closeTo(1 / 3), expect.closeTo(2 / 3)],
    data: [0, expect.closeTo(1 / 3), expect.closeTo(2 / 3)],
    weights: [1, 0, 0],
  });
  expect(CATALOGUE.components.has('run:machine')).toBe(false);
});

test('an empty record: everything is not known, and nothing is home', () => {
  const { layers, graph, found } = tried({ devices: [], runtime: null, data: [], maker: null });
  for (const [layer, shares] of Object.entries(layers)) expect(shares, layer).toEqual([0, 0, 1]);
  expect(Object.keys(layers)).toHaveLength(8);
  expect(found.suppliers).toEqual([]);
  expect(smallestSets(graph, { by: 'supplier', uses: ['run'] }).none).toBe('run');
});

test('the machine: the longest prefix, several devices, an unknown device, on a cluster, on a chip', () => {
  const machine = (rest: Partial<RunEvidence>) => tried(rest).catalogue.components.get('run:machine');
  expect(machine({ devices: ['North X', 'North Y'] })!.needs).toEqual([{ of: 'chip', anyOf: one('north-any') }]);
  const some = ['North N9', 'North N9', 'Elsewhere 5'];
  expect(machine({ devices: some })!.needs[0]!.anyOf).toEqual([
    { component: 'north-n9', share: null, could: null },
    { component: 'device:Elsewhere 5', share: null, could: null },
  ]);
  expect(tried({ devices: some }).layers).toMatchObject({ chip: [0, 0, 1], memory: [0, 0, 1] });
  expect(tried({ devices: ['NORTH'] }).layers).toMatchObject({ chip: [0, 0, 1] });

  // A cluster as it stands; with a record of the chip, that chip in it.
  expect(tried({ devices: [], on: 'one' }).needs('compute')).toEqual([one('one')]);
  const there = tried({ devices: ['North X'], on: 'one' });
  expect(there.catalogue.components.get('run:machine')).toMatchObject({
    supplier: 'home',
    country: 'KR',
    name: { en: 'One' },
  });
  expect(there.layers).toMatchObject({
    chip: [0, 1, 0],
    memory: [0, 0, 1],
    server: [1, 0, 0],
    'data-center': [1, 0, 0],
    cloud: [1, 0, 0],
  });

  const served = tried({ kind: 'serving', on: 'home-c1' });
  expect(served.layers).toMatchObject({ chip: [1, 0, 0], memory: [1, 0, 0], server: [0, 0, 1] });
  expect(served.layers).not.toHaveProperty('data');
  expect(served.needs('data')).toEqual([]);

  for (const on of ['home-c2', 'constructor', 'ram']) {
    let error: unknown;
    try {
      tried({ on });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(JikjiError);
    expect(error).toMatchObject({ code: 'machine-unknown', input: on });
    if (on === 'home-c2') expect((error as JikjiError).hint).toBe('did you mean home-c1?');
  }
});

test('libraries: one need each; a supplier’s name does not imply its country', () => {
  const { found, needs, catalogue, layers } = tried({
    libraries: [
      library('lib', { purl: 'pkg:npm/%40scope/lib@2.0.0' }),
      library('lib', { purl: 'pkg:npm/@scope/lib@3.0.0?x=y#z' }),
      library('native', { purl: 'pkg:deb/debian/native@1:2.0?arch=amd64' }),
      library('node', { purl: 'pkg:npm/node@24.0.0' }),
      library('words', { purl: 'pkg:npm/words@1.0.0' }), // known, but no software
      library('mine', { supplier: '우리', licence: 'MIT' }),
      library('mine', { supplier: 'another' }),
      library('closed', { supplier: '우리', licence: 'Proprietary', version: null }),
    ],
  });
  expect(needs('software')).toEqual(
    [
      'node',
      'software:v8',
      'software:jikji',
      'scoped',
      'native',
      'run:library:pkg:npm/words@1.0.0',
      'run:library:mine@1.0.0',
      'run:library:closed',
    ].map(one),
  );
  expect(catalogue.components.get('run:library:mine@1.0.0')).toMatchObject({
    supplier: 'run:by 우리',
    country: null,
    held: true,
  });
  expect(catalogue.components.get('run:library:closed')).toMatchObject({ supplier: 'run:by 우리', held: false });
  expect(found.suppliers).toMatchObject([{ id: 'run:by 우리', name: { en: '우리' }, country: null }]);
  expect(layers.software).toEqual([2 / 8, 1 / 8, 5 / 8]);

  // Without a word on what ran it, that is one thing more that is not known.
  expect(tried({ runtime: null, libraries: [library('lib', { purl: 'pkg:npm/@scope/lib' })] }).layers.software).toEqual(
    [0.5, 0, 0.5],
  );
});

test('names of libraries and suppliers may clash with other names', () => {
  const library = (name: string, supplier: string | null) => ({
    name,
    supplier,
    version: null,
    purl: null,
    licence: null,
  });
  const maker = { name: 'its maker', country: 'KR' };
  const libraries = [library('machine', 'its maker'), library('weights', null)];
  const { found, catalogue, layers, needs } = tried({ maker, libraries });
  expect(needs('software').slice(3)).toEqual(['run:library:machine', 'run:library:weights'].map(one));
  expect(needs('weights')).toEqual([one('run:weights')]);
  expect(layers).toMatchObject({ software: [0, 1 / 5, 4 / 5], weights: [1, 0, 0] });
  expect(catalogue.components.get('run:library:machine')).toMatchObject({
    supplier: 'run:by its maker',
    country: null,
  });
  expect(catalogue.components.get('run:weights')).toMatchObject({ supplier: 'run:maker', country: 'KR' });
  expect(found.suppliers.map(({ id, country }) => [id, country])).toEqual([
    ['run:by its maker', null],
    ['run:maker', 'KR'],
  ]);
});

test.each([
  ['MIT', true],
  ['mit', true],
  ['(MIT OR Commercial)', true],
  ['MIT AND Commercial', false],
  ['Commercial AND MIT OR Apache-2.0', true],
  ['Commercial AND (MIT OR Apache-2.0)', false],
  ['GPL-2.0+', true],
  ['GPL-3.0-only WITH Classpath-exception-2.0', true],
  ['(MIT) AND (ISC OR Zlib)', true],
  ['Apache License 2.0', false],
  ['MIT OR', false],
  ['(MIT', false],
  ['MIT)', false],
  ['MIT MIT', false],
  ['WITH', false],
  ['', false],
  [null, false],
  ['('.repeat(100_000), false],
  [`${'('.repeat(999)}MIT${')'.repeat(998)}`, false],
  [`${'('.repeat(990)}MIT${')'.repeat(990)}`, true],
])('the licence %j', (licence, open) => {
  expect(isOpen(licence)).toBe(open);
});
