// Families with mixtures of experts: small models and their definitions.

import { type ExpectedBlock, type FamilyCase, rmsNorm, silu } from './case.ts';
import { AROUND, gatedUnits, layered, namesOf, SIZES, separateValues, valueNames } from './dense.ts';
import type { Shapes, Weights } from './weights.ts';

const { D, F, H, G, d } = SIZES;
const HEADS = { num_attention_heads: H, num_key_value_heads: G };
/** Experts. */
const X = 4;

const ATTENTION: Shapes = {
  'input_layernorm.weight': [D],
  'post_attention_layernorm.weight': [D],
  'self_attn.q_proj.weight': [H * d, D],
  'self_attn.k_proj.weight': [G * d, D],
  'self_attn.v_proj.weight': [G * d, D],
  'self_attn.o_proj.weight': [D, H * d],
};
const numbered = (of: (expert: number) => Shapes): Shapes =>
  Object.assign({}, ...Array.from({ length: X }, (_, e) => of(e)));
const mlp = (name: string, [gate, up, down] = ['gate_proj', 'up_proj', 'down_proj']): Shapes => ({
  [`${name}.${gate}.weight`]: [F, D],
  [`${name}.${up}.weight`]: [F, D],
  [`${name}.${down}.weight`]: [D, F],
});
const at = (part: string) => `model.layers.1.${part}`;
const beforeMlp = (w: Weights, x: number[]) => rmsNorm(w, at('post_attention_layernorm'), x);
const VALUES = separateValues(
  'layers.1.values.0',
  { v: at('self_attn.v_proj'), o: at('self_attn.o_proj'), g: 0 },
  (w, x) => rmsNorm(w, at('input_layernorm'), x),
);

const expertNames = (layers: readonly number[], count = X) =>
  layers.flatMap((l) => Array.from({ length: count }, (_, e) => `layers.${l}.experts.${e}`));

const softmax = (x: number[]) => {
  const powers = x.map((value) => Math.exp(value - Math.max(...x)));
  return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
};
/** The places of the largest numbers. */
const top = (x: number[], k: number) => [...x.keys()].sort((a, b) => x[b]! - x[a]!).slice(0, k);

/** The sum of the outputs of chosen experts by their shares. */
const mixture = (shares: number[], chosen: number[], output: (expert: number) => number[]) =>
  chosen
    .map((e) => output(e).map((value) => value * shares[e]!))
    .reduce((sum, one) => sum.map((value, i) => value + one[i]!));

/** An expert whose matrices are tensors by themselves. */
const listed = (name: (expert: number) => string, [gate, up, down] = ['gate_proj', 'up_proj', 'down_proj']) => ({
  units: (e: number): ExpectedBlock => ({
    ...gatedUnits(
      `layers.1.experts.${e}`,
      { gate: `${name(e)}.${gate}`, up: `${name(e)}.${up}`, down: `${name(e)}.${down}` },
      silu,
      beforeMlp,
    ),
    kind: 'expert-units',
  }),
  output: (w: Weights, e: number, x: number[]) => {
    const ups = w.linear(`${name(e)}.${up}`, x);
    return w.linear(
      `${name(e)}.${down}`,
      w.linear(`${name(e)}.${gate}`, x).map((g, i) => silu(g) * ups[i]!),
    );
  },
  exchange: (w: Weights, i: number, j: number) => {
    for (const part of [gate, up, down]) w.exchangeTensors(`${name(i)}.${part}.weight`, `${name(j)}.${part}.weight`);
  },
});

const QWEN_EXPERTS = listed((e) => at(`mlp.experts.${e}`));
/** The best three of the softmax. */
const bestThree = (router: string, experts: Pick<typeof QWEN_EXPERTS, 'output'>) => (w: Weights, x: number[]) => {
  const shares = softmax(w.linear(at(router), x));
  return mixture(shares, top(shares, 3), (e) => experts.output(w, e, x));
};

/** All experts weigh in, so that each exchange shows. */
const everyone = (router: string, experts: Pick<typeof QWEN_EXPERTS, 'output'>) => (w: Weights, x: number[]) => {
  const shares = softmax(w.linear(at(router), x));
  return mixture(shares, [...shares.keys()], (e) => experts.output(w, e, x));
};

const QWEN_MOE: FamilyCase = {
  name: 'Qwen3-MoE',
  family: 'Qwen3-MoE',
  config: { model_type: 'qwen3_moe', ...HEADS },
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...ATTENTION,
      'self_attn.q_norm.weight': [d],
      'self_attn.k_norm.weight': [d],
      'mlp.gate.weight': [X, D],
      ...numbered((e) => mlp(`mlp.experts.${e}`)),
    }),
  },
  tower: 'language',
  hiddenSize: D,
  embedding: 'model.embed_tokens.weight',
  blocks: {
    experts: namesOf((l) => [`layers.${l}.experts`]),
    'expert-units': expertNames([0, 1]),
    values: valueNames(G),
  },
  expected: [
    VALUES,
    QWEN_EXPERTS.units(2),
    {
      kind: 'experts',
      name: 'layers.1.experts',
      units: X,
      forward: bestThree('mlp.gate', QWEN_EXPERTS),
      exchange: QWEN_EXPERTS.exchange,
      norm: beforeMlp,
    },
  ],
};

const MIXTRAL_EXPERTS = listed((e) => at(`block_sparse_moe.experts.${e}`), ['w1', 'w3', 'w2']);
const MIXTRAL: FamilyCase = {
  ...QWEN_MOE,
  name: 'Mixtral',
  family: 'Mixtral',
  config: { model_type: 'mixtral', ...HEADS },
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...ATTENTION,
      'block_sparse_moe.gate.weight': [X, D],
      ...numbered((e) => mlp(`block_sparse_moe.experts.${e}`, ['w1', 'w3', 'w2'])),
    }),
  },
  expected: [
    VALUES,
    MIXTRAL_EXPERTS.units(1),
    {
      kind: 'experts',
      name: 'layers.1.experts',
      units: X,
      forward: everyone('block_sparse_moe.gate', MIXTRAL_EXPERTS),
      exchange: MIXTRAL_EXPERTS.exchange,
      norm: beforeMlp,
    },
  ],
};

/** A dense layer first, then experts with a bias of the router and a shared expert. */
const sparseAfterDense = (attention: Shapes): Shapes => ({
  ...AROUND,
  ...Object.fromEntries(
    [attention, mlp('mlp')].flatMap((part) =>
      Object.entries(part).map(([name, shape]) => [`model.layers.0.${name}`, shape]),
    ),
  ),
  ...Object.fromEntries(
    [
      attention,
      { 'mlp.gate.weight': [X, D], 'mlp.gate.e_score_correction_bias': [X] },
      numbered((e) => mlp(`mlp.experts.${e}`)),
      mlp('mlp.shared_experts'),
    ].flatMap((part) => Object.entries(part).map(([name, shape]) => [`model.layers.1.${name}`, shape])),
  ),
});
const SHARED = gatedUnits(
  'layers.1.shared-expert',
  {
    gate: at('mlp.shared_experts.gate_proj'),
    up: at('mlp.shared_experts.up_proj'),
    down: at('mlp.shared_experts.down_proj'),
  },
  silu,
  beforeMlp,
);
const SPARSE_BLOCKS = {
  units: ['layers.0.mlp', 'layers.1.shared-expert'],
  'expert-units': expertNames([1]),
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Of each group of experts the sum of its two best scores; the best group's best experts, three at most. */
function groupedMixture(w: Weights, x: number[], groups: number) {
  const shares = w.linear(at('mlp.gate'), x).map(sigmoid);
  const scores = shares.map((share, e) => share + w.at(at('mlp.gate.e_score_correction_bias'), e));
  const size = X / groups;
  const sums = Array.from({ length: groups }, (_, g) => {
    const own = scores.slice(g * size, (g + 1) * size);
    return top(own, 2).reduce((sum, i) => sum + own[i]!, 0);
  });
  const [best] = top(sums, 1) as [number];
  const open = scores.map((score, e) => (Math.floor(e / size) === best ? score : -Infinity));
  return mixture(shares, top(open, Math.min(3, size)), (e) => QWEN_EXPERTS.output(w, e, x));
}
const exchangeRouted = (first: number) => (w: Weights, i: number, j: number) => {
  QWEN_EXPERTS.exchange(w, first + i, first + j);
  w.exchange(at('mlp.gate.e_score_correction_bias'), 0, first + i, first + j);
};

const GLM: FamilyCase = {
  ...QWEN_MOE,
  name: 'GLM-4-MoE',
  family: 'GLM-4-MoE',
  config: { model_type: 'glm4_moe', ...HEADS, n_group: 1, first_k_dense_replace: 1 },
  shapes: sparseAfterDense(ATTENTION),
  blocks: { ...SPARSE_BLOCKS, experts: ['layers.1.experts'], values: valueNames(G) },
  expected: [
    VALUES,
    SHARED,
    QWEN_EXPERTS.units(0),
    {
      kind: 'experts',
      name: 'layers.1.experts',
      units: X,
      forward: (w, x) => groupedMixture(w, x, 1),
      exchange: exchangeRouted(0),
      norm: beforeMlp,
    },
  ],
};

/** Sizes of latent attention: heads, rows of a head's keys without positions, of its values, with positions; latents. */
const [heads, n, v, r, latent, queryLatent] = [3, 5, 4, 2, 8, 7];
const MLA: Shapes = {
  'input_layernorm.weight': [D],
  'post_attention_layernorm.weight': [D],
  'self_attn.q_a_proj.weight': [queryLatent, D],
  'self_attn.q_a_layernorm.weight': [queryLatent],
  'self_attn.q_b_proj.weight': [heads * (n + r), queryLatent],
  'self_attn.kv_a_proj_with_mqa.weight': [latent + r, D],
  'self_attn.kv_a_layernorm.weight': [latent],
  'self_attn.kv_b_proj.weight': [heads * (n + v), latent],
  'self_attn.o_proj.weight': [D, heads * v],
};
const DEEPSEEK: FamilyCase = {
  ...GLM,
  name: 'DeepSeek-V3',
  family: 'DeepSeek',
  config: { model_type: 'deepseek_v3', num_attention_heads: heads, num_key_value_heads: heads, n_group: 2 },
  shapes: sparseAfterDense(MLA),
  blocks: {
    ...SPARSE_BLOCKS,
    experts: ['layers.1.experts.group-0', 'layers.1.experts.group-1'],
    values: valueNames(heads),
  },
  expected: [
    SHARED,
    QWEN_EXPERTS.units(3),
    {
      kind: 'experts',
      name: 'layers.1.experts.group-1',
      units: X / 2,
      // Any input, also where the other group is chosen: two of the same scores, one of which is chosen.
      forward: (w, x) => [
        ...groupedMixture(w, x, 2),
        ...groupedMixture(
          w,
          x.map((value) => -value),
          2,
        ),
        ...everyone('mlp.gate', QWEN_EXPERTS)(w, x),
      ],
      exchange: exchangeRouted(X / 2),
      norm: beforeMlp,
    },
    {
      kind: 'values',
      name: 'layers.1.values.1',
      units: v,
      forward: (w, x) => {
        const all = w.linear(at('self_attn.kv_b_proj'), x);
        const values = Array.from({ length: heads }, (_, h) => all.slice(h * (n + v) + n, (h + 1) * (n + v))).flat();
        return w.linear(at('self_attn.o_proj'), values);
      },
      exchange: (w, i, j) => w.exchange(at('self_attn.o_proj.weight'), 1, v + i, v + j),
      norm: (w, x) => rmsNorm(w, at('self_attn.kv_a_layernorm'), x),
    },
  ],
};

/** Experts as [experts, in, out] in two tensors. */
const stacked = (name: string, unit: (both: number[], i: number) => number) => ({
  output: (w: Weights, e: number, x: number[]) => {
    const bias = w.tensors.has(`${name}.gate_up_proj_bias`);
    const both = Array.from({ length: 2 * F }, (_, o) =>
      x.reduce(
        (sum, value, i) => sum + value * w.at(`${name}.gate_up_proj`, e, i, o),
        bias ? w.at(`${name}.gate_up_proj_bias`, e, o) : 0,
      ),
    );
    const units = Array.from({ length: F }, (_, i) => unit(both, i));
    return Array.from({ length: D }, (_, o) =>
      units.reduce((sum, value, i) => sum + value * w.at(`${name}.down_proj`, e, i, o), 0),
    );
  },
});

const clamp = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const OSS = at('mlp.experts');
const OSS_EXPERTS = stacked(OSS, (both, i) => {
  const gate = clamp(both[2 * i]!, -Infinity, 7);
  return (clamp(both[2 * i + 1]!, -7, 7) + 1) * gate * sigmoid(1.702 * gate);
});
const GPT_OSS: FamilyCase = {
  ...QWEN_MOE,
  name: 'gpt-oss',
  family: 'gpt-oss',
  config: { model_type: 'gpt_oss', ...HEADS },
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...ATTENTION,
      'self_attn.sinks': [H],
      'mlp.router.weight': [X, D],
      'mlp.router.bias': [X],
      'mlp.experts.gate_up_proj': [X, D, 2 * F],
      'mlp.experts.gate_up_proj_bias': [X, 2 * F],
      'mlp.experts.down_proj': [X, F, D],
      'mlp.experts.down_proj_bias': [X, D],
    }),
  },
  expected: [
    VALUES,
    {
      kind: 'expert-units',
      name: 'layers.1.experts.2',
      units: F,
      forward: (w, x) => OSS_EXPERTS.output(w, 2, x),
      exchange: (w, i, j) => {
        for (const k of [0, 1]) w.exchange(`${OSS}.gate_up_proj_bias`, 1, 2 * i + k, 2 * j + k, [2]);
        w.exchange(`${OSS}.gate_up_proj`, 2, 2 * i + 1, 2 * j + 1, [2]);
        w.exchange(`${OSS}.down_proj`, 1, i, j, [2]);
      },
      norm: beforeMlp,
    },
    {
      kind: 'experts',
      name: 'layers.1.experts',
      units: X,
      forward: everyone('mlp.router', OSS_EXPERTS),
      exchange: (w, i, j) => {
        w.exchange(at('mlp.router.bias'), 0, i, j);
        for (const part of ['gate_up_proj', 'gate_up_proj_bias', 'down_proj', 'down_proj_bias'])
          w.exchange(`${OSS}.${part}`, 0, i, j);
      },
      norm: beforeMlp,
    },
  ],
};

const LLAMA_4 = at('feed_forward.experts');
const LLAMA_4_EXPERTS = stacked(LLAMA_4, (both, i) => both[F + i]! * silu(both[i]!));
const LLAMA_4_CASE: FamilyCase = {
  ...QWEN_MOE,
  name: 'Llama 4',
  family: 'Llama 4',
  config: { model_type: 'llama4', text_config: { model_type: 'llama4_text', ...HEADS } },
  shapes: {
    ...AROUND,
    ...layered('model.layers.', {
      ...ATTENTION,
      'feed_forward.router.weight': [X, D],
      'feed_forward.experts.gate_up_proj': [X, D, 2 * F],
      'feed_forward.experts.down_proj': [X, F, D],
      ...mlp('feed_forward.shared_expert'),
    }),
  },
  blocks: { ...QWEN_MOE.blocks, units: namesOf((l) => [`layers.${l}.shared-expert`]) },
  expected: [
    VALUES,
    {
      kind: 'expert-units',
      name: 'layers.1.experts.3',
      units: F,
      forward: (w, x) => LLAMA_4_EXPERTS.output(w, 3, x),
      exchange: (w, i, j) => w.exchange(`${LLAMA_4}.down_proj`, 1, i, j, [3]),
      negate: (w, i) => w.negate(`${LLAMA_4}.down_proj`, 1, i, [3]),
      norm: beforeMlp,
    },
  ],
};

export const SPARSE_CASES: FamilyCase[] = [QWEN_MOE, MIXTRAL, GLM, DEEPSEEK, GPT_OSS, LLAMA_4_CASE];
