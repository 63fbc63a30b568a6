// Audits of submissions in the log: the office's own, reports that others signed, and parts that were handed out to be trained again.
// Whose report may be taken is decided here; what reports come to together is not.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { parseStatement, type Statement } from '../../ledger/index.ts';
import { GENESIS, SEAL } from '../../run-folder/index.ts';
import { digest, existing, id, kind, refused } from './kind.ts';
import { atWork } from './scores.ts';
import type { Tables } from './tables.ts';

const count = z.int().min(0);
const step = z.int().min(1);
const number = z.number();
const share = number.min(0).max(1);
const curve = z.array(number.nullable()).max(2000);
const MAX_SEGMENTS = 1_000_000;

/** Characters of a signed audit; one of a few hundred segments has some tens of thousands. */
export const MAX_REPORT = 1 << 19;
/** Reports of a submission, and of one party among them. */
const MAX_REPORTS = 100;
const MAX_OF_PARTY = 30;

/** What an audit of a submission is of: digests of genesis and seal, the transcript's last link, the steps of the kept states. */
const evidence = z.strictObject({
  genesis: digest,
  seal: digest,
  head: digest,
  kept: z.array(step).min(1).max(MAX_SEGMENTS),
  /** Roots of the kept states, where there are not too many: what others come to is held against them. */
  roots: z.array(digest).max(MAX_SEGMENTS).optional(),
});
export type AuditedEvidence = z.infer<typeof evidence>;

const reach = z.strictObject({
  extent: z.enum(['all', 'sampled', 'self']),
  data: z.enum(['sources', 'texts', 'maker']),
  /** Of the steps that were trained again. */
  share,
  /** That a single forged segment would have been seen; null where none is claimed. */
  chance: share.nullable(),
  /** Share of the way that lies in segments that can have been forged unseen with an even chance; null where it is not known. */
  room: number.min(0).nullable(),
  /** Segments that were trained again, by the steps at their ends. */
  replayed: z.array(z.strictObject({ from: count, to: step })).max(MAX_SEGMENTS),
  /** Null where there was no whole genesis and seal. */
  evidence: evidence.nullable(),
});
export type AuditReach = z.infer<typeof reach>;

/** Who hands in a report or takes a part. */
const party = z
  .string()
  .max(300)
  .regex(/^(office|consortium:[a-z0-9][a-z0-9-]{0,63}|auditor:\S.*)$/, 'must be office, consortium:ID or auditor:NAME');
const reportText = z.string().min(1).max(MAX_REPORT, `must have at most ${MAX_REPORT} characters`);

export const submissionAudited = kind({
  shape: z.strictObject({
    submission: id,
    verdict: z.enum(['holds', 'refuted', 'incomplete']),
    maker: digest.nullable(),
    /** Whose counter-signature stands before the first step. */
    office: digest.nullable().optional(),
    checks: z
      .array(z.strictObject({ name: z.string().max(50), verdict: z.string().max(20), detail: z.string().max(2000) }))
      .max(20),
    /** How far it reached; an audit from before this was recorded does not say. */
    reach: reach.optional(),
    /** The same audit, signed with the office's key, where the office has one. */
    report: reportText.optional(),
    /** The loss curve, thinned. */
    curve: z
      .strictObject({ step: z.array(count).max(2000), loss: curve, gradNorm: curve, learningRate: curve })
      .optional(),
  }),
  check(tables, data) {
    atWork(tables, data.submission, ['received']);
    if (data.report === undefined) return;
    const { keyid } = readReport(data.report, data.submission, data.reach?.evidence ?? null, data.maker);
    const [programme] = tables.all('programmes');
    if (keyid !== programme?.officeKey)
      throw refused(
        'signed-by-another',
        "the audit is not signed with the office's key",
        data.submission,
        'sign it anew',
      );
  },
  apply(tables, { submission, curve: points, reach: found, report, ...data }, { seq }) {
    tables.put(
      'audits',
      { submission },
      { verdict: data.verdict, checks: data.checks, office: data.office ?? null, seq },
    );
    if (found) tables.put('auditReaches', { submission }, found);
    if (report !== undefined) putReport(tables, submission, 'office', report, seq);
    tables.update('submissions', { id: submission }, { status: 'audited', maker: data.maker });
    points?.step.forEach((step, i) => {
      const row = {
        loss: points.loss[i] ?? null,
        gradNorm: points.gradNorm[i] ?? null,
        learningRate: points.learningRate[i] ?? null,
      };
      tables.put('runSteps', { submission, step }, row);
    });
  },
});

/**
 * A signed audit of just the run that was submitted.
 * @throws JikjiError `audit-report-broken`, `audit-report-other`, `audit-report-maker`
 */
function readReport(
  text: string,
  submission: string,
  of: AuditedEvidence | null,
  maker: string | null,
): Statement<'audit'> {
  let statement: Statement<'audit'>;
  try {
    statement = parseStatement(text, 'audit', submission);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    throw refused(
      'audit-report-broken',
      `this is not a signed audit as it was signed: ${error.message}`,
      submission,
      'hand in the file that jikji audit --sign wrote, unchanged',
    );
  }
  const { subjects, predicate } = statement;
  const other = (what: string) =>
    refused(
      'audit-report-other',
      `this is an audit of another ${what}`,
      submission,
      'audit the run that was submitted',
    );
  if (!of || subjects.get(SEAL) !== of.seal) throw other('seal');
  const same =
    subjects.get(GENESIS) === of.genesis &&
    predicate.head === of.head &&
    predicate.maker === maker &&
    predicate.kept.length === of.kept.length &&
    predicate.kept.every((kept, i) => kept === of.kept[i]);
  if (!same) throw other('run, though it names the same seal');
  if (statement.keyid === maker)
    throw refused(
      'audit-report-maker',
      'this is signed with the key of the maker himself',
      submission,
      'an audit counts where somebody else made it',
    );
  return statement;
}

function putReport(tables: Tables, submission: string, by: string, text: string, seq: number): void {
  const { digest: name, keyid, predicate } = parseStatement(text, 'audit', submission);
  const row = { submission, by, key: keyid, verdict: predicate.verdict, statement: text, seq };
  tables.put('auditReports', { digest: name }, row);
}

/** The evidence that audits of a submission are of. @throws JikjiError `submission-unknown`, `audit-missing`, `audit-unsealed` */
export function evidenceOf(tables: Tables, submission: string): AuditedEvidence {
  const { status } = existing(tables, 'submissions', submission, 'submission');
  if (status !== 'audited')
    throw refused(
      'audit-missing',
      `this submission is ${String(status).split(':')[0]}: others can audit it when the office has`,
      submission,
      'wait for its audit',
    );
  const found = (tables.get('auditReaches', submission)?.evidence ?? null) as AuditedEvidence | null;
  if (found) return found;
  throw refused(
    'audit-unsealed',
    "the office's audit did not record a genesis and a seal that others could audit",
    submission,
    'hand it in anew in a stage that is open',
  );
}

/** Nobody settles his own case. @throws JikjiError `audit-own`, `consortium-unknown` */
export function requireOther(tables: Tables, submission: string, by: string): void {
  const { consortium } = existing(tables, 'submissions', submission, 'submission');
  const named = /^consortium:(.*)$/.exec(by)?.[1];
  if (named !== undefined) existing(tables, 'consortia', named, 'consortium');
  if (named === consortium)
    throw refused('audit-own', 'a consortium does not audit its own submission', submission, 'others do');
}

/**
 * A report of somebody else. A party has one key for a submission, and a key belongs to one party: so many keys are so many auditors.
 */
export const auditReported = kind({
  shape: z.strictObject({ submission: id, by: party, report: reportText }),
  check(tables, { submission, by, report }) {
    const of = evidenceOf(tables, submission);
    requireOther(tables, submission, by);
    const { consortium, maker } = tables.get('submissions', submission)!;
    const { keyid, digest: name } = readReport(report, submission, of, maker as string | null);
    if (tables.get('consortia', String(consortium))?.makerKey === keyid)
      throw refused(
        'audit-report-maker',
        'this is signed with the key of the consortium whose submission it is',
        submission,
        'an audit counts where somebody else made it',
      );
    if (tables.get('auditReports', name))
      throw refused('audit-report-known', 'this very report is there already', submission, 'nothing is to be done');
    for (const other of tables.of('auditReports', 'key', keyid))
      if (other.by !== by)
        throw refused(
          'audit-report-key',
          `reports with this key come from ${other.by}`,
          keyid,
          'sign with a key of your own',
        );
    const all = [...tables.of('auditReports', 'submission', submission)];
    const own = all.filter((row) => row.by === by);
    const before = own.find((row) => row.key !== keyid);
    if (before)
      throw refused(
        'audit-report-key',
        `your report of this submission is signed with another key, ${String(before.key).slice(0, 16)}`,
        keyid,
        'sign all of them with one key: who signs with two would count as two',
      );
    if (all.length >= MAX_REPORTS || own.length >= MAX_OF_PARTY)
      throw refused(
        'audit-reports-full',
        `there are ${all.length} reports of this submission, ${own.length} of them yours`,
        submission,
        `at most ${MAX_OF_PARTY} of one party are taken, ${MAX_REPORTS} in all: train larger parts`,
      );
  },
  apply: (tables, { submission, by, report }, { seq }) => putReport(tables, submission, by, report, seq),
});

/** A part of a run that somebody was asked to train again: numbers of segments from 1, both included. */
export const auditPartGiven = kind({
  shape: z.strictObject({ submission: id, by: party, from: step, to: step }),
  check(tables, { submission, by, from, to }) {
    const { kept } = evidenceOf(tables, submission);
    requireOther(tables, submission, by);
    if (from > to || to > kept.length)
      throw refused('audit-part', `it has ${kept.length} segments`, `${from}-${to}`, 'name some of them');
  },
  apply: (tables, { submission, by, from, to }, { seq, time }) =>
    tables.put('auditParts', { submission, seq }, { by, segments: { from, to }, time }),
});
