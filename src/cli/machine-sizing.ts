// Model and steps for a text and a time by what this machine reaches on the very shape that is chosen. Measures, decides nothing.

import type { Sizing } from '../foundry/recipe/index.ts';
import { foundry } from './rooms.ts';

export interface MachineSizing extends Sizing {
  /** Seconds that a step takes here when nothing else runs. */
  secondsPerStep: number;
  /** Steps that were timed; the fastest one counted. */
  measured: number;
}

/** A speed chooses a shape, and a shape has its own speed: mostly the second round finds the shape of the first. */
const MAX_ROUNDS = 3;
/** Sequences that are measured: so many that a step takes about so many seconds, whatever the batch. */
const STEP_SECONDS = 2;

/** Sizes a training of `seconds` on `textBytes` of text. */
export async function sizeForMachine(textBytes: number, seconds: number, threads: number): Promise<MachineSizing> {
  const { benchShape, defaultMicroBatchSize, flopsPerToken, MEASURED_STEPS, measureStep, STEPS_SHARE, sizeFor } =
    await foundry();
  let flopsPerSecond = (await benchShape({ shape: 's', threads, steps: 2 })).gflops * 1e9;
  let before = '';
  for (let round = 1; ; round++) {
    const sizing = sizeFor({ textBytes, flopsPerSecond, seconds });
    const { vocabSize, batchSize, sequenceLength, steps } = sizing;
    const model = {
      ...sizing,
      maxPositionEmbeddings: sequenceLength,
      ropeTheta: 10_000,
      rmsNormEps: 1e-5,
      initializerRange: 0.02,
      tieWordEmbeddings: true,
    };
    const flops = sequenceLength * flopsPerToken({ model, tokenizer: { vocabSize } }, sequenceLength);
    const most = defaultMicroBatchSize(batchSize, sequenceLength, 1);
    const sequences = Math.max(1, Math.min(most, Math.floor((STEP_SECONDS * flopsPerSecond) / flops)));
    const batch = { batchSize: sequences, microBatchSize: sequences, sequenceLength };
    const measured = measureStep(model, batch, threads);
    flopsPerSecond = (sequences * flops) / measured;
    const shape = `${model.hiddenSize} ${model.numHiddenLayers} ${sequenceLength} ${batchSize}`;
    if (shape !== before && round < MAX_ROUNDS) {
      before = shape;
      continue;
    }
    const secondsPerStep = (measured * batchSize) / sequences;
    return { ...sizing, seconds: (steps * secondsPerStep) / STEPS_SHARE, secondsPerStep, measured: MEASURED_STEPS };
  }
}
