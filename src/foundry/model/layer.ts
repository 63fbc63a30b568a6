// One transformer layer, forward and backward side by side: training and cached generation both run this.

import type { Engine, Tensor, Weight } from '../../engine/index.ts';
import { headDim, layerName, type ModelConfig } from './config.ts';
import { get } from './weights.ts';

/** Activations of one layer over M rows; those that the backward pass reads among them. */
export interface Activations {
  /** Input of the layer [M, D]. */
  x0: Tensor;
  inv1: Tensor;
  h1: Tensor;
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
  dv: Tensor;
  dO: Tensor;
  dAct: Tensor;
}

/** Cosines and sines of the rotary embedding. */
export interface Angles {
  cos: Tensor;
  sin: Tensor;
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

/** Columns of keys and of values. */
export const keyValueSize = (c: ModelConfig): number => c.numKeyValueHeads * headDim(c);

const NAMES = {
  inputNorm: 'input_layernorm',
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  v: 'self_attn.v_proj',
  o: 'self_attn.o_proj',
  mlpNorm: 'post_attention_layernorm',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
};

/** What belongs to a layer's parameters: weights, or their gradients. */
export type OfLayer<T> = Record<keyof typeof NAMES, T>;

/** By layer. */
export const byLayer = <T>(c: ModelConfig, all: ReadonlyMap<string, T>): OfLayer<T>[] =>
  Array.from({ length: c.numHiddenLayers }, (_, i) => {
    const entries = Object.entries(NAMES).map(([key, part]) => [key, get(all, layerName(i, part))]);
    return Object.fromEntries(entries) as OfLayer<T>;
  });

/** What a layer computes with. */
export interface Layer {
  config: ModelConfig;
  weights: OfLayer<Weight>;
  angles: Angles;
}

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
      { weight: w.q, y: a.q },
      { weight: w.k, y: a.k },
      { weight: w.v, y: a.v },
    ],
  });
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
  const { dh, dq, dk, dv, dO, dAct } = slopes;
  const sequences = dx.shape[0]! / length;
  const through = (part: keyof OfLayer<Weight>, dy: Tensor) => ({ weight: w[part], dy, dWeight: g[part] });

  e.linearBackward({ x: a.act, layers: [through('down', dx)], dx: dAct });
  e.swigluBackward({ dy: dAct, gate: a.gate, up: a.up, dGate: a.gate, dUp: a.up });
  e.linearBackward({ x: a.h2, layers: [through('gate', a.gate), through('up', a.up)], dx: dh });
  e.normBackward({ dy: dh, x: a.x1, weight: w.mlpNorm.values, inv: a.inv2, dx, dWeight: g.mlpNorm });

  e.linearBackward({ x: a.o, layers: [through('o', dx)], dx: dO });
  e.attentionBackward({ dO, o: a.o, q: a.q, k: a.k, v: a.v, dq, dk, dv, sequences, headDim: headDim(c) });
  e.ropeBackward({ x: dq, ...angles, first: 0, length });
  e.ropeBackward({ x: dk, ...angles, first: 0, length });
  e.linearBackward({ x: a.h1, layers: [through('q', dq), through('k', dk), through('v', dv)], dx: dh });
  e.normBackward({ dy: dh, x: a.x0, weight: w.inputNorm.values, inv: a.inv1, dx, dWeight: g.inputNorm });
}
