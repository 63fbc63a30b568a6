// The small models that PyTorch checks: each covers a fault that only it could show. Knows no engine and no files.

import { ARCHITECTURES, type ModelConfig } from '../../src/foundry/model/index.ts';
import type { TrainConfig } from '../../src/foundry/train/index.ts';

export interface Case {
  name: string;
  model: ModelConfig;
  train: TrainConfig;
  /** Tokens are drawn below this limit; a small limit repeats every token many times. */
  drawBelow: number;
  /** Standard deviation of norm weights around 1 and biases around 0: at exactly these values a missing one would not show. */
  spread: number;
  /** What windows are packed with: conversations or pairs of them have targets that are not learned. */
  of: 'text' | 'conversations' | 'pairs';
}

interface Choice {
  architecture?: string;
  D: number;
  F: number;
  V: number;
  layers?: number;
  H: number;
  G?: number;
  headDim?: number;
  T: number;
  B: number;
  micro?: number;
  tied?: boolean;
  std?: number;
  drawBelow?: number;
  of?: Case['of'];
  train?: Partial<TrainConfig>;
}

function make(name: string, c: Choice): Case {
  return {
    name,
    model: {
      ...(c.architecture && { architecture: c.architecture }),
      vocabSize: c.V,
      hiddenSize: c.D,
      intermediateSize: c.F,
      numHiddenLayers: c.layers ?? 2,
      numAttentionHeads: c.H,
      numKeyValueHeads: c.G ?? c.H,
      ...(c.headDim && { headDim: c.headDim }),
      maxPositionEmbeddings: c.T,
      ropeTheta: 10000,
      rmsNormEps: 1e-5,
      initializerRange: c.std ?? 0.05,
      tieWordEmbeddings: c.tied ?? true,
    },
    train: {
      steps: 10,
      batchSize: c.B,
      microBatchSize: c.micro ?? c.B,
      sequenceLength: c.T,
      gradientGroups: 1,
      learningRate: 1e-2,
      minLearningRate: 1e-3,
      schedule: 'cosine',
      warmupSteps: 3,
      decayFraction: 0.4,
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.95,
      eps: 1e-5,
      gradClip: 0,
      ...c.train,
    },
    drawBelow: c.drawBelow ?? c.V,
    spread: 0.3,
    of: c.of ?? 'text',
  };
}

const muon = (train: Partial<TrainConfig>): Partial<TrainConfig> => ({ optimizer: 'muon', momentum: 0.95, ...train });

export const CASES: Case[] = [
  make('tied', { D: 64, F: 160, V: 512, H: 4, T: 40, B: 4 }),
  make('untied', { D: 64, F: 160, V: 512, H: 4, T: 40, B: 4, tied: false }),
  make('grouped-heads', { D: 96, F: 256, V: 300, H: 6, G: 2, T: 64, B: 2, tied: false }),
  make('one-key-value-head', { D: 64, F: 128, V: 300, H: 8, G: 1, T: 50, B: 2 }),
  make('one-head', { D: 32, F: 96, V: 128, H: 1, T: 33, B: 2, layers: 1 }),
  // Nothing here is a multiple of a vector, a tile or a lane.
  make('odd-sizes', { D: 54, F: 101, V: 331, H: 3, T: 37, B: 3, micro: 2, tied: false, layers: 3 }),
  // Attention works in blocks of 48 queries.
  make('length-47', { D: 48, F: 96, V: 200, H: 4, G: 2, T: 47, B: 2 }),
  make('length-48', { D: 48, F: 96, V: 200, H: 4, G: 2, T: 48, B: 2 }),
  make('length-49', { D: 48, F: 96, V: 200, H: 4, G: 2, T: 49, B: 2 }),
  make('length-145', { D: 48, F: 96, V: 200, H: 4, G: 2, T: 145, B: 2, micro: 1 }),
  make('length-1', { D: 32, F: 64, V: 100, H: 2, T: 1, B: 8 }),
  make('repeated-tokens', { D: 48, F: 96, V: 200, H: 4, T: 60, B: 3, drawBelow: 5 }),
  make('peaked-attention', { D: 64, F: 128, V: 200, H: 2, T: 70, B: 2, std: 0.2 }),
  make('clipping-every-step', { D: 64, F: 160, V: 300, H: 4, T: 40, B: 4, train: { gradClip: 0.02 } }),
  make('clipping-some-steps', { D: 64, F: 160, V: 300, H: 4, T: 40, B: 4, train: { gradClip: 1.5 } }),
  make('clipping-no-step', { D: 64, F: 160, V: 300, H: 4, T: 40, B: 4, train: { gradClip: 1e6 } }),
  make('two-gradient-groups', { D: 64, F: 160, V: 300, H: 4, T: 52, B: 4, micro: 1, train: { gradientGroups: 2 } }),
  make('two-groups-untied', {
    D: 64,
    F: 160,
    V: 300,
    H: 4,
    T: 52,
    B: 6,
    micro: 2,
    tied: false,
    train: { gradientGroups: 2 },
  }),
  make('strong-decay', { D: 64, F: 160, V: 300, H: 4, T: 40, B: 4, train: { weightDecay: 2, gradClip: 1 } }),
  make('stable-then-decay', {
    D: 64,
    F: 160,
    V: 300,
    H: 4,
    T: 40,
    B: 4,
    train: { schedule: 'wsd', weightDecay: 0, beta1: 0.8, beta2: 0.99 },
  }),
  make('everything', {
    ...{ D: 96, F: 200, V: 300, layers: 2, H: 6, G: 2, T: 100, B: 4, micro: 1, tied: false },
    train: { gradientGroups: 2, gradClip: 1.5 },
  }),
  // Heads of another size than D / H, in every architecture.
  ...[...ARCHITECTURES.keys()].flatMap((architecture) => [
    make(`${architecture}-head-size`, { architecture, D: 48, F: 96, V: 200, H: 4, G: 2, headDim: 32, T: 50, B: 2 }),
    make(`${architecture}-odd-sizes`, {
      ...{ architecture, D: 42, F: 101, V: 331, H: 6, G: 3, headDim: 10, T: 49, B: 4, micro: 1, tied: false },
      train: { gradientGroups: 2, gradClip: 1, weightDecay: 1 },
    }),
  ]),
  // Several conversations in a window, some over two blocks of queries, and slots that are left.
  ...[...ARCHITECTURES.keys()].map((architecture) =>
    make(`${architecture}-conversations`, {
      ...{ architecture, D: 42, F: 101, V: 331, H: 6, G: 3, headDim: 10, T: 100, B: 4, micro: 1, tied: false },
      ...{ of: 'conversations', train: { gradientGroups: 2, gradClip: 1 } },
    }),
  ),
  // Pairs: the loss of DPO, against the weights of the start.
  ...[...ARCHITECTURES.keys()].map((architecture) =>
    make(`${architecture}-pairs`, {
      ...{ architecture, D: 42, F: 101, V: 331, H: 6, G: 3, headDim: 10, T: 110, B: 4, micro: 1, tied: false },
      ...{ of: 'pairs', train: { gradientGroups: 2, gradClip: 1, dpoBeta: 0.3 } },
    }),
  ),
  make('pairs-muon', {
    ...{ D: 64, F: 160, V: 512, H: 4, T: 80, B: 4, of: 'pairs' },
    train: muon({ dpoBeta: 0.1 }),
  }),
  // Muon, for matrices that are wide, high and square; by its momentum, with and without clipping.
  make('muon-0', { D: 96, F: 256, V: 300, H: 6, G: 2, T: 64, B: 2, train: muon({ momentum: 0 }) }),
  make('muon-0.95', { D: 64, F: 160, V: 512, H: 4, T: 40, B: 4, train: muon({}) }),
  make('muon-0.99', { D: 64, F: 160, V: 300, H: 4, T: 40, B: 4, train: muon({ momentum: 0.99, weightDecay: 0 }) }),
  make('muon-0-clipped', {
    ...{ D: 64, F: 128, V: 300, H: 8, G: 1, T: 50, B: 2 },
    train: muon({ momentum: 0, gradClip: 0.02 }),
  }),
  make('muon-0.95-clipped', {
    ...{ D: 54, F: 101, V: 331, H: 3, T: 37, B: 3, micro: 2, tied: false, layers: 3 },
    train: muon({ gradClip: 1 }),
  }),
  make('muon-0.99-clipped', {
    ...{ D: 64, F: 50, V: 300, H: 4, T: 40, B: 4, tied: false },
    train: muon({ momentum: 0.99, gradClip: 1.5, weightDecay: 2 }),
  }),
  // Gradients of low rank: Muon enlarges the rounding errors that stand in for their other singular values, which are 0.
  make('muon-eight-rows', { D: 64, F: 160, V: 300, H: 4, T: 4, B: 2, train: muon({ momentum: 0 }) }),
  make('muon-two-rows', { D: 64, F: 160, V: 300, H: 4, T: 2, B: 1, train: muon({ momentum: 0 }) }),
  make('muon-length-1', { D: 32, F: 64, V: 100, H: 2, T: 1, B: 8, train: muon({}) }),
  ...[...ARCHITECTURES.keys()].map((architecture) =>
    make(`muon-${architecture}`, {
      ...{ architecture, D: 42, F: 101, V: 331, H: 6, G: 3, headDim: 10, T: 49, B: 4, micro: 1, tied: false },
      train: muon({ gradientGroups: 2, gradClip: 1, weightDecay: 1 }),
    }),
  ),
  // More rows than the logits are held for at once.
  make('head-in-pieces', { D: 32, F: 64, V: 40_000, H: 2, T: 100, B: 3, layers: 1 }),
  make('wide', {
    D: 192,
    F: 512,
    V: 4096,
    layers: 4,
    H: 6,
    G: 2,
    T: 256,
    B: 2,
    std: 0.02,
    train: { gradClip: 1, learningRate: 1e-3 },
  }),
];
