// Names that many families share: those of Llama's layers in Hugging Face's files, and those of llama.cpp for all families.

import type { Table } from '../family.ts';
import { fusedExperts, gated, listedExperts, router, stackedExperts, values } from '../parts/index.ts';

/** Gate, up and down of a part with Llama's names. */
export const gatedNames = (of: string) => ({
  gate: `${of}.gate_proj.weight`,
  up: `${of}.up_proj.weight`,
  down: `${of}.down_proj.weight`,
});
export const MLP = gatedNames('mlp');
export const ATTENTION = {
  queries: 'self_attn.q_proj.weight',
  keys: 'self_attn.k_proj.weight',
  values: 'self_attn.v_proj.weight',
  output: 'self_attn.o_proj.weight',
  queryNorm: 'self_attn.q_norm.weight',
} as const;
export const BEFORE_ATTENTION = { weight: 'input_layernorm.weight' } as const;
/** Named after what stands before it: the norm before the MLP. */
export const BEFORE_MLP = { weight: 'post_attention_layernorm.weight' } as const;

export const GGUF_ATTENTION = {
  queries: 'attn_q.weight',
  keys: 'attn_k.weight',
  values: 'attn_v.weight',
  output: 'attn_output.weight',
  queryNorm: 'attn_q_norm.weight',
} as const;
export const GGUF_MLP = { gate: 'ffn_gate.weight', up: 'ffn_up.weight', down: 'ffn_down.weight' } as const;
export const GGUF_BEFORE_ATTENTION = { weight: 'attn_norm.weight' } as const;
export const GGUF_BEFORE_MLP = { weight: 'ffn_norm.weight' } as const;
export const GGUF_EMBEDDING = ['token_embd.weight'] as const;

/** Where a residual stream in Llama's names is as wide as its norm, and what enters it. */
export const STREAM = { width: BEFORE_ATTENTION.weight, embedding: ['embed_tokens.weight'] } as const;
export const GGUF_STREAM = { width: GGUF_BEFORE_ATTENTION.weight, embedding: GGUF_EMBEDDING } as const;

/** Attention and MLP after Llama's norms. */
export const VALUES = values({ ...ATTENTION, norm: BEFORE_ATTENTION });
export const UNITS = gated({ ...MLP, norm: BEFORE_MLP });
export const GGUF_VALUES = values({ ...GGUF_ATTENTION, norm: GGUF_BEFORE_ATTENTION });

/** Layers of Llama's names. */
export const DENSE: Table = {
  ...STREAM,
  has: [...Object.values(MLP), ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
  lacks: ['pre_feedforward_layernorm.weight', 'mlp.experts.*.gate_proj.weight', 'mlp.experts.gate_up_proj'],
  parts: [UNITS, VALUES],
};

export const GGUF_DENSE: Table = {
  ...GGUF_STREAM,
  has: [...Object.values(GGUF_MLP), GGUF_ATTENTION.values, GGUF_BEFORE_ATTENTION.weight, GGUF_BEFORE_MLP.weight],
  lacks: ['ffn_gate_inp.weight'],
  parts: [gated({ ...GGUF_MLP, norm: GGUF_BEFORE_MLP }), GGUF_VALUES],
};

const EXPERTS = gatedNames('mlp.experts.*');
/** The same with all experts of a layer in one tensor. */
const FUSED_EXPERTS = { both: 'mlp.experts.gate_up_proj', down: 'mlp.experts.down_proj' } as const;
/** For a table's `either`: both ways in which experts are stored. */
export const EITHER_EXPERTS = [Object.values(EXPERTS), Object.values(FUSED_EXPERTS)];
/** Units of experts, in both ways. */
export const expertUnits = (norm: { weight: string }) => [
  listedExperts({ ...EXPERTS, norm }),
  fusedExperts({ ...FUSED_EXPERTS, order: 'halves', signs: true, norm }),
];
export const ROUTER = 'mlp.gate.weight';
/** Experts that see every token: units like those of an MLP. */
export const sharedMlp = (of: string) => ({ ...gatedNames(of), called: 'shared-expert' });

const GGUF_EXPERTS = { gate: 'ffn_gate_exps.weight', up: 'ffn_up_exps.weight', down: 'ffn_down_exps.weight' } as const;
/** What newer converters write of models that are asked for so: all gates of an expert before all its ups. */
const GGUF_FUSED_EXPERTS = { both: 'ffn_gate_up_exps.weight', down: 'ffn_down_exps.weight' } as const;
const GGUF_ROUTER = 'ffn_gate_inp.weight';
const GGUF_SHARED = {
  gate: 'ffn_gate_shexp.weight',
  up: 'ffn_up_shexp.weight',
  down: 'ffn_down_shexp.weight',
} as const;

/** MLPs and experts in the names of llama.cpp, after a norm. */
export const ggufExperts = (norm: { weight: string }, { signs = true, mayGroup = false } = {}) => [
  gated({ ...GGUF_MLP, norm }),
  router({ weight: GGUF_ROUTER, norm, mayGroup }),
  stackedExperts({ ...GGUF_EXPERTS, norm, signs }),
  fusedExperts({ ...GGUF_FUSED_EXPERTS, order: 'halves', norm, signs }),
  gated({ ...GGUF_SHARED, called: 'shared-expert', norm }),
];

export const GGUF_SPARSE: Table = {
  ...GGUF_STREAM,
  has: [GGUF_ROUTER, GGUF_BEFORE_ATTENTION.weight],
  either: [Object.values(GGUF_EXPERTS), Object.values(GGUF_FUSED_EXPERTS)],
  // Experts with biases are those of gpt-oss, whose signs are not free.
  lacks: ['ffn_gate_exps.bias', 'ffn_gate_up_exps.bias'],
  parts: [],
};

/** A mixture of experts with attention as in Llama. */
export const GGUF_MIXTURE: Table = {
  ...GGUF_SPARSE,
  has: [...GGUF_SPARSE.has, GGUF_ATTENTION.values, GGUF_BEFORE_MLP.weight],
  parts: [...ggufExperts(GGUF_BEFORE_MLP), GGUF_VALUES],
};

/** A table with more names that some layer has. */
export const also = (table: Table, ...has: string[]): Table => ({ ...table, has: [...table.has, ...has] });
