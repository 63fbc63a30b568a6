// Where an audit's randomness comes from, and whether a chance of detection may be claimed from it.

import { randomBytes } from 'node:crypto';
import { ownsKey } from '../ledger/index.ts';
import type { Signed } from './statements.ts';

export interface Challenge {
  /** 64 hex digits. */
  value: string;
  claimed: boolean;
  reason: string;
}

export const SELF_AUDIT = 'self-audit, no detection claimed';

/**
 * The challenge of an audit: the one given, or one drawn now. The office's nonce counts as the office's draw, where the office
 * is the one that the auditor named and holds another key than the maker. On the machine that holds the maker's key any other
 * challenge is the maker's own: it decides what is replayed, and proves nothing to others.
 */
export function challengeFor(
  signed: Signed | undefined,
  given: string | undefined,
  office: string | undefined,
): Challenge {
  const maker = signed?.genesis.keyid;
  const lodging = signed?.sealLodging;
  const trusted =
    lodging && office !== undefined && lodging.keyid === office && lodging.keyid !== maker && !ownsKey(office);
  const own = maker !== undefined && ownsKey(maker);
  if (trusted && (given === lodging.predicate.nonce || (given === undefined && own))) {
    return { value: lodging.predicate.nonce, claimed: true, reason: 'drawn by the office when it lodged the seal' };
  }
  const value = given ?? randomBytes(32).toString('hex');
  if (own) return { value, claimed: false, reason: SELF_AUDIT };
  if (given === undefined) return { value, claimed: true, reason: 'drawn on this machine, after the seal was made' };
  return { value, claimed: true, reason: 'given to the audit; it counts only if it was drawn after the seal was made' };
}
