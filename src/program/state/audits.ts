// Entries of audits: the office's own audit, signed reports of other auditors, and parts given out to be trained again. Checks which
// reports are accepted; does not join them.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { countSchema as count } from '../../formats/index.ts';
import { endsOf, parseSignedAudit, type SignedAudit } from '../../ledger/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import { digest, id } from './fields.ts';
import { kind, requireRow } from './kind.ts';
import * as refuse from './refusals/audits.ts';
import { auditByAnother } from './refusals/things.ts';
import { party, ROW, type Row } from './rows.ts';
import { requireStatus } from './scores.ts';
import type { Tables } from './tables.ts';

const step = z.int().min(1);
const values = z.array(z.number().nullable()).max(2000);
/** A thinned curve. */
const curve = z.strictObject({
  step: z.array(count).max(2000),
  loss: values,
  gradNorm: values,
  learningRate: values,
});
export type AuditCurve = z.infer<typeof curve>;

/** Characters of a signed audit. One of a few hundred segments has tens of thousands. */
export const MAX_REPORT = 1 << 19;
/** Reports of a submission, in all and of one party. */
const MAX_REPORTS = 100;
const MAX_REPORTS_OF_PARTY = 30;

const { checks, verdict, office, reach, witness } = ROW.audits.shape;
export type AuditReach = NonNullable<Row<'audits'>['reach']>;
export type AuditedWitness = NonNullable<Row<'audits'>['witness']>;
export type AuditedEvidence = NonNullable<AuditReach['evidence']>;

const reportText = z.string().min(1).max(MAX_REPORT, `must have at most ${MAX_REPORT} characters`);

const reportedShape = z.strictObject({ submission: id, by: party, report: reportText });

export const submissionAudited = kind({
  shape: z.strictObject({
    submission: id,
    verdict,
    maker: digest.nullable(),
    office: office.optional(),
    checks,
    reach: reach.unwrap().optional(),
    /** Instead of the reach, for a run that another program trained. */
    witness: witness.unwrap().optional(),
    /** The same audit, signed with the office's key, if the office has a key. */
    report: reportText.optional(),
    curve: curve.optional(),
  }),
  check(tables, data) {
    requireStatus(tables, data.submission, 'received');
    if (data.witness && (data.verdict === 'holds' || data.reach || data.report !== undefined))
      throw refuse.witnessedHolds(data.submission);
    if (data.report === undefined) return;
    const known = { evidence: data.reach?.evidence ?? null, maker: data.maker, witnessed: false };
    const { keyid } = readReport(data.report, data.submission, known);
    const [programme] = tables.all('programmes');
    if (keyid !== programme?.officeKey) throw auditByAnother(data.submission);
  },
  apply(tables, { submission, verdict, checks, office = null, reach = null, witness, report, maker }, { seq }) {
    tables.put('audits', { submission, verdict, checks, office, reach, ...(witness && { witness }), seq });
    if (report !== undefined) putReport(tables, { submission, by: 'office', report }, seq);
    tables.update('submissions', submission, { status: 'audited', maker });
  },
});

/**
 * Reads a signed audit, and checks that it is about the submitted run.
 * @throws JikjiError `audit-report-broken`, `audit-report-other`, `audit-report-maker`
 */
function readReport(
  text: string,
  submission: string,
  { evidence: of, maker, witnessed }: { evidence: AuditedEvidence | null; maker: string | null; witnessed: boolean },
): SignedAudit {
  let statement: SignedAudit;
  try {
    statement = parseSignedAudit(text, submission);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    throw refuse.reportBroken(submission, error.message);
  }
  const { subjects, predicate } = statement;
  if (!of || subjects.get(SEAL) !== of.seal) throw refuse.otherSeal(submission);
  const isOfWitness = statement.kind === 'witness-audit';
  if (
    isOfWitness !== witnessed ||
    subjects.get(GENESIS) !== of.genesis ||
    predicate.head !== of.head ||
    predicate.maker !== maker
  )
    throw refuse.otherRun(submission);
  const ends = endsOf(statement);
  if (ends.length !== of.kept.length || ends.some((end, i) => end !== of.kept[i])) throw refuse.otherCopy(submission);
  const makers = ('links' in predicate && predicate.links[0]?.makers) || [];
  if (statement.keyid === maker || makers.includes(statement.keyid)) throw refuse.makerSigned(submission);
  return statement;
}

function putReport(tables: Tables, data: z.infer<typeof reportedShape>, seq: number): void {
  const { submission, by, report: statement } = data;
  const { digest: name, keyid: key, predicate } = parseSignedAudit(statement, submission);
  tables.put('auditReports', { digest: name, submission, by, key, verdict: predicate.verdict, statement, seq });
}

/** The evidence of an audit, as far as it was recorded. */
export const evidenceIn = ({ reach, witness }: Row<'audits'>): AuditedEvidence | null =>
  reach?.evidence ?? witness?.evidence ?? null;

/** Whether audits of a submission have something to be about. */
export function hasEvidence(tables: Tables, submission: string): boolean {
  const audit = tables.get('audits', submission);
  return audit !== undefined && evidenceIn(audit) !== null;
}

/** The evidence that audits of a submission are about. @throws JikjiError `submission-unknown`, `audit-missing`, `audit-unsealed` */
export function evidenceOf(tables: Tables, submission: string): AuditedEvidence {
  const { status } = requireRow(tables, 'submissions', submission, 'submission');
  if (status !== 'audited') throw refuse.notAudited(submission, status.split(':')[0]!);
  const audit = tables.get('audits', submission);
  const evidence = audit && evidenceIn(audit);
  if (evidence) return evidence;
  throw refuse.unsealed(submission);
}

/** A party must not audit its own submission. @throws JikjiError `audit-own`, `consortium-unknown` */
export function requireNotOwner(tables: Tables, submission: string, by: string): void {
  const { consortium } = requireRow(tables, 'submissions', submission, 'submission');
  const named = /^consortium:(.*)$/.exec(by)?.[1];
  if (named !== undefined) requireRow(tables, 'consortia', named, 'consortium');
  if (named === consortium) throw refuse.ownSubmission(submission);
}

/**
 * A report of another auditor. For a submission a party has one key, and a key belongs to one party, so the number of keys is the number
 * of auditors.
 */
export const auditReported = kind({
  shape: reportedShape,
  check(tables, { submission, by, report }) {
    const evidence = evidenceOf(tables, submission);
    requireNotOwner(tables, submission, by);
    const { consortium, maker } = tables.get('submissions', submission)!;
    const witnessed = tables.get('audits', submission)?.witness !== undefined;
    const { keyid, digest: name } = readReport(report, submission, { evidence, maker, witnessed });
    if (tables.get('consortia', consortium)?.makerKey === keyid) throw refuse.consortiumSigned(submission);
    if (tables.get('auditReports', name)) throw refuse.reportKnown(submission);
    for (const other of tables.of('auditReports', 'key', keyid))
      if (other.by !== by) throw refuse.keyOfOther(keyid, other.by);
    const all = tables.of('auditReports', 'submission', submission);
    const own = all.filter((row) => row.by === by);
    const before = own.find((row) => row.key !== keyid);
    if (before) throw refuse.secondKey(keyid, before.key.slice(0, 16));
    if (all.length >= MAX_REPORTS || own.length >= MAX_REPORTS_OF_PARTY)
      throw refuse.reportsFull(submission, all.length, own.length, MAX_REPORTS_OF_PARTY, MAX_REPORTS);
  },
  apply: (tables, data, { seq }) => putReport(tables, data, seq),
});

/** A part of a run given to a party to train again: first and last segment, counted from 1. */
export const auditPartGiven = kind({
  shape: z.strictObject({ submission: id, by: party, from: step, to: step }),
  check(tables, { submission, by, from, to }) {
    const { kept } = evidenceOf(tables, submission);
    requireNotOwner(tables, submission, by);
    if (from > to || to > kept.length) throw refuse.noSegments(`${from}-${to}`, kept.length);
  },
  apply: (tables, { submission, by, from, to }, { seq, time }) =>
    tables.put('auditParts', { seq, submission, by, segments: { from, to }, time }),
});
