// Sizes a model and its steps for a text and a time, by the speed of this machine on the chosen shape. Measures only: foundry decides.

import type { StepTime } from '../foundry/index.ts';
import type { ModelRecipe, Recipe, Sizing } from '../foundry/recipe/index.ts';
import { foundry } from './rooms.ts';
import { duration } from './text.ts';

export interface MachineSizing extends Sizing {
  /** Of a step on this machine. */
  secondsPerStep: StepTime;
  /** Of the training, at the least: where nothing else runs. */
  seconds: number;
  /** At the speed of the clock while it was measured. */
  secondsNow: number;
}

/** The speed chooses the shape, and the shape changes the speed. Usually the second round confirms the shape of the first. */
const MAX_ROUNDS = 3;
/** About how many seconds a measured step takes: sets the number of sequences in it. */
const STEP_SECONDS = 2;
/** Operations a second that are taken for granted before anything was measured. */
const FIRST_SPEED = 20e9;

/** What a step's time depends on. */
interface Training {
  model: ModelRecipe;
  vocabSize: number;
  train: Pick<Recipe['train'], 'batchSize' | 'sequenceLength' | 'optimizer'>;
}

/** How long a step of a training takes here, and the operations a second by the processors' time. At most about STEP_SECONDS a step are tried. */
export async function timeStep(
  { model, vocabSize, train: { batchSize, sequenceLength, optimizer } }: Training,
  threads: number,
  speed = FIRST_SPEED,
): Promise<StepTime & { flopsPerSecond: number }> {
  const { defaultMicroBatchSize, flopsPerToken, measureStep } = await foundry();
  const flops = sequenceLength * flopsPerToken({ model, tokenizer: { vocabSize } }, sequenceLength);
  const maxSequences = defaultMicroBatchSize(batchSize, sequenceLength, 1);
  const sequences = Math.max(1, Math.min(maxSequences, Math.floor((STEP_SECONDS * speed) / flops)));
  const work = { batchSize: sequences, microBatchSize: sequences, sequenceLength, ...(optimizer && { optimizer }) };
  const { idle, clock } = measureStep({ ...model, vocabSize }, work, threads);
  const share = batchSize / sequences;
  return { idle: share * idle, clock: share * clock, flopsPerSecond: (sequences * flops) / idle };
}

/** Sizes a training of `seconds` on `textBytes` of text, by the processors' time: no model is smaller because something else ran for a moment. */
export async function sizeForMachine(textBytes: number, seconds: number, threads: number): Promise<MachineSizing> {
  const { STEPS_SHARE, sizeFor } = await foundry();
  let flopsPerSecond = FIRST_SPEED;
  let before = '';
  for (let round = 0; ; round++) {
    const sizing = sizeFor({ textBytes, flopsPerSecond, seconds });
    const { model, vocabSize, batchSize, sequenceLength, steps } = sizing;
    const secondsPerStep = await timeStep({ model, vocabSize, train: sizing }, threads, flopsPerSecond);
    flopsPerSecond = secondsPerStep.flopsPerSecond;
    const shape = `${model.hiddenSize} ${model.numHiddenLayers} ${sequenceLength} ${batchSize}`;
    if (round === 0 || (shape !== before && round < MAX_ROUNDS)) {
      before = shape;
      continue;
    }
    const of = (step: number): number => (steps * step) / STEPS_SHARE;
    return { ...sizing, secondsPerStep, seconds: of(secondsPerStep.idle), secondsNow: of(secondsPerStep.clock) };
  }
}

/** How long a training takes, for people. Not said as a range where both ends are as good as the same. */
export function sayTime({ seconds, secondsNow }: { seconds: number; secondsNow: number }): string {
  if (secondsNow < 1.1 * seconds) return `about ${duration(secondsNow)}`;
  return `${duration(seconds)} if nothing else runs, ${duration(secondsNow)} with what runs beside it now`;
}
