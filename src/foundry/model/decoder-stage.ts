// Some layers of a decoder, in one engine: with the embedding where they are the first, with the head where they are the last. A model that
// fits into one memory is one stage.

import type { Engine, KeyValuePages, Tensor } from '../../engine/index.ts';
import { type Angles, declareAngles, fillAngles } from './angles.ts';
import { sizesOf } from './architectures/index.ts';
import { headDim, type ModelConfig } from './config.ts';
import { DecoderHead } from './decoder-head.ts';
import { type Activations, type Layer, layerForward, layersOf, viewsOf } from './layer.ts';
import { EMBEDDING, FINAL_NORM, HEAD, layerOf } from './parameters.ts';
import { PAGE_POSITIONS, type Piece, pagesOf, rowsOf, rowsWithPositions, spansOf } from './pieces.ts';
import { declareWeights, get, loadWeights, type StoredWeights, type Weights } from './weights.ts';

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

/** The tensors of a pass. */
interface Rows extends Activations {
  tokens: Tensor;
  positions: Tensor;
}

/** Layers [first, end) of a model. */
export interface StageOf {
  config: ModelConfig;
  size: DecoderSize;
  /** Of these only the names are read. */
  q8: StoredWeights['q8'];
  first: number;
  end: number;
}

export class DecoderStage {
  readonly engine: Engine;
  readonly head: DecoderHead | undefined;
  readonly #of: StageOf;
  readonly #weights: Weights;
  readonly #layers: Layer[];
  /** By layer. */
  readonly #pages: KeyValuePages[];
  readonly #rows: Rows;
  /** The rows of the last pass. */
  #current: Rows;
  readonly #angles: Angles;

  /** Declares all of its tensors. */
  constructor(e: Engine, of: StageOf) {
    const { config, size, first, end } = of;
    const { D, F, Q, KV } = sizesOf(config);
    this.#of = of;
    this.engine = e;
    this.#weights = declareWeights(e, config, { trained: false, q8: of.q8, has: (name) => isOfStage(name, of) });
    const pages = {
      count: size.pages,
      positions: PAGE_POSITIONS,
      keyValueHeads: config.numKeyValueHeads,
      headDim: headDim(config),
    };
    this.#pages = Array.from({ length: end - first }, () => e.pages(pages));
    const rows = (columns: number) => e.tensor([size.rows, columns]);
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
    this.#layers = layersOf(config, this.#weights, this.#angles).slice(first, end);
    if (end === config.numHiddenLayers)
      this.head = new DecoderHead(e, { config, weights: this.#weights, x, logits: size.logits ?? 1 });
  }

  load(stored: StoredWeights): void {
    fillAngles(this.engine, this.#of.config, this.#angles);
    loadWeights(this.engine, this.#weights, stored);
  }

  /** The largest passes, for the planner. */
  exercise(): void {
    const { rows, context, pages } = this.#of.size;
    loadWeights(this.engine, this.#weights, { read: () => {}, q8: this.#of.q8 });
    const forward = (pieces: readonly Piece[]) => this.forward(pieces, new Float32Array());
    const whole: Piece[] = [];
    for (let left = rows; left > 0; left -= context)
      whole.push({ tokens: new Int32Array(Math.min(left, context)), start: 0 });
    forward(whole);
    if (pages > 0) {
      const end = Math.min(context, pages * PAGE_POSITIONS);
      const own = new Array<number>(pagesOf(end)).fill(0);
      const longest = Math.min(rows, end);
      forward([{ tokens: new Int32Array(longest), start: end - longest, pages: own }]);
      // Rows of different sequences: each brings the numbers of all of its pages.
      const one = { tokens: new Int32Array(1), start: end - 1, pages: own };
      forward(new Array<Piece>(rows).fill(one));
    }
    this.head?.exercise();
  }

  /** Runs its layers for pieces of together at most size.rows tokens. `x` is what the stage before has left; the first stage looks up tokens. */
  forward(pieces: readonly Piece[], x: Float32Array): void {
    const e = this.engine;
    const { first, size } = this.#of;
    const M = rowsOf(pieces);
    const { tokens, positions } = rowsWithPositions(pieces);
    if (M !== this.#current.tokens.shape[0]) this.#current = viewsOf(this.#rows, M);
    const rows = this.#current;
    e.set(rows.positions, positions);
    if (first > 0) {
      if (x.length > 0) e.set(rows.x0, x);
    } else {
      e.set(rows.tokens, tokens);
      e.embedding({ tokens: rows.tokens, table: get(this.#weights, EMBEDDING), x: rows.x0 });
    }
    const sequences = { positions: rows.positions, ...spansOf(pieces, size.context) };
    for (const [i, layer] of this.#layers.entries())
      layerForward(e, layer, rows, { ...sequences, pages: this.#pages[i] });
  }

  /** What its last layer has left, [M, D]: a view, valid until the next pass. */
  get output(): Float32Array {
    return this.engine.floats(this.#current.out);
  }

  /** Copies the keys and values of its layers from one page to another. */
  copyPage(from: number, to: number): void {
    for (const pages of this.#pages) this.engine.copyPage(pages, from, to);
  }
}

/** Whether a stage needs this weight. A tied embedding is needed by the first and the last one. */
function isOfStage(name: string, { config, first, end }: StageOf): boolean {
  const isLast = end === config.numHiddenLayers;
  if (name === EMBEDDING) return first === 0 || (isLast && config.tieWordEmbeddings);
  if (name === FINAL_NORM || name === HEAD) return isLast;
  const layer = layerOf(name)!;
  return layer >= first && layer < end;
}
