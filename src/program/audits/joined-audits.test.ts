// Signed audits joined: which party trained which segments; and that the office's finding counts, signed or not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MADE_UP, madeUpReport } from '../../audit/testing/signed-audit.ts';
import { loadSigner, newKey, type Signer, sha256Hex } from '../../ledger/index.ts';
import { type Row, Tables } from '../state/index.ts';
import { joinedAudits } from './joined-audits.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-joined-'));
const signers: Signer[] = [];
beforeAll(() => {
  const before = process.env.XDG_CONFIG_HOME;
  process.env.XDG_CONFIG_HOME = folder;
  for (const name of ['one', 'two']) {
    newKey(name);
    signers.push(loadSigner(name));
  }
  process.env.XDG_CONFIG_HOME = before;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(tables: Tables, by: string, signer: Signer, ends: number[]): void {
  const statement = madeUpReport(signer, ends);
  const row = { submission: 's', by, key: signer.fingerprint, statement, seq: 1 };
  tables.put('auditReports', { digest: sha256Hex(statement), verdict: 'holds', ...row });
}

type Audit = Row<'audits'>;
const audited = (verdict: Audit['verdict'], checks: Audit['checks'] = []): Tables => {
  const tables = new Tables();
  tables.put('audits', { submission: 's', verdict, checks, office: null, reach: null, seq: 1 });
  return tables;
};

test('no report, one, then two: each changes the joined result', () => {
  const tables = audited('holds');
  expect(joinedAudits(tables, 's')).toBeNull();
  put(tables, 'consortium:b', signers[0]!, [5, 10]);
  expect(joinedAudits(tables, 's')).toMatchObject({ extent: 'sampled', trained: 10, steps: 40, segments: 4 });
  put(tables, 'auditor:kim', signers[1]!, [10, 20, 40]);
  const joined = joinedAudits(tables, 's')!;
  expect(joined).toMatchObject({ verdict: 'holds', extent: 'all', trained: 40 });
  const place = (by: string) => joined.auditors.findIndex((one) => one.by === by);
  const [b, kim] = [place('consortium:b'), place('auditor:kim')];
  expect(joined.spans).toEqual([
    { from: 1, to: 1, steps: 5, by: [b] },
    { from: 2, to: 2, steps: 5, by: [b, kim].sort() },
    { from: 3, to: 4, steps: 30, by: [kim] },
  ]);
  expect(joined.auditors[kim]).toMatchObject({ segments: 3, steps: 35 });
});

test("where the office's own audit refutes the run, signed or not, others do not make it hold", () => {
  const tables = audited('refuted');
  put(tables, 'consortium:b', signers[0]!, MADE_UP.kept);
  const { verdict, claim } = joinedAudits(tables, 's')!;
  expect(verdict).toBe('disputed');
  expect(JSON.stringify(claim)).not.toMatch(/Holds|claim holds|nothing else|성립/);
});

test("what the office's own register leaves open, audits of others without a register do not settle", () => {
  for (const verdict of ['incomplete', 'refuted', 'holds'] as const) {
    const tables = audited(verdict, [{ name: 'register', verdict, detail: '' }]);
    put(tables, 'consortium:b', signers[0]!, MADE_UP.kept);
    const joined = joinedAudits(tables, 's')!;
    expect(joined.verdict).toBe({ incomplete: 'incomplete', refuted: 'disputed', holds: 'holds' }[verdict]);
    const text = JSON.stringify(joined.claim);
    const holds = verdict === 'holds';
    expect(/Holds|claim holds|nothing else|성립/.test(text)).toBe(holds);
    expect(/own register an answer was given twice/.test(text)).toBe(verdict === 'incomplete');
    expect(/접수 대장/.test(text)).toBe(verdict === 'incomplete');
  }
});
