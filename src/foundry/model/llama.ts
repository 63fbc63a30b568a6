// The whole model over a micro-batch: loss, and gradients that continue the step's chains. Knows no optimizer and no data.

import {
  add,
  attentionScratch,
  type Engine,
  embedding,
  embeddingBackward,
  fill,
  type Layout,
  linearBackwardWeight,
  logitStride,
  loss,
  norm,
  normBackward,
  normScratch,
  pack,
  packedLength,
  product,
  productScratch,
  type Region,
  ropeTable,
} from '../../engine/index.ts';
import { EMBEDDING, FINAL_NORM, HEAD, headDim, type ModelConfig, parameters } from './config.ts';
import { layerBackward, layerForward, planSaved, type Saved, type Shared } from './layer.ts';
import { get, planWeights, type Weights } from './weights.ts';

/** Working memory each thread needs for a model at sequences of up to T. */
export const modelScratch = (c: ModelConfig, T: number): number =>
  Math.max(productScratch, normScratch(c.hiddenSize), attentionScratch(T, headDim(c)));

/** Rows of logits that are held at once: about 32 MiB of them. */
const rowsOfLogits = (c: ModelConfig, rows: number): number =>
  Math.min(rows, Math.max(96, Math.floor((8 << 20) / logitStride(c.vocabSize))));

/** A model with its activations for up to `rows` = B * T rows, and its gradients where it is trained. */
export class Llama {
  readonly config: ModelConfig;
  readonly weights: Weights;
  /** Gradients by name; the tied head's part has a buffer of its own until `finishGradients`. */
  readonly gradients: Weights | undefined;
  /** The tied head's part of the embedding's gradient. */
  readonly headGradient: Region | undefined;
  readonly #groupGradients: Weights | undefined;
  readonly #groupHeadGradient: Region | undefined;
  readonly #rows: number;
  readonly #positions: number;
  readonly #layers: Saved[];
  readonly #shared: Shared;
  readonly #tokens: Region;
  readonly #targets: Region;
  readonly #losses: Region;
  readonly #last: Region;
  readonly #lastInv: Region;
  readonly #lastNormed: Region;
  readonly #logits: Region;
  readonly #headForward: Region;
  readonly #headBackward: Region;
  readonly #dx: Region;
  readonly #dLast: Region;

  /**
   * Plans all memory in `layout`. `rows`: B * T at most; `positions`: T at most; `train`: gradients too;
   * `groups`: more than one gradient group needs a second set of them.
   */
  constructor(layout: Layout, c: ModelConfig, rows: number, positions: number, train: boolean, groups = 1) {
    const D = c.hiddenSize;
    const F = c.intermediateSize;
    const V = c.vocabSize;
    const kv = c.numKeyValueHeads * headDim(c);
    const list = parameters(c);
    this.config = c;
    this.#rows = rows;
    this.#positions = positions;
    this.weights = planWeights(layout, list);
    this.gradients = train ? planWeights(layout, list) : undefined;
    this.#groupGradients = train && groups > 1 ? planWeights(layout, list) : undefined;
    const spareHead = train && c.tieWordEmbeddings;
    this.headGradient = spareHead ? layout.f32(V * D) : undefined;
    this.#groupHeadGradient = spareHead && groups > 1 ? layout.f32(V * D) : undefined;
    // Without a backward pass every layer may use the same activations.
    const one = train ? undefined : planSaved(layout, c, rows);
    this.#layers = [...Array(c.numHiddenLayers)].map(() => one ?? planSaved(layout, c, rows));
    const chunk = rowsOfLogits(c, rows);
    const widest = Math.max(
      packedLength(D, F),
      packedLength(F, D),
      packedLength(D, D),
      train ? packedLength(rows, Math.max(D, F)) : 0,
    );
    const r = (columns: number) => layout.f32(train ? rows * columns : 0);
    this.#shared = {
      cos: layout.f32((positions * headDim(c)) / 2),
      sin: layout.f32((positions * headDim(c)) / 2),
      packed: layout.f32(widest),
      dh: r(D),
      dq: r(D),
      dk: r(kv),
      dv: r(kv),
      dO: r(D),
      dAct: r(F),
    };
    this.#tokens = layout.i32(rows);
    this.#targets = layout.i32(rows);
    this.#losses = layout.f64(rows);
    this.#last = layout.f32(rows * D);
    this.#lastInv = layout.f32(rows);
    this.#lastNormed = layout.f32(rows * D);
    this.#logits = layout.f32(chunk * logitStride(V));
    this.#headForward = layout.f32(packedLength(D, V));
    this.#headBackward = layout.f32(train ? packedLength(V, D) : 0);
    this.#dx = r(D);
    this.#dLast = r(D);
  }

  /** Fills the tables; call once, when the engine is there. */
  prepare(e: Engine): void {
    const { cos, sin } = ropeTable(
      this.#positions,
      headDim(this.config),
      this.config.ropeTheta,
      this.config.ropeScaling,
    );
    e.floats(this.#shared.cos).set(cos);
    e.floats(this.#shared.sin).set(sin);
  }

  get #head(): Region {
    return get(this.weights, this.config.tieWordEmbeddings ? EMBEDDING : HEAD);
  }

  /** Runs the layers on tokens [B, T]; the last norm's output stays in `#lastNormed`. */
  #forward(e: Engine, tokens: Int32Array, B: number, T: number): void {
    const c = this.config;
    const M = B * T;
    if (M > this.#rows || T > this.#positions) throw new Error(`${B} x ${T} is more than was planned`);
    e.ints(this.#tokens).set(tokens);
    const layers = this.#layers;
    embedding(e, this.#tokens, get(this.weights, EMBEDDING), layers[0]!.x0, M, c.hiddenSize);
    layers.forEach((saved, i) => {
      const next = layers[i + 1]?.x0;
      const out = next && next !== saved.x0 ? next : this.#last;
      layerForward(e, c, i, this.weights, saved, this.#shared, out, B, T);
      if (next === saved.x0) e.floats(next).set(e.floats(this.#last).subarray(0, M * c.hiddenSize));
    });
    norm(e, this.#last, get(this.weights, FINAL_NORM), this.#lastNormed, this.#lastInv, M, c.hiddenSize, c.rmsNormEps);
    pack(e, { region: this.#head, stride: c.hiddenSize }, true, c.hiddenSize, c.vocabSize, this.#headForward);
  }

  /** Logits of rows [first, first + rows) of the last forward pass. */
  #logitsOf(e: Engine, first: number, rows: number): void {
    const { hiddenSize: D, vocabSize: V } = this.config;
    const x = { region: { at: this.#lastNormed.at + first * D * 4, length: rows * D }, stride: D };
    const y = { region: this.#logits, stride: logitStride(V) };
    product(e, x, false, this.#headForward, y, undefined, rows, V, D, 'head');
  }

  /** Nats of each target, [B * T] in binary64. `targets` follow `tokens` by one. */
  losses(e: Engine, tokens: Int32Array, targets: Int32Array, B: number, T: number): Float64Array {
    this.#forward(e, tokens, B, T);
    e.ints(this.#targets).set(targets);
    this.#eachChunk(B * T, (first, rows) => {
      this.#logitsOf(e, first, rows);
      loss(
        e,
        this.#logits,
        part(this.#targets, first, rows, 4),
        part(this.#losses, first, rows, 8),
        rows,
        this.config.vocabSize,
      );
    });
    return e.doubles(this.#losses).slice(0, B * T);
  }

  /** Logits of every position, [B * T, V] row-major: for tests and evaluation of small inputs. */
  logits(e: Engine, tokens: Int32Array, B: number, T: number): Float32Array {
    const V = this.config.vocabSize;
    const out = new Float32Array(B * T * V);
    this.#forward(e, tokens, B, T);
    this.#eachChunk(B * T, (first, rows) => {
      this.#logitsOf(e, first, rows);
      const logits = e.floats(this.#logits);
      for (let r = 0; r < rows; r++) {
        out.set(logits.subarray(r * logitStride(V), r * logitStride(V) + V), (first + r) * V);
      }
    });
    return out;
  }

  /** Starts a step: all gradients +0. */
  zeroGradients(e: Engine): void {
    for (const region of this.gradients!.values()) fill(e, region, 0);
    if (this.headGradient) fill(e, this.headGradient, 0);
  }

  /** Starts a gradient group after the first: its chains begin at +0, in buffers of their own. */
  startGroup(e: Engine): void {
    for (const region of this.#groupGradients!.values()) fill(e, region, 0);
    if (this.#groupHeadGradient) fill(e, this.#groupHeadGradient, 0);
  }

  /** Adds a finished group, other than the first, to the step's gradients. */
  finishGroup(e: Engine): void {
    for (const [name, region] of this.#groupGradients!) add(e, get(this.gradients!, name), region);
    if (this.#groupHeadGradient) add(e, this.headGradient!, this.#groupHeadGradient);
  }

  /** Ends a step: the tied head's part joins the embedding's gradient. */
  finishGradients(e: Engine): void {
    if (this.headGradient) add(e, get(this.gradients!, EMBEDDING), this.headGradient);
  }

  /**
   * Forward and backward over a micro-batch; gradients continue their chains (of the step's first group, or of the one that
   * `startGroup` opened). Returns the nats of each target [B * T], a view that the next micro-batch overwrites.
   */
  backward(
    e: Engine,
    tokens: Int32Array,
    targets: Int32Array,
    B: number,
    T: number,
    targetsInStep: number,
    firstGroup: boolean,
  ): Float64Array {
    const c = this.config;
    const { hiddenSize: D, vocabSize: V } = c;
    const M = B * T;
    const gradients = (firstGroup ? this.gradients : this.#groupGradients)!;
    const tiedHead = firstGroup ? this.headGradient : this.#groupHeadGradient;
    const dHead = tiedHead ?? get(gradients, HEAD);

    this.#forward(e, tokens, B, T);
    e.ints(this.#targets).set(targets);
    pack(e, { region: this.#head, stride: D }, false, V, D, this.#headBackward);
    const dLogits = { region: this.#logits, stride: logitStride(V) };
    this.#eachChunk(M, (first, rows) => {
      this.#logitsOf(e, first, rows);
      const losses = part(this.#losses, first, rows, 8);
      loss(e, this.#logits, part(this.#targets, first, rows, 4), losses, rows, V, targetsInStep);
      const dx = { region: part(this.#dLast, first * D, rows * D, 4), stride: D };
      product(e, dLogits, false, this.#headBackward, dx, undefined, rows, D, V, 'headBackwardInput');
      const normed = part(this.#lastNormed, first * D, rows * D, 4);
      linearBackwardWeight(e, [{ dy: dLogits, dw: dHead, N: V }], normed, rows, D, this.#shared.packed);
    });

    fill(e, { at: this.#dx.at, length: M * D }, 0);
    const wNorm = get(this.weights, FINAL_NORM);
    normBackward(e, this.#dLast, this.#last, wNorm, this.#lastInv, this.#dx, get(gradients, FINAL_NORM), M, D);
    for (let i = c.numHiddenLayers - 1; i >= 0; i--) {
      layerBackward(e, c, i, this.weights, gradients, this.#layers[i]!, this.#shared, this.#dx, B, T);
    }
    embeddingBackward(e, this.#tokens, this.#dx, get(gradients, EMBEDDING), M, D);
    return e.doubles(part(this.#losses, 0, M, 8));
  }

  #eachChunk(M: number, run: (first: number, rows: number) => void): void {
    const most = rowsOfLogits(this.config, this.#rows);
    for (let first = 0; first < M; first += most) run(first, Math.min(most, M - first));
  }
}

const part = (region: Region, first: number, length: number, size: number): Region => ({
  at: region.at + first * size,
  length,
});
