// Which entries of audits the log accepts: whose report, about what, how many; and that an older entry keeps its meaning.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MADE_UP, madeUpReport } from '../../audit/testing/signed-audit.ts';
import { loadSigner, newKey, type Signer } from '../../ledger/index.ts';
import { uncomparedPairs } from './comparisons.ts';
import { State } from './fold.ts';
import { type KindName, Tables } from './index.ts';
import { KINDS } from './kinds.ts';
import { everyEntry } from './testing/every-entry.ts';
import { putPart } from './testing/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-audits-'));
const signers = {} as Record<'office' | 'maker' | 'team' | 'one' | 'two', Signer>;
beforeAll(() => {
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = folder;
  for (const name of ['office', 'maker', 'team', 'one', 'two'] as const) {
    newKey(name);
    signers[name] = loadSigner(name);
  }
  process.env.XDG_CONFIG_HOME = before;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { maker: _, ...EVIDENCE } = MADE_UP;
const REACH = {
  extent: 'sampled',
  data: 'texts',
  share: 0.5,
  chance: null,
  room: 0.5,
  replayed: [],
  evidence: EVIDENCE,
};

let tables: Tables;
let seq: number;
beforeEach(() => {
  tables = new Tables();
  seq = 1;
  putPart(tables, 'programmes', { id: 'test', officeKey: signers.office.fingerprint });
  putPart(tables, 'consortia', { id: 'a', makerKey: signers.team.fingerprint, status: 'active' });
  putPart(tables, 'consortia', { id: 'b', makerKey: null, status: 'active' });
  putPart(tables, 'stages', { id: 's1', status: 'open', consortia: ['a', 'b'] });
  putPart(tables, 'submissions', { id: 's', stage: 's1', consortium: 'a', status: 'received', maker: null });
});

function say(kind: KindName, data: object): void {
  const { shape, check, apply } = KINDS[kind] as unknown as {
    shape: { parse(data: unknown): unknown };
    check(tables: Tables, data: unknown, about: object): void;
    apply(tables: Tables, data: unknown, about: object): void;
  };
  const about = { seq: seq++, time: '2026-01-01T00:00:00.000Z', actor: 'x', before: '' };
  const read = shape.parse(data);
  check(tables, read, about);
  apply(tables, read, about);
}

const audited = (more: object = {}) =>
  say('submission-audited', {
    submission: 's',
    verdict: 'holds',
    maker: signers.maker.fingerprint,
    checks: [],
    ...more,
  });

/** `n` makes it another one. */
const report = (signer: Signer, n = 0, more: Partial<typeof EVIDENCE> = {}): string => {
  const of = { ...MADE_UP, ...EVIDENCE, ...more, maker: signers.maker.fingerprint };
  return madeUpReport(signer, [], { of, version: `0.0.${n}` });
};
const hand = (by: string, text: string) => say('audit-reported', { submission: 's', by, report: text });
const refusal = (work: () => void): string => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return String((error as { code: string }).code);
  }
};

test('a check is recorded with its Korean, or without any, as in older entries', () => {
  const check = { name: 'structure', verdict: 'holds', detail: '3 signatures' };
  const checks = [{ ...check, ko: '서명 3개를 확인했습니다.' }, check];
  audited({ checks });
  expect(tables.get('audits', 's')?.checks).toEqual(checks);
  expect(() => audited({ checks: [{ ...check, ko: '가'.repeat(2001) }] })).toThrow();
  expect(() => audited({ checks: [{ ...check, ko: null }] })).toThrow();
});

test('an older entry gives the rows that it gave', () => {
  const rows = tables.size;
  audited({ office: null });
  expect(tables.get('audits', 's')).toEqual({
    ...{ submission: 's', verdict: 'holds', checks: [], office: null, reach: null, seq: 1 },
  });
  expect(tables.get('submissions', 's')).toMatchObject({ status: 'audited', maker: signers.maker.fingerprint });
  expect(tables.size).toBe(rows + 1);
  expect(refusal(() => hand('consortium:b', report(signers.one)))).toBe('audit-unsealed');
});

test('no other party can audit before the office', () => {
  expect(refusal(() => hand('consortium:b', report(signers.one)))).toBe('audit-missing');
});

test("the office's audit is signed with the office's key or not at all", () => {
  for (const name of ['one', 'maker'] as const)
    expect([name, refusal(() => audited({ reach: REACH, report: report(signers[name]) }))]).toEqual([
      name,
      name === 'one' ? 'signed-by-another' : 'audit-report-maker',
    ]);
  const other = { ...EVIDENCE, seal: '4'.repeat(64) };
  expect(refusal(() => audited({ reach: REACH, report: report(signers.office, 0, other) }))).toBe('audit-report-other');
  expect(refusal(() => audited({ reach: { ...REACH, evidence: null }, report: report(signers.office) }))).toBe(
    'audit-report-other',
  );
  audited({ reach: REACH, report: report(signers.office) });
  expect(tables.all('auditReports')).toMatchObject([{ by: 'office', key: signers.office.fingerprint }]);
  expect(tables.get('audits', 's')!.reach).toEqual(REACH);
});

test('a report with another key of the team does not count', () => {
  audited({ reach: REACH });
  expect(refusal(() => hand('consortium:b', report(signers.team)))).toBe('audit-report-maker');
});

test('one party can neither fill the log nor count twice', () => {
  audited({ reach: REACH });
  for (let n = 0; n < 30; n++) hand('consortium:b', report(signers.one, n));
  expect(refusal(() => hand('consortium:b', report(signers.one, 30)))).toBe('audit-reports-full');
  expect(refusal(() => hand('consortium:b', report(signers.two)))).toBe('audit-report-key');
  expect(refusal(() => hand('auditor:kim', report(signers.one, 31)))).toBe('audit-report-key');
  hand('auditor:kim', report(signers.two));
});

test('an impossible reach is refused', () => {
  for (const wrong of [
    { share: 1.1 },
    { share: -1 },
    { chance: 2 },
    { extent: 'most' },
    { data: 'good' },
    { room: -1 },
  ])
    expect(() => audited({ reach: { ...REACH, ...wrong } })).toThrow();
});

test('weights beside the evidence of another program are compared with nothing', () => {
  const state = new State();
  for (const entry of everyEntry()) state.take(entry);
  expect(state.tables.get('submissions', 'c-1')?.status).toBe('audited');
  expect(uncomparedPairs(state.tables, 's1')).toEqual([]);
});
