// A model in training: the losses of a micro-batch, and gradients that continue the chains of the step. Knows no optimizer and no data.

import { type Engine, elementsOf, type Tensor } from '../../engine/index.ts';
import { type Angles, declareAngles, fillAngles } from './angles.ts';
import { architectureOf, type OfLayer, sizesOf } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';
import {
  type ActivationGradients,
  type Activations,
  type Layer,
  layerBackward,
  layerForward,
  layersOf,
  viewsOf,
} from './layer.ts';
import { byLayer, EMBEDDING, FINAL_NORM, HEAD, parameters } from './parameters.ts';
import { declareTensors, declareWeights, type Gradients, get, headOf, type Weights } from './weights.ts';

/** Sequences one after another; the target of a token is the next token, or -1 where that is not learned. */
export interface MicroBatch {
  tokens: Int32Array;
  targets: Int32Array;
  /** Rows of each sequence. */
  lengths: readonly number[];
}

/** The factor of each row's gradient [M], or a function that gives them from the nats of the rows [M]. */
export type Shares = Float32Array | ((nats: Float64Array) => Float32Array);

export interface TransformerSize {
  /** A micro-batch has at most sequences * length rows, in any number of sequences. */
  sequences: number;
  /** The most tokens of a sequence. */
  length: number;
  /** More than one gradient group needs a second set of gradients. */
  groups: number;
}

/** Tensors with a row for each token of a pass. */
interface Rows {
  layers: Activations[];
  activationGradients: ActivationGradients;
  tokens: Tensor;
  targets: Tensor;
  shares: Tensor;
  /** i32 [M] */
  positions: Tensor;
  losses: Tensor;
  lastInv: Tensor;
  lastNormed: Tensor;
  dLast: Tensor;
  dx: Tensor;
}

export class Transformer {
  readonly config: ModelConfig;
  readonly weights: Weights;
  /** Gradients by name. The embedding's lacks the part of a tied head until `finishGradients`. */
  readonly gradients: Gradients;
  /** The tied head's part of the gradient of the embedding. */
  readonly headGradient: Tensor | undefined;
  readonly #engine: Engine;
  readonly #size: TransformerSize;
  readonly #groupGradients: Gradients | undefined;
  readonly #groupHeadGradient: Tensor | undefined;
  readonly #angles: Angles;
  readonly #layers: Layer[];
  readonly #layerGradients: OfLayer<Tensor>[];
  readonly #groupLayerGradients: OfLayer<Tensor>[];
  readonly #rows: Rows;
  #current: Rows;

  /** Declares all of its tensors. */
  constructor(e: Engine, c: ModelConfig, size: TransformerSize) {
    const list = parameters(c);
    const tiedHeadGradient = () => (c.tieWordEmbeddings ? e.tensor([c.vocabSize, c.hiddenSize]) : undefined);
    const hasGroups = size.groups > 1;
    this.config = c;
    this.#engine = e;
    this.#size = size;
    this.weights = declareWeights(e, c, { trained: true });
    this.gradients = declareTensors(e, list);
    this.#groupGradients = hasGroups ? declareTensors(e, list) : undefined;
    this.headGradient = tiedHeadGradient();
    this.#groupHeadGradient = hasGroups ? tiedHeadGradient() : undefined;
    this.#angles = declareAngles(e, c, size.length);
    this.#layers = layersOf(c, this.weights, this.#angles);
    this.#layerGradients = byLayer(c, this.gradients);
    this.#groupLayerGradients = this.#groupGradients ? byLayer(c, this.#groupGradients) : [];
    this.#rows = declareRows(e, c, size.sequences * size.length);
    this.#current = this.#rows;
  }

  /** Fills the angles; call once, when the engine is open. */
  prepare(): void {
    fillAngles(this.#engine, this.config, this.#angles);
  }

  /** The largest micro-batch, for the planner. */
  exercise(): void {
    const { sequences, length } = this.#size;
    const tokens = new Int32Array(sequences * length);
    const batch = { tokens, targets: tokens, lengths: new Array<number>(sequences).fill(length) };
    this.losses(batch);
    this.backward(batch, { shares: new Float32Array(tokens.length), firstGroup: true });
  }

  /** Runs the layers and the last norm. */
  #forward({ tokens, targets, lengths }: MicroBatch): Rows {
    const e = this.#engine;
    const c = this.config;
    const M = tokens.length;
    const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
    if (longest > this.#size.length) throw new Error(`${longest} positions are more than was planned`);
    if (M !== elementsOf(this.#current.tokens.shape)) this.#current = firstRows(this.#rows, M);
    const rows = this.#current;
    e.set(rows.tokens, tokens);
    e.set(rows.targets, targets);
    e.embedding({ tokens: rows.tokens, table: get(this.weights, EMBEDDING), x: rows.layers[0].x0 });
    e.set(
      rows.positions,
      lengths.flatMap((length) => [...Array(length).keys()]),
    );
    const sequences = { positions: rows.positions, whole: [{ first: 0, lengths }] };
    for (const [i, layer] of this.#layers.entries()) layerForward(e, layer, rows.layers[i], sequences);
    const weight = get(this.weights, FINAL_NORM).values;
    const x = rows.layers.at(-1)!.out;
    e.norm({ x, weight, eps: c.rmsNormEps, y: rows.lastNormed, inv: rows.lastInv });
    return rows;
  }

  /** Nats of each target [M] in binary64, valid until the next call. */
  losses(batch: MicroBatch): Tensor {
    const { lastNormed: x, targets, losses } = this.#forward(batch);
    this.#engine.headLosses({ x, weight: headOf(this.config, this.weights), targets, losses });
    return losses;
  }

  /** Starts a step: all gradients +0. */
  zeroGradients(): void {
    for (const target of this.gradients.values()) this.#engine.fill({ target, value: 0 });
    if (this.headGradient) this.#engine.fill({ target: this.headGradient, value: 0 });
  }

  /** Starts a gradient group after the first: its chains begin at +0, in separate tensors. */
  startGroup(): void {
    for (const target of this.#groupGradients!.values()) this.#engine.fill({ target, value: 0 });
    if (this.#groupHeadGradient) this.#engine.fill({ target: this.#groupHeadGradient, value: 0 });
  }

  /** Adds a finished group, other than the first, to the step's gradients. */
  finishGroup(): void {
    for (const [name, source] of this.#groupGradients!) {
      this.#engine.add({ target: get(this.gradients, name), source });
    }
    if (this.#groupHeadGradient) this.#engine.add({ target: this.headGradient!, source: this.#groupHeadGradient });
  }

  /** Ends a step: adds the tied head's part to the gradient of the embedding. */
  finishGradients(): void {
    if (this.headGradient) this.#engine.add({ target: get(this.gradients, EMBEDDING), source: this.headGradient });
  }

  /**
   * Forward and backward over a micro-batch: the gradients of the sum of each row's nats times its share. They continue the chains of
   * the first group, or of the group that `startGroup` began. Returns the nats of each target [M], valid until the next call.
   */
  backward(batch: MicroBatch, { shares, firstGroup }: { shares: Shares; firstGroup: boolean }): Tensor {
    const e = this.#engine;
    const gradients = firstGroup ? this.gradients : this.#groupGradients!;
    const tiedHead = firstGroup ? this.headGradient : this.#groupHeadGradient;
    const rows = this.#forward(batch);
    const { lastNormed, lastInv: inv, targets, losses, dLast, dx, activationGradients, layers } = rows;
    const weight = headOf(this.config, this.weights);
    const dWeight = tiedHead ?? get(gradients, HEAD);
    const head = { x: lastNormed, weight, targets, losses };
    if (typeof shares === 'function') e.headLosses(head);
    e.set(rows.shares, typeof shares === 'function' ? shares(e.doubles(losses)) : shares);
    e.headBackward({ ...head, shares: rows.shares, dx: dLast, dWeight });

    e.fill({ target: dx, value: 0 });
    const norm = { weight: get(this.weights, FINAL_NORM).values, dWeight: get(gradients, FINAL_NORM) };
    e.normBackward({ dy: dLast, x: layers.at(-1)!.out, ...norm, inv, dx });
    const byLayers = firstGroup ? this.#layerGradients : this.#groupLayerGradients;
    for (let i = layers.length - 1; i >= 0; i--) {
      const of = {
        dx,
        gradients: byLayers[i],
        activationGradients,
        positions: rows.positions,
        lengths: batch.lengths,
      };
      layerBackward(e, this.#layers[i], layers[i], of);
    }
    e.embeddingBackward({ tokens: rows.tokens, dx, dTable: get(gradients, EMBEDDING) });
    return losses;
  }
}

function declareRows(e: Engine, c: ModelConfig, M: number): Rows {
  const { D, F, Q, KV } = sizesOf(c);
  const t = (columns: number) => e.tensor([M, columns]);
  const x = Array.from({ length: c.numHiddenLayers + 1 }, () => t(D));
  const layers = Array.from({ length: c.numHiddenLayers }, (_, i) => ({
    ...{ x0: x[i], inv1: e.tensor([M]), h1: t(D) },
    ...declareHeads(c, { q: t(Q), k: t(KV) }, t),
    ...{ v: t(KV), o: t(Q) },
    ...{ x1: t(D), inv2: e.tensor([M]), h2: t(D) },
    ...{ gate: t(F), up: t(F), act: t(F), out: x[i + 1] },
  }));
  const [dq, dk] = [t(Q), t(KV)];
  const [dq0, dk0] = hasHeadNorms(c) ? [t(Q), t(KV)] : [dq, dk];
  return {
    layers,
    activationGradients: { dh: t(D), dq, dk, dq0, dk0, dv: t(KV), dO: t(Q), dAct: t(F) },
    tokens: e.tensor([M], 'i32'),
    targets: e.tensor([M], 'i32'),
    shares: e.tensor([M]),
    positions: e.tensor([M], 'i32'),
    losses: e.tensor([M], 'f64'),
    lastInv: e.tensor([M]),
    lastNormed: t(D),
    dLast: t(D),
    dx: t(D),
  };
}

const hasHeadNorms = (c: ModelConfig) => architectureOf(c).parts.qNorm !== undefined;

/** Queries and keys; in models with head norms also their values before the norms, in separate tensors. */
function declareHeads(c: ModelConfig, { q, k }: { q: Tensor; k: Tensor }, t: (columns: number) => Tensor) {
  if (!hasHeadNorms(c)) return { q, k, q0: q, k0: k };
  const { Q, KV } = sizesOf(c);
  return { q, k, q0: t(Q), k0: t(KV), invQ: t(c.numAttentionHeads), invK: t(c.numKeyValueHeads) };
}

/** Views of the first M rows. */
function firstRows({ layers, activationGradients, ...rest }: Rows, M: number): Rows {
  return {
    layers: layers.map((a) => viewsOf(a, M)),
    activationGradients: viewsOf(activationGradients, M),
    ...viewsOf(rest, M),
  };
}
