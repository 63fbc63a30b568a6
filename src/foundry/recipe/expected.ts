// How good a training will be, before it begins: an interval of bits per byte of held-out text. Pure arithmetic.
//
//   bits per byte = difficulty · scale · d^-byTokens · c^byCorpus
//
// The difficulty is that of a sample of the text (difficulty.ts), c the tokens of the text, d the tokens of the training; repeated tokens
// count less and less, as in sizing.ts. The constants are fitted to short trainings on single texts, by the rules of sizing.ts
// (bench/law.jsonl); the interval is the largest error on the texts of a package that the fit had not seen, and of long trainings the largest
// error there. Where nothing was tried there is no figure, but a reason.

import { RATE_BY_WIDTH, worthOf } from './sizing.ts';
import type { Recipe } from './types.ts';

/** By bench/fit-law.ts; a test fits it again. */
export const LAW = {
  scale: 2.8,
  byTokens: 0.1336,
  byCorpus: 0.05254,
  /** All trainings on the texts of eight packages were within this factor of a fit to the other seven. */
  within: 1.28,
  /** The long trainings were within this factor of it. */
  withinLong: 1.47,
  /** Least and most of the trainings that it was fitted to. */
  difficulty: [1.1223, 2.3352],
  corpusTokens: [45291, 5682805],
  flops: [289652736000, 9268887552000],
  flopsLong: [99336113356800, 106855818854400],
};

/**
 * How far beyond the measured trainings there is a figure, by operations. Beyond the longest as far as was tried with shorter ones: a fit to
 * those of at most 3 TFLOP predicted those that are thirty times as long with errors of -12% and +43% (docs/learning.md).
 */
const MAX_LONGER = 30;
const MAX_SHORTER = 10;
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

/** Why nothing is known of a training whatever its sizes: none of its kind was measured. Undefined where some were. */
export function reasonOfKind({ from, chat }: Pick<Recipe, 'from' | 'chat'>): string | undefined {
  if (from) return 'only trainings from drawn weights were measured';
  return chat ? 'only trainings on text alone were measured' : undefined;
}

/** What a training will reach on held-out text that is like its training text. */
export function expectedBitsPerByte(input: ExpectedInput): Expected {
  const unknown = reasonOfSizes(input);
  if (unknown !== undefined) return { unknown };
  const difficulty = input.difficulty();
  const unlike = reasonOfText(difficulty);
  if (unlike !== undefined) return { unknown: unlike };
  const middle = difficulty! * ratioOf(input);
  const factor = factorOf(input.flops);
  const round = (bits: number): number => Number(bits.toFixed(3));
  return { least: round(middle / factor), most: round(middle * factor) };
}

/**
 * The factor of the interval in both directions: of trainings like the many short ones that were measured, of the few long ones, and between.
 * Beyond them it grows to its square: a choice, wider than the errors that were seen over such a distance.
 */
export function factorOf(flops: number): number {
  const share = (from: number, to: number): number => Math.max(0, Math.log(flops / from) / Math.log(to / from));
  const long = Math.min(1, share(LAW.flops[1], LAW.flopsLong[0]));
  const beyond = share(LAW.flopsLong[1], LAW.flopsLong[1] * MAX_LONGER);
  return (LAW.within ** (1 - long) * LAW.withinLong ** long) ** (1 + beyond);
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
  const outside = (value: number, [least, most]: number[], factor: number) =>
    value < least / factor || value > most * factor;
  if (train.optimizer !== 'muon') return 'only trainings with Muon were measured';
  if (outside((train.learningRate * hiddenSize) / RATE_BY_WIDTH, [1, 1], MAX_OTHER_RATE))
    return 'the learning rate is far from those that were measured';
  if (outside(corpusTokens, LAW.corpusTokens, MAX_OTHER_SIZE))
    return `${corpusTokens < LAW.corpusTokens[0] ? 'less' : 'more'} text than in anything that was measured`;
  if (flops < LAW.flops[0] / MAX_SHORTER) return 'the training is shorter by far than those that were measured';
  if (flops > LAW.flopsLong[1] * MAX_LONGER) return 'the training is longer by far than those that were measured';
  return undefined;
}

function reasonOfText(difficulty: number | undefined): string | undefined {
  if (difficulty === undefined) return 'the text is too short for a sample';
  if (difficulty < LAW.difficulty[0] / MAX_OTHER_TEXT) return 'the text repeats itself more than any that was measured';
  if (difficulty > LAW.difficulty[1] * MAX_OTHER_TEXT)
    return 'the text is harder to predict than any that was measured';
  return undefined;
}
