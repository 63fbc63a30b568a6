// A submission as lists show it.

import { auditShown } from '../audits/index.ts';
import { seesAudit, timeOf } from '../office/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row } from '../state/index.ts';
import type { Viewer } from '../users/index.ts';

/** What its audit says is told only to whom it may be. */
export async function submissionRow(programme: Programme, row: Row<'submissions'>, viewer: Viewer) {
  const seen = seesAudit(viewer, programme.tables, row);
  const status = String(row.status);
  return {
    id: String(row.id),
    consortium: String(row.consortium),
    status: seen ? status : status.split(':')[0]!,
    audit: seen ? (auditShown(programme.tables, String(row.id)) ?? null) : null,
    bytes: Number(row.bytes),
    received: await timeOf(programme, Number(row.receivedSeq)),
  };
}
