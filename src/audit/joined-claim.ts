// The sentences for joined audits, whoever trained the run. Each auditor signed only his own part, and the sentences claim no more.

import { formatFor, type Lang } from '../page-kit/text/index.ts';
import { type Claim, type JoinedStanding, joinedClaim, joinedWords, reachOfJoined } from './claims.ts';
import type { MergedAudits, WitnessLimits } from './merge.ts';
import { atMost, ownDrawOf, wordsOf } from './witness/claim.ts';
import type { Origin } from './witness/types.ts';

interface Beside {
  /** False if the check `register` of the office's own audit does not hold. */
  register?: boolean | undefined;
  /**
   * Of a run that another program trained: whether another office than the maker answered before the first step, by more than the reports;
   * else, or where it is not known, null.
   */
  lodged: boolean | null;
}

export function joinedClaimOf(merged: MergedAudits, { register = true, lodged }: Beside, lang: Lang): Claim {
  const { beginning, standing: ofReports, verdict, chance, segments, steps, trained, witness } = merged;
  // Of the run alone: the claim looks at what it was built on itself.
  const isWhole = segments.length > 0 && segments.every(({ by }) => by.length > 0);
  const extent: MergedAudits['extent'] = isWhole ? 'all' : witness && trained === 0 ? 'none' : 'sampled';
  const share = steps > 0 ? trained / steps : 0;
  const standing = { verdict, extent, auditors: merged.auditors.length, share, chance, register };
  return witness
    ? joinedWitnessClaim({ ...standing, ...witness, steps, lodged }, lang)
    : joinedClaim({ ...standing, beginning, data: ofReports?.data ?? null }, lang);
}

/** Of a run that another program trained. */
interface JoinedWitnessStanding extends Omit<JoinedStanding, 'beginning' | 'data'>, WitnessLimits {
  origin: Origin;
  /** Steps between two recorded states, and all steps. */
  paired: number;
  steps: number;
  /** Whether a report looked at those alone. */
  onlyPairs: boolean;
  /** Whether an office that is not the maker answered before the first step; null where it is not known here. */
  lodged: boolean | null;
}

const UNLODGED: readonly string[] = ['none', 'own'];

/** What the reports do not show at worst. How much could hide in a segment they do not state. */
function limitsOf({ verdict, extent, paired, drawnByOffice, ...most }: JoinedWitnessStanding, lang: Lang) {
  const { joined, limits } = wordsOf(lang);
  const isConsistent = verdict === 'consistent';
  return [
    isConsistent && most.rounding !== null && joined.rounding(atMost(most.rounding)),
    isConsistent && most.tolerance !== null && limits.room(atMost(most.tolerance)),
    isConsistent && paired > 0 && limits.known,
    extent !== 'all' && ownDrawOf({ steps: paired, drawnByOffice }, lang),
  ];
}

function joinedWitnessClaim(standing: JoinedWitnessStanding, lang: Lang): Claim {
  const { verdict, extent, auditors, origin, onlyPairs, register = true } = standing;
  const { verdicts, joined, limits } = wordsOf(lang);
  const words = joinedWords(lang, standing);
  const stands = register && (verdict === 'holds' || verdict === 'consistent');
  const between = limits.between(formatFor(lang).atLeast(standing.steps > 0 ? standing.paired / standing.steps : 0));
  const isLodged = standing.lodged !== false && (standing.lodging === null || !UNLODGED.includes(standing.lodging));
  const ofWhom = (headline: string): string => words.headline(isLodged ? headline : joined.ofWhom(headline));
  const isAgain = verdict === 'consistent' && !onlyPairs;
  const claim = {
    reach: [
      isAgain ? joined.again : reachOfJoined(standing, lang),
      extent !== 'all' && (verdict !== 'consistent' || onlyPairs) && between,
    ]
      .filter((text) => text !== false)
      .join(' '),
    beginning: { same: joined.origin, consistent: limits.nearOrigin, 'not-shown': limits.noOrigin }[
      stands ? origin : 'not-shown'
    ],
    data: [
      !isLodged && (standing.lodging === 'own' ? limits.ownOffice : limits.notLodged),
      ...(stands ? limitsOf(standing, lang) : []),
      stands ? `${limits.judged} ${limits.recorder}` : words.data,
    ]
      .filter((text) => typeof text === 'string')
      .join(' '),
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
