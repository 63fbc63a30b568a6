// Families whose layers have attention and one MLP: small models and their definitions.

import { type ExpectedBlock, type FamilyCase, gelu, layerNorm, rmsNorm, silu } from './case.ts';
import type { Shapes, Weights } from './weights.ts';

const [D, F, H, G, d, V] = [12, 20, 6, 3, 4, 30];
export const SIZES = { D, F, H, G, d, V };
const LAYERS = [0, 1];

export const namesOf = (of: (layer: number) => string[]): string[] => LAYERS.flatMap(of);
export const UNITS = namesOf((l) => [`layers.${l}.mlp`]);
export const valueNames = (heads: number) =>
  namesOf((l) => Array.from({ length: heads }, (_, h) => `layers.${l}.values.${h}`));

export const layered = (root: string, of: Shapes): Shapes =>
  Object.fromEntries(LAYERS.flatMap((l) => Object.entries(of).map(([name, shape]) => [`${root}${l}.${name}`, shape])));

/** Gate, up and down by their names; down reads f(gate x) * (up x). */
export const gatedUnits = (
  name: string,
  at: { gate: string; up: string; down: string },
  act: (x: number) => number,
  norm?: ExpectedBlock['norm'],
): ExpectedBlock => ({
  kind: 'units',
  name,
  units: F,
  forward: (w, x) => {
    const up = w.linear(at.up, x);
    return w.linear(
      at.down,
      w.linear(at.gate, x).map((g, i) => act(g) * up[i]!),
    );
  },
  exchange: (w, i, j) => {
    w.exchange(`${at.down}.weight`, 1, i, j);
    for (const one of [at.gate, at.up]) if (w.tensors.has(`${one}.bias`)) w.exchange(`${one}.bias`, 0, i, j);
  },
  negate: (w, i) => {
    w.negate(`${at.down}.weight`, 1, i);
    if (w.tensors.has(`${at.up}.bias`)) w.negate(`${at.up}.bias`, 0, i);
  },
  ...(norm && { norm }),
});

/** What attention gives at a text's first position: the output matrix of the values of each query head's key-value head. */
const firstPosition = (w: Weights, output: string, values: number[], heads = H, shared = G): number[] =>
  w.linear(
    output,
    Array.from({ length: heads }, (_, h) => {
      const g = Math.floor(h / (heads / shared));
      return values.slice(g * d, (g + 1) * d);
    }).flat(),
  );

/** Head `g` of values [G d, D]. */
export const separateValues = (
  name: string,
  at: { v: string; o: string; g: number },
  norm: ExpectedBlock['norm'],
): ExpectedBlock => ({
  kind: 'values',
  name,
  units: d,
  forward: (w, x) => firstPosition(w, at.o, w.linear(at.v, x)),
  exchange: (w, i, j) => {
    for (let h = 0; h < H / G; h++) {
      const first = (at.g * (H / G) + h) * d;
      w.exchange(`${at.o}.weight`, 1, first + i, first + j);
    }
    if (w.tensors.has(`${at.v}.bias`)) w.exchange(`${at.v}.bias`, 0, at.g * d + i, at.g * d + j);
  },
  ...(norm && { norm }),
});

const HEADS = { num_attention_heads: H, num_key_value_heads: G };

const ATTENTION: Shapes = {
  'input_layernorm.weight': [D],
  'self_attn.q_proj.weight': [H * d, D],
  'self_attn.k_proj.weight': [G * d, D],
  'self_attn.v_proj.weight': [G * d, D],
  'self_attn.o_proj.weight': [D, H * d],
};
const MLP: Shapes = {
  'post_attention_layernorm.weight': [D],
  'mlp.gate_proj.weight': [F, D],
  'mlp.up_proj.weight': [F, D],
  'mlp.down_proj.weight': [D, F],
};
export const AROUND: Shapes = {
  'model.embed_tokens.weight': [V, D],
  'model.norm.weight': [D],
  'lm_head.weight': [V, D],
};

const llamaBlocks = (layers: string, offset = 0, act = silu): ExpectedBlock[] => {
  const at = (part: string) => `${layers}1.${part}`;
  return [
    gatedUnits(
      'layers.1.mlp',
      { gate: at('mlp.gate_proj'), up: at('mlp.up_proj'), down: at('mlp.down_proj') },
      act,
      (w, x) => rmsNorm(w, at('post_attention_layernorm'), x, offset),
    ),
    separateValues('layers.1.values.2', { v: at('self_attn.v_proj'), o: at('self_attn.o_proj'), g: 2 }, (w, x) =>
      rmsNorm(w, at('input_layernorm'), x, offset),
    ),
  ];
};

const llamaLike = (name: string, family: string, model_type: string, more: Shapes = {}): FamilyCase => ({
  name,
  family,
  config: { model_type, ...HEADS },
  shapes: { ...AROUND, ...layered('model.layers.', { ...ATTENTION, ...MLP, ...more }) },
  tower: 'language',
  hiddenSize: D,
  embedding: 'model.embed_tokens.weight',
  blocks: { units: UNITS, values: valueNames(G) },
  expected: llamaBlocks('model.layers.'),
});

export const DENSE_CASES: FamilyCase[] = [
  llamaLike('Llama', 'Llama', 'llama'),
  llamaLike('Mistral', 'Llama', 'mistral'),
  llamaLike('one that nobody knows, with names of Llama', 'Llama (it calls itself "zork")', 'zork'),
  llamaLike('Qwen2', 'Qwen2', 'qwen2', {
    'self_attn.q_proj.bias': [H * d],
    'self_attn.k_proj.bias': [G * d],
    'self_attn.v_proj.bias': [G * d],
  }),
  llamaLike('Qwen3', 'Qwen3', 'qwen3', { 'self_attn.q_norm.weight': [d], 'self_attn.k_norm.weight': [d] }),
];
