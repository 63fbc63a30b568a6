// One transformer layer, forward and backward. Training and cached generation both use it.

import {
  type CachedSpan,
  type Engine,
  elementsOf,
  type KeyValuePages,
  type NormBackward,
  type Tensor,
  type Weight,
} from '../../engine/index.ts';
import type { Angles } from './angles.ts';
import type { OfLayer } from './architectures/index.ts';
import { headDim, type ModelConfig } from './config.ts';
import { byLayer } from './parameters.ts';
import type { Weights } from './weights.ts';

/** Activations of one layer over M rows, including all that the backward pass reads. */
export interface Activations {
  /** Input of the layer [M, D]. */
  x0: Tensor;
  inv1: Tensor;
  h1: Tensor;
  /** q and k before the head norms; without head norms q and k themselves. */
  q0: Tensor;
  k0: Tensor;
  /** [M, heads], in models with head norms. */
  invQ?: Tensor;
  invK?: Tensor;
  q: Tensor;
  k: Tensor;
  v: Tensor;
  o: Tensor;
  /** After attention [M, D]. */
  x1: Tensor;
  inv2: Tensor;
  h2: Tensor;
  gate: Tensor;
  up: Tensor;
  act: Tensor;
  /** Output of the layer [M, D]. */
  out: Tensor;
}

/** Gradients of activations over M rows; layers share them. */
export interface ActivationGradients {
  dh: Tensor;
  dq: Tensor;
  dk: Tensor;
  /** Of q0 and k0. */
  dq0: Tensor;
  dk0: Tensor;
  dv: Tensor;
  dO: Tensor;
  dAct: Tensor;
}

/** Whole sequences, one after another, from row `first` on. */
export interface WholeSpan {
  first: number;
  /** Rows of each. */
  lengths: readonly number[];
}

/** The sequences that the rows of a pass belong to. */
export interface Sequences {
  /** i32 [M]: the position of each row in its sequence. */
  positions: Tensor;
  whole: readonly WholeSpan[];
  /** Rows whose keys and values go into pages, and that attend to what is there. */
  cached?: readonly CachedSpan[];
}

/** Weights and settings of a layer. */
export interface Layer {
  config: ModelConfig;
  weights: OfLayer<Weight>;
  angles: Angles;
}

/** All layers of a model. */
export const layersOf = (config: ModelConfig, weights: Weights, angles: Angles): Layer[] =>
  byLayer(config, weights).map((ofLayer) => ({ config, weights: ofLayer, angles }));

/** Views of the first M rows of tensors, by name. */
export const viewsOf = <T extends { [Name in keyof T]: Tensor }>(tensors: T, M: number): T =>
  Object.fromEntries(Object.entries<Tensor>(tensors).map(([name, t]) => [name, t.rows(0, M)])) as T;

export function layerForward(
  e: Engine,
  layer: Layer,
  a: Activations,
  { positions, whole, cached = [], pages }: Sequences & { pages?: KeyValuePages | undefined },
): void {
  const { config: c, weights: w } = layer;
  const eps = c.rmsNormEps;
  e.norm({ x: a.x0, weight: w.inputNorm.values, eps, y: a.h1, inv: a.inv1 });
  e.linear({
    x: a.h1,
    layers: [
      { weight: w.q, bias: w.qBias?.values, y: a.q0 },
      { weight: w.k, bias: w.kBias?.values, y: a.k0 },
      { weight: w.v, bias: w.vBias?.values, y: a.v },
    ],
  });
  if (w.qNorm) e.norm({ ...headRows(c, a.q0, a.invQ!), weight: w.qNorm.values, eps, y: a.q.asRows(headDim(c)) });
  if (w.kNorm) e.norm({ ...headRows(c, a.k0, a.invK!), weight: w.kNorm.values, eps, y: a.k.asRows(headDim(c)) });
  for (const x of [a.q, a.k]) e.rope({ x, ...layer.angles, positions });
  for (const span of whole) attend(e, layer, a, span);
  if (cached.length > 0) e.cachedAttention({ q: a.q, k: a.k, v: a.v, o: a.o, pages: pages!, spans: cached });
  e.linear({ x: a.o, layers: [{ weight: w.o, y: a.x1, from: a.x0 }] });

  e.norm({ x: a.x1, weight: w.mlpNorm.values, eps, y: a.h2, inv: a.inv2 });
  e.linear({
    x: a.h2,
    layers: [
      { weight: w.gate, y: a.gate },
      { weight: w.up, y: a.up },
    ],
  });
  e.swiglu({ gate: a.gate, up: a.up, y: a.act });
  e.linear({ x: a.act, layers: [{ weight: w.down, y: a.out, from: a.x1 }] });
}

/** The heads of x as rows, and inv with an element for each. */
const headRows = (c: ModelConfig, x: Tensor, inv: Tensor) => ({
  x: x.asRows(headDim(c)),
  inv: inv.elements(0, elementsOf(inv.shape)),
});

/** The rows of a span attend to the keys of their own sequences, all of which are among them. */
function attend(e: Engine, { config }: Layer, a: Activations, { first, lengths }: WholeSpan): void {
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const rows = (tensor: Tensor) => tensor.rows(first, count);
  e.attention({ q: rows(a.q), k: rows(a.k), v: rows(a.v), o: rows(a.o), lengths, headDim: headDim(config) });
}

/**
 * `dx` [M, D] is the gradient of the layer's output and becomes that of its input; gradients of weights continue their chains.
 * `a` has the activations of the forward pass over whole sequences of `lengths`.
 */
export function layerBackward(
  e: Engine,
  { config: c, weights: w, angles }: Layer,
  a: Activations,
  {
    dx,
    gradients: g,
    activationGradients,
    positions,
    lengths,
  }: {
    dx: Tensor;
    gradients: OfLayer<Tensor>;
    activationGradients: ActivationGradients;
    positions: Tensor;
    lengths: readonly number[];
  },
): void {
  const { dh, dq, dk, dq0, dk0, dv, dO, dAct } = activationGradients;
  const d = headDim(c);
  const projection = (part: 'o' | 'gate' | 'up' | 'down', dy: Tensor) => ({ weight: w[part], dy, dWeight: g[part] });
  const headNormBackward = ({ dy, dx, ...of }: NormBackward): void => {
    e.fill({ target: dx, value: 0 });
    e.normBackward({ ...of, dy: dy.asRows(d), dx: dx.asRows(d) });
  };

  e.linearBackward({ x: a.act, layers: [projection('down', dx)], dx: dAct });
  e.swigluBackward({ dy: dAct, gate: a.gate, up: a.up, dGate: a.gate, dUp: a.up });
  e.linearBackward({ x: a.h2, layers: [projection('gate', a.gate), projection('up', a.up)], dx: dh });
  e.normBackward({ dy: dh, x: a.x1, weight: w.mlpNorm.values, inv: a.inv2, dx, dWeight: g.mlpNorm });

  e.linearBackward({ x: a.o, layers: [projection('o', dx)], dx: dO });
  e.attentionBackward({ dO, o: a.o, q: a.q, k: a.k, v: a.v, dq, dk, dv, lengths, headDim: d });
  for (const x of [dq, dk]) e.ropeBackward({ x, ...angles, positions });
  if (w.qNorm)
    headNormBackward({ ...headRows(c, a.q0, a.invQ!), weight: w.qNorm.values, dy: dq, dx: dq0, dWeight: g.qNorm! });
  if (w.kNorm)
    headNormBackward({ ...headRows(c, a.k0, a.invK!), weight: w.kNorm.values, dy: dk, dx: dk0, dWeight: g.kNorm! });
  e.linearBackward({
    x: a.h1,
    layers: [
      { weight: w.q, dy: dq0, dWeight: g.q, dBias: g.qBias },
      { weight: w.k, dy: dk0, dWeight: g.k, dBias: g.kBias },
      { weight: w.v, dy: dv, dWeight: g.v, dBias: g.vBias },
    ],
    dx: dh,
  });
  e.normBackward({ dy: dh, x: a.x0, weight: w.inputNorm.values, inv: a.inv1, dx, dWeight: g.inputNorm });
}
