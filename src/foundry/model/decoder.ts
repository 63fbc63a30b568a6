// A model that only runs forward: stretches of many sequences at once, each after what its sequence's cache holds already.
// How tokens are cut into stretches and which of them go together changes no bit, the sign of a zero inside aside.

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
import { type Activations, type Cache, type Layer, layerForward, layersOf, type Stretch, viewsOf } from './layer.ts';
import { EMBEDDING, FINAL_NORM, parameterCount } from './parameters.ts';
import { declareWeights, get, headOf, type Weights } from './weights.ts';

/** Tokens that follow each other in one sequence. */
export interface Piece {
  tokens: ArrayLike<number>;
  /** Position of the first of them; those before it are in the cache. */
  start: number;
  /** Where the sequence's position 0 lies in the caches; undefined for a piece from the start that nothing will follow. */
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

/** A row of the last forward pass, and the token whose likelihood after it is asked for. */
export interface Target {
  row: number;
  token: number;
}

/** Rows that the head takes at once. */
const HEAD_ROWS = 1024;

/** What a pass works on. */
interface Rows extends Activations {
  tokens: Tensor;
}

/** What the head works on: chosen rows of a pass. */
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
  /** Those of the last pass. */
  #some: Rows;
  readonly #angles: Angles;
  readonly #head: HeadRows;
  #someHead: HeadRows;
  readonly #logits: Tensor;

  /** Declares all that it needs. */
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
    // Nothing reads an activation twice: the layers share them, and each is written over what is no longer needed.
    const [q, k] = [rows(Q), rows(KV)];
    const [x, h, gate, inv] = [rows(D), rows(D), rows(F), e.tensor([size.rows])];
    this.#rows = {
      ...{ x0: x, x1: x, out: x, h1: h, h2: h, inv1: inv, inv2: inv, gate, act: gate, up: rows(F) },
      ...{ q, k, q0: q, k0: k, v: rows(KV), o: rows(Q), tokens: e.tensor([size.rows], 'i32') },
      ...{ invQ: rows(config.numAttentionHeads), invK: rows(config.numKeyValueHeads) },
    };
    this.#some = this.#rows;
    this.#angles = declareAngles(e, config, size.context);
    this.#layers = layersOf(config, this.#weights, this.#angles);
    const most = Math.min(size.rows, HEAD_ROWS);
    this.#head = {
      last: e.tensor([most, D]),
      normed: e.tensor([most, D]),
      inv: e.tensor([most]),
      targets: e.tensor([most], 'i32'),
      losses: e.tensor([most], 'f64'),
      isGreedy: e.tensor([most], 'i32'),
    };
    this.#someHead = this.#head;
    this.#logits = e.tensor([1, config.vocabSize]);
  }

  /** Takes the weights from `read`, which fills an array with the weight of a name. */
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
    const piece = (end: number, at?: number): Piece => {
      const length = Math.min(rows, end);
      return { tokens: new Int32Array(length), start: end - length, cache: at };
    };
    this.#readWeights(() => {});
    this.forward([piece(Math.min(rows, context))]);
    if (cache > 0) this.forward([piece(Math.min(cache, context), 0)]);
    this.#score(Array.from({ length: Math.min(rows, HEAD_ROWS) }, (_, row) => ({ row, token: 0 })));
    this.#logitsOf(0);
  }

  /** Runs pieces, together at most size.rows tokens; their rows are numbered through, in order. */
  forward(pieces: readonly Piece[]): void {
    const e = this.engine;
    const stretches = this.#stretches(pieces);
    const M = pieces.reduce((sum, piece) => sum + piece.tokens.length, 0);
    if (M !== this.#some.tokens.shape[0]) this.#some = viewsOf(this.#rows, M);
    const rows = this.#some;
    let first = 0;
    for (const { tokens } of pieces) {
      e.set(rows.tokens.rows(first, tokens.length), tokens);
      first += tokens.length;
    }
    e.embedding({ tokens: rows.tokens, table: get(this.#weights, EMBEDDING), x: rows.x0 });
    for (const [i, layer] of this.#layers.entries()) layerForward(e, layer, rows, stretches, this.#caches[i]);
  }

  /** Copies the keys and values of a sequence's first positions to another place in the caches. */
  copyCache(from: number, to: number, positions: number): void {
    for (const { k, v } of this.#caches)
      for (const all of [k, v])
        this.engine.copy({ target: all.rows(to, positions), source: all.rows(from, positions) });
  }

  /** Pieces as attention takes them: those from the start without a cache, of one length, go together. */
  #stretches(pieces: readonly Piece[]): Stretch[] {
    const stretches: Stretch[] = [];
    let first = 0;
    for (const { start, cache, tokens } of pieces) {
      const { length } = tokens;
      if (length === 0 || start + length > this.size.context)
        throw new Error(`no place for ${length} tokens at ${start}`);
      if (cache === undefined ? start > 0 : cache + start + length > this.size.cache)
        throw new Error('a piece needs a cache');
      const last = stretches.at(-1);
      if (last && cache === undefined && last.cache === undefined && last.length === length) last.sequences++;
      else stretches.push({ first, sequences: 1, length, start, cache });
      first += length;
    }
    return stretches;
  }

  /** Logits [V] after a row of the last forward pass: a view, gone with the next call. */
  logits(row: number): Float32Array {
    return this.engine.floats(this.#logitsOf(row));
  }

  #logitsOf(row: number): Tensor {
    const { normed: x } = this.#gather([row]);
    const weight = headOf(this.config, this.#weights);
    this.engine.linear({ x, layers: [{ weight, y: this.#logits }] });
    return this.#logits;
  }

  /** Tells of each target -ln of its token's probability after its row, and whether that token is the likeliest (the lowest on a tie). */
  losses(targets: readonly Target[], tell: (index: number, nats: number, isGreedy: boolean) => void): void {
    const most = Math.min(this.size.rows, HEAD_ROWS);
    for (let from = 0; from < targets.length; from += most) {
      const some = targets.slice(from, from + most);
      const { losses, isGreedy } = this.#score(some);
      const nats = this.engine.doubles(losses);
      const greedy = this.engine.ints(isGreedy);
      for (let i = 0; i < some.length; i++) tell(from + i, nats[i]!, greedy[i] === 1);
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

  /** The last norm of some rows. */
  #gather(rows: readonly number[]): HeadRows {
    const e = this.engine;
    if (rows.length !== this.#someHead.inv.shape[0]) this.#someHead = viewsOf(this.#head, rows.length);
    const { last, normed, inv } = this.#someHead;
    const x = this.#rows.out;
    for (let i = 0; i < rows.length; ) {
      let count = 1;
      while (rows[i + count] === rows[i]! + count) count++;
      e.copy({ target: last.rows(i, count), source: x.rows(rows[i]!, count) });
      i += count;
    }
    const weight = get(this.#weights, FINAL_NORM).values;
    e.norm({ x: last, weight, eps: this.config.rmsNormEps, y: normed, inv });
    return this.#someHead;
  }

  close(): void {
    this.engine.close();
  }
}

/**
 * Opens a model of its own engine, with the weights that `read` gives.
 * @throws JikjiError `too-large` before anything is taken, `no-memory`, `no-fma`
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
