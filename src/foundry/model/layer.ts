// One transformer layer, forward and backward side by side: training and cached generation both run this.

import type { Engine, Tensor, Weight } from '../../engine/index.ts';
import { headDim, layerName, type ModelConfig } from './config.ts';
import { type Gradients, get, type Weights } from './weights.ts';

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

/** What layer `i` computes with. */
interface Layer {
  config: ModelConfig;
  index: number;
  weights: Weights;
  angles: Angles;
}

export function layerForward(
  e: Engine,
  layer: Layer,
  a: Activations,
  stretches: readonly Stretch[],
  cache?: Cache,
): void {
  const { config: c, index, weights, angles } = layer;
  const w = (part: string): Weight => get(weights, layerName(index, part));
  const eps = c.rmsNormEps;
  e.norm({ x: a.x0, weight: w('input_layernorm').values, eps, y: a.h1, inv: a.inv1 });
  e.linear({
    x: a.h1,
    layers: [
      { weight: w('self_attn.q_proj'), y: a.q },
      { weight: w('self_attn.k_proj'), y: a.k },
      { weight: w('self_attn.v_proj'), y: a.v },
    ],
  });
  for (const stretch of stretches) attend(e, c, a, angles, stretch, cache);
  e.linear({ x: a.o, layers: [{ weight: w('self_attn.o_proj'), y: a.x1, from: a.x0 }] });

  e.norm({ x: a.x1, weight: w('post_attention_layernorm').values, eps, y: a.h2, inv: a.inv2 });
  e.linear({
    x: a.h2,
    layers: [
      { weight: w('mlp.gate_proj'), y: a.gate },
      { weight: w('mlp.up_proj'), y: a.up },
    ],
  });
  e.swiglu({ gate: a.gate, up: a.up, y: a.act });
  e.linear({ x: a.act, layers: [{ weight: w('mlp.down_proj'), y: a.out, from: a.x1 }] });
}

/** Positions, and attention over them and what the cache holds; new keys and values go into the cache. */
function attend(e: Engine, c: ModelConfig, a: Activations, angles: Angles, stretch: Stretch, cache?: Cache): void {
  const { first, sequences, length, start, cache: place } = stretch;
  const rows = (tensor: Tensor): Tensor => tensor.rows(first, sequences * length);
  const [q, k, v, o] = [rows(a.q), rows(a.k), rows(a.v), rows(a.o)];
  const sizes = { sequences, headDim: headDim(c) };
  e.rope({ x: q, ...angles, first: start, length });
  e.rope({ x: k, ...angles, first: start, length });
  if (place === undefined || !cache) {
    e.attention({ q, k, v, o, ...sizes });
    return;
  }
  e.copy({ target: cache.k.rows(place + start, length), source: k });
  e.copy({ target: cache.v.rows(place + start, length), source: v });
  const all = (tensor: Tensor): Tensor => tensor.rows(place, start + length);
  e.attention({ q, k: all(cache.k), v: all(cache.v), o, ...sizes, start });
}

/**
 * `dx` [M, D] holds the gradient of the layer's output and becomes that of its input; gradients of weights are continued.
 * `a` is what the forward pass left: sequences of `length` from the start.
 */
export function layerBackward(
  e: Engine,
  layer: Layer,
  a: Activations,
  { dx, gradients, slopes, length }: { dx: Tensor; gradients: Gradients; slopes: Slopes; length: number },
): void {
  const { config: c, index, weights, angles } = layer;
  const { dh, dq, dk, dv, dO, dAct } = slopes;
  const sequences = dx.shape[0]! / length;
  const w = (part: string): Weight => get(weights, layerName(index, part));
  const g = (part: string): Tensor => get(gradients, layerName(index, part));
  const through = (part: string, dy: Tensor) => ({ weight: w(part), dy, dWeight: g(part) });
  const norm = (part: string) => ({ weight: w(part).values, dWeight: g(part) });

  e.linearBackward({ x: a.act, layers: [through('mlp.down_proj', dx)], dx: dAct });
  e.swigluBackward({ dy: dAct, gate: a.gate, up: a.up, dGate: a.gate, dUp: a.up });
  e.linearBackward({ x: a.h2, layers: [through('mlp.gate_proj', a.gate), through('mlp.up_proj', a.up)], dx: dh });
  e.normBackward({ dy: dh, x: a.x1, ...norm('post_attention_layernorm'), inv: a.inv2, dx });

  e.linearBackward({ x: a.o, layers: [through('self_attn.o_proj', dx)], dx: dO });
  e.attentionBackward({ dO, o: a.o, q: a.q, k: a.k, v: a.v, dq, dk, dv, sequences, headDim: headDim(c) });
  e.ropeBackward({ x: dq, ...angles, first: 0, length });
  e.ropeBackward({ x: dk, ...angles, first: 0, length });
  e.linearBackward({
    x: a.h1,
    layers: [through('self_attn.q_proj', dq), through('self_attn.k_proj', dk), through('self_attn.v_proj', dv)],
    dx: dh,
  });
  e.normBackward({ dy: dh, x: a.x0, ...norm('input_layernorm'), inv: a.inv1, dx });
}
