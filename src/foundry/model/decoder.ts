// A model that only runs forward: pieces of many sequences at once, each after the positions of its sequence that lie in pages. How
// sequences are cut into pieces, and which pieces share a pass, changes no bit of the result (inside, it may change the sign of a zero).
// Who owns which page is the caller's.

import {
  type CachedSpan,
  type Engine,
  type EngineOptions,
  type KeyValuePages,
  type OpenEngine,
  openWebAssembly,
  type Program,
  type Tensor,
} from '../../engine/index.ts';
import { type Angles, declareAngles, fillAngles } from './angles.ts';
import { sizesOf } from './architectures/index.ts';
import { headDim, type ModelConfig } from './config.ts';
import { type Activations, type Layer, layerForward, layersOf, viewsOf, type WholeSpan } from './layer.ts';
import { EMBEDDING, FINAL_NORM, parameterCount } from './parameters.ts';
import { declareWeights, get, headOf, loadWeights, type StoredWeights, type Weights } from './weights.ts';

/** Consecutive tokens of one sequence. */
export interface Piece {
  tokens: ArrayLike<number>;
  /** Position of the first token; the earlier positions are in the pages. */
  start: number;
  /** The pages of the sequence, with room for this piece; undefined for a whole sequence in one piece, which is not kept. */
  pages?: readonly number[] | undefined;
}

export interface DecoderSize {
  /** Tokens of one forward pass. */
  rows: number;
  /** Positions of a sequence. */
  context: number;
  /** Pages of PAGE_POSITIONS positions for all sequences together. */
  pages: number;
  /** Rows of logits at once. @default 1 */
  logits?: number;
}

/** Positions of a page. */
export const PAGE_POSITIONS = 64;

/** Pages that so many positions take. */
export const pagesOf = (positions: number): number => Math.ceil(positions / PAGE_POSITIONS);

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
  positions: Tensor;
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
  readonly #stored: Pick<StoredWeights, 'q8'>;
  readonly #layers: Layer[];
  /** By layer. */
  readonly #pages: KeyValuePages[];
  readonly #rows: Rows;
  /** The rows of the last pass. */
  #current: Rows;
  readonly #angles: Angles;
  readonly #head: HeadRows;
  #currentHead: HeadRows;
  readonly #logits: Tensor;
  /** Exponentials of a row of logits [V], and their sum [1]. */
  readonly #exponentials: Tensor;
  readonly #sum: Tensor;

  /** Rows of logits at once. */
  get logitRows(): number {
    return this.#logits.shape[0]!;
  }

  /** Declares all of its tensors. Of the weights only those of bytes are asked for, by name. */
  constructor(e: Engine, config: ModelConfig, size: DecoderSize, stored: Pick<StoredWeights, 'q8'> = {}) {
    const { D, F, Q, KV } = sizesOf(config);
    this.config = config;
    this.size = size;
    this.engine = e;
    this.#weights = declareWeights(e, config, { ...stored, trained: false });
    this.#stored = stored;
    const pages = {
      count: size.pages,
      positions: PAGE_POSITIONS,
      keyValueHeads: config.numKeyValueHeads,
      headDim: headDim(config),
    };
    this.#pages = Array.from({ length: config.numHiddenLayers }, () => e.pages(pages));
    const rows = (columns: number): Tensor => e.tensor([size.rows, columns]);
    // No activation is read twice: layers share them, and each overwrites one that is no longer needed.
    const [q, k] = [rows(Q), rows(KV)];
    const [x, h, gate, inv] = [rows(D), rows(D), rows(F), e.tensor([size.rows])];
    this.#rows = {
      ...{ x0: x, x1: x, out: x, h1: h, h2: h, inv1: inv, inv2: inv, gate, act: gate, up: rows(F) },
      ...{ q, k, q0: q, k0: k, v: rows(KV), o: rows(Q) },
      ...{ tokens: e.tensor([size.rows], 'i32'), positions: e.tensor([size.rows], 'i32') },
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
    this.#logits = e.tensor([Math.min(headRows, size.logits ?? 1), config.vocabSize]);
    this.#exponentials = e.tensor([config.vocabSize]);
    this.#sum = e.tensor([1]);
  }

  load(stored: StoredWeights): void {
    fillAngles(this.engine, this.config, this.#angles);
    loadWeights(this.engine, this.#weights, stored);
  }

  /** The largest passes, for the planner. */
  exercise(): void {
    const { rows, context, pages } = this.size;
    loadWeights(this.engine, this.#weights, { read: () => {}, ...this.#stored });
    const length = Math.min(rows, context);
    this.forward([{ tokens: new Int32Array(length), start: 0 }]);
    if (pages > 0) {
      const end = Math.min(context, pages * PAGE_POSITIONS);
      const own = new Array<number>(pagesOf(end)).fill(0);
      const longest = Math.min(rows, end);
      this.forward([{ tokens: new Int32Array(longest), start: end - longest, pages: own }]);
      // Rows of different sequences: each brings the numbers of all of its pages.
      const one = { tokens: new Int32Array(1), start: end - 1, pages: own };
      this.forward(new Array<Piece>(rows).fill(one));
    }
    this.#score(Array.from({ length: Math.min(rows, MAX_HEAD_ROWS) }, (_, row) => ({ row, token: 0 })));
    this.#logitsOf([...Array(this.logitRows).keys()]);
  }

  /** Runs pieces of together at most size.rows tokens; rows are numbered in the order of the pieces. */
  forward(pieces: readonly Piece[]): void {
    const e = this.engine;
    const { whole, cached } = this.#spans(pieces);
    const M = pieces.reduce((sum, piece) => sum + piece.tokens.length, 0);
    if (M !== this.#current.tokens.shape[0]) this.#current = viewsOf(this.#rows, M);
    const rows = this.#current;
    const [tokens, positions] = [new Int32Array(M), new Int32Array(M)];
    let first = 0;
    for (const piece of pieces) {
      tokens.set(piece.tokens, first);
      for (let i = 0; i < piece.tokens.length; i++) positions[first + i] = piece.start + i;
      first += piece.tokens.length;
    }
    e.set(rows.tokens, tokens);
    e.set(rows.positions, positions);
    e.embedding({ tokens: rows.tokens, table: get(this.#weights, EMBEDDING), x: rows.x0 });
    const sequences = { positions: rows.positions, whole, cached };
    for (const [i, layer] of this.#layers.entries())
      layerForward(e, layer, rows, { ...sequences, pages: this.#pages[i] });
  }

  /** Copies the keys and values of all layers from one page to another. */
  copyPage(from: number, to: number): void {
    for (const pages of this.#pages) this.engine.copyPage(pages, from, to);
  }

  /** Groups pieces for attention: neighbouring whole sequences of equal length share a span. */
  #spans(pieces: readonly Piece[]): { whole: WholeSpan[]; cached: CachedSpan[] } {
    const whole: WholeSpan[] = [];
    const cached: CachedSpan[] = [];
    let first = 0;
    for (const { start, pages, tokens } of pieces) {
      const { length } = tokens;
      if (length === 0 || start + length > this.size.context)
        throw new Error(`${length} tokens at position ${start} do not fit into the context`);
      const last = whole.at(-1);
      if (pages) cached.push({ first, length, start, pages });
      else if (start > 0) throw new Error('a piece that is not a whole sequence needs pages');
      else if (last?.length === length && last.first + last.sequences * length === first) last.sequences++;
      else whole.push({ first, sequences: 1, length });
      first += length;
    }
    return { whole, cached };
  }

  /** Logits [rows, V] after rows of the last forward pass, at most logitRows: a view, valid until the next call. */
  logits(rows: readonly number[]): Float32Array {
    return this.engine.floats(this.#logitsOf(rows));
  }

  #logitsOf(rows: readonly number[]): Tensor {
    const { normed: x } = this.#gather(rows);
    const y = this.#logits.rows(0, rows.length);
    this.engine.linear({ x, layers: [{ weight: headOf(this.config, this.#weights), y }] });
    return y;
  }

  /**
   * exp((logit - largest) * scale) of row `index` of the last `logits`, and their sum: a view, valid until the next call. What was
   * written into the logits counts.
   */
  exponentials(index: number, scale: number): { values: Float32Array; sum: number } {
    const V = this.config.vocabSize;
    const x = this.#logits.elements(index * V, V);
    this.engine.exponentials({ x, scale, y: this.#exponentials, sum: this.#sum });
    return { values: this.engine.floats(this.#exponentials), sum: this.engine.floats(this.#sum)[0]! };
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
 * Opens a model in an engine of its own and loads its weights.
 * @throws JikjiError `too-large` before anything is allocated, `no-memory`, `no-fma`
 */
export function openDecoder(
  config: ModelConfig,
  size: DecoderSize,
  { open = openWebAssembly, ...options }: EngineOptions & { threads: number; open?: OpenEngine },
  stored: StoredWeights,
): Decoder {
  const program: Program<Decoder> = {
    declare: (e) => new Decoder(e, config, size, stored),
    exercise: (decoder) => decoder.exercise(),
    description: `${(parameterCount(config) / 1e6).toFixed(0)} M parameters`,
    hint: 'use a smaller model',
  };
  const { declared } = open(program, options);
  try {
    declared.load(stored);
  } catch (error) {
    declared.close();
    throw error;
  }
  return declared;
}
