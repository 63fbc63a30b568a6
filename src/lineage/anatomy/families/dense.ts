// Families whose layers have attention and one MLP.

import type { Family, Table } from '../family.ts';
import { fusedValues, gated, gatedHalves, plain, values } from '../parts/index.ts';
import {
  ATTENTION,
  also,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  DENSE,
  GGUF_ATTENTION,
  GGUF_BEFORE_ATTENTION,
  GGUF_BEFORE_MLP,
  GGUF_DENSE,
  GGUF_EMBEDDING,
  GGUF_MLP,
  GGUF_STREAM,
  MLP,
  STREAM,
  VALUES,
} from './names.ts';

/** Llama, and all with its names and its layout: Mistral, SmolLM, Yi, ... */
export const llama: Family = {
  name: 'Llama',
  types: ['llama', 'mistral', 'smollm3', 'granite'],
  tables: { 'hugging-face': DENSE, gguf: GGUF_DENSE },
};

/** Qwen2 and Qwen2.5: Llama's layers with biases of queries, keys and values. */
export const qwen2: Family = {
  name: 'Qwen2',
  types: ['qwen2', 'qwen2_vl', 'qwen2_5_vl', 'qwen2vl'],
  tables: {
    'hugging-face': also(DENSE, 'self_attn.q_proj.bias', 'self_attn.v_proj.bias'),
    gguf: also(GGUF_DENSE, 'attn_q.bias', 'attn_v.bias'),
  },
};

/** Qwen3, dense: Llama's layers with a norm over each head's queries and keys. */
export const qwen3: Family = {
  name: 'Qwen3',
  types: ['qwen3', 'qwen3_vl', 'qwen3vl'],
  tables: {
    'hugging-face': also(DENSE, 'self_attn.q_norm.weight', 'self_attn.k_norm.weight'),
    gguf: also(GGUF_DENSE, 'attn_q_norm.weight', 'attn_k_norm.weight'),
  },
};

const GEMMA_VALUES = values({ ...ATTENTION, norm: { ...BEFORE_ATTENTION, offset: 1 } });

/** Gemma, the first: Llama's names, but its norms multiply by 1 + w. Only the config tells them apart. In GGUF the sum is stored. */
export const gemma: Family = {
  name: 'Gemma',
  types: ['gemma'],
  tables: {
    'hugging-face': {
      ...DENSE,
      onlyTypes: true,
      parts: [gated({ ...MLP, norm: { ...BEFORE_MLP, offset: 1 } }), GEMMA_VALUES],
    },
    gguf: { ...GGUF_DENSE, onlyTypes: true },
  },
};

const BEFORE_FEEDFORWARD = { weight: 'pre_feedforward_layernorm.weight', offset: 1 } as const;

/** Gemma 2 and 3: norms before and after attention and MLP, which multiply by 1 + w. In GGUF the sum is stored. */
export const gemma2: Family = {
  name: 'Gemma 2 and 3',
  types: ['gemma2', 'gemma3', 'gemma3_text'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [
        ...Object.values(MLP),
        ATTENTION.values,
        BEFORE_ATTENTION.weight,
        BEFORE_FEEDFORWARD.weight,
        'post_feedforward_layernorm.weight',
      ],
      // Gemma 3n shares keys and values between layers, and has more streams than one.
      lacks: ['altup.correction_coefs.weight', 'mlp.experts.*.gate_proj.weight', 'layer_scalar'],
      parts: [gated({ ...MLP, norm: BEFORE_FEEDFORWARD }), GEMMA_VALUES],
    },
    gguf: {
      ...GGUF_DENSE,
      has: [...GGUF_DENSE.has, 'post_ffw_norm.weight'],
      lacks: [...(GGUF_DENSE.lacks ?? []), 'altup_router.weight'],
    },
  },
};

const OLMO_NORMS = ['post_attention_layernorm.weight', 'post_feedforward_layernorm.weight'] as const;
const GGUF_OLMO_NORMS = ['post_attention_norm.weight', 'post_ffw_norm.weight'] as const;

/** OLMo 2 and 3, EXAONE 4: norms stand after attention and MLP, not before them, so that nothing scales what they read. */
export const olmo2: Family = {
  name: 'OLMo 2 or EXAONE 4',
  types: ['olmo2', 'olmo3', 'exaone4'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [...Object.values(MLP), ATTENTION.values, ...OLMO_NORMS],
      lacks: ['input_layernorm.weight', 'pre_feedforward_layernorm.weight'],
      width: OLMO_NORMS[0],
      parts: [gated(MLP), values(ATTENTION)],
    },
    gguf: {
      has: [...Object.values(GGUF_MLP), GGUF_ATTENTION.values, ...GGUF_OLMO_NORMS],
      lacks: ['attn_norm.weight', 'ffn_norm.weight'],
      width: GGUF_OLMO_NORMS[0],
      embedding: GGUF_EMBEDDING,
      parts: [gated(GGUF_MLP), values(GGUF_ATTENTION)],
    },
  },
};

const EXAONE_MLP = { gate: 'mlp.c_fc_0.weight', up: 'mlp.c_fc_1.weight', down: 'mlp.c_proj.weight' } as const;
const EXAONE_ATTENTION = {
  queries: 'attn.attention.q_proj.weight',
  keys: 'attn.attention.k_proj.weight',
  values: 'attn.attention.v_proj.weight',
  output: 'attn.attention.out_proj.weight',
} as const;

/** EXAONE 3 and 3.5: Llama's layers under names of GPT-2. */
export const exaone: Family = {
  name: 'EXAONE 3',
  types: ['exaone'],
  tables: {
    'hugging-face': {
      has: [...Object.values(EXAONE_MLP), ...Object.values(EXAONE_ATTENTION), 'ln_1.weight', 'ln_2.weight'],
      width: 'ln_1.weight',
      embedding: ['wte.weight'],
      parts: [
        gated({ ...EXAONE_MLP, norm: { weight: 'ln_2.weight' } }),
        values({ ...EXAONE_ATTENTION, norm: { weight: 'ln_1.weight' } }),
      ],
    },
    gguf: { ...GGUF_DENSE, onlyTypes: true },
  },
};

const BOTH = 'mlp.gate_up_proj.weight';
const BOTH_UNITS = gatedHalves({ both: BOTH, down: MLP.down, norm: BEFORE_MLP });

/** GLM-4, dense: one matrix of gate above up, queries, keys and values apart; later versions have norms after attention and MLP too. */
export const glm4: Family = {
  name: 'GLM-4',
  types: ['glm', 'glm4'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [BOTH, MLP.down, ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      parts: [BOTH_UNITS, VALUES],
    },
  },
};

const PHI_ALL = 'self_attn.qkv_proj.weight';
const GGUF_FUSED_VALUES = { all: 'attn_qkv.weight', output: GGUF_ATTENTION.output, order: 'q k v' } as const;

/** Phi-3 and Phi-4: one matrix of queries, keys and values, and one of gate above up. */
export const phi3: Family = {
  name: 'Phi-3',
  types: ['phi3'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [PHI_ALL, BOTH, ATTENTION.output, MLP.down, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      parts: [
        BOTH_UNITS,
        fusedValues({ all: PHI_ALL, output: ATTENTION.output, order: 'q k v', norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: {
      ...GGUF_STREAM,
      has: [GGUF_FUSED_VALUES.all, GGUF_ATTENTION.output, GGUF_MLP.up, GGUF_MLP.down, GGUF_BEFORE_MLP.weight],
      lacks: [GGUF_MLP.gate, 'attn_norm.bias'],
      onlyTypes: true,
      parts: [
        gatedHalves({ both: GGUF_MLP.up, down: GGUF_MLP.down, norm: GGUF_BEFORE_MLP }),
        fusedValues({ ...GGUF_FUSED_VALUES, norm: GGUF_BEFORE_ATTENTION }),
      ],
    },
  },
};

const centred = (weight: string) => ({ weight, centred: true }) as const;

/** GPT-2 and GPT-NeoX in the names of llama.cpp, which stores both alike: [out, in], queries, then keys, then values. */
const GGUF_FUSED: Table = {
  ...GGUF_STREAM,
  has: [
    ...[GGUF_FUSED_VALUES.all, GGUF_ATTENTION.output, GGUF_MLP.up, GGUF_MLP.down],
    ...['attn_norm.bias', 'ffn_norm.bias'],
  ],
  lacks: [GGUF_MLP.gate, 'ffn_gate_inp.weight'],
  onlyTypes: true,
  parts: [
    plain({ first: GGUF_MLP.up, second: GGUF_MLP.down, norm: centred(GGUF_BEFORE_MLP.weight) }),
    fusedValues({ ...GGUF_FUSED_VALUES, norm: centred(GGUF_BEFORE_ATTENTION.weight) }),
  ],
};

const NEOX_VALUES = { all: 'attention.query_key_value.weight', output: 'attention.dense.weight' } as const;
const NEOX_MLP = { first: 'mlp.dense_h_to_4h.weight', second: 'mlp.dense_4h_to_h.weight' } as const;

/** GPT-NeoX and Pythia: LayerNorms, an MLP of two matrices, and queries, keys and values of each head in turn. In GGUF all queries come first. */
export const gptNeox: Family = {
  name: 'GPT-NeoX',
  types: ['gpt_neox', 'gptneox'],
  tables: {
    'hugging-face': {
      has: [...Object.values(NEOX_VALUES), ...Object.values(NEOX_MLP), BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_in.weight'],
      parts: [
        plain({ ...NEOX_MLP, norm: centred(BEFORE_MLP.weight) }),
        fusedValues({ ...NEOX_VALUES, order: 'by head', norm: centred(BEFORE_ATTENTION.weight) }),
      ],
    },
    gguf: GGUF_FUSED,
  },
};

const GPT_2_VALUES = { all: 'attn.c_attn.weight', output: 'attn.c_proj.weight' } as const;
const GPT_2_MLP = { first: 'mlp.c_fc.weight', second: 'mlp.c_proj.weight' } as const;

/** GPT-2: matrices as [in, out], LayerNorms, learned positions. In GGUF the matrices are turned. */
export const gpt2: Family = {
  name: 'GPT-2',
  types: ['gpt2'],
  tables: {
    'hugging-face': {
      has: [...Object.values(GPT_2_VALUES), ...Object.values(GPT_2_MLP), 'ln_1.weight', 'ln_2.weight'],
      width: 'ln_1.weight',
      embedding: ['wte.weight'],
      parts: [
        plain({ ...GPT_2_MLP, transposed: true, norm: centred('ln_2.weight') }),
        fusedValues({ ...GPT_2_VALUES, transposed: true, order: 'q k v', norm: centred('ln_1.weight') }),
      ],
    },
    gguf: GGUF_FUSED,
  },
};
