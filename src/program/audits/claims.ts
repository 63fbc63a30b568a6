// What may be said of an audited run, in both languages, for everybody who shows it. The sentences are the audit's own.

import { type Claim, type ClaimLang, claimOf, type Room, roomClaim, type Standing } from '../../audit/index.ts';

export interface ShownClaim extends Claim {
  /** How much a forger can have planted; null where the verdict leaves nothing to say of that. */
  room: string | null;
}

export type Claims = Record<ClaimLang, ShownClaim>;

export const inBoth = <T>(of: (lang: ClaimLang) => T): Record<ClaimLang, T> => ({ en: of('en'), ko: of('ko') });

/** What can have been planted unseen with an even chance, as a share of the way of all tensors; null where it is not known. */
export const evenRoom = (room: readonly Room[] | null): number | null =>
  room?.[0]?.groups.find(({ group }) => group === 'all')?.ofWay ?? null;

/** `room`: share of the way; null where it is not known. */
export function claimsOf(standing: Standing, room: number | null): Claims {
  const leftOpen = standing.verdict === 'holds' && standing.extent !== 'all';
  return inBoth((lang) => ({ ...claimOf(standing, lang), room: leftOpen ? roomClaim(room, lang) : null }));
}
