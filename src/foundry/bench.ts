// Measures training on this machine: three shapes on random tokens, the same work that bench/ gives its peers.

import { flopsPerToken, type ModelConfig, parameterCount } from './model/index.ts';
import { Batches, type TrainConfig, Trainer } from './train/index.ts';

/** Shapes that speed claims are made for: D, layers, heads, vocabulary, T, B. */
export const SHAPES = {
  s: { hiddenSize: 256, numHiddenLayers: 6, numAttentionHeads: 8, vocabSize: 4096, sequenceLength: 256, batchSize: 16 },
  m: { hiddenSize: 512, numHiddenLayers: 8, numAttentionHeads: 8, vocabSize: 8192, sequenceLength: 512, batchSize: 4 },
  l: {
    hiddenSize: 768,
    numHiddenLayers: 12,
    numAttentionHeads: 12,
    vocabSize: 8192,
    sequenceLength: 512,
    batchSize: 2,
  },
} as const;

export type Shape = keyof typeof SHAPES;

export interface BenchOptions {
  shape: Shape;
  threads: number;
  /** Time by operation too. */
  profile?: boolean;
  /** Steps that are timed, after one to warm up. */
  steps?: number;
}

export interface BenchResult {
  shape: Shape;
  threads: number;
  parameters: number;
  /** Columns of the tile that was fastest here. */
  tile: number;
  tokensPerSecond: number;
  gflops: number;
  /** What the tiles reach alone. */
  peakGflops: number;
  utilisation: number;
  /** Mean seconds a step by operation, the slowest first. */
  operations?: { name: string; seconds: number; gflops?: number }[];
}

/** The model of a shape. */
export function configOfShape(shape: Shape): ModelConfig {
  const { sequenceLength, batchSize: _, ...sizes } = SHAPES[shape];
  return {
    ...sizes,
    intermediateSize: Math.floor((8 * sizes.hiddenSize) / 3 / 32) * 32,
    numKeyValueHeads: sizes.numAttentionHeads,
    maxPositionEmbeddings: sequenceLength,
    ropeTheta: 10000,
    rmsNormEps: 1e-5,
    initializerRange: 0.02,
    tieWordEmbeddings: true,
  };
}

/** Trains a shape on random tokens for a few steps; the median step counts. */
export function benchShape(options: BenchOptions): BenchResult {
  const { shape, threads, profile = false, steps = 5 } = options;
  const { sequenceLength, batchSize } = SHAPES[shape];
  const config = configOfShape(shape);
  const trainer = openTrainer(config, { sequenceLength, batchSize, microBatchSize: batchSize }, threads);
  try {
    const { engine } = trainer;
    const peakGflops = engine.measurePeak();
    const times = timeSteps(trainer, steps, profile);
    const seconds = times[times.length >> 1]!;
    const tokensPerSecond = (batchSize * sequenceLength) / seconds;
    const gflops = (tokensPerSecond * flopsPerToken(config, sequenceLength)) / 1e9;
    const parameters = parameterCount(config);
    const tile = engine.tile!;
    const utilisation = gflops / peakGflops;
    const result = { shape, threads, parameters, tile, tokensPerSecond, gflops, peakGflops, utilisation };
    if (!profile) return result;
    const timings = [...engine.timings!].toSorted((a, b) => b[1].milliseconds - a[1].milliseconds);
    const operations = timings.map(([name, t]) => ({
      name,
      seconds: t.milliseconds / 1000 / steps,
      ...(t.flops > 0 ? { gflops: t.flops / t.milliseconds / 1e6 } : {}),
    }));
    return { ...result, operations };
  } finally {
    trainer.close();
  }
}

/** What a step's time depends on, beside the model. */
type Work = Pick<TrainConfig, 'sequenceLength' | 'batchSize' | 'microBatchSize' | 'optimizer'>;

/** Steps that `measureStep` times, whatever the machine and the model. */
export const MEASURED_STEPS = 5;

/**
 * Seconds that a step of this model takes here: the least of MEASURED_STEPS steps on random tokens, after one to warm up. What
 * else the machine does at the moment makes single steps slower and none faster, so the least says most of the machine.
 * @throws JikjiError `too-large`
 */
export function measureStep(config: ModelConfig, work: Work, threads: number): number {
  const trainer = openTrainer(config, work, threads);
  try {
    return timeSteps(trainer, MEASURED_STEPS)[0]!;
  } finally {
    trainer.close();
  }
}

function openTrainer(config: ModelConfig, work: Work, threads: number): Trainer {
  const train: TrainConfig = {
    steps: 1000,
    ...work,
    gradientGroups: 1,
    learningRate: 1e-3,
    minLearningRate: 1e-4,
    schedule: 'cosine',
    warmupSteps: 10,
    decayFraction: 0.2,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    eps: 1e-8,
    momentum: 0.95,
    gradClip: 1,
  };
  return new Trainer(config, train, { threads });
}

/** Seconds of so many steps on random tokens after one to warm up, the fastest first. */
function timeSteps(trainer: Trainer, steps: number, profile = false): number[] {
  const { engine, config, train } = trainer;
  trainer.initialise(1);
  let x = 1;
  const ids = Uint32Array.from({ length: 64 * train.batchSize * train.sequenceLength + 1 }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x % config.vocabSize;
  });
  const tokens = { length: ids.length, read: (start: number, count: number) => ids.subarray(start, start + count) };
  const batches = new Batches([{ tokens, weight: 1 }], 1, train.sequenceLength);
  trainer.next(batches);
  engine.timings = profile ? new Map() : undefined;
  const times = Array.from({ length: steps }, () => {
    const start = performance.now();
    trainer.next(batches);
    return (performance.now() - start) / 1000;
  });
  return times.sort((a, b) => a - b);
}
