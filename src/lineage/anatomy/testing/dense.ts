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
const firstPosition = (w: Weights, output: string, values: number[], heads = H, shared = G) =>
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

const llamaBlocks = (layers: string, { offset = 0, act = silu, beforeMlp = 'post_attention_layernorm' } = {}) => {
  const at = (part: string) => `${layers}1.${part}`;
  return [
    gatedUnits(
      'layers.1.mlp',
      { gate: at('mlp.gate_proj'), up: at('mlp.up_proj'), down: at('mlp.down_proj') },
      act,
      (w, x) => rmsNorm(w, at(beforeMlp), x, offset),
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

/** Gemma: 1 + w in every norm; of Gemma 2 and 3 the one before the MLP has a name of its own. */
const GEMMA: FamilyCase = {
  ...llamaLike('Gemma', 'Gemma', 'gemma'),
  expected: llamaBlocks('model.layers.', { offset: 1, act: gelu }),
};
const norms = (...names: string[]): Shapes => Object.fromEntries(names.map((name) => [`${name}.weight`, [D]]));
const AFTER = norms('pre_feedforward_layernorm', 'post_feedforward_layernorm');

/** One text tower of a Gemma 3 that sees. */
const GEMMA_3: FamilyCase = {
  ...llamaLike('Gemma 3', 'Gemma 2 and 3', 'gemma3'),
  config: { model_type: 'gemma3', text_config: { model_type: 'gemma3_text', ...HEADS, head_dim: d } },
  shapes: {
    ...Object.fromEntries(Object.entries(AROUND).map(([name, shape]) => [`language_model.${name}`, shape])),
    ...layered('language_model.model.layers.', {
      ...ATTENTION,
      ...MLP,
      ...AFTER,
      'self_attn.q_norm.weight': [d],
      'self_attn.k_norm.weight': [d],
    }),
  },
  embedding: 'language_model.model.embed_tokens.weight',
  expected: llamaBlocks('language_model.model.layers.', {
    offset: 1,
    act: gelu,
    beforeMlp: 'pre_feedforward_layernorm',
  }),
};

const unitsOf = (
  name: string,
  forward: ExpectedBlock['forward'],
  exchange: ExpectedBlock['exchange'],
  rest: Partial<ExpectedBlock>,
): ExpectedBlock => ({ kind: 'units', name, units: F, forward, exchange, ...rest });

const slice = (x: number[], from: number, length: number) => x.slice(from, from + length);

const PHI_ALL = 'model.layers.1.self_attn.qkv_proj';
const PHI_BOTH = 'model.layers.1.mlp.gate_up_proj';
const PHI_DOWN = 'model.layers.1.mlp.down_proj';
const PHI_3: FamilyCase = {
  ...llamaLike('Phi-3', 'Phi-3', 'phi3'),
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...norms('input_layernorm', 'post_attention_layernorm'),
      'self_attn.qkv_proj.weight': [(H + 2 * G) * d, D],
      'self_attn.o_proj.weight': [D, H * d],
      'mlp.gate_up_proj.weight': [2 * F, D],
      'mlp.down_proj.weight': [D, F],
    }),
  },
  expected: [
    unitsOf(
      'layers.1.mlp',
      (w, x) => {
        const both = w.linear(PHI_BOTH, x);
        return w.linear(
          PHI_DOWN,
          both.slice(0, F).map((g, i) => silu(g) * both[F + i]!),
        );
      },
      (w, i, j) => w.exchange(`${PHI_DOWN}.weight`, 1, i, j),
      {
        negate: (w, i) => w.negate(`${PHI_DOWN}.weight`, 1, i),
        norm: (w, x) => rmsNorm(w, 'model.layers.1.post_attention_layernorm', x),
      },
    ),
    {
      ...separateValues('layers.1.values.1', { v: 'none', o: 'model.layers.1.self_attn.o_proj', g: 1 }, (w, x) =>
        rmsNorm(w, 'model.layers.1.input_layernorm', x),
      ),
      forward: (w, x) =>
        firstPosition(w, 'model.layers.1.self_attn.o_proj', slice(w.linear(PHI_ALL, x), (H + G) * d, G * d)),
    },
  ],
};

/** Heads as wide as the residual stream together, each with values of its own. */
const [E, heads, size] = [12, 3, 4];
const neox = (part: string) => `gpt_neox.layers.1.${part}`;
const GPT_NEOX: FamilyCase = {
  name: 'GPT-NeoX',
  family: 'GPT-NeoX',
  config: { model_type: 'gpt_neox', num_attention_heads: heads },
  shapes: {
    'gpt_neox.embed_in.weight': [V, E],
    'embed_out.weight': [V, E],
    ...layered('gpt_neox.layers.', {
      ...norms('input_layernorm', 'post_attention_layernorm'),
      'input_layernorm.bias': [E],
      'post_attention_layernorm.bias': [E],
      'attention.query_key_value.weight': [3 * E, E],
      'attention.query_key_value.bias': [3 * E],
      'attention.dense.weight': [E, E],
      'attention.dense.bias': [E],
      'mlp.dense_h_to_4h.weight': [F, E],
      'mlp.dense_h_to_4h.bias': [F],
      'mlp.dense_4h_to_h.weight': [E, F],
      'mlp.dense_4h_to_h.bias': [E],
    }),
  },
  tower: 'language',
  hiddenSize: E,
  embedding: 'gpt_neox.embed_in.weight',
  blocks: { units: UNITS, values: valueNames(heads) },
  expected: [
    unitsOf(
      'layers.1.mlp',
      (w, x) => w.linear(neox('mlp.dense_4h_to_h'), w.linear(neox('mlp.dense_h_to_4h'), x).map(gelu)),
      (w, i, j) => {
        w.exchange(neox('mlp.dense_h_to_4h.bias'), 0, i, j);
        w.exchange(neox('mlp.dense_4h_to_h.weight'), 1, i, j);
      },
      { norm: (w, x) => layerNorm(w, neox('post_attention_layernorm'), x) },
    ),
    {
      kind: 'values',
      name: 'layers.1.values.1',
      units: size,
      // Of each head in turn: queries, keys, values.
      forward: (w, x) => {
        const all = w.linear(neox('attention.query_key_value'), x);
        const values = Array.from({ length: heads }, (_, h) => slice(all, h * 3 * size + 2 * size, size)).flat();
        return w.linear(neox('attention.dense'), values);
      },
      exchange: (w, i, j) => {
        w.exchange(neox('attention.query_key_value.bias'), 0, 5 * size + i, 5 * size + j);
        w.exchange(neox('attention.dense.weight'), 1, size + i, size + j);
      },
      norm: (w, x) => layerNorm(w, neox('input_layernorm'), x),
    },
  ],
};

const gpt = (part: string) => `h.1.${part}`;
const GPT_2: FamilyCase = {
  name: 'GPT-2',
  family: 'GPT-2',
  config: { model_type: 'gpt2', n_head: heads },
  shapes: {
    'wte.weight': [V, E],
    'wpe.weight': [9, E],
    ...layered('h.', {
      ...norms('ln_1', 'ln_2'),
      'ln_1.bias': [E],
      'ln_2.bias': [E],
      'attn.bias': [1, 1, 9, 9],
      'attn.c_attn.weight': [E, 3 * E],
      'attn.c_attn.bias': [3 * E],
      'attn.c_proj.weight': [E, E],
      'attn.c_proj.bias': [E],
      'mlp.c_fc.weight': [E, F],
      'mlp.c_fc.bias': [F],
      'mlp.c_proj.weight': [F, E],
      'mlp.c_proj.bias': [E],
    }),
  },
  tower: 'language',
  hiddenSize: E,
  embedding: 'wte.weight',
  blocks: { units: UNITS, values: valueNames(heads) },
  expected: [
    unitsOf(
      'layers.1.mlp',
      (w, x) => w.transposed(gpt('mlp.c_proj'), w.transposed(gpt('mlp.c_fc'), x).map(gelu)),
      (w, i, j) => {
        w.exchange(gpt('mlp.c_fc.bias'), 0, i, j);
        w.exchange(gpt('mlp.c_proj.weight'), 0, i, j);
      },
      { norm: (w, x) => layerNorm(w, gpt('ln_2'), x) },
    ),
    {
      kind: 'values',
      name: 'layers.1.values.2',
      units: size,
      // All queries, all keys, all values.
      forward: (w, x) => w.transposed(gpt('attn.c_proj'), w.transposed(gpt('attn.c_attn'), x).slice(2 * E)),
      exchange: (w, i, j) => {
        w.exchange(gpt('attn.c_attn.bias'), 0, 2 * E + 2 * size + i, 2 * E + 2 * size + j);
        w.exchange(gpt('attn.c_proj.weight'), 0, 2 * size + i, 2 * size + j);
      },
      norm: (w, x) => layerNorm(w, gpt('ln_1'), x),
    },
  ],
};

/** Norms after attention and MLP: these read the residual stream as it is. */
const OLMO_2: FamilyCase = {
  ...llamaLike('EXAONE 4', 'OLMo 2 or EXAONE 4', 'exaone4'),
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...Object.fromEntries(
        Object.entries({ ...ATTENTION, ...MLP }).filter(([name]) => name !== 'input_layernorm.weight'),
      ),
      ...norms('post_feedforward_layernorm'),
    }),
  },
  expected: llamaBlocks('model.layers.').map(({ norm: _, ...block }) => block),
};

const exaone = (part: string) => `transformer.h.1.${part}`;
const EXAONE_3: FamilyCase = {
  ...llamaLike('EXAONE 3.5', 'EXAONE 3', 'exaone'),
  shapes: {
    'transformer.wte.weight': [V, D],
    'lm_head.weight': [V, D],
    ...layered('transformer.h.', {
      ...norms('ln_1', 'ln_2'),
      'attn.attention.q_proj.weight': [H * d, D],
      'attn.attention.k_proj.weight': [G * d, D],
      'attn.attention.v_proj.weight': [G * d, D],
      'attn.attention.out_proj.weight': [D, H * d],
      'mlp.c_fc_0.weight': [F, D],
      'mlp.c_fc_1.weight': [F, D],
      'mlp.c_proj.weight': [D, F],
    }),
  },
  embedding: 'transformer.wte.weight',
  expected: [
    gatedUnits(
      'layers.1.mlp',
      { gate: exaone('mlp.c_fc_0'), up: exaone('mlp.c_fc_1'), down: exaone('mlp.c_proj') },
      silu,
      (w, x) => rmsNorm(w, exaone('ln_2'), x),
    ),
    separateValues(
      'layers.1.values.0',
      { v: exaone('attn.attention.v_proj'), o: exaone('attn.attention.out_proj'), g: 0 },
      (w, x) => rmsNorm(w, exaone('ln_1'), x),
    ),
  ],
};

const GLM_4: FamilyCase = {
  ...PHI_3,
  name: 'GLM-4, dense',
  family: 'GLM-4',
  config: { model_type: 'glm4', ...HEADS },
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...ATTENTION,
      ...norms('post_attention_layernorm', 'post_self_attn_layernorm', 'post_mlp_layernorm'),
      'mlp.gate_up_proj.weight': [2 * F, D],
      'mlp.down_proj.weight': [D, F],
    }),
  },
  expected: [PHI_3.expected[0]!, llamaBlocks('model.layers.')[1]!],
};

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
  GEMMA,
  GEMMA_3,
  PHI_3,
  GPT_NEOX,
  GPT_2,
  OLMO_2,
  EXAONE_3,
  GLM_4,
];
