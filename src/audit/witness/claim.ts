// What may be said of a witnessed run after an audit: a word, a sentence, and what was not shown. No sentence says more than a check.

import { formatFor } from '../../page-kit/text/index.ts';
import type { WitnessAudit } from './types.ts';

const format = formatFor('en');

export interface WitnessClaim {
  word: string;
  headline: string;
  /** What was not shown, or only by somebody's word. */
  limits: string[];
}

function headlineOf({ verdict, extent, replayed, segments, pairs, gradients }: WitnessAudit): string {
  const held = replayed.filter(({ verdict: one }) => one === 'holds').length;
  const share = format.atLeast(pairs.share);
  switch (verdict) {
    case 'holds':
      return extent === 'all'
        ? 'every step was trained again by the named code, and came out the same, bit for bit'
        : `${held} of ${segments.length} segments were trained again by the named code, and came out the same, bit for bit`;
    case 'consistent':
      return `within the rounding that this machine shows, ${gradients.length} paired steps are those of the named code; nothing of the rest was reproduced`;
    case 'refuted':
      return 'something in it is not what it claims to be';
    case 'incomplete':
      return gradients.length === 0 && held === 0
        ? `nothing was trained again; the optimizer's steps of ${share} of the steps follow from their states`
        : 'evidence is missing, so it is neither shown nor refuted';
  }
}

function limitsOf({ verdict, origin, extent, pairs, run, tolerance }: WitnessAudit): string[] {
  const share = format.atMost(pairs.share);
  return [
    origin === 'not-shown' && 'Origin not shown: that these weights began at random is the maker’s word.',
    origin === 'consistent' && 'S_0 was built again but for rounding.',
    extent !== 'all' &&
      `Steps between two recorded states: ${share} of all. Of the others, only what was trained again to the bit is shown.`,
    verdict === 'consistent' &&
      tolerance &&
      `A paired step could have been steered unseen by up to ${tolerance.difference.toExponential(1)} of its gradient.`,
    run.lodgedAt === null && 'No trusted time: all of it may have been written after the training.',
    'The maker ran the program that recorded this; data, environment and code are what he committed to.',
  ].filter((text) => typeof text === 'string');
}

const WORDS = { holds: 'holds', consistent: 'consistent', refuted: 'refuted', incomplete: 'incomplete' } as const;

export const claimOfWitness = (audit: WitnessAudit): WitnessClaim => ({
  word: WORDS[audit.verdict],
  headline: headlineOf(audit),
  limits: limitsOf(audit),
});
