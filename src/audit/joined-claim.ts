// The sentences for joined audits, whoever trained the run.

import type { Lang } from '../page-kit/text/index.ts';
import { type Claim, joinedClaim } from './claims.ts';
import type { Merged } from './merge.ts';
import { joinedWitnessClaim } from './witness/joined-claim.ts';

interface Beside {
  /** False if the check `register` of the office's own audit does not hold. */
  register?: boolean | undefined;
  /**
   * Of a run that another program trained: whether another office than the maker answered before the first step, by more than the reports;
   * else, or where it is not known, null.
   */
  lodged: boolean | null;
}

export function joinedClaimOf(merged: Merged, { register = true, lodged }: Beside, lang: Lang): Claim {
  const { beginning, standing: found, verdict, chance, segments, steps, trained, witness } = merged;
  // Of the run alone: the claim looks at what it was built on itself.
  const isWhole = segments.length > 0 && segments.every(({ by }) => by.length > 0);
  const extent: Merged['extent'] = isWhole ? 'all' : witness && trained === 0 ? 'none' : 'sampled';
  const share = steps > 0 ? trained / steps : 0;
  const standing = { verdict, extent, auditors: merged.auditors.length, share, chance, register };
  return witness
    ? joinedWitnessClaim({ ...standing, ...witness, steps, lodged }, lang)
    : joinedClaim({ ...standing, beginning, data: found?.data ?? null }, lang);
}
