// A log with every kind of entry that a programme without an office's key accepts, for tests of code that reads all kinds.

import { MADE_UP, madeUpReport } from '../../../audit/testing/signed-audit.ts';
import { type Json, type Signer, sha256Hex, signStatement } from '../../../ledger/index.ts';
import { parseRuleBook, ruleBookDigest } from '../../rules/index.ts';
import { catalogueDigest, commitmentOf, type Proposal } from '../index.ts';
import { TEXTS } from './catalogue.ts';

const BOOK = JSON.stringify({
  name: 'every',
  version: 1,
  title: { en: 'Every kind' },
  originality: {
    veto: true,
    components: ['tokenizer', 'mlp'],
    lineage: { components: { tokenizer: ['tokenizer'], mlp: ['units'] } },
  },
  blocks: [
    {
      id: 'tasks',
      title: { en: 'Tasks' },
      points: 40,
      tasks: [{ task: 'words', metric: 'acc', scale: { floor: 0, ceiling: 1 } }],
    },
    { id: 'given', title: { en: 'Given' }, points: 20, entered: { by: { en: 'somebody' } } },
    { id: 'users', title: { en: 'Users' }, points: 20, judgements: { users: 1, minimumPerPair: 1 } },
    {
      id: 'experts',
      title: { en: 'Experts' },
      points: 20,
      forms: { experts: 1, criteria: [{ id: 'plan', title: { en: 'Plan' }, points: 20 }] },
    },
  ],
  selection: {
    paper: { criteria: [{ id: 'plan', title: { en: 'Plan' }, points: 50 }], reviewers: 1, minimum: 25 },
  },
  kept: 1,
});

const digest = (text: string): string => sha256Hex(text);
const submission = (id: string, consortium: string, more: object = {}) => ({
  kind: 'submission-received',
  data: { id, stage: 's1', consortium, kind: 'bundle', digest: digest(id), bytes: 2 ** 40 + 1, ...more },
});

function audits(signer: Signer): { kind: string; data: object }[] {
  const { maker, ...evidence } = MADE_UP;
  const reach = {
    ...{ extent: 'sampled', data: 'texts', share: 0.25, chance: 0.5, room: null },
    replayed: [{ from: 0, to: 5 }],
    evidence: { ...evidence, roots: evidence.kept.map((step) => digest(`state ${step}`)) },
  };
  const curve = {
    ...{ step: [0, 5, 10], loss: [9.25, 1 / 3, null], gradNorm: [null, 5e-324, 2] },
    learningRate: [0, 1e-3, Math.fround(1e-3)],
  };
  const counts = { steps: 40, paired: 5, drawnByOffice: 4, lodged: true };
  const witness = { genesis: digest('genesis of another program'), seal: null, ...counts };
  const checks = [{ name: 'replay', verdict: 'holds', detail: '한 조각' }];
  return [
    { kind: 'submission-audited', data: { submission: 'a-1', verdict: 'holds', maker, checks, reach, curve } },
    { kind: 'submission-audited', data: { submission: 'b-1', verdict: 'incomplete', maker: null, checks: [] } },
    {
      kind: 'submission-audited',
      data: { submission: 'c-1', verdict: 'incomplete', maker: null, checks: [], witness },
    },
    { kind: 'audit-part-given', data: { submission: 'a-1', by: 'auditor:kim', from: 2, to: 3 } },
    { kind: 'audit-reported', data: { submission: 'a-1', by: 'auditor:kim', report: madeUpReport(signer, [10]) } },
  ];
}

/** The weights of two submissions share much: the panel signs one of the proposed findings and rejects the other. */
function comparisons(): { kind: string; data: object }[] {
  const units = { tower: 'language', kind: 'units', verdict: 'shares', lnChance: -999.5, strength: null };
  const seen = { test: 'signs', count: 250, of: 256 };
  const tokenizer = { suspect: 512, reference: 512, shared: 512, sameId: 512, sameFile: true };
  const digests = { suspect: digest('weights of b-1'), reference: digest('weights of a-1') };
  const found = { digests, groups: [{ ...units, seen }], tokenizer, kinship: 'same-seed' };
  const compared = { id: 'c-1', submission: 'b-1', with: { submission: 'a-1' }, found, failure: null, report: null };
  const about = { stage: 's1', by: 'panel' };
  const finding = { id: 'd2', ...about, consortium: 'b', component: 'mlp', verdict: 'derived', text: 'so it is' };
  return [
    { kind: 'submission-compared', data: compared },
    { kind: 'finding-signed', data: { ...finding, proposal: 'c-1-mlp' } },
    { kind: 'proposal-rejected', data: { ...about, proposal: 'c-1-tokenizer', reason: 'both say so' } },
  ];
}

/** What comes in while the stage is open. */
function work(signer: Signer): { kind: string; data: object }[] {
  const form = { scores: { a: { plan: 12.5 }, b: { plan: 3 } }, comment: 'fine' };
  const nonce = digest('nonce');
  const usage = { consortium: 'a', cluster: 'near', from: '2026-01-01', to: '2026-01-31', deviceHours: 1 / 3 };
  const sessions = { count: 2, withoutEnd: 1, devices: ['Home'] };
  return [
    submission('a-1', 'a', { cluster: 'near' }),
    submission('b-1', 'b'),
    submission('b-2', 'b'),
    submission('c-1', 'a'),
    {
      kind: 'submission-refused',
      data: { submission: 'b-2', code: 'bundle-broken', reason: 'cut off', reasonKo: '중간에 잘린 파일입니다.' },
    },
    ...audits(signer),
    ...comparisons(),
    {
      kind: 'submission-evaluated',
      data: {
        id: 'e1',
        submission: 'a-1',
        task: 'words',
        metric: 'acc',
        value: 0.5,
        stderr: null,
        n: 2,
        items: [0, 1],
      },
    },
    {
      kind: 'score-entered',
      data: {
        id: 'f1',
        stage: 's1',
        consortium: 'a',
        part: 'blocks.given',
        value: 7.5,
        max: 20,
        source: 'not recorded',
      },
    },
    {
      kind: 'score-entered',
      data: {
        ...{ id: 'f2', stage: 's1', consortium: 'b', part: 'blocks.given', value: 'not published', max: 20 },
        source: [{ publisher: 'P', item: 'I', date: '2026', url: 'https://example.org' }],
      },
    },
    { kind: 'expert-assigned', data: { stage: 's1', part: 'blocks.experts', expert: 'lee' } },
    { kind: 'expert-released', data: { stage: 's1', part: 'blocks.experts', expert: 'lee' } },
    { kind: 'interests-declared', data: { stage: 's1', expert: 'lee', organisation: 'org-a', teams: [] } },
    {
      kind: 'form-committed',
      data: {
        id: 'x1',
        stage: 's1',
        part: 'blocks.experts',
        expert: 'kim',
        commitment: commitmentOf(form as Json, nonce),
      },
    },
    {
      kind: 'judgement-given',
      data: {
        ...{ id: 'j1', stage: 's1', judge: 'lee', a: 'a', b: 'b', choice: 'tie', item: 'q1' },
        shown: { prompt: 'Q?', a: digest('A'), b: digest('B') },
      },
    },
    {
      kind: 'finding-signed',
      data: { id: 'd1', stage: 's1', consortium: 'a', component: 'tokenizer', verdict: 'own', by: 'panel', text: '' },
    },
    { kind: 'usage-reported', data: { id: 'u1', ...usage, word: 'office', submission: null } },
    {
      kind: 'usage-reported',
      data: {
        ...{ id: 'a-1', ...usage, word: 'maker', submission: 'a-1', sessions, data: ['npm:home-texts'] },
        runtime: { node: '24', v8: '13', version: '0' },
      },
    },
    { kind: 'form-revealed', data: { id: 'x1', form, nonce } },
  ];
}

function lodging(signer: Signer): { kind: string; data: object } {
  const requestDigest = digest('request');
  const predicate = {
    ...{ formatVersion: 1 as const, officeKey: signer.publicKey.toString('base64') },
    ...{ time: '2026-01-01T00:00:00.000Z', nonce: digest('nonce') },
  };
  const statement = signStatement('lodging', [['request.json', requestDigest]], predicate, signer);
  return { kind: 'lodging-given', data: { id: requestDigest.slice(0, 32), kind: 'request', requestDigest, statement } };
}

/** A call under a rule book: an application with a file and a reviewer's points. */
function selection(ruleBook: string): { kind: string; data: object }[] {
  const about = { application: 'apply-c', step: 'paper' };
  const file = { name: '계획서.pdf', bytes: 3, sha256: digest('pdf') };
  return [
    {
      kind: 'call-opened',
      data: { id: 'call-2', title: { en: 'Call' }, text: 'Apply.', until: '2025-12-31T15:00:00Z', ruleBook },
    },
    {
      kind: 'application-received',
      data: { id: 'apply-c', call: 'call-2', name: { en: 'C' }, lead: 'org-c', members: [] },
    },
    { kind: 'application-file-added', data: { application: 'apply-c', ...file } },
    {
      kind: 'call-interests-declared',
      data: { call: 'call-2', expert: 'lee', organisation: 'org-a', applications: ['apply-c'] },
    },
    {
      kind: 'review-given',
      data: { id: 'r1', ...about, reviewer: '김 심사위원', points: { plan: 24.5 }, comment: 'no' },
    },
    { kind: 'application-reviewed', data: { ...about, passed: true, note: 'all the same' } },
  ];
}

/** In an order in which they may come. `signer`: of what somebody has to sign. */
export function everyKind(signer: Signer): Proposal[] {
  const ruleBook = ruleBookDigest(parseRuleBook(BOOK, { file: 'book' }));
  const document = JSON.stringify({ kept: ['a'], out: [{ consortium: 'b', reason: 'points' }] });
  const members = { lead: 'org-a', members: ['org-b'] };
  const out = { consortium: 'b', reason: 'points' };
  return [
    { kind: 'programme-created', data: { id: 'every', name: { en: 'Every', ko: '모두' }, mode: 'practice' } },
    ...['a', 'b', 'c'].map((id) => ({
      kind: 'organisation-added',
      data: { id: `org-${id}`, name: { en: id }, country: 'XX', roles: ['model', 'chip'] },
    })),
    { kind: 'call-opened', data: { id: 'call', title: { en: 'Call' } } },
    { kind: 'application-received', data: { id: 'apply-b', call: 'call', name: { en: 'B' }, ...members } },
    { kind: 'application-reviewed', data: { application: 'apply-b', step: 'paper', passed: true, note: 'good' } },
    { kind: 'application-reviewed', data: { application: 'apply-b', step: 'presentation', passed: true } },
    { kind: 'application-selected', data: { application: 'apply-b', consortium: 'b' } },
    { kind: 'call-closed', data: { id: 'call' } },
    { kind: 'consortium-formed', data: { id: 'a', name: { en: 'A' }, ...members, source: { publisher: 'P' } } },
    { kind: 'member-joined', data: { consortium: 'a', organisation: 'org-c' } },
    { kind: 'consortium-key-named', data: { consortium: 'a', key: digest('key') } },
    {
      kind: 'name-mended',
      data: { what: 'consortium', id: 'a', before: { en: 'A' }, name: { en: 'AA' }, reason: 'typo' },
    },
    { kind: 'rule-book-registered', data: { digest: ruleBook, name: 'every', version: 1, text: BOOK } },
    ...selection(ruleBook),
    { kind: 'catalogue-registered', data: { digest: catalogueDigest(TEXTS), texts: TEXTS } },
    {
      kind: 'allotment-given',
      data: { id: 'al', consortium: 'a', cluster: 'near', from: '2026-01-01', to: '2026-03-31', deviceHours: 100.5 },
    },
    {
      kind: 'stage-dates-set',
      data: { stage: 's1', title: { en: 'One' }, opens: null, closes: '2999-01-01T00:00:00Z', appealsUntil: null },
    },
    { kind: 'stage-opened', data: { id: 's1', title: { en: 'One' }, ruleBook, consortia: ['a', 'b'] } },
    ...work(signer),
    lodging(signer),
    { kind: 'stage-closed', data: { stage: 's1' } },
    {
      kind: 'decision-made',
      data: { stage: 's1', statement: JSON.stringify({ document, envelope: '{}' }), digest: digest(document) },
    },
    { kind: 'appeal-filed', data: { id: 'ap', stage: 's1', consortium: 'b', text: 'We think otherwise' } },
    { kind: 'appeal-answered', data: { appeal: 'ap', outcome: 'rejected', answer: 'We do not' } },
    { kind: 'consortium-dropped', data: { stage: 's1', ...out } },
    { kind: 'decision-final', data: { stage: 's1' } },
  ] as Proposal[];
}
