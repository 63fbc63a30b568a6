// What may be said of an audited run, in both languages, for everybody who shows it. The sentences are the audit's own.

import { claimOf, roomClaim, type Standing } from '../../audit/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import type { Claims } from './shapes.ts';

export const inBoth = <T>(of: (lang: Lang) => T): Record<Lang, T> => ({ en: of('en'), ko: of('ko') });

/** `room`: share of the way; null where it is not known. */
export function claimsOf(standing: Standing, room: number | null): Claims {
  const leftOpen = standing.verdict === 'holds' && standing.extent !== 'all';
  return inBoth((lang) => ({
    ...claimOf(standing, lang),
    room: leftOpen ? roomClaim(room, standing.chance, lang) : null,
  }));
}
