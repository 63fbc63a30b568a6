// Catalogues, allotments and usages as entries: each refusal of each kind, what replaces what, and which catalogue is in force.

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import type { Json } from '../../ledger/index.ts';
import { parseRuleBook, ruleBookDigest } from '../rules/index.ts';
import { type CatalogueText, catalogueAt, catalogueDigest, State, type Tables } from './index.ts';
import { OURS, TEXTS, WORLD } from './testing/catalogue.ts';

let state: State;
let tables: Tables;
let seq: number;

const say = (kind: string, data: object): void => {
  state.take({
    kind,
    data: data as Json,
    seq: seq + 1,
    time: '2026-01-01T00:00:00.000Z',
    actor: 'office:test',
    link: '',
  });
  seq++;
};
/** Refused with this code, and nothing is changed. */
function refuses(kind: string, data: object, code: string, words = /./): void {
  const before = JSON.stringify(['catalogues', 'allotments', 'usages'].map((name) => tables.all(name as 'usages')));
  let error: { code?: string; message?: string; hint?: string } = {};
  try {
    say(kind, data);
  } catch (caught) {
    error = caught as typeof error;
  }
  expect([error.code, `${error.message} ${error.hint}`]).toEqual([code, expect.stringMatching(words)]);
  const after = JSON.stringify(['catalogues', 'allotments', 'usages'].map((name) => tables.all(name as 'usages')));
  expect(after).toBe(before);
}

const register = (texts: readonly CatalogueText[] = TEXTS) => ({ digest: catalogueDigest(texts), texts });
const RULES =
  'name: rules\nversion: 1\ntitle: { en: R }\nrecord: true\noriginality: { veto: false, components: [x] }\nblocks: [{ id: x, title: { en: X }, points: 100, entered: { by: { en: y } } }]\nkept: 1\n';

beforeEach(() => {
  state = new State();
  tables = state.tables;
  seq = 0;
  say('programme-created', { id: 'test', name: { en: 'Test' }, mode: 'record' });
  for (const id of ['a', 'b']) {
    say('organisation-added', { id: `${id}-org`, name: { en: id }, country: 'XX', roles: [] });
    say('consortium-formed', { id, name: { en: id }, lead: `${id}-org`, members: [] });
  }
});

const allotment = {
  id: 'a-q1',
  consortium: 'a',
  cluster: 'near',
  from: '2026-01-01',
  to: '2026-03-31',
  deviceHours: 100,
};
const usage = { id: 'u1', consortium: 'a', cluster: 'near', from: '2026-01-05', to: '2026-01-06', deviceHours: 7 };
const metered = { ...usage, word: 'office', submission: null };

test('a catalogue has its digest, is valid, and is registered once', () => {
  const { texts } = register();
  refuses('catalogue-registered', { texts, digest: 'a'.repeat(64) }, 'catalogue-differs');
  refuses('catalogue-registered', register([{ file: 'ours.yaml', text: OURS }]), 'catalogue-unknown', /home-halls/);
  refuses('catalogue-registered', { ...register(), extra: 1 }, 'entry-broken');
  expect(catalogueAt(tables)).toBeUndefined();
  say('catalogue-registered', register());
  refuses('catalogue-registered', register(), 'catalogue-exists');
  expect(catalogueAt(tables)).toMatchObject({ digest: register().digest, registeredSeq: seq });
  expect([...catalogueAt(tables)!.catalogue.clusters.keys()]).toEqual(['near', 'big']);
});

test('a catalogue that an old programme registered has its digest, and says nothing of owners, law, fab and packaging', () => {
  const rows = JSON.parse(readFileSync(new URL('../database/old-log.json', import.meta.url), 'utf8'));
  const [{ digest, texts }] = rows.catalogues;
  expect(digest).toBe('25710bc7d09f07e50b189bcc2bb4d1591a759d2a0fd1a3e52c01a13aff105414');
  expect(catalogueDigest(texts)).toBe(digest);
  say('catalogue-registered', { digest, texts });
  const { suppliers, sites, chips } = catalogueAt(tables)!.catalogue;
  expect([suppliers.size, sites.size, chips.size].every((size) => size > 0)).toBe(true);
  for (const { owner, jurisdiction } of [...suppliers.values(), ...sites.values()])
    expect([owner, jurisdiction]).toEqual([null, null]);
  for (const { fab, packaging } of chips.values()) expect([fab, packaging]).toEqual([null, null]);
});

test('a changed part has a new version, and the later version is in force from then on', () => {
  say('catalogue-registered', register());
  const first = seq;
  const altered = (version: number) => [
    TEXTS[0]!,
    { file: 'ours.yaml', text: OURS.replace('version: 1', `version: ${version}`).replace('count: 8', 'count: 16') },
  ];
  refuses('catalogue-registered', register(altered(1)), 'catalogue-version', /give it version 2/);
  say('catalogue-registered', register(altered(3)));
  refuses('catalogue-registered', register(altered(2)), 'catalogue-version', /give it version 4/);
  // The same text under another name, or beside another file, is nothing new of it.
  say('catalogue-registered', register([TEXTS[0]!, { ...altered(3)[1]!, file: 'other.yaml' }]));
  const count = (at?: number) => catalogueAt(tables, at)?.catalogue.clusters.get('big')?.chips[0]?.count;
  expect([count(), count(first + 1), count(first)]).toEqual([16, 8, undefined]);
});

test('an allotment names an existing consortium and cluster, and can be corrected', () => {
  refuses('allotment-given', allotment, 'no-catalogue');
  say('catalogue-registered', register());
  refuses('allotment-given', { ...allotment, consortium: 'c' }, 'consortium-unknown');
  refuses('allotment-given', { ...allotment, cluster: 'naer' }, 'cluster-unknown', /did you mean near/);
  refuses('allotment-given', { ...allotment, from: '2026-04-01' }, 'period-backwards');
  refuses('allotment-given', { ...allotment, from: '2026-02-30' }, 'entry-broken', /not a day/);
  refuses('allotment-given', { ...allotment, deviceHours: -1 }, 'entry-broken');
  say('allotment-given', allotment);
  say('allotment-given', { ...allotment, deviceHours: 50, source: 'not recorded' });
  expect(tables.all('allotments')).toEqual([{ ...allotment, deviceHours: 50, source: 'not recorded', seq }]);
});

test("a metered usage can be corrected, a maker's statement cannot", () => {
  say('catalogue-registered', register());
  refuses('usage-reported', { ...metered, consortium: 'c' }, 'consortium-unknown');
  refuses('usage-reported', { ...metered, cluster: 'far' }, 'cluster-unknown');
  refuses('usage-reported', { ...metered, to: '2026-01-04' }, 'period-backwards');
  refuses('usage-reported', { ...metered, submission: 's' }, 'submission-unknown');
  refuses('usage-reported', { ...metered, word: 'nobody' }, 'entry-broken');
  say('usage-reported', metered);
  refuses('usage-reported', { ...metered, word: 'maker' }, 'usage-exists');
  say('usage-reported', { ...metered, cluster: null, deviceHours: 8 });
  expect(tables.all('usages')).toMatchObject([{ id: 'u1', deviceHours: 8, cluster: null, word: 'office' }]);
  say('usage-reported', { ...metered, id: 'u2', word: 'maker' });
  refuses('usage-reported', { ...metered, id: 'u2', word: 'maker' }, 'usage-exists');
  refuses('usage-reported', { ...metered, id: 'u2' }, 'usage-exists');
});

test('a usage of a submission belongs to its consortium, and its maker states it once', () => {
  const digest = ruleBookDigest(parseRuleBook(RULES, { file: 'r' }));
  say('rule-book-registered', { digest, name: 'rules', version: 1, text: RULES });
  say('stage-opened', { id: 's1', title: { en: 'S' }, ruleBook: digest, consortia: ['a', 'b'] });
  const submission = { id: 'a-1', stage: 's1', consortium: 'a', kind: 'bundle', digest, bytes: 1 };
  refuses('submission-received', { ...submission, cluster: 'near' }, 'no-catalogue');
  say('catalogue-registered', register());
  refuses('submission-received', { ...submission, cluster: 'nowhere' }, 'cluster-unknown');
  say('submission-received', { ...submission, cluster: 'near' });
  expect(tables.get('submissions', 'a-1')!.cluster).toBe('near');
  refuses('usage-reported', { ...metered, consortium: 'b', submission: 'a-1' }, 'usage-differs', /a's/);
  const said = { ...metered, id: 'a-1', word: 'maker', submission: 'a-1' };
  say('usage-reported', said);
  refuses('usage-reported', { ...said, id: 'a-1-again' }, 'usage-exists', /reported once/);
  // The office may meter it too, in as many parts as it likes.
  say('usage-reported', { ...metered, submission: 'a-1' });
  say('usage-reported', { ...metered, id: 'u3', submission: 'a-1' });
  expect(tables.of('usages', 'submission', 'a-1')).toHaveLength(3);
});

test('a catalogue does not have a part twice', () => {
  const twice = [TEXTS[0]!, { file: 'again.yaml', text: WORLD }];
  refuses('catalogue-registered', register(twice), 'catalogue-twice');
});
