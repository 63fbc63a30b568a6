// The office's audit of a submission for display: never a verdict without its reach.

import { unrecordedClaim } from '../../audit/index.ts';
import type { Tables } from '../state/index.ts';
import { claimsBy, claimsOf } from './claims.ts';
import type { ShownAudit } from './shapes.ts';

/** Undefined without an audit. */
export function auditShown(tables: Tables, submission: string): ShownAudit | undefined {
  const audit = tables.get('audits', submission);
  if (!audit) return undefined;
  const { verdict, reach } = audit;
  if (!reach) {
    const claim = claimsBy((lang) => unrecordedClaim(verdict, lang), null);
    return { verdict, extent: null, data: null, share: null, chance: null, room: null, claim };
  }
  const { extent, data, share, chance, room } = reach;
  const standing = { verdict, extent, data, share, chance };
  return { ...standing, room, claim: claimsOf(standing, room) };
}
