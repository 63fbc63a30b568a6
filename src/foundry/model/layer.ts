// One transformer layer over M = B * T rows, forward and backward side by side. What the backward pass needs stays in `Saved`.

import {
  attention,
  attentionBackward,
  type Engine,
  type Layout,
  linear,
  linearBackwardInput,
  linearBackwardWeight,
  type Matrix,
  norm,
  normBackward,
  type Region,
  rope,
  ropeBackward,
  swiglu,
  swigluBackward,
} from '../../engine/index.ts';
import { headDim, layerName, type ModelConfig } from './config.ts';
import { get, type Weights } from './weights.ts';

/** Activations of one layer that its backward pass reads. Rows as many as planned. */
export interface Saved {
  /** Input of the layer [M, D]. */
  x0: Region;
  inv1: Region;
  h1: Region;
  q: Region;
  k: Region;
  v: Region;
  o: Region;
  /** After attention [M, D]. */
  x1: Region;
  inv2: Region;
  h2: Region;
  gate: Region;
  up: Region;
  act: Region;
}

/** Memory that all layers share: rotary tables, packed operands, and gradients of activations. */
export interface Shared {
  cos: Region;
  sin: Region;
  packed: Region;
  dh: Region;
  dq: Region;
  dk: Region;
  dv: Region;
  dO: Region;
  dAct: Region;
}

export function planSaved(layout: Layout, c: ModelConfig, rows: number): Saved {
  const D = c.hiddenSize;
  const kv = c.numKeyValueHeads * headDim(c);
  const f = (columns: number) => layout.f32(rows * columns);
  return {
    x0: f(D),
    inv1: f(1),
    h1: f(D),
    q: f(D),
    k: f(kv),
    v: f(kv),
    o: f(D),
    x1: f(D),
    inv2: f(1),
    h2: f(D),
    gate: f(c.intermediateSize),
    up: f(c.intermediateSize),
    act: f(c.intermediateSize),
  };
}

const dense = (region: Region, stride: number): Matrix => ({ region, stride });

/** x2 = layer(x0), written to `out` [M, D]. Positions of each sequence start at 0. */
export function layerForward(
  e: Engine,
  c: ModelConfig,
  index: number,
  weights: Weights,
  s: Saved,
  shared: Shared,
  out: Region,
  B: number,
  T: number,
): void {
  const M = B * T;
  const D = c.hiddenSize;
  const F = c.intermediateSize;
  const d = headDim(c);
  const H = c.numAttentionHeads;
  const G = c.numKeyValueHeads;
  const kv = G * d;
  const w = (part: string) => get(weights, layerName(index, part));
  const { packed, cos, sin } = shared;

  norm(e, s.x0, w('input_layernorm'), s.h1, s.inv1, M, D, c.rmsNormEps);
  linear(e, s.h1, w('self_attn.q_proj'), dense(s.q, D), undefined, M, D, D, packed);
  linear(e, s.h1, w('self_attn.k_proj'), dense(s.k, kv), undefined, M, D, kv, packed);
  linear(e, s.h1, w('self_attn.v_proj'), dense(s.v, kv), undefined, M, D, kv, packed);
  rope(e, s.q, M, T, H, d, cos, sin);
  rope(e, s.k, M, T, G, d, cos, sin);
  attention(e, s.q, s.k, s.v, s.o, { B, T, H, G, d });
  linear(e, s.o, w('self_attn.o_proj'), dense(s.x1, D), dense(s.x0, D), M, D, D, packed);

  norm(e, s.x1, w('post_attention_layernorm'), s.h2, s.inv2, M, D, c.rmsNormEps);
  linear(e, s.h2, w('mlp.gate_proj'), dense(s.gate, F), undefined, M, D, F, packed);
  linear(e, s.h2, w('mlp.up_proj'), dense(s.up, F), undefined, M, D, F, packed);
  swiglu(e, s.gate, s.up, s.act, M * F);
  linear(e, s.act, w('mlp.down_proj'), dense(out, D), dense(s.x1, D), M, F, D, packed);
}

/** `dx` [M, D] holds the gradient of the layer's output and becomes that of its input; gradients of weights are continued. */
export function layerBackward(
  e: Engine,
  c: ModelConfig,
  index: number,
  weights: Weights,
  gradients: Weights,
  s: Saved,
  shared: Shared,
  dx: Region,
  B: number,
  T: number,
): void {
  const M = B * T;
  const D = c.hiddenSize;
  const F = c.intermediateSize;
  const d = headDim(c);
  const H = c.numAttentionHeads;
  const G = c.numKeyValueHeads;
  const kv = G * d;
  const w = (part: string) => get(weights, layerName(index, part));
  const g = (part: string) => get(gradients, layerName(index, part));
  const { packed, cos, sin, dh, dq, dk, dv, dO, dAct } = shared;
  /** Linear layers on one input `x` [M, K]: gradients of their weights, then of the input, in this order. */
  const through = (layers: [part: string, dy: Region, N: number][], x: Region, into: Region, K: number) => {
    const list = layers.map(([part, dy, N]) => ({ part, dy: dense(dy, N), dw: g(part), N }));
    linearBackwardWeight(e, list, x, M, K, packed);
    for (const [i, { part, dy, N }] of list.entries()) {
      linearBackwardInput(e, dy, w(part), into, i > 0, M, K, N, packed);
    }
  };

  through([['mlp.down_proj', dx, D]], s.act, dAct, F);
  swigluBackward(e, dAct, s.gate, s.up, s.gate, s.up, M * F);
  const mlp: [string, Region, number][] = [
    ['mlp.gate_proj', s.gate, F],
    ['mlp.up_proj', s.up, F],
  ];
  through(mlp, s.h2, dh, D);
  normBackward(e, dh, s.x1, w('post_attention_layernorm'), s.inv2, dx, g('post_attention_layernorm'), M, D);

  through([['self_attn.o_proj', dx, D]], s.o, dO, D);
  attentionBackward(e, dO, s.o, s.q, s.k, s.v, dq, dk, dv, { B, T, H, G, d });
  ropeBackward(e, dq, M, T, H, d, cos, sin);
  ropeBackward(e, dk, M, T, G, d, cos, sin);
  const projections: [string, Region, number][] = [
    ['self_attn.q_proj', dq, D],
    ['self_attn.k_proj', dk, kv],
    ['self_attn.v_proj', dv, kv],
  ];
  through(projections, s.h1, dh, D);
  normBackward(e, dh, s.x0, w('input_layernorm'), s.inv1, dx, g('input_layernorm'), M, D);
}
