// The sentences for joined audits of a run that another program trained. Each auditor signed only his own part, and the sentences claim no more.

import { formatFor, type Lang } from '../../page-kit/text/index.ts';
import { type Claim, type JoinedStanding, joinedWords, reachOfJoined } from '../claims.ts';
import { wordsOf } from './claim.ts';
import type { Origin } from './types.ts';

interface JoinedWitnessStanding extends Omit<JoinedStanding, 'beginning' | 'data'> {
  origin: Origin;
  /** Share of the steps between two recorded states. */
  paired: number;
  /** Whether a report looked at those alone. */
  onlyPairs: boolean;
  /** Whether an office that is not the maker answered before the first step; null where it is not known here. */
  lodged: boolean | null;
}

export function joinedWitnessClaim(standing: JoinedWitnessStanding, lang: Lang): Claim {
  const { verdict, extent, auditors, origin, lodged, onlyPairs, register = true } = standing;
  const { verdicts, joined, limits } = wordsOf(lang);
  const words = joinedWords(lang, standing);
  const stands = register && (verdict === 'holds' || verdict === 'consistent');
  const between = limits.between(formatFor(lang).atLeast(standing.paired));
  const ofWhom = (headline: string): string => words.headline(lodged === false ? joined.ofWhom(headline) : headline);
  const data = stands ? `${limits.judged} ${limits.recorder}` : words.data;
  const claim = {
    reach: [reachOfJoined(standing, lang), extent !== 'all' && (verdict !== 'consistent' || onlyPairs) && between]
      .filter((text) => text !== false)
      .join(' '),
    beginning: { same: joined.origin, consistent: limits.nearOrigin, 'not-shown': limits.noOrigin }[
      stands ? origin : 'not-shown'
    ],
    data: lodged === false ? `${limits.notLodged} ${data}` : data,
  };
  if (verdict === 'disputed') return { ...words.disputed, ...claim };
  if (!stands)
    return {
      word: verdicts.incomplete,
      headline: register || auditors === 0 ? words.incomplete : words.register,
      ...claim,
    };
  if (verdict === 'consistent')
    return {
      word: `${verdicts.consistent} (${words.by})`,
      headline: ofWhom(onlyPairs ? joined.consistentPairs : joined.consistent),
      ...claim,
    };
  return {
    word: `${verdicts.holds} (${words.extent}, ${words.by})`,
    headline: ofWhom(extent === 'all' ? joined.all : joined.sampled),
    ...claim,
  };
}
