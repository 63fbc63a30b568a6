// Differences of catalogues against a naive comparison: random changes of real catalogues, and cases by hand.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { Random } from '../../base/testing/mutate.ts';
import { shippedCatalogue } from './catalogue-files.ts';
import { type CatalogueDifference, type CatalogueValue, catalogueDifferences, differenceShape } from './differences.ts';
import { readCatalogue } from './read.ts';
import type { Catalogue } from './types.ts';

const text = readFileSync(new URL('../../../programs/practice/value-chain.yaml', import.meta.url), 'utf8');
const read = (given: string) => readCatalogue([...shippedCatalogue(), { file: 'value-chain.yaml', text: given }]);
const before = read(text);

/** All of a catalogue by id, as sorted JSON: lists without an order. */
function plain(catalogue: Catalogue) {
  const sorted = (value: unknown): unknown => {
    if (value instanceof Map) return sorted([...value]);
    if (Array.isArray(value)) return value.map((one) => JSON.stringify(sorted(one))).sort();
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, one]) => [key, sorted(one)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  };
  const all = new Map<string, string>();
  const add = (key: string, value: unknown) => all.set(key, JSON.stringify(sorted(value)));
  for (const part of catalogue.parts) add(`catalogue ${part.id}`, part);
  if (catalogue.home.length > 0) add('home home', catalogue.home);
  for (const one of catalogue.suppliers.values()) add(`supplier ${one.id}`, one);
  for (const one of catalogue.components.values()) {
    const known = [...catalogue.known].filter(([, id]) => id === one.id).map(([name]) => name);
    add(`component ${one.id}`, {
      ...one,
      known,
      more: catalogue.chips.get(one.id),
      on: catalogue.clusters.get(one.id),
    });
  }
  for (const one of catalogue.uses) add(`use ${one.id}`, one);
  return all;
}

function naive(one: Catalogue, other: Catalogue) {
  const [old, now] = [plain(one), plain(other)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .flatMap((key) => {
      if (!old.has(key)) return `added ${key}`;
      if (!now.has(key)) return `removed ${key}`;
      return old.get(key) === now.get(key) ? [] : `changed ${key}`;
    })
    .sort();
}

const named = (differences: CatalogueDifference[]) =>
  differences
    .map(({ of, id, change }) => {
      const group = ['catalogue', 'home', 'supplier', 'use'].includes(of) ? of : 'component';
      return `${change} ${group} ${id}`;
    })
    .sort();

type Doc = Record<string, Record<string, unknown>[]>;
const LISTS = ['suppliers', 'chips', 'sites', 'clusters', 'components', 'uses'];

/** Changes something in a catalogue; most changes leave a catalogue that can be read. */
function changed(random: Random, doc: Doc) {
  const name = LISTS[random.below(LISTS.length)]!;
  const list = doc[name]!;
  if (list.length === 0) return;
  const one = list[random.below(list.length)]!;
  const ways: (() => void)[] = [
    () => list.splice(list.indexOf(one), 1),
    () => list.push({ ...structuredClone(one), id: `new-${random.below(1000)}`, known: undefined }),
    () => list.reverse(),
    () => (one.name = { en: `Name ${random.below(100)}`, ...(random.below(2) === 0 && { ko: '이름' }) }),
    () => (one.verified = random.below(2) === 0),
    ...(name === 'uses'
      ? [() => (one.software = 'not known'), () => (one.consortium = 'stranger')]
      : [() => (one.country = ['XX', 'ZZ', 'not known'][random.below(3)])]),
    ...(name === 'components' ? [() => (one.held = true), () => (one.known = [`npm:${random.below(100)}`])] : []),
    ...(name === 'suppliers' || name === 'sites'
      ? [
          () => (one.owner = { supplier: 'northgate', asOf: `2026-01-0${random.below(9) + 1}` }),
          () => (one.jurisdiction = { countries: ['ZZ', 'XX'].slice(random.below(2)), asOf: '2026-01-01' }),
          () => (one.owner = undefined),
        ]
      : []),
    ...(name === 'chips'
      ? [
          () => (one.figures = { bf16: { value: random.below(1000) + 1, about: true } }),
          () => (one.devices = ['one', 'other']),
          () => (one.fab = { supplier: 'northgate', process: `N${random.below(9)}`, asOf: '2026-01-01' }),
          () => (one.packaging = { supplier: 'northgate', verified: random.below(2) === 0, asOf: '2026-01-01' }),
        ]
      : []),
    ...(name === 'clusters'
      ? [
          () => ((one.chips as Record<string, unknown>[])[0]!.count = random.below(1000) + 1),
          () => (one.servers as unknown[]).reverse(),
        ]
      : []),
  ];
  random.of(ways)();
}

test('random changes are found as a naive comparison finds them, and no others', () => {
  const random = new Random(7);
  let seen = 0;
  for (let round = 0; round < 40; round++) {
    const doc = parse(text) as Doc;
    for (let n = random.below(3); n >= 0; n--) changed(random, doc);
    let after: Catalogue;
    try {
      after = read(stringify(doc));
    } catch {
      continue; // a name that others use is gone, or a key is not of this list
    }
    const differences = catalogueDifferences(before, after);
    expect(named(differences)).toEqual(naive(before, after));
    for (const one of differences) {
      expect(differenceShape.parse(one)).toEqual(one);
      if (one.change === 'changed') expect(one.fields.length).toBeGreaterThan(0);
    }
    seen += differences.length;
    // The other way round: what was added is removed, and each value stands on the other side.
    const mirrored = catalogueDifferences(after, before);
    const other = { added: 'removed', removed: 'added', changed: 'changed' } as const;
    const key = ({ of, id }: CatalogueDifference) => `${of} ${id}`;
    for (const one of differences) {
      const twin = mirrored.find(
        (two) =>
          two.id === one.id && two.change === other[one.change] && (one.change === 'changed' || key(two) === key(one)),
      )!;
      const turned = twin.fields.map(({ field, before, after }) => ({ field, before: after, after: before }));
      const byName = (a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1);
      expect(turned.sort(byName)).toEqual([...one.fields].sort(byName));
    }
  }
  expect(seen).toBeGreaterThan(40);
});

const only = (from: string, to: string) => {
  const differences = catalogueDifferences(read(text), read(text.replace(from, to)));
  expect(differences).toHaveLength(1);
  return differences[0]!;
};
const fields = ({ fields }: CatalogueDifference): [string, CatalogueValue, CatalogueValue][] =>
  fields.map(({ field, before, after }) => [field, before, after]);

test('a field has what it was and what it becomes; a list only what the other side lacks', () => {
  expect(fields(only('count: 64', 'count: 96'))).toEqual([['count.northgate-n9', { number: 64 }, { number: 96 }]]);
  expect(fields(only('count: 64', 'count: not known'))).toEqual([['count.northgate-n9', { number: 64 }, null]]);
  expect(fields(only('bf16: { value: 1000,', 'bf16: { value: 1000, about: true,'))).toEqual([
    ['figures.bf16.about', { yes: false }, { yes: true }],
  ]);
  const memory = only(
    '{ id: zephyr-hbm, share: 0.7, could: 1 }, { id: maple-hbm, share: 0.3, could: 0.5 }',
    'maple-hbm',
  );
  expect(memory).toMatchObject({
    of: 'chip',
    id: 'northgate-n9',
    change: 'changed',
    name: { ko: '노스게이트 N9 (가상)' },
  });
  expect(fields(memory)).toEqual([
    [
      'needs.memory',
      {
        needs: [
          [
            { component: 'zephyr-hbm', share: 0.7, could: 1 },
            { component: 'maple-hbm', share: 0.3, could: 0.5 },
          ],
        ],
      },
      { needs: [[{ component: 'maple-hbm', share: 1, could: null }]] },
    ],
  ]);
});

test('owners, law, fab and packaging are told member by member: a later day alone too', () => {
  const owned = (day: string, rest = '') =>
    text.replace('id: azalea-site,', `id: azalea-site, owner: { supplier: northgate, asOf: ${day}${rest} },`);
  const of = (one: string, other: string) => {
    const differences = catalogueDifferences(read(one), read(other));
    expect(differences).toHaveLength(1);
    return fields(differences[0]!);
  };
  expect(of(text, owned('2026-01-01', ', verified: false'))).toEqual([
    ['owner.supplier', null, { text: 'northgate' }],
    ['owner.asOf', null, { text: '2026-01-01' }],
    ['owner.source', null, { sources: 'not recorded' }],
    ['owner.verified', null, { yes: false }],
  ]);
  expect(of(owned('2026-01-01'), owned('2026-05-01'))).toEqual([
    ['owner.asOf', { text: '2026-01-01' }, { text: '2026-05-01' }],
  ]);
  const bound = (countries: string) =>
    text.replace('id: azalea-site,', `id: azalea-site, jurisdiction: { countries: [${countries}], asOf: 2026-01-01 },`);
  expect(of(bound('XX, ZZ'), bound('ZZ, XX, QZ'))).toEqual([
    ['jurisdiction.countries', { list: [] }, { list: ['QZ'] }],
  ]);
  const made = (process: string) =>
    text.replace('id: northgate-n9', `fab: { supplier: northgate, asOf: 2026-01-01${process} }\n    id: northgate-n9`);
  expect(of(made(''), made(', process: N9'))).toEqual([['fab.process', null, { text: 'N9' }]]);
});

test('how a cluster is reached is among the differences', () => {
  const reached =
    'reached: { scheduler: slurm, login: login.example, options: { qos: long }, accounts: { azalea: gpu } }';
  const one = only('    site: azalea-site\n', `    site: azalea-site\n    ${reached}\n`);
  expect(fields(one)).toEqual([
    ['reached.options', null, { list: ['qos=long'] }],
    ['reached.accounts', null, { list: ['azalea=gpu'] }],
    ['reached.scheduler', null, { text: 'slurm' }],
    ['reached.login', null, { text: 'login.example' }],
  ]);
});

test('without a catalogue before, all is added; the same catalogue has no differences', () => {
  const all = catalogueDifferences(undefined, before);
  expect(named(all)).toEqual(naive({ ...readCatalogue([]), parts: [] }, before));
  expect(new Set(all.map(({ change }) => change))).toEqual(new Set(['added']));
  expect(catalogueDifferences(read(text), before)).toEqual([]);
});

test('a component that becomes one of another layer is the same one, changed', () => {
  const small = (layer: string) =>
    readCatalogue([
      {
        file: 'small.yaml',
        text: `formatVersion: 1\nid: s\nversion: 1\ntitle: { en: S }\ncomponents:\n  - { id: thing, layer: ${layer}, name: { en: T } }\n`,
      },
    ]);
  expect(catalogueDifferences(small('server'), small('cloud'))).toMatchObject([
    { of: 'cloud', id: 'thing', change: 'changed', fields: [{ field: 'kind', before: { text: 'server' } }] },
  ]);
});
