// Training steps on an engine, alone or as one of several ranks: everything that decides the bits of a state. Audits replay with this
// class too. Knows no files.

import {
  type Engine,
  type EngineOptions,
  elementsOf,
  type OpenEngine,
  openWebAssembly,
  type Seed,
  squareBlocks,
  type Tensor,
} from '../../engine/index.ts';
import { type StateTensor, stateRoot } from '../../ledger/index.ts';
import { get, type ModelConfig, parameters, type Transformer } from '../model/index.ts';
import {
  type Batch,
  batchDigest,
  gatherRows,
  type Slots,
  slotsOf,
  spreadRows,
  takeWindows,
  usedRows,
} from './batch.ts';
import type { Batches } from './batches.ts';
import { type Objective, objectiveOf } from './objective.ts';
import { type Part, updateParts } from './optimizer.ts';
import { type Order, sendOrder } from './orders.ts';
import { trainingProgram } from './plan.ts';
import { beginTogether } from './rank-agreement.ts';
import { broadcast, type Ranks } from './ranks.ts';
import { learningRateAt } from './schedule.ts';
import { type ReadState, SharedState } from './shared-state.ts';
import { SharedStep, type StepSums } from './shared-step.ts';
import { hasNotFinite, type StateEntry, stateEntries } from './state.ts';
import type { TrainConfig } from './train-config.ts';

/** The record of a step. */
export interface StepRecord {
  /** Counted from 1. */
  step: number;
  /** Mean nats of a target that is learned, or mean loss of a pair; binary64. */
  loss: number;
  /** Before clipping, binary64. */
  gradNorm: number;
  /** Binary32. */
  learningRate: number;
  /** SHA-256 of the batch, as `batchDigest` has it. */
  batch: string;
  /** Rows that the model saw. */
  rows: number;
}

/** A step has values that are not finite. */
export class NotFinite extends Error {
  readonly step: number;
  /** The first tensor in the order of names; or `loss`. */
  readonly tensor: string;
  /** Its gradient (the step is not applied), or the tensor after the step. */
  readonly of: 'gradient' | 'state';

  constructor(step: number, tensor: string, of: 'gradient' | 'state' = 'gradient') {
    super(`step ${step}: ${tensor} is not finite`);
    this.step = step;
    this.tensor = tensor;
    this.of = of;
  }
}

export interface TrainerOptions extends EngineOptions {
  threads: number;
  ranks?: Ranks | undefined;
  /** Opens the engine; WebAssembly's by default. */
  open?: OpenEngine;
}

/**
 * With `ranks`, all ranks take part in every method of rank 0's trainer: the others run `follow`. The state is then spread over its
 * owners: `state` and `gradient` throw an Error, and `stateBytes` and `takeState` move it piece by piece.
 */
export class Trainer {
  readonly config: ModelConfig;
  readonly train: TrainConfig;
  readonly engine: Engine;
  /** Steps done so far. */
  step = 0;
  readonly #model: Transformer;
  readonly #objective: Objective;
  readonly #parts: Part[];
  readonly #sums: Tensor;
  readonly #entries: StateEntry[];
  readonly #shared: { step: SharedStep; state: SharedState; ranks: Ranks } | undefined;

  /**
   * Plans the memory, allocates it and starts the threads.
   * @throws JikjiError `too-large` (before anything is allocated), `no-fma`, `no-memory`; `groups-ranks`, `rank-lost`
   */
  constructor(config: ModelConfig, train: TrainConfig, { ranks, open = openWebAssembly, ...options }: TrainerOptions) {
    this.config = config;
    this.train = train;
    const begin = () => open(trainingProgram(config, train, ranks), options);
    const together = ranks && ranks.size > 1 ? ranks : undefined;
    if (together) sendOrder(together, { do: 'train', config, train });
    const { engine, declared } = together ? beginTogether(together, begin, (begun) => begun.engine.close()) : begin();
    const { model, parts, sums, shared } = declared;
    this.#model = model;
    this.#objective = objectiveOf(train);
    this.#parts = parts;
    this.#sums = sums;
    this.#entries = stateEntries(config, train);
    this.engine = engine;
    model.prepare();
    this.#shared = together &&
      shared && {
        step: new SharedStep({ ranks: together, plan: shared, engine, model, train }),
        state: new SharedState(together, shared, engine, this.#entries),
        ranks: together,
      };
  }

  #sendOrder(order: Order): void {
    if (this.#shared) sendOrder(this.#shared.ranks, order);
  }

  /** On the other ranks: does this rank's share of an order. */
  carryOut(order: Order): void {
    const { step, state } = this.#shared!;
    if (order.do === 'initialise') this.initialise(BigInt(order.seed));
    else if (order.do === 'step') this.#step(undefined, order.n);
    else if (order.do === 'losses') step.losses(undefined, order.B, order.T);
    else if (order.do === 'root') state.root(this.step);
    else if (order.do === 'notFinite') state.notFinite();
    else if (order.do === 'stateBytes') for (const _ of state.read());
    else if (order.do === 'takeState') this.takeState(order.step);
    else throw new Error(`no such order: ${order.do}`);
  }

  /** S_0: weights drawn from `seed`, moments +0. */
  initialise(seed: Seed): void {
    this.#sendOrder({ do: 'initialise', seed: `${seed}` });
    for (const { name, std, value } of parameters(this.config)) {
      const target = get(this.#model.weights, name).values;
      if (std === undefined) this.engine.fill({ target, value });
      else this.engine.random({ target, name, seed, std });
    }
    for (const { m, v } of this.#parts) for (const target of v ? [m, v] : [m]) this.engine.fill({ target, value: 0 });
    this.step = 0;
  }

  /**
   * Does one step, on the batch of its number.
   * @throws NotFinite; weights and moments are then unchanged
   */
  next(batches: Batches): StepRecord {
    const batch = batches.batch(this.step, this.train.batchSize);
    const slots = slotsOf(batch, this.train.sequenceLength);
    const n = this.#objective.count(batch);
    this.#sendOrder({ do: 'step', n });
    const record = this.#step(slots, n);
    const rows = slots.positions.reduce((sum, position) => sum + (position >= 0 ? 1 : 0), 0);
    return { ...record!, batch: batchDigest(batch), rows };
  }

  /** Does one step. Only rank 0 has the batch and gets the record. */
  #step(slots: Slots | undefined, n: number): Omit<StepRecord, 'batch' | 'rows'> | undefined {
    const step = this.step + 1;
    const sums = this.#shared ? this.#shared.step.gradients(slots, n) : this.#gradients(slots!, n);
    let finite: { loss: number; gradNorm: number } | null = null;
    if (sums) {
      const loss = sums.loss / n;
      const gradNorm = Math.sqrt(sums.squares);
      if (Number.isFinite(loss) && Number.isFinite(gradNorm)) finite = { loss, gradNorm };
    }
    if (this.#shared) finite = broadcast(this.#shared.ranks, 'gradient norm', finite);
    if (sums && !finite) throw new NotFinite(step, sums.notFinite ?? 'loss');
    return finite ? { step, ...finite, learningRate: this.#update(step, finite.gradNorm) } : undefined;
  }

  #gradients(slots: Slots, n: number): StepSums {
    const { engine: e, train: c } = this;
    const [model, objective] = [this.#model, this.#objective];
    const perGroup = c.batchSize / c.gradientGroups;
    let loss = 0;
    model.zeroGradients();
    for (let group = 0; group < c.gradientGroups; group++) {
      if (group > 0) model.startGroup();
      for (let b = 0; b < perGroup; b += c.microBatchSize) {
        const first = group * perGroup + b;
        const end = first + Math.min(c.microBatchSize, perGroup - b);
        const rows = usedRows(takeWindows(slots, c.sequenceLength, [first, end]));
        const nats = model.backward(rows, { shares: objective.shares(rows, n), firstGroup: group === 0 });
        loss = objective.add(loss, e.doubles(nats), rows);
      }
      if (group > 0) model.finishGroup();
    }
    model.finishGradients();
    let squares = 0;
    let notFinite: string | undefined;
    for (const [name, g] of model.gradients) {
      const sums = this.#sums.elements(0, squareBlocks(elementsOf(g.shape)));
      e.squares({ g, sums });
      for (const sum of e.floats(sums)) squares += sum;
      if (!Number.isFinite(squares)) notFinite ??= name;
    }
    return { loss, squares, notFinite };
  }

  /** Updates the parts of this process; returns the learning rate. */
  #update(step: number, gradNorm: number): number {
    const c = this.train;
    const learningRate = learningRateAt(c, step);
    const clip = c.gradClip > 0 && gradNorm > c.gradClip ? Math.fround(c.gradClip / gradNorm) : 1;
    updateParts(this.engine, this.#parts, c, { step, learningRate, clip });
    this.#shared?.step.spreadWeights();
    this.step = step;
    return learningRate;
  }

  /** The first tensor of the state, in the order of names, with a value that is not finite. */
  notFinite(): string | undefined {
    this.#sendOrder({ do: 'notFinite' });
    if (this.#shared) return this.#shared.state.notFinite();
    return this.state().find(({ data }) => hasNotFinite(data))?.name;
  }

  /**
   * Nats of each target of windows of `T` with the current weights, by slot; +0 where nothing is learned. There are at most
   * `sequencesAtOnce` windows.
   */
  losses(batch: Batch, T: number): Float64Array {
    const B = batch.tokens.length / T;
    const slots = slotsOf(batch, T);
    this.#sendOrder({ do: 'losses', B, T });
    if (this.#shared) return this.#shared.step.losses(slots, B, T)!;
    const nats = new Float64Array(B * T);
    spreadRows(this.engine.doubles(this.#model.losses(usedRows(slots))), slots, nats);
    return nats;
  }

  /** The loss of a batch with the current weights: what the record of its step would have. */
  loss(batch: Batch): number {
    const { sequenceLength: T } = this.train;
    const slots = slotsOf(batch, T);
    const B = batch.tokens.length / T;
    let sum = 0;
    for (let b = 0; b < B; b += this.sequencesAtOnce) {
      const part = takeWindows(slots, T, [b, Math.min(b + this.sequencesAtOnce, B)]);
      sum = this.#objective.add(sum, gatherRows(this.losses(part, T), part), usedRows(part));
    }
    return sum / this.#objective.count(batch);
  }

  /** The most windows that `losses` takes at once. */
  get sequencesAtOnce(): number {
    return this.train.microBatchSize * (this.#shared?.ranks.size ?? 1);
  }

  /** Gradient of a weight in the last step, before clipping. A view, valid until the next step. Not with ranks. */
  gradient(name: string): Float32Array {
    this.#notShared();
    return this.engine.floats(get(this.#model.gradients, name));
  }

  /** The weights, in the order of names; `data` are views of the engine's memory. */
  weights(): StateTensor[] {
    return parameters(this.config).map(({ name, shape }) => ({
      name,
      dtype: 'F32' as const,
      shape,
      data: this.engine.bytes(get(this.#model.weights, name).values),
    }));
  }

  /** The tensors of the state without their bytes, in the order of names. */
  get stateTensors(): Omit<StateTensor, 'data'>[] {
    return this.#entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  }

  /** The state that the next step starts from, in the order of names; `data` are views of the engine's memory. Not with ranks. */
  state(): StateTensor[] {
    this.#notShared();
    const parts = new Map(this.#parts.map((part) => [part.name, part]));
    return this.#entries.map(({ name, dtype, shape, parameter, kind }) => {
      return { name, dtype, shape, data: this.engine.bytes(parts.get(parameter)![kind]!) };
    });
  }

  #notShared(): void {
    if (this.#shared) throw new Error('this is spread over the ranks');
  }

  /** The bytes of the tensors of the state in order, in pieces; each is valid until the next. */
  *stateBytes(): Generator<Uint8Array> {
    this.#sendOrder({ do: 'stateBytes' }); // sent only when the first piece is requested
    if (this.#shared) yield* this.#shared.state.read();
    else for (const { data } of this.state()) yield data;
  }

  /** Takes the state after `step` from `read`, which only rank 0 has. Where `read` throws, the state is a mixture of old and new. */
  takeState(step: number, read?: ReadState): void {
    this.#sendOrder({ do: 'takeState', step });
    if (this.#shared) {
      try {
        this.#shared.state.fill(read);
      } finally {
        this.#shared.step.spreadWeights(); // the other ranks do this too, even where `read` failed here
      }
    } else for (const { name, data } of this.state()) read!(name, data, 0);
    this.step = step;
  }

  stateRoot(): string {
    this.#sendOrder({ do: 'root' });
    return this.#shared ? this.#shared.state.root(this.step)! : stateRoot(this.step, this.state());
  }

  close(): void {
    this.engine.close();
  }
}
