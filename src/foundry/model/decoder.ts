// A model that only runs forward: pieces of many sequences at once, each after the cached positions of its sequence. How sequences
// are cut into pieces, and which pieces share a pass, changes no bit of the result (inside, it may change the sign of a zero).

import {
  type Engine,
  type EngineOptions,
  type OpenEngine,
  openWebAssembly,
  type Program,
  type Tensor,
} from '../../engine/index.ts';
import { type Angles, declareAngles, fillAngles } from './angles.ts';
import { sizesOf } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';
import { type Activations, type Cache, type Layer, layerForward, layersOf, type RowSpan, viewsOf } from './layer.ts';
import { EMBEDDING, FINAL_NORM, parameterCount } from './parameters.ts';
import { declareWeights, get, headOf, type Weights } from './weights.ts';

/** Consecutive tokens of one sequence. */
export interface Piece {
  tokens: ArrayLike<number>;
  /** Position of the first token; the earlier positions are in the cache. */
  start: number;
  /** Row of the caches with position 0 of the sequence; undefined for a whole sequence in one piece. */
  cache?: number | undefined;
}

export interface DecoderSize {
  /** Tokens of one forward pass. */
  rows: number;
  /** Positions of a sequence. */
  context: number;
  /** Positions of all caches together. */
  cache: number;
}

/** A row of the last forward pass, and the token whose likelihood after that row is needed. */
export interface Target {
  row: number;
  token: number;
}

/** The most rows that the head takes at once. */
const MAX_HEAD_ROWS = 1024;

/** The tensors of a pass. */
interface Rows extends Activations {
  tokens: Tensor;
}

/** The tensors of the head, for selected rows of a pass. */
interface HeadRows {
  last: Tensor;
  normed: Tensor;
  inv: Tensor;
  targets: Tensor;
  losses: Tensor;
  isGreedy: Tensor;
}

export class Decoder {
  readonly config: ModelConfig;
  readonly size: DecoderSize;
  readonly engine: Engine;
  readonly #weights: Weights;
  readonly #layers: Layer[];
  readonly #caches: Cache[];
  readonly #rows: Rows;
  /** The rows of the last pass. */
  #current: Rows;
  readonly #angles: Angles;
  readonly #head: HeadRows;
  #currentHead: HeadRows;
  readonly #logits: Tensor;

  /** Declares all of its tensors. */
  constructor(e: Engine, config: ModelConfig, size: DecoderSize) {
    const { D, F, Q, KV } = sizesOf(config);
    this.config = config;
    this.size = size;
    this.engine = e;
    this.#weights = declareWeights(e, config, { trained: false });
    this.#caches = Array.from({ length: config.numHiddenLayers }, () => ({
      k: e.tensor([size.cache, KV]),
      v: e.tensor([size.cache, KV]),
    }));
    const rows = (columns: number): Tensor => e.tensor([size.rows, columns]);
    // No activation is read twice: layers share them, and each overwrites one that is no longer needed.
    const [q, k] = [rows(Q), rows(KV)];
    const [x, h, gate, inv] = [rows(D), rows(D), rows(F), e.tensor([size.rows])];
    this.#rows = {
      ...{ x0: x, x1: x, out: x, h1: h, h2: h, inv1: inv, inv2: inv, gate, act: gate, up: rows(F) },
      ...{ q, k, q0: q, k0: k, v: rows(KV), o: rows(Q), tokens: e.tensor([size.rows], 'i32') },
      ...{ invQ: rows(config.numAttentionHeads), invK: rows(config.numKeyValueHeads) },
    };
    this.#current = this.#rows;
    this.#angles = declareAngles(e, config, size.context);
    this.#layers = layersOf(config, this.#weights, this.#angles);
    const headRows = Math.min(size.rows, MAX_HEAD_ROWS);
    this.#head = {
      last: e.tensor([headRows, D]),
      normed: e.tensor([headRows, D]),
      inv: e.tensor([headRows]),
      targets: e.tensor([headRows], 'i32'),
      losses: e.tensor([headRows], 'f64'),
      isGreedy: e.tensor([headRows], 'i32'),
    };
    this.#currentHead = this.#head;
    this.#logits = e.tensor([1, config.vocabSize]);
  }

  /** Loads the weights from `read`, which fills an array with the weight of a name. */
  load(read: (name: string, values: Float32Array) => void): void {
    fillAngles(this.engine, this.config, this.#angles);
    this.#readWeights(read);
  }

  #readWeights(read: (name: string, values: Float32Array) => void): void {
    for (const [name, weight] of this.#weights) this.engine.load(weight, (values) => read(name, values));
  }

  /** The largest passes, for the planner. */
  exercise(): void {
    const { rows, context, cache } = this.size;
    const piece = (end: number, cache?: number): Piece => {
      const length = Math.min(rows, end);
      return { tokens: new Int32Array(length), start: end - length, cache };
    };
    this.#readWeights(() => {});
    this.forward([piece(Math.min(rows, context))]);
    if (cache > 0) this.forward([piece(Math.min(cache, context), 0)]);
    this.#score(Array.from({ length: Math.min(rows, MAX_HEAD_ROWS) }, (_, row) => ({ row, token: 0 })));
    this.#logitsOf(0);
  }

  /** Runs pieces of together at most size.rows tokens; rows are numbered in the order of the pieces. */
  forward(pieces: readonly Piece[]): void {
    const e = this.engine;
    const spans = this.#spans(pieces);
    const M = pieces.reduce((sum, piece) => sum + piece.tokens.length, 0);
    if (M !== this.#current.tokens.shape[0]) this.#current = viewsOf(this.#rows, M);
    const rows = this.#current;
    let first = 0;
    for (const { tokens } of pieces) {
      e.set(rows.tokens.rows(first, tokens.length), tokens);
      first += tokens.length;
    }
    e.embedding({ tokens: rows.tokens, table: get(this.#weights, EMBEDDING), x: rows.x0 });
    for (const [i, layer] of this.#layers.entries()) layerForward(e, layer, rows, { spans, cache: this.#caches[i] });
  }

  /** Copies the keys and values of the first positions of a sequence to other rows of the caches. */
  copyCache(from: number, to: number, positions: number): void {
    for (const { k, v } of this.#caches)
      for (const all of [k, v])
        this.engine.copy({ target: all.rows(to, positions), source: all.rows(from, positions) });
  }

  /** Groups pieces for attention: neighbouring whole sequences of equal length share a span. */
  #spans(pieces: readonly Piece[]): RowSpan[] {
    const spans: RowSpan[] = [];
    let first = 0;
    for (const { start, cache, tokens } of pieces) {
      const { length } = tokens;
      if (length === 0 || start + length > this.size.context)
        throw new Error(`${length} tokens at position ${start} do not fit into the context`);
      if (cache === undefined ? start > 0 : cache + start + length > this.size.cache)
        throw new Error('a piece needs a cache with room for it');
      const last = spans.at(-1);
      if (last && cache === undefined && last.cache === undefined && last.length === length) last.sequences++;
      else spans.push({ first, sequences: 1, length, start, cache });
      first += length;
    }
    return spans;
  }

  /** Logits [V] after a row of the last forward pass: a view, valid until the next call. */
  logits(row: number): Float32Array {
    return this.engine.floats(this.#logitsOf(row));
  }

  #logitsOf(row: number): Tensor {
    const { normed: x } = this.#gather([row]);
    const weight = headOf(this.config, this.#weights);
    this.engine.linear({ x, layers: [{ weight, y: this.#logits }] });
    return this.#logits;
  }

  /**
   * Calls `onLoss` for each target: -ln of the probability of its token after its row, and whether that token is the likeliest (the
   * lowest on a tie).
   */
  losses(targets: readonly Target[], onLoss: (index: number, nats: number, isGreedy: boolean) => void): void {
    const step = Math.min(this.size.rows, MAX_HEAD_ROWS);
    for (let first = 0; first < targets.length; first += step) {
      const part = targets.slice(first, first + step);
      const { losses, isGreedy } = this.#score(part);
      const nats = this.engine.doubles(losses);
      const greedy = this.engine.ints(isGreedy);
      for (let i = 0; i < part.length; i++) onLoss(first + i, nats[i]!, greedy[i] === 1);
    }
  }

  #score(targets: readonly Target[]): HeadRows {
    const e = this.engine;
    const head = this.#gather(targets.map(({ row }) => row));
    e.set(
      head.targets,
      targets.map(({ token }) => token),
    );
    const { normed: x, losses, isGreedy } = head;
    e.headLosses({ x, weight: headOf(this.config, this.#weights), targets: head.targets, losses, isGreedy });
    return head;
  }

  /** Copies rows of the last pass and normalises them. */
  #gather(rows: readonly number[]): HeadRows {
    const e = this.engine;
    if (rows.length !== this.#currentHead.inv.shape[0]) this.#currentHead = viewsOf(this.#head, rows.length);
    const { last, normed, inv } = this.#currentHead;
    const x = this.#rows.out;
    for (let i = 0; i < rows.length; ) {
      let count = 1;
      while (rows[i + count] === rows[i]! + count) count++;
      e.copy({ target: last.rows(i, count), source: x.rows(rows[i]!, count) });
      i += count;
    }
    const weight = get(this.#weights, FINAL_NORM).values;
    e.norm({ x: last, weight, eps: this.config.rmsNormEps, y: normed, inv });
    return this.#currentHead;
  }

  close(): void {
    this.engine.close();
  }
}

/**
 * Opens a model in an engine of its own and loads the weights from `read`.
 * @throws JikjiError `too-large` before anything is allocated, `no-memory`, `no-fma`
 */
export function openDecoder(
  config: ModelConfig,
  size: DecoderSize,
  { open = openWebAssembly, ...options }: EngineOptions & { threads: number; open?: OpenEngine },
  read: (name: string, values: Float32Array) => void,
): Decoder {
  const program: Program<Decoder> = {
    declare: (e) => new Decoder(e, config, size),
    exercise: (decoder) => decoder.exercise(),
    description: `${(parameterCount(config) / 1e6).toFixed(0)} M parameters`,
    hint: 'use a smaller model',
  };
  const { declared } = open(program, options);
  try {
    declared.load(read);
  } catch (error) {
    declared.close();
    throw error;
  }
  return declared;
}
