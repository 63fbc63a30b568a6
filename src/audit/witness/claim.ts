// What may be said of a witnessed run after an audit: a word, a sentence, and what was not shown. No sentence says more than a check.

import { formatFor, type Lang } from '../../page-kit/text/index.ts';
import { SELF_AUDIT } from '../challenge.ts';
import { en, type WitnessWords } from './report/en.ts';
import { ko } from './report/ko.ts';
import { LEAST_PAIRED, type WitnessAudit } from './types.ts';

export interface WitnessClaim {
  /** The verdict, and that the maker audited himself where he did. */
  word: string;
  headline: string;
  /** What was not shown, or only by somebody's word. */
  limits: string[];
}

/** The parts of an audit that its claim needs. */
export type WitnessStanding = Pick<
  WitnessAudit,
  | 'verdict'
  | 'extent'
  | 'replayed'
  | 'segments'
  | 'pairs'
  | 'gradients'
  | 'origin'
  | 'tolerance'
  | 'elsewhere'
  | 'detection'
  | 'run'
  | 'environment'
>;

export const wordsOf = (lang: Lang): WitnessWords => (lang === 'ko' ? ko : en);

/**
 * Which paired steps were no office's choice: what an office did not draw followed from the maker's own transcript, or lies between two
 * kept states that are neighbours. Step 1 is a pair of every run. False where there is nothing to say.
 */
export function ownDrawOf({ steps, drawnByOffice }: { steps: number; drawnByOffice: number }, lang: Lang) {
  const { limits } = wordsOf(lang);
  const format = formatFor(lang);
  const own = steps - 1 - drawnByOffice;
  if (steps > 0 && drawnByOffice === 0) return limits.ownDraw;
  return own > 0 && limits.ownPairs(format.count(own), format.count(steps));
}

/** Two digits, rounded up: what could be done unseen is never more than that. */
export function atMost(value: number): string {
  const text = value.toExponential(1);
  if (!Number.isFinite(value) || Number(text) >= value) return text;
  return (value * 1.05).toExponential(1);
}

/** Whether another key than the maker's answered before the first step: otherwise a thief can have signed all of it again. */
const isLodged = ({ run }: WitnessStanding): boolean => run.lodgedAt !== null && run.office !== run.maker;

const heldOf = ({ replayed }: WitnessStanding): number => replayed.filter(({ verdict }) => verdict === 'holds').length;

function headlineOf(audit: WitnessStanding, lang: Lang): string {
  const { verdict, extent, segments, gradients } = audit;
  const { headline } = wordsOf(lang);
  const format = formatFor(lang);
  const held = heldOf(audit);
  const reproduced =
    held === 0 ? headline.none : headline.some(format.count(held), format.count(audit.replayed.length));
  switch (verdict) {
    case 'holds':
      return extent === 'all' ? headline.all : headline.sampled(format.count(held), format.count(segments.length));
    case 'consistent':
      return headline.consistent(reproduced);
    case 'not-told':
      return audit.elsewhere && audit.elsewhere.told === audit.run.steps && audit.pairs.steps.length < LEAST_PAIRED
        ? headline.fewPairs(reproduced, format.count(audit.pairs.steps.length), format.count(LEAST_PAIRED))
        : headline.notTold(reproduced, format.count(audit.elsewhere?.told ?? 0), format.count(audit.run.steps ?? 0));
    case 'refuted':
      return headline.refuted;
    case 'incomplete':
      return gradients.length === 0 && held === 0 ? headline.untrained : headline.incomplete;
  }
}

function limitsOf(audit: WitnessStanding, lang: Lang): string[] {
  const { origin, extent, pairs, run, tolerance, elsewhere } = audit;
  const told = elsewhere?.spans.filter(({ verdict }) => verdict === 'within') ?? [];
  const { limits } = wordsOf(lang);
  const format = formatFor(lang);
  return [
    origin === 'not-shown' && limits.noOrigin,
    origin === 'consistent' && limits.nearOrigin,
    extent !== 'all' && !elsewhere && limits.between(format.atLeast(pairs.share)),
    told.length > 0 && limits.rounding(atMost(Math.max(...told.map(({ hidden }) => hidden)))),
    elsewhere !== null && tolerance && limits.room(atMost(tolerance.difference)),
    elsewhere !== null && pairs.steps.length > 0 && limits.known,
    extent !== 'all' && ownDrawOf({ steps: pairs.steps.length, drawnByOffice: pairs.drawnByOffice }, lang),
    run.lodgedAt === null ? limits.notLodged : run.office === run.maker && limits.ownOffice,
    audit.environment.own === null ? limits.unread : limits.judged,
    limits.recorder,
  ].filter((text) => typeof text === 'string');
}

export function claimOfWitness(audit: WitnessStanding, lang: Lang): WitnessClaim {
  const { verdicts, self, headline } = wordsOf(lang);
  const word = verdicts[audit.verdict];
  const stands = audit.verdict === 'holds' || audit.verdict === 'consistent';
  const isOwn = audit.detection.reason === SELF_AUDIT && stands;
  const of = headlineOf(audit, lang);
  return {
    word: isOwn ? self(word) : word,
    headline: stands && !isLodged(audit) ? headline.ofWhom(of) : of,
    limits: limitsOf(audit, lang),
  };
}
