// What may be said of an audited run, in both languages, for everybody who shows it. The sentences are the audit's own.

import { type Claim, claimOf, roomClaim, type Standing } from '../../audit/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';

interface ShownClaim extends Claim {
  /** How much of the way a forger can have forged; null where the verdict leaves nothing to say of that. */
  room: string | null;
}

export type Claims = Record<Lang, ShownClaim>;

export const inBoth = <T>(of: (lang: Lang) => T): Record<Lang, T> => ({ en: of('en'), ko: of('ko') });

/** `room`: share of the way; null where it is not known. */
export function claimsOf(standing: Standing, room: number | null): Claims {
  const leftOpen = standing.verdict === 'holds' && standing.extent !== 'all';
  return inBoth((lang) => ({
    ...claimOf(standing, lang),
    room: leftOpen ? roomClaim(room, standing.chance, lang) : null,
  }));
}
