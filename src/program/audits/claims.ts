// What may be said of an audited run, in both languages, for everybody who shows it. The sentences are the audit's own.

import { type Claim, claimOf, type JoinedStanding, roomClaim, type Standing } from '../../audit/index.ts';
import type { Lang } from '../../page-kit/text/index.ts';
import type { Claims } from './shapes.ts';

/** How far a verdict reaches; `room`: share of the way, null where it is not known. */
type Reach = Pick<Standing | JoinedStanding, 'verdict' | 'extent' | 'chance'> & { room: number | null };

/** `say` gives the sentences; `reach` is null where it was not recorded. */
export function claimsBy(say: (lang: Lang) => Claim, reach: Reach | null): Claims {
  const open = reach?.verdict === 'holds' && reach.extent !== 'all' ? reach : null;
  const claim = (lang: Lang): Claims[Lang] => ({ ...say(lang), room: open && roomClaim(open.room, open.chance, lang) });
  return { en: claim('en'), ko: claim('ko') };
}

export const claimsOf = (standing: Standing, room: number | null): Claims =>
  claimsBy((lang) => claimOf(standing, lang), { ...standing, room });
