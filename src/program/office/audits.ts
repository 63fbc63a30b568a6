// Audits that others sign: parts of a submission that are handed out to be trained again, and reports that come in.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { auditCommand, givePart, joinedAudits } from '../audits/index.ts';
import { MAX_REPORT, party as reportParty, requireOther, type Tables } from '../state/index.ts';
import type { Role } from '../users/index.ts';
import { act, type By } from './act.ts';
import { id } from './shapes.ts';
import { notPublic, seesAudit } from './visibility.ts';

/** Who may hand in audits, of what they see: never whose submission it is. */
export const AUDITORS: readonly Role[] = ['office', 'auditor', 'consortium'];

/** Whose a report or a part is, where the office speaks for others. */
const party = reportParty.optional();

/** Whose it is: of whoever acts, or, by the office's word, somebody else's. */
function partyOf(by: By, tables: Tables, submission: string, given: string | undefined): string {
  if (by.role === 'office') return given ?? 'office';
  const row = tables.get('submissions', submission);
  if (row && !seesAudit(by, tables, row)) throw notPublic(submission);
  const own = by.role === 'consortium' ? `consortium:${by.consortium}` : `auditor:${by.user}`;
  requireOther(tables, submission, own);
  if (given === undefined || given === own) return own;
  throw new JikjiError('forbidden', 'only the office speaks for others', given, `leave it out: you are ${own}`);
}

/** Whether it may come in is the log's rule. Returns what the audits come to together. */
export const handInAudit = act({
  summary: 'Hand in a signed audit of it',
  who: AUDITORS,
  input: z.strictObject({
    submission: id,
    /** The text that `jikji audit --sign` wrote. */
    report: z.string().min(1).max(MAX_REPORT),
    by: party,
  }),
  async run(programme, { submission, report, by: given }, by) {
    const { tables } = programme;
    const party = partyOf(by, tables, submission, given);
    if (report.length > MAX_REPORT)
      throw new JikjiError(
        'audit-report-broken',
        `this has ${report.length} characters, far more than a signed audit`,
        submission,
        'hand in the file that jikji audit --sign wrote, unchanged',
      );
    const data = { submission, by: party, report };
    await programme.recordOnce(by.actor, () => [{ kind: 'audit-reported', data }]);
    return joinedAudits(tables, submission)!;
  },
});

/** Returns no part where somebody trained every segment again. `bundle`: SHA-256 of the bundle that the part is of. */
export const takeAuditPart = act({
  summary: 'Ask for a part that nobody has trained again',
  who: AUDITORS,
  input: z.strictObject({
    submission: id,
    /** About so much of the steps; at least a segment is given. */
    share: z.number().gt(0).max(1).default(0.1),
    by: party,
  }),
  async run(programme, { submission, share, by: given }, by) {
    const { tables } = programme;
    const part = await givePart(programme, submission, { by: partyOf(by, tables, submission, given), share }, by.actor);
    const { digest: bundle } = tables.get('submissions', submission)!;
    return { part, command: part && auditCommand(submission, part), bundle };
  },
});
