// Sizes a model and its steps for a text and a time, by the speed of this machine on the chosen shape. Measures only: foundry decides.

import type { Sizing } from '../foundry/recipe/index.ts';
import { foundry } from './rooms.ts';

export interface MachineSizing extends Sizing {
  /** Seconds of a step on this machine when it is idle. */
  secondsPerStep: number;
  /** How many steps were timed; the fastest one counts. */
  measured: number;
}

/** The speed chooses the shape, and the shape changes the speed. Usually the second round confirms the shape of the first. */
const MAX_ROUNDS = 3;
/** About how many seconds a measured step takes: sets the number of sequences in it. */
const STEP_SECONDS = 2;

/** Sizes a training of `seconds` on `textBytes` of text. */
export async function sizeForMachine(textBytes: number, seconds: number, threads: number): Promise<MachineSizing> {
  const { benchShape, defaultMicroBatchSize, flopsPerToken, MEASURED_STEPS, measureStep, STEPS_SHARE, sizeFor } =
    await foundry();
  let flopsPerSecond = (await benchShape({ shape: 's', threads, steps: 2 })).gflops * 1e9;
  let before = '';
  for (let round = 1; ; round++) {
    const sizing = sizeFor({ textBytes, flopsPerSecond, seconds });
    const { model, vocabSize, batchSize, sequenceLength, steps, optimizer } = sizing;
    const flops = sequenceLength * flopsPerToken({ model, tokenizer: { vocabSize } }, sequenceLength);
    const maxSequences = defaultMicroBatchSize(batchSize, sequenceLength, 1);
    const sequences = Math.max(1, Math.min(maxSequences, Math.floor((STEP_SECONDS * flopsPerSecond) / flops)));
    const work = { batchSize: sequences, microBatchSize: sequences, sequenceLength, optimizer };
    const measured = measureStep({ ...model, vocabSize }, work, threads);
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
