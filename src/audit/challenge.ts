// The challenge of an audit: where its randomness comes from, and whether a chance of detection can be claimed. Draws no segments.

import { randomBytes } from 'node:crypto';
import type { Both } from '../base/index.ts';
import { digestOfAnswer, ownsKey, type Register } from '../ledger/index.ts';
import { answersOf } from './register-check.ts';
import { DRAW } from './sentences/draw.ts';
import type { RunStatements } from './statements.ts';

export interface Challenge {
  /** 64 hex digits. */
  value: string;
  claimed: boolean;
  reason: Both;
}

/** The reason of a self-audit in the result of an audit. */
export const SELF_AUDIT = DRAW.selfAudit.en;
/** That of a given challenge, which may have been chosen among many: only the person who drew it knows that. */
export const GIVEN = DRAW.given.en;

/** The nonce that counts as the office's draw, checked with the office's register if it is given; else `why` says why it does not count. */
function officeDraw(
  statements: RunStatements | undefined,
  register: Register | undefined,
): { nonce?: string; why?: Both } {
  const lodging = statements?.sealLodging;
  if (!statements || !lodging) return {};
  const { nonce } = lodging.predicate;
  if (!register) return { nonce };
  const { requests, seals } = answersOf(register, statements);
  const { lodging: named } = statements.genesis.predicate.commitment;
  const request = requests.find((one) => digestOfAnswer(one.lodging) === named);
  if (request && request.answer > 1) return { why: DRAW.answeredBefore };
  return seals[0]?.nonce === nonce ? { nonce } : { why: DRAW.notFirst };
}

/**
 * The challenge of an audit: the given one, or one drawn now. The office's nonce counts as the office's draw if the auditor named that
 * office and its key is not the maker's; if the auditor gives the register, only the nonce of the first answer counts. On the machine
 * that holds the maker's key any other challenge is the maker's own: it decides what is replayed, and proves nothing to others.
 */
export function challengeFor(
  statements: RunStatements | undefined,
  given: string | undefined,
  office: string | undefined,
  register?: Register,
): Challenge {
  const maker = statements?.genesis.keyid;
  const lodging = statements?.sealLodging;
  const trusted =
    lodging && office !== undefined && lodging.keyid === office && lodging.keyid !== maker && !ownsKey(office);
  const isSelfAudit = maker !== undefined && ownsKey(maker);
  const draw = officeDraw(statements, register);
  if (trusted && draw.nonce !== undefined && (given === draw.nonce || (given === undefined && isSelfAudit))) {
    return { value: draw.nonce, claimed: true, reason: DRAW.byOffice };
  }
  // Any other nonce of the office was drawn for another request or seal, and may have been chosen among several.
  const why = given !== undefined && given === lodging?.predicate.nonce ? draw.why : undefined;
  if (given !== undefined && given !== draw.nonce && (why || register?.entries.some(({ nonce }) => nonce === given)))
    return { value: given, claimed: false, reason: why ?? DRAW.forOther };
  const value = given ?? randomBytes(32).toString('hex');
  if (isSelfAudit) return { value, claimed: false, reason: DRAW.selfAudit };
  if (given === undefined) return { value, claimed: true, reason: DRAW.here };
  return { value, claimed: true, reason: DRAW.given };
}
