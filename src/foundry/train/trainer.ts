// Training steps on an engine, alone or as one of several ranks: everything that decides the bits of a state. Knows no files;
// audit replays with this same class.

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
import { type StateTensor, sha256Hex, stateRoot } from '../../ledger/index.ts';
import { get, type ModelConfig, parameters, type Transformer } from '../model/index.ts';
import type { Batches } from './batches.ts';
import { type Order, order } from './orders.ts';
import { type Part, trainingProgram } from './plan.ts';
import { beginTogether } from './rank-agreement.ts';
import { broadcast, type Ranks } from './ranks.ts';
import { learningRateAt } from './schedule.ts';
import { type ReadState, SharedState } from './shared-state.ts';
import { type Rows, Shared, type Summed } from './shared-step.ts';
import { hasNotFinite, type StateEntry, stateEntries } from './state.ts';
import type { TrainConfig } from './train-config.ts';

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

export interface TrainerOptions extends EngineOptions {
  threads: number;
  ranks?: Ranks | undefined;
  /** Opens the engine to train on; WebAssembly's by default. */
  open?: OpenEngine;
}

/**
 * With `ranks` every method of rank 0's trainer is a work of all: `follow` has the others do their share. A state then lies with
 * its owners: `state` and `gradient` have no views to give, `stateBytes` and `takeState` pass it piece by piece.
 */
export class Trainer {
  readonly config: ModelConfig;
  readonly train: TrainConfig;
  readonly engine: Engine;
  /** Steps done so far. */
  step = 0;
  readonly #model: Transformer;
  readonly #parts: Part[];
  readonly #sums: Tensor;
  readonly #entries: StateEntry[];
  readonly #shared: { work: Shared; state: SharedState; ranks: Ranks } | undefined;

  /**
   * Plans the memory, takes it, starts the threads.
   * @throws JikjiError `too-large` (before anything is taken), `no-fma`, `no-memory`; `groups-ranks`, `rank-lost`
   */
  constructor(config: ModelConfig, train: TrainConfig, { ranks, open = openWebAssembly, ...options }: TrainerOptions) {
    this.config = config;
    this.train = train;
    const begin = () => open(trainingProgram(config, train, ranks), options);
    const together = ranks && ranks.size > 1 ? ranks : undefined;
    if (together) order(together, { do: 'train', config, train });
    const { engine, declared } = together ? beginTogether(together, begin, (begun) => begun.engine.close()) : begin();
    const { model, parts, sums, shared } = declared;
    this.#model = model;
    this.#parts = parts;
    this.#sums = sums;
    this.#entries = stateEntries(config);
    this.engine = engine;
    model.prepare();
    this.#shared = together &&
      shared && {
        work: new Shared(together, shared, engine, model, train),
        state: new SharedState(together, shared, engine, this.#entries),
        ranks: together,
      };
  }

  #order(what: Order): void {
    if (this.#shared) order(this.#shared.ranks, what);
  }

  /** On the other ranks: does its share of what rank 0 does. */
  obey(what: Order): void {
    const { work, state } = this.#shared!;
    switch (what.do) {
      case 'initialise':
        this.initialise(BigInt(what.seed));
        break;
      case 'step':
        this.#step(undefined);
        break;
      case 'losses':
        work.losses(undefined, what.B, what.T);
        break;
      case 'root':
        state.root(this.step);
        break;
      case 'notFinite':
        state.notFinite();
        break;
      case 'stateBytes':
        for (const _ of state.read());
        break;
      case 'takeState':
        this.takeState(what.step);
        break;
      default:
        throw new Error(`no such order: ${what.do}`);
    }
  }

  /** S_0: weights drawn from `seed`, moments +0. */
  initialise(seed: Seed): void {
    this.#order({ do: 'initialise', seed: `${seed}` });
    for (const { name, std, value } of parameters(this.config)) {
      const target = get(this.#model.weights, name).values;
      if (std === undefined) this.engine.fill({ target, value });
      else this.engine.random({ target, name, seed, std });
    }
    for (const { m, v } of this.#parts) for (const target of [m, v]) this.engine.fill({ target, value: 0 });
    this.step = 0;
  }

  /**
   * One step on the batch that its number names.
   * @throws NotFinite; weights and moments are then as before
   */
  next(batches: Batches): StepRecord {
    const batch = batches.batch(this.step, this.train.batchSize);
    this.#order({ do: 'step' });
    const record = this.#step(batch);
    const digest = sha256Hex(Buffer.concat([bytesOf(batch.tokens), bytesOf(batch.targets)]));
    return { ...record!, batch: digest };
  }

  /** A step; `batch` and what comes of it are rank 0's. */
  #step(batch: Rows | undefined): Omit<StepRecord, 'batch'> | undefined {
    const step = this.step + 1;
    const found = this.#shared ? this.#shared.work.gradients(batch) : this.#gradients(batch!);
    let good: { loss: number; gradNorm: number } | null = null;
    if (found) {
      const loss = found.nats / (this.train.batchSize * this.train.sequenceLength);
      const gradNorm = Math.sqrt(found.squares);
      if (Number.isFinite(loss) && Number.isFinite(gradNorm)) good = { loss, gradNorm };
    }
    if (this.#shared) good = broadcast(this.#shared.ranks, 'gradient norm', good);
    if (found && !good) throw new NotFinite(step, found.notFinite ?? 'loss');
    return good ? { step, ...good, learningRate: this.#update(step, good.gradNorm) } : undefined;
  }

  #gradients({ tokens, targets }: Rows): Summed {
    const { engine: e, train: c } = this;
    const model = this.#model;
    const T = c.sequenceLength;
    const perGroup = c.batchSize / c.gradientGroups;
    let nats = 0;
    model.zeroGradients();
    for (let group = 0; group < c.gradientGroups; group++) {
      if (group > 0) model.startGroup();
      for (let b = 0; b < perGroup; b += c.microBatchSize) {
        const B = Math.min(c.microBatchSize, perGroup - b);
        const from = (group * perGroup + b) * T;
        const to = from + B * T;
        const batch = { tokens: tokens.subarray(from, to), targets: targets.subarray(from, to), length: T };
        const losses = model.backward(batch, { targetsInStep: c.batchSize * T, firstGroup: group === 0 });
        for (const lost of e.doubles(losses)) nats += lost;
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
    return { nats, squares, notFinite };
  }

  /** AdamW on what this process owns; returns the learning rate. */
  #update(step: number, gradNorm: number): number {
    const c = this.train;
    const learningRate = learningRateAt(c, step);
    const clip = c.gradClip > 0 && gradNorm > c.gradClip ? Math.fround(c.gradClip / gradNorm) : 1;
    const { beta1, beta2, eps } = c;
    for (const { w, g, m, v, decays } of this.#parts) {
      const weightDecay = decays ? c.weightDecay : 0;
      this.engine.adamw({ w, g, m, v, learningRate, weightDecay, beta1, beta2, eps, clip, step });
    }
    this.#shared?.work.spreadWeights();
    this.step = step;
    return learningRate;
  }

  /** The first tensor of the state, in the order of names, that holds a value that is not finite. */
  notFinite(): string | undefined {
    this.#order({ do: 'notFinite' });
    if (this.#shared) return this.#shared.state.notFinite();
    return this.state().find(({ data }) => hasNotFinite(data))?.name;
  }

  /** Nats of each target of `B` sequences of `T`, with the weights as they are. B: `sequencesAtOnce` at most. */
  losses(tokens: Int32Array, targets: Int32Array, B: number, T: number): Float64Array {
    this.#order({ do: 'losses', B, T });
    if (this.#shared) return this.#shared.work.losses({ tokens, targets }, B, T)!;
    return this.engine.doubles(this.#model.losses({ tokens, targets, length: T })).slice();
  }

  /** Sequences that `losses` takes at once. */
  get sequencesAtOnce(): number {
    return this.train.microBatchSize * (this.#shared?.ranks.size ?? 1);
  }

  /** Gradient of a weight after the last step, as it was before clipping. A view: gone with the next step. Not with ranks. */
  gradient(name: string): Float32Array {
    this.#notShared();
    return this.engine.floats(get(this.#model.gradients, name));
  }

  /** The weights alone, in the order of names; `data` are views of the engine's memory. */
  weights(): StateTensor[] {
    return parameters(this.config).map(({ name, shape }) => ({
      name,
      dtype: 'F32' as const,
      shape,
      data: this.engine.bytes(get(this.#model.weights, name).values),
    }));
  }

  /** The tensors that the next step starts from, without their bytes, in the order of names. */
  get stateTensors(): Omit<StateTensor, 'data'>[] {
    return this.#entries.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  }

  /** Everything the next step starts from, in the order of names; `data` are views of the engine's memory. Not with ranks. */
  state(): StateTensor[] {
    this.#notShared();
    const parts = new Map(this.#parts.map((part) => [part.name, part]));
    return this.#entries.map(({ name, dtype, shape, parameter, kind }) => {
      return { name, dtype, shape, data: this.engine.bytes(parts.get(parameter)![kind]) };
    });
  }

  #notShared(): void {
    if (this.#shared) throw new Error('this lies with the ranks');
  }

  /** The bytes of the state's tensors one after the other, in pieces; each is good until the next is asked for. */
  *stateBytes(): Generator<Uint8Array> {
    this.#order({ do: 'stateBytes' }); // not before somebody asks for the first piece
    if (this.#shared) yield* this.#shared.state.read();
    else for (const { data } of this.state()) yield data;
  }

  /** Takes the state after `step`, which `read` gives on rank 0. Where `read` throws, it is neither the old one nor the new. */
  takeState(step: number, read?: ReadState): void {
    this.#order({ do: 'takeState', step });
    if (this.#shared) {
      try {
        this.#shared.state.fill(read);
      } finally {
        this.#shared.work.spreadWeights(); // the others do it, whatever could not be read here
      }
    } else for (const { name, data } of this.state()) read!(name, data, 0);
    this.step = step;
  }

  stateRoot(): string {
    this.#order({ do: 'root' });
    return this.#shared ? this.#shared.state.root(this.step)! : stateRoot(this.step, this.state());
  }

  close(): void {
    this.engine.close();
  }
}

const bytesOf = (a: Int32Array): Uint8Array => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
