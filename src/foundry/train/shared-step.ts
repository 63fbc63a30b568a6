// A step shared by ranks: who sends what to whom, and what is added in which order. The bits are those of one process.
// Round j of a step gives group j * size + r to rank r, so that adding what the ranks send in ascending order, round after
// round, is the very chain of docs/arithmetic.md, "A step". Knows no optimizer, no state and no files.

import { type Engine, elementsOf, squareBlocks, type Tensor } from '../../engine/index.ts';
import { EMBEDDING, get, type Transformer } from '../model/index.ts';
import type { Piece } from './pieces.ts';
import { pieceOf, type SharedPlan } from './plan.ts';
import { type Exchange, exchange, gatherBytes, type Message, others, type Ranks } from './ranks.ts';
import type { TrainConfig } from './train-config.ts';

/** Tokens and targets of whole sequences, row-major. */
export interface Rows {
  tokens: Int32Array;
  targets: Int32Array;
}

/** What rank 0 has of a step's gradients. */
export interface Summed {
  /** Of all targets, one binary64 chain. */
  nats: number;
  /** Of all gradients, one binary64 chain in the order of names. */
  squares: number;
  /** The first tensor in the order of names whose gradient is not finite. */
  notFinite: string | undefined;
}

export class Shared {
  readonly ranks: Ranks;
  readonly plan: SharedPlan;
  readonly #engine: Engine;
  readonly #model: Transformer;
  readonly #train: TrainConfig;
  /** Pieces of this rank's gradients by owner, in the order in which they are exchanged. */
  readonly #gradients: Tensor[][];
  /** Where those of this owner are summed. */
  readonly #sums: Tensor[];

  constructor(ranks: Ranks, plan: SharedPlan, engine: Engine, model: Transformer, train: TrainConfig) {
    this.ranks = ranks;
    this.plan = plan;
    this.#engine = engine;
    this.#model = model;
    this.#train = train;
    const { headGradient } = model;
    this.#gradients = Array.from({ length: ranks.size }, (_, owner) => {
      const pieces = plan.pieces.filter((piece) => piece.owner === owner);
      const tied = headGradient ? pieces.filter(({ name }) => name === EMBEDDING) : [];
      return [
        ...pieces.map((piece) => pieceOf(get(model.gradients, piece.name), piece)),
        ...tied.map((piece) => pieceOf(headGradient!, piece)),
      ];
    });
    this.#sums = [...[...plan.own.values()].map(({ g }) => g), ...plan.heads.values()];
  }

  /**
   * Each rank's groups, and all gradients summed where their owners are. `batch` is the step's on rank 0, which gets what came
   * of it; elsewhere there is neither.
   */
  gradients(batch: Rows | undefined): Summed | undefined {
    const { batchSize, gradientGroups, microBatchSize, sequenceLength: T } = this.#train;
    const { rank, size } = this.ranks;
    const perGroup = batchSize / gradientGroups;
    const rows = perGroup * T;
    const losses = this.#engine.doubles(this.plan.losses[rank]!);
    const targetsInStep = batchSize * T;
    let nats = 0;
    for (let round = 0; round < gradientGroups / size; round++) {
      const { tokens, targets } = this.#deal(batch, (r) => [(round * size + r) * rows, (round * size + r + 1) * rows]);
      this.#model.zeroGradients();
      for (let b = 0; b < perGroup; b += microBatchSize) {
        const B = Math.min(microBatchSize, perGroup - b);
        const [from, to] = [b * T, (b + B) * T];
        const part = { tokens: tokens.subarray(from, to), targets: targets.subarray(from, to), length: T };
        const found = this.#model.backward(part, { targetsInStep, firstGroup: true });
        losses.set(this.#engine.doubles(found), from);
      }
      for (const part of this.#collect(() => rows)) for (const x of part) nats += x;
      this.#sum(round === 0);
    }
    for (const [piece, head] of this.plan.heads)
      this.#engine.add({ target: this.plan.own.get(piece)!.g, source: head });
    const norm = this.#squares();
    return norm && { nats, ...norm };
  }

  /** Nats of each target of `B` sequences of `T`, which `batch` on rank 0 holds; elsewhere there is neither. */
  losses(batch: Rows | undefined, B: number, T: number): Float64Array | undefined {
    const first = (rank: number): number => Math.floor((B * rank) / this.ranks.size);
    const { tokens, targets } = this.#deal(batch, (rank) => [first(rank) * T, first(rank + 1) * T]);
    if (tokens.length > 0) {
      const found = this.#model.losses({ tokens, targets, length: T });
      this.#engine.doubles(this.plan.losses[this.ranks.rank]!).set(this.#engine.doubles(found));
    }
    const parts = this.#collect((rank) => (first(rank + 1) - first(rank)) * T);
    return batch && Float64Array.from(parts.flatMap((part) => [...part]));
  }

  /** Every rank sends the weights it has updated to all others. */
  spreadWeights(): void {
    const { ranks, plan } = this;
    const weights = (piece: Piece): Uint8Array =>
      this.#engine.bytes(pieceOf(get(this.#model.weights, piece.name).values, piece));
    const sends = others(ranks).flatMap((rank) => [...plan.own.keys()].map((p) => ({ rank, data: weights(p) })));
    const receives = plan.pieces
      .filter(({ owner }) => owner !== ranks.rank)
      .map((piece) => ({ rank: piece.owner, data: weights(piece) }));
    exchange(ranks, 'weights', sends, receives);
  }

  /** Rank 0 hands each rank its rows of a batch. */
  #deal(batch: Rows | undefined, rowsOf: (rank: number) => [from: number, to: number]): Rows {
    const { ranks, plan } = this;
    const place = (kind: keyof Rows, rank: number): Tensor => {
      const [from, to] = rowsOf(rank);
      const rows = plan[kind][rank]!.elements(0, to - from);
      if (batch) this.#engine.set(rows, batch[kind].subarray(from, to));
      return rows;
    };
    const message = (rank: number, rows: Tensor): Message => ({ rank, data: this.#engine.bytes(rows) });
    const [tokens, targets] = [place('tokens', ranks.rank), place('targets', ranks.rank)];
    if (batch) {
      const sends = others(ranks).flatMap((r) => [message(r, place('tokens', r)), message(r, place('targets', r))]);
      exchange(ranks, 'tokens', sends, []);
    } else exchange(ranks, 'tokens', [], [message(0, tokens), message(0, targets)]);
    return { tokens: this.#engine.ints(tokens), targets: this.#engine.ints(targets) };
  }

  /** Nats of all ranks' rows, by rank, on rank 0. */
  #collect(rowsOf: (rank: number) => number): Float64Array[] {
    const { ranks, plan } = this;
    const views = plan.losses.map((all, rank) => this.#engine.doubles(all).subarray(0, rowsOf(rank)));
    const bytes = views.map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    gatherBytes(ranks, 'losses', bytes[ranks.rank]!, bytes);
    return ranks.rank === 0 ? views : [];
  }

  /**
   * Adds all ranks' gradients of a round to the sums of their owners, in ascending order of ranks; the step's first ones are the
   * start. Piece by piece: the next one is on its way while one is added, and no rank has room for more.
   */
  #sum(first: boolean): void {
    const turns = Math.max(...this.#gradients.map((pieces) => pieces.length));
    let coming = this.#startPiece(0);
    for (let turn = 0; turn < turns; turn++) {
      const here = coming;
      if (turn + 1 < turns) coming = this.#startPiece(turn + 1);
      here.wait();
      const sum = this.#sums[turn];
      if (sum) this.#addPiece(sum, turn, first);
    }
  }

  #startPiece(turn: number): Exchange {
    const sends: Message[] = [];
    const receives: Message[] = [];
    const sum = this.#sums[turn];
    for (const rank of others(this.ranks)) {
      const theirs = this.#gradients[rank]![turn];
      if (theirs) sends.push({ rank, data: this.#engine.bytes(theirs) });
      if (sum) receives.push({ rank, data: this.#engine.bytes(this.#landed(turn, rank, elementsOf(sum.shape))) });
    }
    return this.ranks.start('gradients', sends, receives);
  }

  #landed(turn: number, rank: number, length: number): Tensor {
    return this.plan.landing[turn % 2]![rank]!.elements(0, length);
  }

  #addPiece(sum: Tensor, turn: number, first: boolean): void {
    const { rank: me, size } = this.ranks;
    for (let rank = 0; rank < size; rank++) {
      const theirs = rank === me ? this.#gradients[me]![turn]! : this.#landed(turn, rank, elementsOf(sum.shape));
      if (first && rank === 0) this.#engine.copy({ target: sum, source: theirs });
      else this.#engine.add({ target: sum, source: theirs });
    }
  }

  /** The chain of the gradient norm's block sums, which their owners compute. On rank 0. */
  #squares(): Omit<Summed, 'nats'> | undefined {
    const { ranks, plan } = this;
    let first = 0;
    for (const { g } of plan.own.values()) {
      const count = squareBlocks(elementsOf(g.shape));
      this.#engine.squares({ g, sums: plan.squares[ranks.rank]!.elements(first, count) });
      first += count;
    }
    const bytes = plan.squares.map((sums) => this.#engine.bytes(sums));
    gatherBytes(ranks, 'squares', bytes[ranks.rank]!, bytes);
    if (ranks.rank > 0) return undefined;
    const parts = plan.squares.map((sums) => this.#engine.floats(sums)[Symbol.iterator]());
    let squares = 0;
    let notFinite: string | undefined;
    for (const { name, owner, length } of plan.pieces) {
      for (let block = squareBlocks(length); block > 0; block--) {
        const sum: number = parts[owner]!.next().value!;
        if (!Number.isFinite(sum)) notFinite ??= name;
        squares += sum;
      }
    }
    return { squares, notFinite };
  }
}
