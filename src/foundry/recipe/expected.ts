// How good a training will be, before it begins: an interval of bits per byte of held-out text. Pure arithmetic.
//
//   bits per byte = difficulty · scale · d^-byTokens · c^byCorpus
//
// The difficulty is that of a sample of the text (difficulty.ts), c the tokens of the text, d the tokens of the training; repeated tokens
// count less and less, as in sizing.ts. The constants are fitted to trainings on single texts, by the rules of sizing.ts
// (bench/law.jsonl); the interval is the largest error on the texts of a package that the fit had not seen. Where nothing was fitted there
// is no figure, but a reason.

import { RATE_BY_WIDTH, worthOf } from './sizing.ts';
import type { Recipe } from './types.ts';

/** By bench/fit-law.ts; a test fits it again. */
export const LAW = {
  scale: 2.8,
  byTokens: 0.1336,
  byCorpus: 0.05254,
  /** All trainings on the texts of eight packages were within this factor of a fit to the other seven. */
  within: 1.28,
  /** Least and most of the trainings that it was fitted to. */
  difficulty: [1.1223, 2.3352],
  corpusTokens: [45291, 5682805],
  flops: [289652736000, 9268887552000],
};

/** How far beyond the fitted trainings there is a figure, by operations. */
const MAX_BEYOND = 10;
/** How far beyond the fitted texts there is a figure. */
const MAX_OTHER_TEXT = 1.1;
const MAX_OTHER_SIZE = 3;
/** A learning rate so many times that of the sizing, or so small a part of it, makes another training than those that were fitted. */
const MAX_OTHER_RATE = 2;

export interface ExpectedInput {
  /** Of a sample of the text; undefined where the text is too short for one. Asked only where all else has a figure: it takes a second. */
  difficulty(): number | undefined;
  corpusTokens: number;
  /** Tokens that the training reads. */
  tokens: number;
  /** Operations of the training. */
  flops: number;
  hiddenSize: number;
  train: Pick<Recipe['train'], 'optimizer' | 'learningRate'>;
}

/** Bits per byte of held-out text, or why nothing is known of them. */
export type Expected = { least: number; most: number } | { unknown: string };

/** The middle of the interval as a multiple of the difficulty. */
export const ratioOf = ({ tokens, corpusTokens }: Pick<ExpectedInput, 'tokens' | 'corpusTokens'>): number =>
  LAW.scale * worthOf(tokens, corpusTokens) ** -LAW.byTokens * corpusTokens ** LAW.byCorpus;

/** What a training will reach on held-out text that is like its training text. */
export function expectedBitsPerByte(input: ExpectedInput): Expected {
  const unknown = reasonOfSizes(input);
  if (unknown !== undefined) return { unknown };
  const difficulty = input.difficulty();
  const unlike = reasonOfText(difficulty);
  if (unlike !== undefined) return { unknown: unlike };
  const middle = difficulty! * ratioOf(input);
  // The factor's square where it is furthest from what was fitted: a choice, for nothing was measured there.
  const beyond = Math.max(0, Math.log(input.flops / LAW.flops[1]!) / Math.log(MAX_BEYOND));
  const factor = LAW.within ** (1 + beyond);
  const round = (bits: number): number => Number(bits.toFixed(3));
  return { least: round(middle / factor), most: round(middle * factor) };
}

/** The figure in a sentence, with where to read about it. */
export function sayExpected(expected: Expected): string {
  const page = 'docs/learning.md';
  if ('unknown' in expected) return `What it will reach is not known: ${expected.unknown} (${page}).`;
  const [least, most] = [expected.least.toFixed(2), expected.most.toFixed(2)];
  return `Expect ${least} to ${most} bits per byte on text like this (${page}).`;
}

/** Why there is no figure, whatever the text; undefined where there is one. */
function reasonOfSizes({ corpusTokens, flops, hiddenSize, train }: ExpectedInput): string | undefined {
  const outside = (value: number, [least, most]: number[], factor: number): boolean =>
    value < least! / factor || value > most! * factor;
  if (train.optimizer !== 'muon') return 'only trainings with Muon were measured';
  if (outside((train.learningRate * hiddenSize) / RATE_BY_WIDTH, [1, 1], MAX_OTHER_RATE))
    return 'the learning rate is far from those that were measured';
  if (outside(corpusTokens, LAW.corpusTokens, MAX_OTHER_SIZE))
    return `${corpusTokens < LAW.corpusTokens[0]! ? 'less' : 'more'} text than in anything that was measured`;
  if (outside(flops, LAW.flops, MAX_BEYOND))
    return `the training is ${flops < LAW.flops[0]! ? 'shorter' : 'longer'} by far than those that were measured`;
  return undefined;
}

function reasonOfText(difficulty: number | undefined): string | undefined {
  if (difficulty === undefined) return 'the text is too short for a sample';
  if (difficulty < LAW.difficulty[0]! / MAX_OTHER_TEXT)
    return 'the text repeats itself more than any that was measured';
  if (difficulty > LAW.difficulty[1]! * MAX_OTHER_TEXT)
    return 'the text is harder to predict than any that was measured';
  return undefined;
}
