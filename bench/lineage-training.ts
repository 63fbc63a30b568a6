// Trains the models of `bench/lineage.ts` on the tokens of a finished run: by its recipe with another seed, for some steps; or a model
// further on. Leaves no evidence and keeps no checkpoints.

import { modelOf } from '../src/foundry/index.ts';
import { Trainer } from '../src/foundry/train/index.ts';
import { openText } from './learning-run.ts';
import type { HeldModel, Weight } from './lineage-model.ts';

/** The steps of the run's recipe. */
export function stepsOf(run: string): number {
  const text = openText(run, []);
  text.close();
  return text.recipe.train.steps;
}

/** Opens the run's text with its recipe for so many steps: the warm-up keeps its share of them. */
function textOfSteps(run: string, steps: number) {
  const whole = openText(run, []);
  const { train } = whole.recipe;
  if (steps === train.steps) return whole;
  whole.close();
  const warmupSteps = Math.round((train.warmupSteps * steps) / train.steps);
  return openText(run, [`train.steps=${steps}`, `train.warmupSteps=${warmupSteps}`, `train.validateEvery=${steps}`]);
}

function weightsOf(trainer: Trainer): Map<string, Weight> {
  return new Map(
    trainer.weights().map(({ name, shape, data }) => {
      const values = new Float32Array(data.slice().buffer); // the engine's memory is about to be closed
      return [name, { shape, values }];
    }),
  );
}

export interface Training {
  steps: number;
  /** Draws the order of the batches, and the initial weights where there is no start. */
  seed: number;
  /** Whose weights to begin with; moments begin with zero, and the schedule from its first step. */
  start?: HeldModel;
  threads: number;
}

/** The weights after a training of its own. */
export function trainedWeights(run: string, { steps, seed, start, threads }: Training): Map<string, Weight> {
  const text = textOfSteps(run, steps);
  const trainer = new Trainer(modelOf(text.recipe, text.vocabSize), text.recipe.train, { threads });
  try {
    const batches = text.batches(seed);
    if (start)
      trainer.takeState(0, (name, target, offset) => {
        const values = start.weights.get(name)?.values; // a moment has none
        if (values) target.set(new Uint8Array(values.buffer, values.byteOffset + offset, target.length));
        else target.fill(0);
      });
    else trainer.initialise(seed);
    while (trainer.step < steps) trainer.next(batches);
    return weightsOf(trainer);
  } finally {
    trainer.close();
    text.close();
  }
}
