// A model that only runs forward: stretches of many sequences at once, each after what its sequence's cache holds already.
// How tokens are cut into stretches and which of them go together changes no bit, the sign of a zero inside aside.

import {
  attendOne,
  attention,
  Engine,
  embedding,
  Layout,
  logitStride,
  loss,
  norm,
  pack,
  packedLength,
  product,
  type Region,
  rope,
  ropeTable,
  swiglu,
} from '../../engine/index.ts';
import { EMBEDDING, elements, FINAL_NORM, HEAD, headDim, layerName, type ModelConfig, parameters } from './config.ts';
import { modelScratch } from './llama.ts';
import { get, type Weights } from './weights.ts';

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

/** Rows of logits that are held at once: about 16 MiB of them. */
const rowsOfLogits = (c: ModelConfig, rows: number): number =>
  Math.max(1, Math.min(rows, Math.floor((4 << 20) / logitStride(c.vocabSize))));

const part = (region: Region, first: number, length: number): Region => ({ at: region.at + first * 4, length });
const dense = (region: Region, stride: number) => ({ region, stride });

export class Decoder {
  readonly config: ModelConfig;
  readonly size: DecoderSize;
  readonly engine: Engine;
  /** Weights that are used as they are: norms, and the embedding. */
  readonly #plain: Weights;
  readonly #packed: Weights;
  readonly #caches: { k: Region; v: Region }[];
  readonly #rows: Record<'x' | 'h' | 'q' | 'o' | 'k' | 'v' | 'gate' | 'up' | 'inv' | 'tokens', Region>;
  readonly #tables: { cos: Region; sin: Region };
  readonly #head: Record<'last' | 'normed' | 'inv' | 'logits' | 'targets' | 'losses', Region>;

  /**
   * Takes the memory, and the weights from `read`, which fills an array with the weight of a name.
   * @throws JikjiError `too-large` before anything is taken
   */
  constructor(
    config: ModelConfig,
    size: DecoderSize,
    threads: number,
    read: (name: string, values: Float32Array) => void,
  ) {
    const layout = new Layout(threads, modelScratch(config, size.context));
    const list = parameters(config);
    const { hiddenSize: D, intermediateSize: F, vocabSize: V } = config;
    const kv = config.numKeyValueHeads * headDim(config);
    const rows = (columns: number) => layout.f32(size.rows * columns);
    const chunk = rowsOfLogits(config, size.rows);
    this.config = config;
    this.size = size;
    const isPlain = (name: string, shape: number[]) => shape.length === 1 || name === EMBEDDING;
    const isPacked = (name: string, shape: number[]) =>
      shape.length === 2 && (name !== EMBEDDING || config.tieWordEmbeddings);
    const plan = (wanted: typeof isPlain, length: (shape: number[]) => number): Weights =>
      new Map(list.filter((p) => wanted(p.name, p.shape)).map((p) => [p.name, layout.f32(length(p.shape))]));
    this.#plain = plan(isPlain, elements);
    this.#packed = plan(isPacked, ([N, K]) => packedLength(K!, N!));
    // Matrices are read here and packed from here.
    const staged = list.filter((p) => !isPlain(p.name, p.shape)).map((p) => elements(p.shape));
    const staging = layout.f32(Math.max(0, ...staged));
    this.#caches = [...Array(config.numHiddenLayers)].map(() => ({
      k: layout.f32(size.cache * kv),
      v: layout.f32(size.cache * kv),
    }));
    this.#rows = {
      x: rows(D),
      h: rows(D),
      q: rows(D),
      o: rows(D),
      k: rows(kv),
      v: rows(kv),
      gate: rows(F),
      up: rows(F),
      inv: rows(1),
      tokens: layout.i32(size.rows),
    };
    const half = headDim(config) / 2;
    this.#tables = { cos: layout.f32(size.context * half), sin: layout.f32(size.context * half) };
    this.#head = {
      last: layout.f32(chunk * D),
      normed: layout.f32(chunk * D),
      inv: layout.f32(chunk),
      logits: layout.f32(chunk * logitStride(V)),
      targets: layout.i32(chunk),
      losses: layout.f64(chunk),
    };
    const millions = (list.reduce((n, p) => n + elements(p.shape), 0) / 1e6).toFixed(0);
    layout.check(`${millions} M parameters`, 'use a smaller model');
    this.engine = new Engine(layout);
    const { cos, sin } = ropeTable(size.context, headDim(config), config.ropeTheta, config.ropeScaling);
    this.engine.floats(this.#tables.cos).set(cos);
    this.engine.floats(this.#tables.sin).set(sin);
    for (const { name, shape } of list) {
      const [N, K] = shape as [number, number];
      const from = this.#plain.get(name) ?? { at: staging.at, length: elements(shape) };
      read(name, this.engine.floats(from));
      const packed = this.#packed.get(name);
      if (packed) pack(this.engine, dense(from, K), true, K, N, packed);
    }
  }

  /** Runs pieces, together at most size.rows tokens; their rows are numbered through, in order. */
  forward(pieces: readonly Piece[]): void {
    const { engine: e, config: c } = this;
    const { hiddenSize: D, intermediateSize: F, numAttentionHeads: H, numKeyValueHeads: G } = c;
    const d = headDim(c);
    const kv = G * d;
    const r = this.#rows;
    const M = pieces.reduce((sum, piece) => sum + piece.tokens.length, 0);
    if (M > this.size.rows) throw new Error(`${M} rows are more than was planned`);
    const runs = this.#runs(pieces);
    const { cos, sin } = this.#tables;
    const through = (x: Region, name: string, y: Region, K: number, N: number, from?: Region) =>
      product(e, dense(x, K), false, get(this.#packed, name), dense(y, N), from && dense(from, N), M, N, K, 'linear');

    const tokens = e.ints(r.tokens);
    for (const { first, pieces: list } of runs)
      list.forEach((piece, b) => {
        tokens.set(piece.tokens, first + b * piece.tokens.length);
      });
    embedding(e, r.tokens, get(this.#plain, EMBEDDING), r.x, M, D);
    for (let i = 0; i < c.numHiddenLayers; i++) {
      const name = (p: string) => layerName(i, p);
      norm(e, r.x, get(this.#plain, name('input_layernorm')), r.h, r.inv, M, D, c.rmsNormEps);
      through(r.h, name('self_attn.q_proj'), r.q, D, D);
      through(r.h, name('self_attn.k_proj'), r.k, D, kv);
      through(r.h, name('self_attn.v_proj'), r.v, D, kv);
      for (const { first, pieces: list, length: n, start, cache } of runs) {
        const B = list.length;
        const rows = (region: Region, columns: number) => part(region, first * columns, B * n * columns);
        const [q, k, v, o] = [rows(r.q, D), rows(r.k, kv), rows(r.v, kv), rows(r.o, D)];
        rope(e, q, B * n, n, H, d, cos, sin, start);
        rope(e, k, B * n, n, G, d, cos, sin, start);
        if (cache === undefined) {
          attention(e, q, k, v, o, { B, T: n, H, G, d });
          continue;
        }
        const all = this.#caches[i]!;
        const place = (region: Region, from: number, positions: number) => part(region, from * kv, positions * kv);
        e.floats(place(all.k, cache + start, n)).set(e.floats(k));
        e.floats(place(all.v, cache + start, n)).set(e.floats(v));
        const [keys, values] = [place(all.k, cache, start + n), place(all.v, cache, start + n)];
        if (n === 1) attendOne(e, q, keys, values, o, start + 1, H, G, d, kv);
        else attention(e, q, keys, values, o, { B: 1, T: start + n, H, G, d }, start);
      }
      through(r.o, name('self_attn.o_proj'), r.x, D, D, r.x);
      norm(e, r.x, get(this.#plain, name('post_attention_layernorm')), r.h, r.inv, M, D, c.rmsNormEps);
      through(r.h, name('mlp.gate_proj'), r.gate, D, F);
      through(r.h, name('mlp.up_proj'), r.up, D, F);
      swiglu(e, r.gate, r.up, r.gate, M * F);
      through(r.gate, name('mlp.down_proj'), r.x, F, D, r.x);
    }
  }

  /** Copies the keys and values of a sequence's first positions to another place in the caches. */
  copyCache(from: number, to: number, positions: number): void {
    const kv = this.config.numKeyValueHeads * headDim(this.config);
    for (const { k, v } of this.#caches)
      for (const region of [k, v]) this.engine.floats(region).copyWithin(to * kv, from * kv, (from + positions) * kv);
  }

  /** Pieces as attention takes them: those from the start without a cache, of one length, go together. */
  #runs(pieces: readonly Piece[]) {
    const runs: { first: number; length: number; start: number; cache: number | undefined; pieces: Piece[] }[] = [];
    let first = 0;
    for (const piece of pieces) {
      const { start, cache, tokens } = piece;
      const length = tokens.length;
      if (length === 0 || start + length > this.size.context)
        throw new Error(`no place for ${length} tokens at ${start}`);
      if (cache === undefined ? start > 0 : cache + start + length > this.size.cache)
        throw new Error('a piece needs a cache');
      const last = runs.at(-1);
      if (last && cache === undefined && last.cache === undefined && last.length === length) last.pieces.push(piece);
      else runs.push({ first, length, start, cache, pieces: [piece] });
      first += length;
    }
    return runs;
  }

  /** Logits [V] after a row of the last forward pass: a view, gone with the next call. */
  logits(row: number): Float32Array {
    this.#logitsOf([row]);
    return this.engine.floats(this.#head.logits).subarray(0, this.config.vocabSize);
  }

  /** Tells of each target -ln of its token's probability after its row, and whether that token is the likeliest (the lowest on a tie). */
  losses(targets: readonly Target[], tell: (index: number, nats: number, isGreedy: boolean) => void): void {
    const { engine: e, config: c } = this;
    const stride = logitStride(c.vocabSize);
    const most = rowsOfLogits(c, this.size.rows);
    for (let from = 0; from < targets.length; from += most) {
      const some = targets.slice(from, from + most);
      this.#logitsOf(some.map((target) => target.row));
      const logits = e.floats(this.#head.logits);
      const greedy = some.map(({ token }, i) => isLargest(logits, i * stride, c.vocabSize, token));
      e.ints(this.#head.targets).set(some.map((target) => target.token));
      loss(e, this.#head.logits, this.#head.targets, this.#head.losses, some.length, c.vocabSize);
      const nats = e.doubles(this.#head.losses);
      for (let i = 0; i < some.length; i++) tell(from + i, nats[i]!, greedy[i]!);
    }
  }

  #logitsOf(rows: readonly number[]): void {
    const { engine: e, config: c } = this;
    const { hiddenSize: D, vocabSize: V } = c;
    const head = this.#head;
    const x = e.floats(this.#rows.x);
    const last = e.floats(head.last);
    rows.forEach((row, i) => {
      last.set(x.subarray(row * D, (row + 1) * D), i * D);
    });
    norm(e, head.last, get(this.#plain, FINAL_NORM), head.normed, head.inv, rows.length, D, c.rmsNormEps);
    const packed = get(this.#packed, c.tieWordEmbeddings ? EMBEDDING : HEAD);
    const y = dense(head.logits, logitStride(V));
    product(e, dense(head.normed, D), false, packed, y, undefined, rows.length, V, D, 'head');
  }

  close(): void {
    this.engine.close();
  }
}

/** Whether `token` is the first of the largest logits. Mostly it is not, and that shows soon. */
function isLargest(logits: Float32Array, at: number, V: number, token: number): boolean {
  const own = logits[at + token]!;
  for (let i = 0; i < token; i++) if (!(logits[at + i]! < own)) return false;
  for (let i = token + 1; i < V; i++) if (!(logits[at + i]! <= own)) return false;
  return true;
}
