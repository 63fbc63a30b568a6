// What `npm start` on this machine noted of its audit of a run, in words of both languages. A note of this user, about the run with this seal: no
// evidence, and it stands beside the audits of this server.

import { lastAudit, type Standing } from '../../audit/index.ts';
import { SEAL } from '../../run-folder/index.ts';
import { type Claims, claimsOf } from '../audits/index.ts';
import { statementOf } from './evidence.ts';

export interface NotedAudit {
  standing: Standing & { verdict: 'holds' };
  claim: Claims;
  /** Digest of the run's seal; null where the statement cannot be read. */
  seal: string | null;
  /** When the audit was made, ISO 8601. */
  time: string;
}

/** Null where nothing is noted of the run in this folder with this seal, or the note cannot be read. */
export function notedAuditOf(folder: string): NotedAudit | null {
  try {
    const { claim: _, time, ...standing } = lastAudit(folder) ?? {};
    if (time === undefined || !('verdict' in standing) || standing.verdict !== 'holds') return null;
    const claim = claimsOf(standing, null);
    const texts = [claim.en, claim.ko].flatMap(({ headline, reach, data }) => [headline, reach, data]);
    if (!texts.every((text) => typeof text === 'string')) return null;
    const seal = statementOf(folder, SEAL, 'seal')?.digest ?? null;
    return { standing: { ...standing, verdict: standing.verdict }, claim, seal, time };
  } catch {
    return null; // a note of another release
  }
}
