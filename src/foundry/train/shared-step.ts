// A step shared by ranks: the messages between them and the order of additions. The bits are those of one process: round j of a
// step gives group j * size + r to rank r, so adding the ranks' gradients in ascending order, round after round, is exactly the chain
// of docs/arithmetic.md, "A step". Knows no optimizer, no state and no files.

import { type Engine, elementsOf, squareBlocks, type Tensor } from '../../engine/index.ts';
import { EMBEDDING, get, type Transformer } from '../model/index.ts';
import { gatherRows, type Slots, spreadRows, takeWindows, usedRows } from './batch.ts';
import { type Objective, objectiveOf } from './objective.ts';
import type { Piece } from './pieces.ts';
import { pieceOf, type SharedPlan } from './plan.ts';
import { type Exchange, exchange, gatherBytes, type Message, otherRanks, type Ranks } from './ranks.ts';
import type { TrainConfig } from './train-config.ts';

/** The sums over a step, on rank 0. */
export interface StepSums {
  /** Over all targets or pairs, one binary64 chain. */
  loss: number;
  /** Over all gradients, one binary64 chain in the order of names. */
  squares: number;
  /** The first tensor in the order of names whose gradient is not finite. */
  notFinite: string | undefined;
}

interface Context {
  ranks: Ranks;
  plan: SharedPlan;
  engine: Engine;
  model: Transformer;
  train: TrainConfig;
}

/** What ranks exchange of a batch, in this order; of pairs the references too. */
const SLOTS = ['tokens', 'targets', 'positions', 'references'] as const;

export class SharedStep {
  readonly #ranks: Ranks;
  readonly #plan: SharedPlan;
  readonly #engine: Engine;
  readonly #model: Transformer;
  readonly #train: TrainConfig;
  readonly #objective: Objective;
  /** Pieces of this rank's gradients by owner, in the order in which they are exchanged. */
  readonly #gradients: Tensor[][];
  /** The sums of this rank's pieces. */
  readonly #sums: Tensor[];

  constructor({ ranks, plan, engine, model, train }: Context) {
    this.#ranks = ranks;
    this.#plan = plan;
    this.#engine = engine;
    this.#model = model;
    this.#train = train;
    this.#objective = objectiveOf(train);
    const { headGradient } = model;
    this.#gradients = Array.from({ length: ranks.size }, (_, owner) => {
      const pieces = plan.pieces.filter((piece) => piece.owner === owner);
      const tied = headGradient ? pieces.filter(({ name }) => name === EMBEDDING) : [];
      return [
        ...pieces.map((piece) => pieceOf(get(model.gradients, piece.name), piece)),
        ...tied.map((piece) => pieceOf(headGradient!, piece)),
      ];
    });
    this.#sums = [...[...plan.ownParts.values()].map(({ g }) => g), ...plan.headSums.values()];
  }

  /**
   * Computes the gradients of this rank's groups; the owner of each piece sums it over all ranks. Only rank 0 has the batch of the
   * step and gets its sums.
   */
  gradients(batch: Slots | undefined, n: number): StepSums | undefined {
    const { batchSize, gradientGroups, microBatchSize, sequenceLength: T } = this.#train;
    const { rank, size } = this.#ranks;
    const perGroup = batchSize / gradientGroups;
    const losses = this.#engine.doubles(this.#plan.losses[rank]);
    const objective = this.#objective;
    let loss = 0;
    for (let round = 0; round < gradientGroups / size; round++) {
      const first = (r: number) => (round * size + r) * perGroup;
      const slots = this.#scatterSlots(batch, T, (r) => [first(r), first(r + 1)]);
      this.#model.zeroGradients();
      for (let b = 0; b < perGroup; b += microBatchSize) {
        const part = takeWindows(slots, T, [b, Math.min(b + microBatchSize, perGroup)]);
        const rows = usedRows(part);
        const nats = this.#model.backward(rows, { shares: objective.shares(rows, n), firstGroup: true });
        spreadRows(this.#engine.doubles(nats), part, losses.subarray(b * T));
      }
      for (const [r, nats] of this.#gatherLosses(() => perGroup * T).entries()) {
        const windows = takeWindows(batch!, T, [first(r), first(r + 1)]);
        loss = objective.add(loss, gatherRows(nats, windows), usedRows(windows));
      }
      this.#sumGradients(round === 0);
    }
    for (const [piece, head] of this.#plan.headSums)
      this.#engine.add({ target: this.#plan.ownParts.get(piece)!.g, source: head });
    const squares = this.#sumSquares();
    return squares && { loss, ...squares };
  }

  /** Nats of each target of `B` windows of `T`, by slot. Only rank 0 has the batch and gets the nats. */
  losses(batch: Slots | undefined, B: number, T: number): Float64Array | undefined {
    const first = (rank: number) => Math.floor((B * rank) / this.#ranks.size);
    const slots = this.#scatterSlots(batch, T, (rank) => [first(rank), first(rank + 1)]);
    if (slots.tokens.length > 0) {
      const losses = this.#model.losses(usedRows(slots));
      const own = this.#engine.doubles(this.#plan.losses[this.#ranks.rank]);
      spreadRows(this.#engine.doubles(losses), slots, own);
    }
    const parts = this.#gatherLosses((rank) => (first(rank + 1) - first(rank)) * T);
    return batch && Float64Array.from(parts.flatMap((part) => [...part]));
  }

  /** Every rank sends the weights that it has updated to all others. */
  spreadWeights(): void {
    const [ranks, plan] = [this.#ranks, this.#plan];
    const weights = (piece: Piece) => this.#engine.bytes(pieceOf(get(this.#model.weights, piece.name).values, piece));
    const sends = otherRanks(ranks).flatMap((rank) =>
      [...plan.ownParts.keys()].map((p) => ({ rank, data: weights(p) })),
    );
    const receives = plan.pieces
      .filter(({ owner }) => owner !== ranks.rank)
      .map((piece) => ({ rank: piece.owner, data: weights(piece) }));
    exchange(ranks, 'weights', sends, receives);
  }

  /** Rank 0 sends each rank its windows of a batch. */
  #scatterSlots(batch: Slots | undefined, T: number, of: (rank: number) => [from: number, to: number]): Slots {
    const [ranks, plan] = [this.#ranks, this.#plan];
    /** The tensors of a rank, on rank 0 with its windows in them. */
    const tensorsOf = (rank: number): Tensor[] => {
      const [from, to] = of(rank);
      const own = batch && takeWindows(batch, T, [from, to]);
      return SLOTS.flatMap((kind) => {
        const all = plan[kind];
        if (!all) return [];
        const tensor = all[rank].elements(0, (to - from) * T);
        if (own) this.#engine.set(tensor, own[kind] ?? new Float64Array((to - from) * T));
        return [tensor];
      });
    };
    const messages = (rank: number, tensors: readonly Tensor[]): Message[] =>
      tensors.map((tensor) => ({ rank, data: this.#engine.bytes(tensor) }));
    const own = tensorsOf(ranks.rank);
    if (batch) {
      const sends = otherRanks(ranks).flatMap((rank) => messages(rank, tensorsOf(rank)));
      exchange(ranks, 'tokens', sends, []);
    } else exchange(ranks, 'tokens', [], messages(0, own));
    const [tokens, targets, positions] = own.slice(0, 3).map((tensor) => this.#engine.ints(tensor));
    const references = own[3] && this.#engine.doubles(own[3]);
    return { tokens, targets, positions, ...(references && { references }) };
  }

  /** Nats of the slots of all ranks, by rank, on rank 0; elsewhere an empty list. */
  #gatherLosses(slotsOf: (rank: number) => number): Float64Array[] {
    const [ranks, plan] = [this.#ranks, this.#plan];
    const views = plan.losses.map((all, rank) => this.#engine.doubles(all).subarray(0, slotsOf(rank)));
    const bytes = views.map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    gatherBytes(ranks, 'losses', bytes);
    return ranks.rank === 0 ? views : [];
  }

  /**
   * Adds the gradients of a round to the sums of their owners, in ascending order of ranks; in the first round the sums start from
   * rank 0's. One piece is added while the next is in transit; no rank has memory for more.
   */
  #sumGradients(first: boolean): void {
    const turns = Math.max(...this.#gradients.map((pieces) => pieces.length));
    let next = this.#startPiece(0);
    for (let turn = 0; turn < turns; turn++) {
      const current = next;
      if (turn + 1 < turns) next = this.#startPiece(turn + 1);
      current.wait();
      const sum = this.#sums[turn];
      if (sum) this.#addPiece(sum, turn, first);
    }
  }

  #startPiece(turn: number): Exchange {
    const sends: Message[] = [];
    const receives: Message[] = [];
    const sum = this.#sums[turn];
    for (const rank of otherRanks(this.#ranks)) {
      const gradient = this.#gradients[rank][turn];
      if (gradient) sends.push({ rank, data: this.#engine.bytes(gradient) });
      if (sum) receives.push({ rank, data: this.#engine.bytes(this.#received(turn, rank, elementsOf(sum.shape))) });
    }
    return this.#ranks.start('gradients', sends, receives);
  }

  #received(turn: number, rank: number, length: number): Tensor {
    return this.#plan.received[turn % 2][rank].elements(0, length);
  }

  #addPiece(sum: Tensor, turn: number, first: boolean): void {
    const { rank: own, size } = this.#ranks;
    for (let rank = 0; rank < size; rank++) {
      const gradient = rank === own ? this.#gradients[own][turn] : this.#received(turn, rank, elementsOf(sum.shape));
      if (first && rank === 0) this.#engine.copy({ target: sum, source: gradient });
      else this.#engine.add({ target: sum, source: gradient });
    }
  }

  /** The chain over the block sums of the gradient norm, which the owners compute. On rank 0. */
  #sumSquares(): Omit<StepSums, 'loss'> | undefined {
    const [ranks, plan] = [this.#ranks, this.#plan];
    let first = 0;
    for (const { g } of plan.ownParts.values()) {
      const count = squareBlocks(elementsOf(g.shape));
      this.#engine.squares({ g, sums: plan.squares[ranks.rank].elements(first, count) });
      first += count;
    }
    const bytes = plan.squares.map((sums) => this.#engine.bytes(sums));
    gatherBytes(ranks, 'squares', bytes);
    if (ranks.rank > 0) return undefined;
    const parts = plan.squares.map((sums) => this.#engine.floats(sums)[Symbol.iterator]());
    let squares = 0;
    let notFinite: string | undefined;
    for (const { name, owner, length } of plan.pieces) {
      for (let block = squareBlocks(length); block > 0; block--) {
        const sum = parts[owner].next().value!;
        if (!Number.isFinite(sum)) notFinite ??= name;
        squares += sum;
      }
    }
    return { squares, notFinite };
  }
}
