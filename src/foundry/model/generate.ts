// Cached generation: a prompt at once, then one position at a time against the keys and values of those before.

import {
  attendOne,
  attention,
  Engine,
  embedding,
  Layout,
  logitStride,
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
import { get, planWeights, type Weights } from './weights.ts';

const part = (region: Region, first: number, length: number): Region => ({ at: region.at + first * 4, length });

export class Generator {
  readonly config: ModelConfig;
  readonly engine: Engine;
  readonly weights: Weights;
  /** Positions that fit. */
  readonly context: number;
  /** Positions in the caches. */
  position = 0;
  readonly #packed: Map<string, Region>;
  readonly #caches: { k: Region; v: Region }[];
  readonly #rows: Record<'x' | 'h' | 'q' | 'o' | 'gate' | 'up' | 'act' | 'inv' | 'tokens' | 'spare', Region>;
  readonly #tables: { cos: Region; sin: Region };
  readonly #logits: Region;

  /** Takes memory for a context of up to `context` positions. Fill `weights`, then call `prepare`. */
  constructor(config: ModelConfig, context: number, threads: number) {
    const layout = new Layout(threads, modelScratch(config, context));
    const list = parameters(config);
    const { hiddenSize: D, intermediateSize: F, vocabSize: V } = config;
    const kv = config.numKeyValueHeads * headDim(config);
    const rows = (columns: number) => layout.f32(context * columns);
    this.config = config;
    this.context = context;
    this.weights = planWeights(layout, list);
    this.#packed = new Map(
      list
        .filter((p) => p.shape.length === 2 && (p.name !== EMBEDDING || config.tieWordEmbeddings))
        .map((p) => [p.name, layout.f32(packedLength(p.shape[1]!, p.shape[0]!))]),
    );
    this.#caches = [...Array(config.numHiddenLayers)].map(() => ({ k: rows(kv), v: rows(kv) }));
    this.#rows = {
      x: rows(D),
      h: rows(D),
      q: rows(D),
      o: rows(D),
      gate: rows(F),
      up: rows(F),
      act: rows(F),
      inv: rows(1),
      tokens: layout.i32(context),
      spare: layout.f32(16),
    };
    this.#tables = { cos: rows(headDim(config) / 2), sin: rows(headDim(config) / 2) };
    this.#logits = layout.f32(logitStride(V));
    layout.check(
      `${(list.reduce((n, p) => n + elements(p.shape), 0) / 1e6).toFixed(0)} M parameters`,
      'use a smaller model',
    );
    this.engine = new Engine(layout);
    const { cos, sin } = ropeTable(context, headDim(config), config.ropeTheta);
    this.engine.floats(this.#tables.cos).set(cos);
    this.engine.floats(this.#tables.sin).set(sin);
  }

  /** Packs the weights; call once they are there. */
  prepare(): void {
    for (const [name, packed] of this.#packed) {
      const { shape } = parameters(this.config).find((p) => p.name === name)!;
      pack(this.engine, { region: get(this.weights, name), stride: shape[1]! }, true, shape[1]!, shape[0]!, packed);
    }
  }

  /** Forgets the text so far. */
  reset(): void {
    this.position = 0;
  }

  /** Takes in tokens after those before; returns the logits [V] after the last one (a view, gone with the next call). */
  feed(tokens: ArrayLike<number>): Float32Array {
    if (this.position + tokens.length > this.context) throw new Error('the context is full');
    // A text from the start goes through in one piece; later ones position by position.
    if (this.position === 0) this.#forward(tokens);
    else for (let i = 0; i < tokens.length; i++) this.#forward([tokens[i]!]);
    return this.engine.floats(this.#logits).subarray(0, this.config.vocabSize);
  }

  #forward(tokens: ArrayLike<number>): void {
    const { engine: e, config: c, weights } = this;
    const { hiddenSize: D, intermediateSize: F, vocabSize: V, numAttentionHeads: H, numKeyValueHeads: G } = c;
    const d = headDim(c);
    const kv = G * d;
    const n = tokens.length;
    const r = this.#rows;
    const { cos, sin } = this.#tables;
    const start = this.position;
    const dense = (region: Region, stride: number) => ({ region, stride });
    const through = (x: Region, name: string, y: Region, K: number, N: number, from?: Region) =>
      product(e, dense(x, K), false, get(this.#packed, name), dense(y, N), from && dense(from, N), n, N, K, 'linear');

    e.ints(r.tokens).set(tokens);
    embedding(e, r.tokens, get(weights, EMBEDDING), r.x, n, D);
    for (let i = 0; i < c.numHiddenLayers; i++) {
      const name = (p: string) => layerName(i, p);
      const cache = this.#caches[i]!;
      const k = part(cache.k, start * kv, n * kv);
      const v = part(cache.v, start * kv, n * kv);
      norm(e, r.x, get(weights, name('input_layernorm')), r.h, r.inv, n, D, c.rmsNormEps);
      through(r.h, name('self_attn.q_proj'), r.q, D, D);
      through(r.h, name('self_attn.k_proj'), k, D, kv);
      through(r.h, name('self_attn.v_proj'), v, D, kv);
      rope(e, r.q, n, n, H, d, cos, sin, start);
      rope(e, k, n, n, G, d, cos, sin, start);
      if (start === 0) attention(e, r.q, k, v, r.o, { B: 1, T: n, H, G, d });
      else attendOne(e, r.q, cache.k, cache.v, r.o, start + 1, H, G, d, kv);
      through(r.o, name('self_attn.o_proj'), r.x, D, D, r.x);
      norm(e, r.x, get(weights, name('post_attention_layernorm')), r.h, r.inv, n, D, c.rmsNormEps);
      through(r.h, name('mlp.gate_proj'), r.gate, D, F);
      through(r.h, name('mlp.up_proj'), r.up, D, F);
      swiglu(e, r.gate, r.up, r.act, n * F);
      through(r.act, name('mlp.down_proj'), r.x, F, D, r.x);
    }
    this.position += n;
    const last = part(r.x, (n - 1) * D, D);
    norm(e, last, get(weights, FINAL_NORM), r.h, r.inv, 1, D, c.rmsNormEps);
    const head = get(this.#packed, c.tieWordEmbeddings ? EMBEDDING : HEAD);
    product(e, dense(r.h, D), false, head, dense(this.#logits, V), undefined, 1, V, D, 'head');
  }

  close(): void {
    this.engine.close();
  }
}
