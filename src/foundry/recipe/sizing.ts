// Chooses model and steps for an amount of text, a machine's speed and a time: `jikji init` writes them. Pure arithmetic.
//
// The reasoning, in order:
// 1. Time and speed give a budget of operations: speed · seconds · STEPS_SHARE. A shape's cost a token then says how many tokens
//    it can be trained on.
// 2. Text read more than about four times teaches little more (Muennighoff et al. 2023), so training reads at most four
//    times the text, however much time there is.
// 3. Among the shapes, the fitted law of Hoffmann et al. (2022; constants as corrected by Besiroglu et al. 2024),
//    loss = A / N^0.348 + B / D^0.366 + constant, says which has the lowest loss for its parameters N and tokens D. Alone
//    it comes to about 20 tokens for each parameter.
// 4. Where the text is short, repeated tokens and parameters beyond a twentieth of the text's tokens count less and less,
//    as Muennighoff et al. fitted it: a small text asks for a small model.
// 5. Of shapes whose losses differ by less than half a percent the smallest is taken: it is done sooner.
// The law was fitted to models far larger than those that a laptop trains in minutes: a starting point, not an optimum.

import { defaultIntermediateSize, flopsPerToken, parameterCount, stateBytes } from './sizes.ts';
import type { ModelRecipe } from './types.ts';

export interface SizingInput {
  /** Bytes of text. */
  textBytes: number;
  /** Operations per second that training reaches on this machine. */
  flopsPerSecond: number;
  /** How long the training may take. */
  seconds: number;
}

export interface Sizing {
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  sequenceLength: number;
  batchSize: number;
  steps: number;
  optimizer: 'muon';
  momentum: number;
  learningRate: number;
  warmupSteps: number;
  validateEvery: number;
  /** All keys of the model: the sizes, and the recipe's defaults. */
  model: ModelRecipe;
  parameters: number;
  /** Bytes of a state. */
  stateBytes: number;
  /** Estimated tokens of the text. */
  corpusTokens: number;
  /** Tokens that training reads. */
  trainingTokens: number;
  /** Training's share of the time; text and tokenizer take the rest. */
  seconds: number;
}

/** Norms of queries and keys, and this momentum: together 1 to 2% better than Llama with 0.95 (docs/learning.md). */
const ARCHITECTURE = 'qwen3';
const OPTIMIZER = 'muon';
const MOMENTUM = 0.9;
const MAX_PASSES = 4;
const AS_GOOD = 1.005;
const ENOUGH_STEPS = 500;
const MIN_STEP_TOKENS = 512;
/** Bytes of text below which there is nothing to size: about the text of one step, for tokens of short texts are long. */
export const LEAST_TEXT_BYTES = 8 * MIN_STEP_TOKENS;
/** Muon's learning rate times hiddenSize. */
export const RATE_BY_WIDTH = 0.77;
/**
 * Muon's learning rate for tuning a trained model: half of that for random weights. On recipes/hello-chat.yaml, 250 steps, one seed: 0.597 bits
 * per byte with it, 0.646 with half of it; AdamW 0.800 with 0.0003 and 0.597 with 0.003.
 */
export const tuningRate = (hiddenSize: number): number => Number((RATE_BY_WIDTH / 2 / hiddenSize).toPrecision(2));
/** The share of the training time for steps; validation, checkpoints and the start take the rest. */
export const STEPS_SHARE = 0.9;

/**
 * hiddenSize, layers, heads, key-value heads, sequenceLength; each about twice the work of the one before. No context is shorter than 256: a
 * tuning has the context of the run that it begins with, and questions with their answers are rarely longer.
 */
const SHAPES = [
  [64, 2, 2, 1, 256],
  [96, 3, 3, 1, 256],
  [128, 4, 4, 2, 256],
  [192, 4, 6, 2, 256],
  [256, 6, 8, 4, 256],
  [320, 8, 10, 5, 512],
  [384, 8, 6, 3, 512],
  [512, 8, 8, 4, 512],
  [640, 10, 10, 5, 512],
  [768, 12, 12, 4, 512],
  [896, 14, 14, 7, 1024],
] as const;

/** A larger vocabulary makes shorter sequences but needs text to learn its entries from. */
function vocabFor(bytes: number): { vocabSize: number; bytesPerToken: number } {
  if (bytes < 100e3) return { vocabSize: 512, bytesPerToken: 2 };
  if (bytes < 1e6) return { vocabSize: 1024, bytesPerToken: 2.6 };
  if (bytes < 50e6) return { vocabSize: 4096, bytesPerToken: 3.5 };
  return { vocabSize: 8192, bytesPerToken: 3.9 };
}

/** 12987 becomes 12000: round numbers read better, and rounding down stays within time and text. */
function floor2(n: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(n)) - 1);
  return Math.max(1, Math.floor(n / unit) * unit);
}

/** `amount` beyond `base` counts less and less: all of it together is worth at most `base · (1 + worth)`. */
function saturating(amount: number, base: number, worth: number): number {
  return amount <= base ? amount : base + base * worth * (1 - Math.exp((1 - amount / base) / worth));
}

/** What the tokens of a training are worth: repeated ones count less and less. */
export const worthOf = (tokens: number, corpusTokens: number): number => saturating(tokens, corpusTokens, 15.39);

/** The reducible part of the loss, by the law of 3 and 4 above. */
function expectedLoss(parameters: number, tokens: number, corpusTokens: number): number {
  const n = saturating(parameters, corpusTokens / 20, 5.31);
  const d = worthOf(tokens, corpusTokens);
  return 482 / n ** 0.3478 + 2085 / d ** 0.3658;
}

/** Chooses the sizes of a model and its training. */
export function sizeFor({ textBytes, flopsPerSecond, seconds }: SizingInput): Sizing {
  const { vocabSize, bytesPerToken } = vocabFor(textBytes);
  const corpusTokens = Math.max(1, Math.round(textBytes / bytesPerToken));
  const budget = flopsPerSecond * seconds * STEPS_SHARE;
  const candidates = SHAPES.map(([hiddenSize, layers, heads, keyValueHeads, sequenceLength]) => {
    const sizes = {
      hiddenSize,
      intermediateSize: defaultIntermediateSize(hiddenSize),
      numHiddenLayers: layers,
      numAttentionHeads: heads,
      numKeyValueHeads: keyValueHeads,
    };
    const model = {
      architecture: ARCHITECTURE,
      ...sizes,
      maxPositionEmbeddings: sequenceLength,
      ropeTheta: 10_000,
      rmsNormEps: 1e-5,
      initializerRange: 0.02,
      tieWordEmbeddings: true,
    };
    const shape = { model, tokenizer: { vocabSize } };
    return {
      sizes,
      model,
      sequenceLength,
      parameters: parameterCount(shape),
      stateBytes: stateBytes({ ...shape, train: { optimizer: OPTIMIZER } }),
      perToken: flopsPerToken(shape, sequenceLength),
    };
  });
  const tokensFor = (perToken: number) => Math.min(budget / perToken, MAX_PASSES * corpusTokens);
  const losses = candidates.map((c) => expectedLoss(c.parameters, tokensFor(c.perToken), corpusTokens));
  const best = Math.min(...losses);
  const chosen = candidates[losses.findIndex((loss) => loss <= best * AS_GOOD)];
  const { sizes, sequenceLength, perToken } = chosen;
  const affordable = tokensFor(perToken);
  // Large steps for many tokens: with small ones, thousands of steps would only add noise.
  let batchSize = 4096 / sequenceLength;
  while (affordable / (batchSize * sequenceLength) > 20_000 && batchSize * sequenceLength < 65_536) batchSize *= 2;
  // Small steps for few tokens: too few steps teach less than small ones (docs/learning.md).
  while (affordable / (batchSize * sequenceLength) < ENOUGH_STEPS && batchSize * sequenceLength > MIN_STEP_TOKENS) {
    batchSize /= 2;
  }
  const steps = Math.max(20, floor2(affordable / (batchSize * sequenceLength)));
  const trainingTokens = steps * batchSize * sequenceLength;
  return {
    vocabSize,
    ...sizes,
    sequenceLength,
    batchSize,
    steps,
    // Wider models need a smaller rate, in inverse proportion (docs/learning.md).
    learningRate: Number((RATE_BY_WIDTH / sizes.hiddenSize).toPrecision(2)),
    warmupSteps: Math.min(200, Math.max(5, floor2(steps / 10))),
    validateEvery: Math.max(1, floor2(steps / 10)),
    model: chosen.model,
    parameters: chosen.parameters,
    stateBytes: chosen.stateBytes,
    optimizer: OPTIMIZER,
    momentum: MOMENTUM,
    corpusTokens,
    trainingTokens,
    seconds: (trainingTokens * perToken) / (flopsPerSecond * STEPS_SHARE),
  };
}
