// One transformer layer, forward and backward side by side: training and cached generation both run this.

import { type Engine, elementsOf, type Tensor, type Weight } from '../../engine/index.ts';
import type { Angles } from './angles.ts';
import type { OfLayer } from './architectures/index.ts';
import { headDim, type ModelConfig } from './config.ts';
import { byLayer } from './parameters.ts';
import type { Weights } from './weights.ts';

/** Activations of one layer over M rows; those that the backward pass reads among them. */
export interface Activations {
  /** Input of the layer [M, D]. */
  x0: Tensor;
  inv1: Tensor;
  h1: Tensor;
  /** Before the norms of heads, where there are such; else q and k themselves. */
  q0: Tensor;
  k0: Tensor;
  /** [M, heads], where heads have norms. */
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

/** Gradients of activations over M rows, which layers share. */
export interface Slopes {
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

/** Keys and values of positions before: [positions, G * headDim] each. */
export interface Cache {
  k: Tensor;
  v: Tensor;
}

/** Rows [first, first + sequences * length): sequences of one length that begin at position `start`. */
export interface Stretch {
  first: number;
  sequences: number;
  length: number;
  start: number;
  /** Where the one sequence's position 0 lies in the cache; without one, all of its keys are among these rows. */
  cache?: number | undefined;
}

/** What a layer computes with. */
export interface Layer {
  config: ModelConfig;
  weights: OfLayer<Weight>;
  angles: Angles;
}

/** All layers of a model. */
export const layersOf = (config: ModelConfig, weights: Weights, angles: Angles): Layer[] =>
  byLayer(config, weights).map((ofLayer) => ({ config, weights: ofLayer, angles }));

/** Views of the first rows of some tensors, by name. */
export const viewsOf = <T extends { [Name in keyof T]: Tensor }>(tensors: T, M: number): T =>
  Object.fromEntries(Object.entries<Tensor>(tensors).map(([name, t]) => [name, t.rows(0, M)])) as T;

export function layerForward(
  e: Engine,
  { config: c, weights: w, angles }: Layer,
  a: Activations,
  stretches: readonly Stretch[],
  cache?: Cache,
): void {
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
  for (const stretch of stretches) attend(e, c, a, angles, stretch, cache);
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

/** The heads of x as rows, with their places in inv. */
const headRows = (c: ModelConfig, x: Tensor, inv: Tensor) => ({
  x: x.asRows(headDim(c)),
  inv: inv.elements(0, elementsOf(inv.shape)),
});

/** Positions, and attention over them and what the cache holds; new keys and values go into the cache. */
function attend(e: Engine, c: ModelConfig, a: Activations, angles: Angles, stretch: Stretch, cache?: Cache): void {
  const { first, sequences, length, start, cache: place } = stretch;
  const rows = (tensor: Tensor): Tensor => tensor.rows(first, sequences * length);
  const [q, k, v, o] = [rows(a.q), rows(a.k), rows(a.v), rows(a.o)];
  const { cos, sin } = angles;
  e.rope({ x: q, cos, sin, first: start, length });
  e.rope({ x: k, cos, sin, first: start, length });
  const d = headDim(c);
  if (place === undefined || !cache) {
    e.attention({ q, k, v, o, sequences, headDim: d });
    return;
  }
  e.copy({ target: cache.k.rows(place + start, length), source: k });
  e.copy({ target: cache.v.rows(place + start, length), source: v });
  const all = (tensor: Tensor): Tensor => tensor.rows(place, start + length);
  e.attention({ q, k: all(cache.k), v: all(cache.v), o, sequences, headDim: d, start });
}

/**
 * `dx` [M, D] holds the gradient of the layer's output and becomes that of its input; gradients of weights are continued.
 * `a` is what the forward pass left: sequences of `length` from the start.
 */
export function layerBackward(
  e: Engine,
  { config: c, weights: w, angles }: Layer,
  a: Activations,
  { dx, gradients: g, slopes, length }: { dx: Tensor; gradients: OfLayer<Tensor>; slopes: Slopes; length: number },
): void {
  const { dh, dq, dk, dq0, dk0, dv, dO, dAct } = slopes;
  const d = headDim(c);
  const sequences = dx.shape[0]! / length;
  const through = (part: 'o' | 'gate' | 'up' | 'down', dy: Tensor) => ({ weight: w[part], dy, dWeight: g[part] });
  /** Back through the norm of heads. */
  const normBackward = (dy: Tensor, of: ReturnType<typeof headRows>, weight: Weight, dx: Tensor, dWeight: Tensor) => {
    e.fill({ target: dx, value: 0 });
    e.normBackward({ dy: dy.asRows(d), ...of, weight: weight.values, dx: dx.asRows(d), dWeight });
  };

  e.linearBackward({ x: a.act, layers: [through('down', dx)], dx: dAct });
  e.swigluBackward({ dy: dAct, gate: a.gate, up: a.up, dGate: a.gate, dUp: a.up });
  e.linearBackward({ x: a.h2, layers: [through('gate', a.gate), through('up', a.up)], dx: dh });
  e.normBackward({ dy: dh, x: a.x1, weight: w.mlpNorm.values, inv: a.inv2, dx, dWeight: g.mlpNorm });

  e.linearBackward({ x: a.o, layers: [through('o', dx)], dx: dO });
  e.attentionBackward({ dO, o: a.o, q: a.q, k: a.k, v: a.v, dq, dk, dv, sequences, headDim: d });
  e.ropeBackward({ x: dq, ...angles, first: 0, length });
  e.ropeBackward({ x: dk, ...angles, first: 0, length });
  if (w.qNorm) normBackward(dq, headRows(c, a.q0, a.invQ!), w.qNorm, dq0, g.qNorm!);
  if (w.kNorm) normBackward(dk, headRows(c, a.k0, a.invK!), w.kNorm, dk0, g.kNorm!);
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
