// Owners and law of what is operated, by hand; and that they change no index, no what-if and no smallest set.

import { expect, test } from 'vitest';
import { readCatalogue } from '../fleet/index.ts';
import { componentFacts, Graph, indexOfCatalogue, operationsOf, smallestSets, whatIf } from './index.ts';

const plain = `
formatVersion: 1
id: small
version: 1
title: { en: Small }
home: [XX]
suppliers:
  - { id: parent, name: { en: Parent }, country: ZZ }
  - { id: hall-co, name: { en: Hall Co }, country: XX }
  - { id: cloud-co, name: { en: Cloud Co }, country: XX }
  - { id: fund, name: { en: Fund }, country: QZ }
chips:
  - { id: chip, name: { en: Chip }, supplier: parent, uses: [training] }
sites:
  - { id: hall, name: { en: Hall }, supplier: hall-co }
clusters:
  - { id: big, name: { en: Big }, supplier: hall-co, site: hall, chips: [{ id: chip }], cloud: [operation] }
components:
  - { id: operation, layer: cloud, name: { en: Operation }, supplier: cloud-co }
  - { id: lib, layer: software, name: { en: Lib }, supplier: cloud-co }
uses:
  - { id: run, kind: training, name: { en: Run }, consortium: a, on: [big], software: [lib] }
`;
const read = (text: string) => readCatalogue([{ file: 'small.yaml', text }]);
const withAll = (...changes: [from: string, to: string][]) =>
  read(
    changes.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    }, plain),
  );
const LAW: [string, string] = ['country: ZZ }', 'country: ZZ, jurisdiction: { countries: [ZZ], asOf: 2026-03-01 } }'];
const PARENT: [string, string] = [
  '{ en: Cloud Co }, country: XX }',
  '{ en: Cloud Co }, country: XX, owner: { supplier: parent, asOf: 2026-02-01, verified: false } }',
];
const FUND: [string, string] = [
  'supplier: hall-co }\nclusters',
  'supplier: hall-co, owner: { supplier: fund, asOf: 2026-01-01 } }\nclusters',
];
const of = (catalogue: ReturnType<typeof read>, id: string) => operationsOf(catalogue)(catalogue.components.get(id)!);

test('what nobody recorded is not known, and a country is no law', () => {
  const nothing = { owner: null, laws: null, asOf: null, verified: true };
  for (const id of ['hall', 'operation', 'big']) expect(of(read(plain), id)).toEqual(nothing);
  for (const id of ['chip', 'lib']) expect(of(read(plain), id)).toBeNull();
  // Its owner is known, whose law binds it is not.
  expect(of(withAll(FUND), 'hall')).toEqual({
    owner: { id: 'fund', name: { en: 'Fund' }, country: 'QZ' },
    laws: null,
    asOf: '2026-01-01',
    verified: true,
  });
});

test('law that binds an owner reaches what it owns, and a cluster is under the law of its cloud and its site', () => {
  const catalogue = withAll(LAW, PARENT, FUND);
  const parent = { id: 'parent', name: { en: 'Parent' }, country: 'ZZ' };
  expect(of(catalogue, 'operation')).toEqual({ owner: parent, laws: ['ZZ'], asOf: '2026-02-01', verified: false });
  // In the hall runs a cloud under that law: it is at home, and operated under it. Without the cloud it is not.
  expect(of(catalogue, 'hall')).toMatchObject({ owner: { id: 'fund' }, laws: ['ZZ'], asOf: '2026-01-01' });
  expect(of(withAll(LAW, PARENT, FUND, [', cloud: [operation]', '']), 'hall')!.laws).toBeNull();
  expect(of(catalogue, 'big')).toMatchObject({ owner: null, laws: ['ZZ'], asOf: '2026-03-01' });
  // Owners in a circle end.
  const circle: [string, string] = [
    'jurisdiction: { countries: [ZZ]',
    'owner: { supplier: cloud-co, asOf: 2026-02-01 }, jurisdiction: { countries: [ZZ]',
  ];
  expect(of(withAll(LAW, PARENT, circle), 'operation')!.laws).toEqual(['ZZ']);
  // A site's own law is added to that of its owner.
  const own: [string, string] = [
    'asOf: 2026-01-01 } }\nclusters',
    'asOf: 2026-01-01 }, jurisdiction: { countries: [XX, QZ], asOf: 2026-04-01 } }\nclusters',
  ];
  expect(of(withAll(FUND, own), 'hall')!.laws).toEqual(['QZ', 'XX']);
});

test('they stand beside the answers, and change none', () => {
  const answers = (catalogue: ReturnType<typeof read>) => {
    const graph = new Graph(catalogue);
    return [
      indexOfCatalogue(graph, null),
      smallestSets(graph, { by: 'supplier' }),
      smallestSets(graph, { by: 'country' }),
      ...['parent', 'fund', 'hall-co'].map((id) => whatIf(graph, { suppliers: [id], countries: [] })),
      ...['ZZ', 'QZ'].map((code) => whatIf(graph, { suppliers: [], countries: [code] })),
    ];
  };
  const catalogue = withAll(LAW, PARENT, FUND);
  expect(answers(catalogue)).toEqual(answers(read(plain)));
  expect(componentFacts(catalogue, ['operation', 'chip'])).toMatchObject({
    operation: { country: 'XX', operation: { laws: ['ZZ'] } },
    chip: { operation: null },
  });
});
