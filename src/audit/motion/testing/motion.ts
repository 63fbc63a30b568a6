// Small trainings whose recipe changes between segments, for the tests of motion: one engine for each shape.

import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import type { ModelConfig } from '../../../foundry/model/index.ts';
import { Batches, NotFinite, type TrainConfig, Trainer } from '../../../foundry/train/index.ts';
import { smallModel as baseModel, smallTraining as baseTraining } from '../../../foundry/train/testing/small.ts';
import type { StateTensor } from '../../../ledger/index.ts';
import type { StepFacts } from '../adamw.ts';
import type { SegmentMotion } from '../input.ts';
import { segmentMotion } from '../segment.ts';
import { type StateReader, stateInMemory } from '../states.ts';

export const smallModel = (changes: Partial<ModelConfig> = {}): ModelConfig =>
  baseModel({
    ...{ vocabSize: 67, hiddenSize: 16, intermediateSize: 24, numKeyValueHeads: 2, maxPositionEmbeddings: 64 },
    ...changes,
  });

export const smallTraining = (changes: Partial<TrainConfig> = {}): TrainConfig =>
  baseTraining({
    ...{ steps: 60, batchSize: 2, microBatchSize: 2, sequenceLength: 12 },
    ...{ learningRate: 0.003, minLearningRate: 0.0003, warmupSteps: 6 },
    ...changes,
  });

/** A state as it is now: a copy. */
export const copyOf = (tensors: readonly StateTensor[]): StateTensor[] =>
  tensors.map((t) => ({ ...t, data: Uint8Array.from(t.data) }));

/** The floats of a tensor in a copied state: writing to them changes it. */
export function floatsOf(state: readonly StateTensor[], name: string): Float32Array {
  const { data } = state.find((t) => t.name === name)!;
  return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** A text with something to learn in it: words of three to six letters, each followed by one of two. */
export function wordyBatches(vocabSize: number, sequenceLength: number, seed: number, text = 1): Batches {
  const random = randomNumbers(text);
  const word = () => Array.from({ length: 3 + Math.floor(random() * 4) }, () => Math.floor(random() * vocabSize));
  const words = Array.from({ length: 24 }, word);
  const ids: number[] = [];
  for (let at = 0; ids.length < 4000; at = (2 * at + (random() < 0.7 ? 1 : 2)) % words.length) ids.push(...words[at]!);
  const all = Uint32Array.from(ids);
  const tokens = { length: all.length, read: (start: number, count: number) => all.slice(start, start + count) };
  return new Batches([{ tokens, weight: 1 }], seed, sequenceLength);
}

/** A state kept in a test. */
export interface KeptState {
  step: number;
  state: StateTensor[];
}

/** What a training leaves: its kept states, and its steps. */
export interface Traces {
  model: ModelConfig;
  train: TrainConfig;
  kept: KeptState[];
  steps: (StepFacts & { loss: number })[];
}

/** A trainer that changes its recipe without a new engine: what shapes no memory may change from training to training. */
export class Bench {
  readonly #model: ModelConfig;
  readonly #train: TrainConfig;
  readonly #trainer: Trainer;

  constructor(model: ModelConfig, train: TrainConfig) {
    this.#model = { ...model };
    this.#train = { ...train };
    this.#trainer = new Trainer(this.#model, this.#train, { threads: 1, tile: 16 });
  }

  /**
   * Trains from `seed` (or from `start`) and keeps the states at `at`, ascending; `touch` may change a state in place before it is
   * kept and trained on. A loss or weight that is no number ends it early.
   */
  run(
    changes: { model?: Partial<ModelConfig>; train?: Partial<TrainConfig> },
    seed: number,
    at: readonly number[],
    touch: (step: number, state: StateTensor[]) => void = () => {},
  ): Traces {
    Object.assign(this.#model, changes.model);
    Object.assign(this.#train, changes.train);
    const trainer = this.#trainer;
    const batches = wordyBatches(this.#model.vocabSize, this.#train.sequenceLength, seed);
    trainer.initialise(seed);
    const traces: Traces = { model: { ...this.#model }, train: { ...this.#train }, kept: [], steps: [] };
    for (;;) {
      if (at.includes(trainer.step)) {
        if (trainer.notFinite() !== undefined) return traces; // make does not save it
        touch(trainer.step, trainer.state());
        traces.kept.push({ step: trainer.step, state: copyOf(trainer.state()) });
        if (trainer.step === at.at(-1)) return traces;
      }
      try {
        traces.steps.push(trainer.next(batches));
      } catch (error) {
        if (error instanceof NotFinite) return traces;
        throw error;
      }
    }
  }

  close(): void {
    this.#trainer.close();
  }
}

export const reader = ({ step, state }: KeptState): StateReader => stateInMemory(state, `state-${step}`);

const known = new WeakMap<KeptState, { end: KeptState; steps: Traces['steps']; motion: SegmentMotion }>();

/** Motion of every segment between the kept states. What was found for the same states and steps is remembered. */
export function motionOf({ model, train, kept, steps }: Traces): SegmentMotion[] {
  return kept.slice(1).map((end, index) => {
    const start = kept[index]!;
    const before = known.get(start);
    if (before?.end === end && before.steps === steps) return before.motion;
    const motion = segmentMotion({
      segment: { index, from: start.step, to: end.step },
      model,
      train,
      steps: steps.slice(start.step, end.step),
      start: reader(start),
      end: reader(end),
    });
    if (!before) known.set(start, { end, steps, motion });
    return motion;
  });
}

/** Gives the floats of a tensor, by its name. */
export type Floats = (name: string) => Float32Array;

/** The traces with the state of checkpoint `j` changed. */
export function forge(traces: Traces, j: number, change: (floats: Floats) => unknown): Traces {
  const kept = [...traces.kept];
  const state = copyOf(kept[j]!.state);
  change((name) => floatsOf(state, name));
  kept[j] = { ...kept[j]!, state };
  return { ...traces, kept };
}
