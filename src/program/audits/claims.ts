// Claims about an audited run in both languages. The sentences come from the audit room.

import { type Claim, claimOf, roomClaim, type Standing } from '../../audit/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import type { Claims } from './shapes.ts';

/** How far a verdict reaches. `room`: share of the movement in forgeable segments; null if not known. */
interface Reach extends Pick<Standing, 'chance'> {
  verdict: Standing['verdict'] | 'disputed';
  extent: Standing['extent'];
  room: number | null;
}

/** @param claimIn gives the sentences @param reach null if it was not recorded */
export function claimsBy(claimIn: (lang: Lang) => Claim, reach: Reach | null): Claims {
  const open = reach?.verdict === 'holds' && reach.extent !== 'all' ? reach : null;
  const claim = (lang: Lang): Claims[Lang] => ({
    ...claimIn(lang),
    room: open && roomClaim(open.room, open.chance, lang),
  });
  return { en: claim('en'), ko: claim('ko') };
}

export const claimsOf = (standing: Standing, room: number | null): Claims =>
  claimsBy((lang) => claimOf(standing, lang), { ...standing, room });
