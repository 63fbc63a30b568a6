// A submission as lists show it.

import { auditShown } from '../audits/index.ts';
import { seesAudit, timeOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';

/** What its audit says is told only to whom it may be. */
export async function submissionRow(programme: Programme, row: Row<'submissions'>, viewer: Viewer) {
  const seen = seesAudit(viewer, programme.tables, row);
  return {
    ...row,
    status: seen ? row.status : row.status.split(':')[0]!,
    audit: seen ? (auditShown(programme.tables, row.id) ?? null) : null,
    received: await timeOf(programme, row.receivedSeq),
  };
}
