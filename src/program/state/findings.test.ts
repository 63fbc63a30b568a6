// Which findings follow from comparisons of weights, about whom, and how the panel answers them. The comparisons are made up: what matters
// is the order of the entries that fixed the weights.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { loadSigner, newKey, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { comparisonsOf, findingProposals, pairsToCompare, uncomparedPairs } from './index.ts';

const bookWith = (lineage: string): string => `
name: test
version: 1
title: { en: Test stage }
originality:
  veto: true
  components: [tokenizer, mlp, encoder]
  lineage: ${lineage}
points: 10
blocks: [{ id: given, title: { en: Given }, points: 10, entered: { by: { en: somebody } } }]
kept: 1
`;
const KNOWN = `{ model: Known, digest: ${sha256Hex('known')}, sketch: ${sha256Hex('sketch')}, source: { publisher: this test } }`;
const LINEAGE = `{ components: { tokenizer: [tokenizer], mlp: [units, experts], encoder: [vision, audio] }, references: [${KNOWN}] }`;

const folder = mkdtempSync(join(tmpdir(), 'jikji-findings-'));
let office: Signer;
beforeAll(() => {
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  newKey('office');
  office = loadSigner('office');
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let log: Log;
const refuses = (work: () => unknown, code: string): void => {
  expect(work).toThrow(expect.objectContaining({ name: 'JikjiError', code }));
};
const sealOf = (id: string): string => sha256Hex(`seal of ${id}`);

function receive(id: string, consortium: string): void {
  log.add('submission-received', { id, stage: 's1', consortium, kind: 'bundle', digest: sha256Hex(id), bytes: 1 });
}
function audit(id: string): void {
  const evidence = { genesis: sha256Hex('genesis'), seal: sealOf(id), head: sha256Hex('head'), kept: [1] };
  const reach = { extent: 'all', data: 'maker', share: 1, chance: 1, room: null, replayed: [], evidence };
  log.add('submission-audited', { submission: id, verdict: 'holds', maker: sha256Hex(id), checks: [], reach });
}
/** The office counter-signs a seal. */
function lodge(id: string): void {
  const officeKey = office.publicKey.toString('base64');
  const predicate = {
    formatVersion: 1 as const,
    officeKey,
    time: '2026-01-01T00:00:00.000Z',
    nonce: sha256Hex('nonce'),
  };
  const statement = signStatement('lodging', [['seal.json', sealOf(id)]], predicate, office);
  const requestDigest = sealOf(id);
  log.add('lodging-given', { id: requestDigest.slice(0, 32), kind: 'seal', requestDigest, statement });
}

type Verdict = 'identical' | 'shares' | 'trace' | 'none' | 'untestable';
const group = (kind: string, verdict: Verdict, tower = 'language') => ({
  tower,
  kind,
  verdict,
  lnChance: verdict === 'shares' ? -1000 : 0,
  seen: { test: 'places', count: 1, of: 2 },
  strength: 0.5,
});
function compared(submission: string, other: object, groups: object[], sameFile = false): void {
  const digests = { suspect: sha256Hex(submission), reference: sha256Hex('known') };
  const tokenizer = { suspect: 9, reference: 9, shared: 9, sameId: 9, sameFile };
  const found = { digests, groups, tokenizer, kinship: null };
  const id = `c-${sha256Hex(JSON.stringify([submission, other])).slice(0, 16)}`;
  log.add('submission-compared', { id, submission, with: other, found, failure: null, report: null });
}
const proposed = () =>
  findingProposals(log.tables, 's1').map(({ submission, component, verdict, from }) => ({
    ...{ submission, component, verdict },
    from: 'reference' in from ? from.reference : from.submission,
  }));

beforeEach(() => {
  log = new Log().open(['a', 'b'], bookWith(LINEAGE));
});

test('pairs: with each reference, and with submissions of other teams that came before; only what was audited', () => {
  receive('a-1', 'a');
  receive('b-1', 'b');
  receive('a-2', 'a');
  expect(pairsToCompare(log.tables, 's1')).toEqual([]);
  for (const id of ['a-2', 'b-1', 'a-1']) audit(id);
  const known = { reference: 'Known' };
  expect(pairsToCompare(log.tables, 's1')).toEqual([
    { submission: 'a-1', with: known },
    { submission: 'b-1', with: known },
    { submission: 'b-1', with: { submission: 'a-1' } },
    { submission: 'a-2', with: known },
    { submission: 'a-2', with: { submission: 'b-1' } },
  ]);
  compared('b-1', { submission: 'a-1' }, []);
  refuses(() => compared('b-1', { submission: 'a-1' }, []), 'comparison-exists');
  refuses(() => compared('a-1', { submission: 'b-1' }, []), 'comparison-odd');
  refuses(() => compared('a-2', { submission: 'a-1' }, []), 'comparison-odd');
  refuses(() => compared('a-2', { reference: 'Other' }, []), 'comparison-odd');
  expect(pairsToCompare(log.tables, 's1')).toHaveLength(4);
});

test('no more comparisons than the rule book fixed beforehand: they share one error rate', () => {
  log = new Log().open(['a', 'b'], bookWith(LINEAGE.replace('{ components', '{ comparisons: 2, components')));
  for (const id of ['a-1', 'b-1']) {
    receive(id, id[0]!);
    audit(id);
  }
  expect(pairsToCompare(log.tables, 's1')).toHaveLength(2);
  for (const id of ['a-1', 'b-1']) compared(id, { reference: 'Known' }, []);
  expect(pairsToCompare(log.tables, 's1')).toEqual([]);
  expect(uncomparedPairs(log.tables, 's1')).toEqual([{ submission: 'b-1', with: { submission: 'a-1' } }]);
  refuses(() => compared('b-1', { submission: 'a-1' }, []), 'comparison-odd');
});

test('a rule book without the section compares nothing', () => {
  log = new Log().open(['a', 'b'], bookWith(LINEAGE).replace(/ {2}lineage.*\n/, ''));
  receive('a-1', 'a');
  audit('a-1');
  expect(pairsToCompare(log.tables, 's1')).toEqual([]);
});

test('what is proposed: only of parts that a component names, and only of what shares weights', () => {
  receive('a-1', 'a');
  audit('a-1');
  const groups = [
    group('units', 'shares'),
    group('experts', 'none'),
    group('values', 'shares'), // no component names them
    group('units', 'identical', 'vision'),
    group('values', 'identical', 'vision'),
    group('units', 'trace', 'audio'),
  ];
  compared('a-1', { reference: 'Known' }, groups);
  expect(proposed()).toEqual([
    { submission: 'a-1', component: 'mlp', verdict: 'derived', from: 'Known' },
    // Audio was tested, and is not identical.
    { submission: 'a-1', component: 'encoder', verdict: 'derived', from: 'Known' },
  ]);
});

test('identical in all that could be tested: used as it was', () => {
  receive('a-1', 'a');
  audit('a-1');
  const groups = [
    group('units', 'identical', 'vision'),
    group('values', 'untestable', 'vision'),
    group('units', 'none'),
  ];
  compared('a-1', { reference: 'Known' }, groups, true);
  expect(proposed()).toEqual([
    { submission: 'a-1', component: 'tokenizer', verdict: 'frozen-foreign', from: 'Known' },
    { submission: 'a-1', component: 'encoder', verdict: 'frozen-foreign', from: 'Known' },
  ]);
});

test('it is about the weights that were fixed later: by receipt, or by a seal that was lodged before', () => {
  receive('a-1', 'a');
  lodge('b-1');
  receive('b-1', 'b');
  for (const id of ['a-1', 'b-1']) audit(id);
  compared('b-1', { submission: 'a-1' }, [group('units', 'shares')]);
  expect(proposed()).toMatchObject([{ submission: 'b-1', from: 'a-1' }]);

  log = new Log().open(['a', 'b'], bookWith(LINEAGE));
  lodge('b-1');
  receive('a-1', 'a');
  receive('b-1', 'b');
  for (const id of ['a-1', 'b-1']) audit(id);
  compared('b-1', { submission: 'a-1' }, [group('units', 'shares')]);
  expect(proposed()).toMatchObject([{ submission: 'a-1', from: 'b-1' }]);
});

test('nothing is proposed where the reference was fixed after the submission', () => {
  log = new Log().found(['a', 'b']);
  lodge('a-1');
  log.open(['a', 'b'], bookWith(LINEAGE));
  receive('a-1', 'a');
  audit('a-1');
  compared('a-1', { reference: 'Known' }, [group('units', 'shares')]);
  expect(comparisonsOf(log.tables, 's1')).toHaveLength(1);
  expect(proposed()).toEqual([]);
});

test('a proposal is answered once, by a finding on the same component or by a rejection', () => {
  receive('a-1', 'a');
  audit('a-1');
  compared('a-1', { reference: 'Known' }, [group('units', 'shares'), group('units', 'shares', 'vision')]);
  const [mlp, encoder] = findingProposals(log.tables, 's1').map(({ id }) => id) as [string, string];
  const finding = { stage: 's1', consortium: 'a', component: 'mlp', verdict: 'derived', by: 'Panel', text: 'so' };
  const sign = (more: object) => log.add('finding-signed', { id: 'f-1', ...finding, ...more });
  const reject = (proposal: string) =>
    log.add('proposal-rejected', { proposal, stage: 's1', by: 'Panel', reason: 'a shared seed, which both showed' });
  refuses(() => sign({ proposal: 'c-nothing' }), 'proposal-unknown');
  refuses(() => sign({ proposal: encoder }), 'proposal-odd');
  refuses(() => sign({ proposal: mlp, consortium: 'b' }), 'proposal-odd');
  sign({ proposal: mlp });
  refuses(() => reject(mlp), 'proposal-answered');
  reject(encoder);
  refuses(() => sign({ id: 'f-2', component: 'encoder', proposal: encoder }), 'proposal-answered');
  refuses(() => reject(encoder), 'proposal-answered');
  expect(findingProposals(log.tables, 's1').map(({ answer }) => answer)).toEqual([
    { kind: 'signed', finding: 'f-1' },
    { kind: 'rejected', by: 'Panel', reason: 'a shared seed, which both showed' },
  ]);
});
