// Training steps on an engine: everything that decides the bits of a state. Knows no files; audit replays with this same class.

import {
  adamw,
  Engine,
  type EngineOptions,
  fill,
  Layout,
  type Region,
  randomNormal,
  type Seed,
  squareSum,
  squareSumLength,
} from '../../engine/index.ts';
import { type StateTensor, sha256Hex, stateRoot } from '../../ledger/index.ts';
import {
  elements,
  get,
  Llama,
  type ModelConfig,
  modelScratch,
  parameterCount,
  parameters,
  planWeights,
  type Weights,
} from '../model/index.ts';
import type { Batches } from './batches.ts';
import { learningRateAt, type Schedule } from './schedule.ts';

export interface TrainConfig extends Schedule {
  batchSize: number;
  microBatchSize: number;
  sequenceLength: number;
  gradientGroups: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  gradClip: number;
}

/** What a step leaves behind. */
export interface StepRecord {
  /** Counted from 1. */
  step: number;
  /** Mean nats a token, binary64. */
  loss: number;
  /** Before clipping, binary64. */
  gradNorm: number;
  /** Binary32. */
  learningRate: number;
  /** SHA-256 of the batch: its tokens, then its targets, as 32-bit little-endian integers. */
  batch: string;
}

/** A step met values that are not finite. */
export class NotFinite extends Error {
  readonly step: number;
  /** The first tensor in the order of names; or `loss`. */
  readonly tensor: string;
  /** What of it: its gradient (the step is not applied), or the tensor as the step left it. */
  readonly of: 'gradient' | 'state';

  constructor(step: number, tensor: string, of: 'gradient' | 'state' = 'gradient') {
    super(`step ${step}: ${tensor} is not finite`);
    this.step = step;
    this.tensor = tensor;
    this.of = of;
  }
}

const EXP_AVG = 'adamw.exp_avg.';
const EXP_AVG_SQ = 'adamw.exp_avg_sq.';

/** Prefixes of the moments' names in a state. */
export const momentNames = { first: EXP_AVG, second: EXP_AVG_SQ };

/**
 * Where everything lies that training needs; nothing is taken yet.
 * @throws JikjiError `too-large`: how much it needs, and which knob lowers it
 */
export function planTraining(config: ModelConfig, train: TrainConfig, threads: number) {
  const T = train.sequenceLength;
  const layout = new Layout(threads, modelScratch(config, T));
  const list = parameters(config);
  const model = new Llama(layout, config, train.microBatchSize * T, T, true, train.gradientGroups);
  const first = planWeights(layout, list);
  const second = planWeights(layout, list);
  const sums = layout.f32(Math.max(...list.map((p) => squareSumLength(elements(p.shape)))));
  layout.check(
    `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, micro-batches of ${train.microBatchSize} x ${T} tokens`,
    train.microBatchSize > 1
      ? 'lower train.microBatchSize (it changes no bit of the result), then model.hiddenSize or model.numHiddenLayers'
      : 'lower model.hiddenSize, model.numHiddenLayers, tokenizer.vocabSize or train.sequenceLength',
  );
  return { layout, model, first, second, sums };
}

export class Trainer {
  readonly config: ModelConfig;
  readonly train: TrainConfig;
  readonly engine: Engine;
  /** Steps done so far. */
  step = 0;
  readonly #model: Llama;
  readonly #first: Weights;
  readonly #second: Weights;
  readonly #sums: Region;

  /**
   * Plans the memory, takes it, starts the threads.
   * @throws JikjiError `too-large` (before anything is taken), `no-fma`, `no-memory`
   */
  constructor(config: ModelConfig, train: TrainConfig, threads: number, options?: EngineOptions) {
    this.config = config;
    this.train = train;
    const plan = planTraining(config, train, threads);
    this.#model = plan.model;
    this.#first = plan.first;
    this.#second = plan.second;
    this.#sums = plan.sums;
    this.engine = new Engine(plan.layout, options);
    this.#model.prepare(this.engine);
  }

  /** S_0: weights drawn from `seed`, moments +0. */
  initialise(seed: Seed): void {
    for (const { name, std } of parameters(this.config)) {
      const region = get(this.#model.weights, name);
      if (std === undefined) fill(this.engine, region, 1);
      else randomNormal(this.engine, region, name, seed, std);
      fill(this.engine, get(this.#first, name), 0);
      fill(this.engine, get(this.#second, name), 0);
    }
    this.step = 0;
  }

  /**
   * One step on the batch that its number names.
   * @throws NotFinite; weights and moments are then as before
   */
  next(batches: Batches): StepRecord {
    const { engine: e, train: c } = this;
    const model = this.#model;
    const T = c.sequenceLength;
    const step = this.step + 1;
    const { tokens, targets } = batches.batch(this.step, c.batchSize);
    const perGroup = c.batchSize / c.gradientGroups;
    const targetsInStep = c.batchSize * T;

    let sum = 0;
    model.zeroGradients(e);
    for (let group = 0; group < c.gradientGroups; group++) {
      if (group > 0) model.startGroup(e);
      for (let b = 0; b < perGroup; b += c.microBatchSize) {
        const B = Math.min(c.microBatchSize, perGroup - b);
        const from = (group * perGroup + b) * T;
        const to = from + B * T;
        sum = model.backward(
          e,
          tokens.subarray(from, to),
          targets.subarray(from, to),
          B,
          T,
          targetsInStep,
          group === 0,
          sum,
        );
      }
      if (group > 0) model.finishGroup(e);
    }
    model.finishGradients(e);

    const loss = sum / targetsInStep;
    let squares = 0;
    for (const region of model.gradients!.values()) squares = squareSum(e, region, this.#sums, squares);
    const gradNorm = Math.sqrt(squares);
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw new NotFinite(step, this.#firstNotFinite());

    const learningRate = learningRateAt(c, step);
    const clip = c.gradClip > 0 && gradNorm > c.gradClip ? Math.fround(c.gradClip / gradNorm) : 1;
    for (const { name, std } of parameters(this.config)) {
      adamw(e, get(model.weights, name), get(model.gradients!, name), get(this.#first, name), get(this.#second, name), {
        learningRate,
        weightDecay: std === undefined ? 0 : c.weightDecay,
        beta1: c.beta1,
        beta2: c.beta2,
        eps: c.eps,
        clip,
        step,
      });
    }
    this.step = step;
    const batch = sha256Hex(Buffer.concat([bytesOf(tokens), bytesOf(targets)]));
    return { step, loss, gradNorm, learningRate, batch };
  }

  /** The first tensor of the state, in the order of names, that holds a value that is not finite. */
  notFinite(): string | undefined {
    return this.state().find(({ data }) => {
      const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
      return words.some((word) => (word & 0x7f800000) === 0x7f800000); // an exponent of all ones: infinite or NaN
    })?.name;
  }

  #firstNotFinite(): string {
    for (const [name, region] of this.#model.gradients!) {
      if (!Number.isFinite(squareSum(this.engine, region, this.#sums, 0))) return name;
    }
    return 'loss';
  }

  /** Nats of each target of `B` sequences of `T`, with the weights as they are. */
  losses(tokens: Int32Array, targets: Int32Array, B: number, T: number): Float64Array {
    return this.#model.losses(this.engine, tokens, targets, B, T);
  }

  /** Gradient of a weight after the last step, as it was before clipping. A view: gone with the next step. */
  gradient(name: string): Float32Array {
    return this.engine.floats(get(this.#model.gradients!, name));
  }

  /** Everything the next step starts from, in the order of names; `data` are views of the engine's memory. */
  state(): StateTensor[] {
    const tensors = parameters(this.config).flatMap(({ name, shape }) =>
      (
        [
          [name, this.#model.weights],
          [EXP_AVG + name, this.#first],
          [EXP_AVG_SQ + name, this.#second],
        ] as const
      ).map(([full, set]) => ({
        name: full,
        dtype: 'F32' as const,
        shape,
        data: this.engine.bytes(get(set, name)),
      })),
    );
    return tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  stateRoot(): string {
    return stateRoot(this.step, this.state());
  }

  close(): void {
    this.engine.close();
  }
}

const bytesOf = (a: Int32Array): Uint8Array => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
