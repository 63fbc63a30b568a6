// A whole model, naively: the loss and the gradient of every tensor for one step, in the order that docs/arithmetic.md fixes.
// Tensors have Hugging Face's names.

import { ropeTable } from '../../rope-table.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { attention, attentionBackward } from './attention.ts';
import { crossEntropy, equalShares } from './cross-entropy.ts';
import { embedding, embeddingBackward } from './embedding.ts';
import { columnSums, linear, linearBackwardInput, linearBackwardWeight, repeated } from './linear.ts';
import { type Preference, preference } from './preference.ts';
import { rmsNorm, rmsNormBackward } from './rms-norm.ts';
import { positionsOf, rope, ropeBackward } from './rope.ts';
import { swiglu, swigluBackward } from './swiglu.ts';

export interface ModelShape {
  /** Llama by default. */
  architecture?: keyof typeof KINDS;
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  /** By default hiddenSize / numAttentionHeads. */
  headDim?: number;
  vocabSize: number;
  ropeTheta: number;
  rmsNormEps: number;
  tieWordEmbeddings: boolean;
}

/** The differences between architectures. */
const KINDS = {
  llama: { biases: false, headNorms: false },
  qwen2: { biases: true, headNorms: false },
  qwen3: { biases: false, headNorms: true },
};

type Weights = ReadonlyMap<string, FloatArray>;

const EMBEDDING = 'model.embed_tokens.weight';
const FINAL_NORM = 'model.norm.weight';
const HEAD = 'lm_head.weight';

/** Name and shape of every tensor; a tied head has no tensor. */
export function tensorShapes(config: ModelShape): Map<string, number[]> {
  const { D, F, V, Q, KV, d, biases, headNorms } = sizes(config);
  const shapes = new Map<string, number[]>([[EMBEDDING, [V, D]]]);
  for (let l = 0; l < config.numHiddenLayers; l++) {
    const name = namesOf(l);
    shapes.set(name.inputNorm, [D]);
    shapes.set(name.q, [Q, D]);
    shapes.set(name.k, [KV, D]);
    shapes.set(name.v, [KV, D]);
    shapes.set(name.o, [D, Q]);
    if (biases) shapes.set(name.qBias, [Q]).set(name.kBias, [KV]).set(name.vBias, [KV]);
    if (headNorms) for (const norm of [name.qNorm, name.kNorm]) shapes.set(norm, [d]);
    shapes.set(name.mlpNorm, [D]);
    shapes.set(name.gate, [F, D]);
    shapes.set(name.up, [F, D]);
    shapes.set(name.down, [D, F]);
  }
  shapes.set(FINAL_NORM, [D]);
  if (!config.tieWordEmbeddings) shapes.set(HEAD, [V, D]);
  return shapes;
}

/** A model: its shape and its weights. */
interface Model {
  config: ModelShape;
  weights: Weights;
}

export interface Step {
  /** [B, T] each; a target that is not learned is -1. */
  tokens: Int32Array;
  targets: Int32Array;
  /** [B, T], counted from the start of each conversation; -1 in slots that are not used. By default B sequences of T. */
  positions?: Int32Array;
  /** T. */
  sequenceLength: number;
  /** Divides B; default 1. */
  gradientGroups?: number;
  /** n, default the targets that are learned: more where these sequences are only a part of the step. */
  targetsInStep?: number;
  /** The sequences are pairs; then n is their number. */
  preference?: Preference;
}

/** Rows of sequences that lie one after another. */
interface Rows {
  tokens: Int32Array;
  /** Where each row stands in its sequence. */
  positions: Int32Array;
  /** Rows of each sequence. */
  lengths: number[];
}

/** Rows whose sequences begin at the positions of 0. */
function rowsOf(tokens: Int32Array, positions: Int32Array): Rows {
  const starts = [...positions.keys()].filter((m) => positions[m] === 0);
  return { tokens, positions, lengths: starts.map((m, i) => (starts[i + 1] ?? positions.length) - m) };
}

/** Mean loss (nats, binary64: the sum over these rows divided by n) and the gradients of one step, by tensor name. */
export function lossAndGradients(
  A: Arithmetic,
  model: Model,
  {
    tokens,
    targets,
    sequenceLength,
    positions = positionsOf(tokens.length, sequenceLength),
    gradientGroups = 1,
    targetsInStep = targets.filter((target) => target !== -1).length,
    preference: pairs,
  }: Step,
): { loss: number; gradients: Map<string, FloatArray> } {
  const n = pairs ? pairs.references.length / 2 : targetsInStep;
  let sum = 0;
  let sequences = 0;
  const total = new Map<string, FloatArray>();
  const slots = tokens.length / gradientGroups;
  for (let group = 0; group < gradientGroups; group++) {
    const isUsed = (slot: number): boolean => positions[slot] !== -1 && Math.floor(slot / slots) === group;
    const ofGroup = (all: Int32Array): Int32Array => all.filter((_, slot) => isUsed(slot));
    const rows = rowsOf(ofGroup(tokens), ofGroup(positions));
    let ofPairs: number[] | undefined;
    const sharesOf = (losses: Float64Array): FloatArray => {
      if (!pairs) return equalShares(A, losses.length, n);
      const { lengths } = rows;
      const references = pairs.references.slice(sequences, sequences + lengths.length);
      sequences += lengths.length;
      const found = preference(A, { beta: pairs.beta, references }, { losses, lengths, n });
      ofPairs = found.pairs;
      return found.shares;
    };
    const part = backward(A, model, { rows, targets: ofGroup(targets), T: sequenceLength, sharesOf });
    for (const loss of ofPairs ?? part.losses) sum += loss;
    for (const [name, g] of part.gradients) total.set(name, group === 0 ? g : add(A, total.get(name)!, g));
  }
  if (model.config.tieWordEmbeddings) {
    total.set(EMBEDDING, add(A, total.get(EMBEDDING)!, total.get(HEAD)!));
    total.delete(HEAD);
  }
  return { loss: sum / n, gradients: total };
}

/** tokens [B, T] -> logits [B*T, V]. */
export const logits = (A: Arithmetic, model: Model, tokens: Int32Array, sequenceLength: number): FloatArray =>
  forward(A, model, rowsOf(tokens, positionsOf(tokens.length, sequenceLength)), sequenceLength).logits;

/** The values of a layer's forward pass that the backward pass needs. */
interface LayerTrace {
  x0: FloatArray;
  norm1: { y: FloatArray; inv: FloatArray };
  /** Before the norms of heads. */
  q0: FloatArray;
  k0: FloatArray;
  invQ: FloatArray;
  invK: FloatArray;
  q: FloatArray;
  k: FloatArray;
  v: FloatArray;
  o: FloatArray;
  x1: FloatArray;
  norm2: { y: FloatArray; inv: FloatArray };
  g: FloatArray;
  u: FloatArray;
  a: FloatArray;
}

function forward(A: Arithmetic, { config, weights }: Model, { tokens, positions, lengths }: Rows, T: number) {
  const { D, F, V, H, G, d, Q, KV, eps, biases, headNorms } = sizes(config);
  const w = lookup(weights);
  const M = tokens.length;
  const table = { ...ropeTable(T, d, config.ropeTheta), positions };
  const layers: LayerTrace[] = [];
  let x = embedding(A, w(EMBEDDING), tokens, D);
  for (let l = 0; l < config.numHiddenLayers; l++) {
    const name = namesOf(l);
    const x0 = x;
    const norm1 = rmsNorm(A, x0, w(name.inputNorm), { M, D, eps });
    const start = (bias: string): FloatArray | undefined => (biases ? repeated(A, w(bias), M) : undefined);
    const heads = (x: FloatArray, norm: string, count: number) =>
      headNorms ? rmsNorm(A, x, w(norm), { M: M * count, D: d, eps }) : { y: x, inv: A.array(0) };
    const q0 = linear(A, norm1.y, w(name.q), { M, K: D, N: Q, from: start(name.qBias) });
    const k0 = linear(A, norm1.y, w(name.k), { M, K: D, N: KV, from: start(name.kBias) });
    const { y: q1, inv: invQ } = heads(q0, name.qNorm, H);
    const { y: k1, inv: invK } = heads(k0, name.kNorm, G);
    const q = rope(A, q1, { M, heads: H, d, ...table });
    const k = rope(A, k1, { M, heads: G, d, ...table });
    const v = linear(A, norm1.y, w(name.v), { M, K: D, N: KV, from: start(name.vBias) });
    const o = attention(A, { q, k, v, lengths, H, G, d });
    const x1 = linear(A, o, w(name.o), { M, K: Q, N: D, from: x0 });
    const norm2 = rmsNorm(A, x1, w(name.mlpNorm), { M, D, eps });
    const g = linear(A, norm2.y, w(name.gate), { M, K: D, N: F });
    const u = linear(A, norm2.y, w(name.up), { M, K: D, N: F });
    const a = swiglu(A, g, u);
    x = linear(A, a, w(name.down), { M, K: F, N: D, from: x1 });
    layers.push({ x0, norm1, q0, k0, invQ, invK, q, k, v, o, x1, norm2, g, u, a });
  }
  const norm = rmsNorm(A, x, w(FINAL_NORM), { M, D, eps });
  const head = w(config.tieWordEmbeddings ? EMBEDDING : HEAD);
  return { table, layers, x, norm, head, logits: linear(A, norm.y, head, { M, K: D, N: V }) };
}

/** One gradient group. The gradient of the head has its own name here, tied or not. */
function backward(
  A: Arithmetic,
  model: Model,
  {
    rows,
    targets,
    T,
    sharesOf,
  }: { rows: Rows; targets: Int32Array; T: number; sharesOf: (losses: Float64Array) => FloatArray },
): { losses: Float64Array; gradients: Map<string, FloatArray> } {
  const { config, weights } = model;
  const { D, F, V, H, G, d, Q, KV, biases, headNorms } = sizes(config);
  const w = lookup(weights);
  const { tokens, lengths } = rows;
  const M = tokens.length;
  const { table, layers, x, norm, head, logits } = forward(A, model, rows, T);
  const gradients = new Map<string, FloatArray>();
  const { losses } = crossEntropy(A, logits, targets, { M, V, shares: A.array(M) });
  const { dLogits } = crossEntropy(A, logits, targets, { M, V, shares: sharesOf(losses) });

  gradients.set(HEAD, linearBackwardWeight(A, dLogits, norm.y, { M, K: D, N: V }));
  const dNorm = linearBackwardInput(A, dLogits, head, { M, K: D, N: V });
  const last = rmsNormBackward(A, { dy: dNorm, x, w: w(FINAL_NORM), inv: norm.inv, M, D });
  gradients.set(FINAL_NORM, last.dw);
  let dx = last.dx;

  for (let l = config.numHiddenLayers - 1; l >= 0; l--) {
    const name = namesOf(l);
    const { x0, norm1, q0, k0, invQ, invK, q, k, v, o, x1, norm2, g, u, a } = layers[l];

    gradients.set(name.down, linearBackwardWeight(A, dx, a, { M, K: F, N: D }));
    const { dg, du } = swigluBackward(A, linearBackwardInput(A, dx, w(name.down), { M, K: F, N: D }), g, u);
    gradients.set(name.gate, linearBackwardWeight(A, dg, norm2.y, { M, K: D, N: F }));
    gradients.set(name.up, linearBackwardWeight(A, du, norm2.y, { M, K: D, N: F }));
    let dh = linearBackwardInput(A, dg, w(name.gate), { M, K: D, N: F });
    dh = linearBackwardInput(A, du, w(name.up), { M, K: D, N: F, from: dh });
    const mlp = rmsNormBackward(A, { dy: dh, x: x1, w: w(name.mlpNorm), inv: norm2.inv, M, D, dxFrom: dx });
    gradients.set(name.mlpNorm, mlp.dw);
    dx = mlp.dx;

    gradients.set(name.o, linearBackwardWeight(A, dx, o, { M, K: Q, N: D }));
    const dO = linearBackwardInput(A, dx, w(name.o), { M, K: Q, N: D });
    const dAttention = attentionBackward(A, { dO, o, q, k, v, lengths, H, G, d });
    let dq = ropeBackward(A, dAttention.dq, { M, heads: H, d, ...table });
    let dk = ropeBackward(A, dAttention.dk, { M, heads: G, d, ...table });
    if (headNorms) {
      const query = rmsNormBackward(A, { dy: dq, x: q0, w: w(name.qNorm), inv: invQ, M: M * H, D: d });
      const key = rmsNormBackward(A, { dy: dk, x: k0, w: w(name.kNorm), inv: invK, M: M * G, D: d });
      gradients.set(name.qNorm, query.dw);
      gradients.set(name.kNorm, key.dw);
      [dq, dk] = [query.dx, key.dx];
    }
    if (biases) {
      gradients.set(name.qBias, columnSums(A, dq, Q));
      gradients.set(name.kBias, columnSums(A, dk, KV));
      gradients.set(name.vBias, columnSums(A, dAttention.dv, KV));
    }
    gradients.set(name.q, linearBackwardWeight(A, dq, norm1.y, { M, K: D, N: Q }));
    gradients.set(name.k, linearBackwardWeight(A, dk, norm1.y, { M, K: D, N: KV }));
    gradients.set(name.v, linearBackwardWeight(A, dAttention.dv, norm1.y, { M, K: D, N: KV }));
    dh = linearBackwardInput(A, dq, w(name.q), { M, K: D, N: Q });
    dh = linearBackwardInput(A, dk, w(name.k), { M, K: D, N: KV, from: dh });
    dh = linearBackwardInput(A, dAttention.dv, w(name.v), { M, K: D, N: KV, from: dh });
    const att = rmsNormBackward(A, { dy: dh, x: x0, w: w(name.inputNorm), inv: norm1.inv, M, D, dxFrom: dx });
    gradients.set(name.inputNorm, att.dw);
    dx = att.dx;
  }
  gradients.set(EMBEDDING, embeddingBackward(A, dx, tokens, { V, D }));
  return { losses, gradients };
}

function sizes(config: ModelShape) {
  const d = config.headDim ?? config.hiddenSize / config.numAttentionHeads;
  const kind = KINDS[config.architecture ?? 'llama'];
  if (!kind) throw new Error(`the naive model knows no architecture ${config.architecture}`);
  return {
    ...kind,
    D: config.hiddenSize,
    F: config.intermediateSize,
    V: config.vocabSize,
    H: config.numAttentionHeads,
    G: config.numKeyValueHeads,
    d,
    Q: config.numAttentionHeads * d,
    KV: config.numKeyValueHeads * d,
    eps: config.rmsNormEps,
  };
}

function namesOf(layer: number) {
  const of = (part: string, kind = 'weight') => `model.layers.${layer}.${part}.${kind}`;
  return {
    inputNorm: of('input_layernorm'),
    q: of('self_attn.q_proj'),
    k: of('self_attn.k_proj'),
    v: of('self_attn.v_proj'),
    o: of('self_attn.o_proj'),
    qBias: of('self_attn.q_proj', 'bias'),
    kBias: of('self_attn.k_proj', 'bias'),
    vBias: of('self_attn.v_proj', 'bias'),
    qNorm: of('self_attn.q_norm'),
    kNorm: of('self_attn.k_norm'),
    mlpNorm: of('post_attention_layernorm'),
    gate: of('mlp.gate_proj'),
    up: of('mlp.up_proj'),
    down: of('mlp.down_proj'),
  };
}

function lookup(weights: Weights): (name: string) => FloatArray {
  return (name) => {
    const tensor = weights.get(name);
    if (!tensor) throw new TypeError(`no tensor ${name}`);
    return tensor;
  };
}

function add(A: Arithmetic, a: FloatArray, b: FloatArray): FloatArray {
  const sum = A.array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = A.round(a[i] + b[i]);
  return sum;
}
