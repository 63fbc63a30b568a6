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
    const times = timeSteps(trainer, steps, profile).map(({ clock }) => clock);
    const seconds = times.sort((a, b) => a - b)[times.length >> 1];
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

/** Seconds that a step takes. */
export interface StepTime {
  /**
   * The processors' time, spread over the threads: what an idle machine takes, for the threads stay awake between the parts of a
   * step. What else runs takes turns with them, and hardly makes this longer.
   */
  idle: number;
  /** The clock's, with all that ran beside it. */
  clock: number;
}

/**
 * How long a step of this model takes here: medians of MEASURED_STEPS steps on random tokens, after one to warm up.
 * @throws JikjiError `too-large`
 */
export function measureStep(config: ModelConfig, work: Work, threads: number): StepTime {
  const trainer = openTrainer(config, work, threads);
  try {
    const times = timeSteps(trainer, MEASURED_STEPS);
    const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
    const clock = median(times.map((time) => time.clock));
    // A thread that sleeps now and then would make the machine look faster than it ever is, one of V8's own slower.
    return { idle: Math.min(clock, median(times.map((time) => time.processors)) / threads), clock };
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

/** Seconds of the clock and of the processors of so many steps on random tokens, after one to warm up. */
function timeSteps(trainer: Trainer, steps: number, profile = false): { clock: number; processors: number }[] {
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
  return Array.from({ length: steps }, () => {
    const before = process.cpuUsage();
    const start = performance.now();
    trainer.next(batches);
    const clock = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    return { clock, processors: (user + system) / 1e6 };
  });
}
