// Acts of audits that auditors outside the office sign: taking a part to train again, and handing in a report.

import { z } from 'zod';
import { auditCommand, givePart, joinedAudits } from '../audits/index.ts';
import { MAX_REPORT, party as reportParty, requireNotOwner, type Tables } from '../state/index.ts';
import type { Role } from '../users/index.ts';
import { act, type By } from './act.ts';
import * as refuse from './refusals/acts.ts';
import { id } from './shapes.ts';
import { canSeeAudit, notPublic } from './visibility.ts';

/** Roles that may hand in audits of submissions that they see. A consortium never audits its own submission. */
export const AUDITORS: readonly Role[] = ['office', 'auditor', 'consortium'];

/** The party of a report or a part; only the office may name another party. */
const party = reportParty.optional();

/** The party of the acting user, or the party that the office names. */
function partyOf(by: By, tables: Tables, submission: string, given: string | undefined): string {
  if (by.role === 'office') return given ?? 'office';
  const row = tables.get('submissions', submission);
  if (row && !canSeeAudit(by, tables, row)) throw notPublic(submission);
  const own = by.role === 'consortium' ? `consortium:${by.consortium}` : `auditor:${by.user}`;
  requireNotOwner(tables, submission, own);
  if (given === undefined || given === own) return own;
  throw refuse.forAnotherParty(given, own);
}

/** The log checks the report. Returns the joined result of all reports. */
export const handInAudit = act({
  summary: 'Hand in a signed audit of it',
  roles: AUDITORS,
  input: z.strictObject({
    submission: id.describe('what was audited'),
    report: z.string().min(1).max(MAX_REPORT).describe('what "jikji audit --sign" wrote'),
    by: party,
  }),
  async run(programme, { submission, report, by: given }, by) {
    const { tables } = programme;
    const party = partyOf(by, tables, submission, given);
    if (report.length > MAX_REPORT) throw refuse.reportLong(submission);
    const data = { submission, by: party, report };
    await programme.recordOnce(by.actor, () => [{ kind: 'audit-reported', data }]);
    return joinedAudits(tables, submission)!;
  },
});

/** Returns null as `part` if every segment has been trained again. `bundle`: SHA-256 of the submission's bundle. */
export const takeAuditPart = act({
  summary: 'Ask for a part that nobody has trained again',
  roles: AUDITORS,
  input: z.strictObject({
    submission: id.describe('what is to be audited'),
    /** A part has at least one segment. */
    share: z.number().gt(0).max(1).default(0.1).describe('about so much of the steps, above 0 and at most 1'),
    by: party,
  }),
  async run(programme, { submission, share, by: given }, by) {
    const { tables } = programme;
    const part = await givePart(programme, submission, { by: partyOf(by, tables, submission, given), share }, by.actor);
    const { digest: bundle } = tables.get('submissions', submission)!;
    const witnessed = tables.get('audits', submission)?.witness !== undefined;
    return { part, command: part && auditCommand(submission, part, witnessed), bundle };
  },
});
