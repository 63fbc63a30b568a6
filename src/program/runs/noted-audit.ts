// What `npm start` on this machine noted of its audit of a run, in words of both languages. A note of this user, about the run with this seal: no
// evidence, and never instead of an audit by this server.

import { lastAudit } from '../../audit/index.ts';
import { type Claims, claimsOf } from '../audits/index.ts';

export interface NotedAudit {
  verdict: 'holds';
  claim: Claims;
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
    return texts.every((text) => typeof text === 'string') ? { verdict: 'holds', claim, time } : null;
  } catch {
    return null; // a note of another release
  }
}
