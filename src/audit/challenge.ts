// The challenge of an audit: where its randomness comes from, and whether a chance of detection can be claimed. Draws no segments.

import { randomBytes } from 'node:crypto';
import type { Both } from '../base/index.ts';
import { digestOfAnswer, makersBy, ownsKey, type Register } from '../ledger/index.ts';
import { chanceTable } from './chance.ts';
import { RunFolder } from './folder.ts';
import { answersOf, lodgingsIn } from './register-check.ts';
import type { Choice } from './segments.ts';
import { DRAW } from './sentences/draw.ts';
import type { RunStatements } from './statements.ts';
import type { Detection } from './types.ts';

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
/** That of the office's nonce, which its register shows to be in the first answer. */
export const BY_OFFICE = DRAW.byOffice.en;

/**
 * The nonce that counts as the office's draw; else `why` says why it does not count. Without the office's register nobody knows whether it
 * was asked until its nonce pleased.
 */
function officeDraw(
  statements: RunStatements | undefined,
  register: Register | undefined,
): { nonce?: string; why?: Both } {
  const lodging = statements?.sealLodging;
  if (!statements || !lodging) return {};
  if (!register) return { why: DRAW.noRegister };
  const { nonce } = lodging.predicate;
  const { requests, seals } = answersOf(register, statements);
  const { lodging: named } = statements.genesis.predicate.commitment;
  const request = requests.find((answer) => digestOfAnswer(answer.lodging) === named);
  if (request && request.answer > 1) return { why: DRAW.answeredBefore };
  return seals[0]?.nonce === nonce ? { nonce } : { why: DRAW.notFirst };
}

/** Nonces that offices drew for a run: before its first step, and for its seal. */
export const noncesOf = (statements: RunStatements | undefined): string[] =>
  [statements?.lodging, statements?.sealLodging].flatMap((lodging) => lodging?.predicate.nonce ?? []);

/** Those in the answers that lie in a folder, as far as they can be read. */
export const noncesIn = (folder: string): string[] =>
  lodgingsIn(new RunFolder(folder)).map(({ predicate }) => predicate.nonce);

/**
 * The challenge of an audit: the given one, or one drawn now. The office's nonce counts as the office's draw if the auditor named that
 * office, its key is not the maker's, and its register, which the auditor gives, has the nonce in the first answer. On the machine that
 * holds the maker's key any other challenge is the maker's own: it decides what is replayed, and proves nothing to others.
 * @param others nonces that were drawn for runs of the chain: whoever made one of them knew those of the runs that it was built on
 * @param makers who made the runs that were built on this one: they are no office to it, and neither is the maker of its parent
 */
export function challengeFor(
  statements: RunStatements | undefined,
  {
    auditorsChallenge,
    office,
    register,
    others = [],
    makers: above = [],
  }: {
    auditorsChallenge: string | undefined;
    office: string | undefined;
    register: Register | undefined;
    others?: readonly string[];
    makers?: readonly string[];
  },
): Challenge {
  const own = statements ? makersBy(statements.genesis, statements.chain) : [];
  const { parent, sealLodging: lodging } = statements ?? {};
  const makers = new Set([...own, ...(parent ? makersBy(parent.genesis, parent.chain) : []), ...above]);
  const trusted =
    lodging && office !== undefined && lodging.keyid === office && !makers.has(lodging.keyid) && !ownsKey(office);
  const isSelfAudit = own.some(ownsKey);
  const draw = officeDraw(statements, register);
  if (
    trusted &&
    draw.nonce !== undefined &&
    (auditorsChallenge === draw.nonce || (auditorsChallenge === undefined && isSelfAudit))
  ) {
    return { value: draw.nonce, claimed: true, reason: DRAW.byOffice };
  }
  // Any other nonce of the office was drawn for another request or seal, and may have been chosen among several.
  const nonce = lodging?.predicate.nonce;
  const ownOffice =
    lodging && makers.has(lodging.keyid)
      ? DRAW[own.includes(lodging.keyid) ? 'ownOffice' : 'officeOfChain']
      : undefined;
  const why = auditorsChallenge !== undefined && auditorsChallenge === nonce ? (draw.why ?? ownOffice) : undefined;
  const isOfOffice =
    why !== undefined ||
    [...others, ...noncesOf(statements)].includes(auditorsChallenge ?? '') ||
    register?.entries.some((entry) => entry.nonce === auditorsChallenge);
  const isDraw = auditorsChallenge === draw.nonce && lodging?.keyid === office && !ownOffice;
  if (auditorsChallenge !== undefined && !isDraw && isOfOffice)
    return { value: auditorsChallenge, claimed: false, reason: why ?? DRAW.forOther };
  // The maker cannot choose the office's nonce freely, whatever it is worth to others.
  const ofOffice = isSelfAudit && trusted ? nonce : undefined;
  const value = auditorsChallenge ?? ofOffice ?? randomBytes(32).toString('hex');
  if (isSelfAudit) return { value, claimed: false, reason: DRAW.selfAudit };
  if (auditorsChallenge === undefined) return { value, claimed: true, reason: DRAW.here };
  return { value, claimed: true, reason: DRAW.given };
}

/** What the draw of an audit says; `undone`: why it says nothing, where its segments were not all trained again. */
export function detectionOf(
  { claimed, reason, value }: Challenge,
  of: { seal: string | undefined; choice: Choice; segments: number; undone: Both | undefined },
): Detection {
  const { seal, segments, undone } = of;
  const { candidates, drawn } = of.choice;
  const why = seal === undefined ? DRAW.noSeal : (undone ?? (drawn.length === 0 ? DRAW.nothing : undefined));
  const said = (claimed ? why : undefined) ?? reason;
  return {
    claimed: claimed && why === undefined,
    reason: said.en,
    ko: { reason: said.ko },
    challenge: value,
    segments,
    candidates,
    drawn: drawn.length,
    chances: chanceTable(candidates, drawn.length),
  };
}
