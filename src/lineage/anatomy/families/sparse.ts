// Families with experts.

import type { Family } from '../family.ts';
import { fusedExperts, gated, latentValues, listedExperts, router, stackedLatentValues } from '../parts/index.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  EITHER_EXPERTS,
  expertUnits,
  GGUF_ATTENTION,
  GGUF_BEFORE_MLP,
  GGUF_MIXTURE,
  GGUF_SPARSE,
  GGUF_VALUES,
  gatedNames,
  ggufExperts,
  MLP,
  ROUTER,
  STREAM,
  sharedMlp,
  UNITS,
  VALUES,
} from './names.ts';

const NORMS = [BEFORE_ATTENTION.weight, BEFORE_MLP.weight];

const LATENT = {
  queries: ['self_attn.q_b_proj.weight', 'self_attn.q_proj.weight'],
  fold: 'self_attn.kv_a_proj_with_mqa.weight',
  norm: 'self_attn.kv_a_layernorm.weight',
  unfold: 'self_attn.kv_b_proj.weight',
  output: ATTENTION.output,
} as const;
const GGUF_LATENT = {
  queries: ['attn_q_b.weight', 'attn_q.weight'],
  fold: 'attn_kv_a_mqa.weight',
  norm: 'attn_kv_a_norm.weight',
  unfold: 'attn_kv_b.weight',
  output: GGUF_ATTENTION.output,
} as const;
const SHARED = sharedMlp('mlp.shared_experts');

/**
 * DeepSeek-V2 and V3, Kimi-K2 and others with multi-head latent attention (MLA): some dense layers first, then experts and one that sees every
 * token. Older GGUF files hold keys and values of the heads in one tensor, newer ones apart.
 */
export const deepseek: Family = {
  name: 'DeepSeek',
  types: ['deepseek_v2', 'deepseek_v3', 'deepseek2', 'kimi_k2', 'glm4_moe_lite'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [LATENT.fold, LATENT.norm, LATENT.unfold, MLP.gate, ...NORMS],
      parts: [
        UNITS,
        gated({ ...SHARED, norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP, mayGroup: true }),
        ...expertUnits(BEFORE_MLP),
        latentValues(LATENT),
      ],
    },
    gguf: {
      ...GGUF_SPARSE,
      has: [...GGUF_SPARSE.has, GGUF_LATENT.fold, GGUF_LATENT.norm, GGUF_BEFORE_MLP.weight],
      parts: [
        ...ggufExperts(GGUF_BEFORE_MLP, { mayGroup: true }),
        latentValues(GGUF_LATENT),
        stackedLatentValues({ values: 'attn_v_b.weight', norm: GGUF_LATENT.norm, output: GGUF_LATENT.output }),
      ],
    },
  },
};

/** llama.cpp calls the norm before the experts after what stands before it. */
const GGUF_BEFORE_EXPERTS = { weight: 'post_attention_norm.weight' } as const;

/**
 * GLM-4-MoE (GLM-4.5 and later), Solar Open and others with its names: attention as in Llama, some dense layers first, then experts and one
 * that sees every token.
 */
export const glm4Moe: Family = {
  name: 'GLM-4-MoE',
  types: ['glm4_moe', 'glm4moe', 'solar_open'],
  tables: {
    'hugging-face': {
      ...STREAM,
      either: EITHER_EXPERTS,
      has: [ROUTER, SHARED.gate, ATTENTION.values, ...NORMS],
      parts: [
        UNITS,
        gated({ ...SHARED, norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        ...expertUnits(BEFORE_MLP),
        VALUES,
      ],
    },
    gguf: {
      ...GGUF_SPARSE,
      has: [...GGUF_SPARSE.has, GGUF_ATTENTION.values, GGUF_BEFORE_EXPERTS.weight],
      lacks: [...(GGUF_SPARSE.lacks ?? []), GGUF_BEFORE_MLP.weight],
      parts: [...ggufExperts(GGUF_BEFORE_EXPERTS), GGUF_VALUES],
    },
  },
};

/** Qwen3-MoE, and others with its names: OLMoE, Qwen2-MoE with an expert that sees every token, Mixtral with all experts in one tensor. */
export const qwen3Moe: Family = {
  name: 'Qwen3-MoE',
  types: ['qwen3_moe', 'qwen3moe', 'qwen2_moe', 'qwen2moe', 'olmoe'],
  tables: {
    'hugging-face': {
      ...STREAM,
      either: EITHER_EXPERTS,
      has: [ROUTER, ATTENTION.values, ...NORMS],
      lacks: [SHARED.gate],
      parts: [
        UNITS,
        gated({ ...sharedMlp('mlp.shared_expert'), norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        ...expertUnits(BEFORE_MLP),
        VALUES,
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};

const MIXTRAL_EXPERTS = {
  gate: 'block_sparse_moe.experts.*.w1.weight',
  up: 'block_sparse_moe.experts.*.w3.weight',
  down: 'block_sparse_moe.experts.*.w2.weight',
} as const;
const MIXTRAL_ROUTER = 'block_sparse_moe.gate.weight';

/** Mixtral: w1 is the gate, w3 up and w2 down. In GGUF it calls itself llama. */
export const mixtral: Family = {
  name: 'Mixtral',
  types: ['mixtral', 'llama'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [...Object.values(MIXTRAL_EXPERTS), MIXTRAL_ROUTER, ATTENTION.values, ...NORMS],
      parts: [
        router({ weight: MIXTRAL_ROUTER, norm: BEFORE_MLP }),
        listedExperts({ ...MIXTRAL_EXPERTS, norm: BEFORE_MLP }),
        VALUES,
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};

const LLAMA_4_ROUTER = 'feed_forward.router.weight';
const LLAMA_4_EXPERTS = {
  both: 'feed_forward.experts.gate_up_proj',
  down: 'feed_forward.experts.down_proj',
} as const;

/** Llama 4: experts as [experts, in, out] with all gates before all ups, one expert that sees every token, and dense layers between. */
export const llama4: Family = {
  name: 'Llama 4',
  types: ['llama4', 'llama4_text'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [LLAMA_4_ROUTER, ...Object.values(LLAMA_4_EXPERTS), ATTENTION.values, ...NORMS],
      parts: [
        gated({ ...gatedNames('feed_forward'), norm: BEFORE_MLP }),
        gated({ ...sharedMlp('feed_forward.shared_expert'), norm: BEFORE_MLP }),
        router({ weight: LLAMA_4_ROUTER, norm: BEFORE_MLP }),
        fusedExperts({ ...LLAMA_4_EXPERTS, order: 'halves', signs: true, norm: BEFORE_MLP }),
        VALUES,
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};

const GPT_OSS_ROUTER = 'mlp.router.weight';

/**
 * gpt-oss: experts as [experts, in, out], the gate of each unit before its up. The up is clamped and one is added to it, so its sign is not
 * free. Where experts are packed (MXFP4) they are [experts, out, in].
 */
export const gptOss: Family = {
  name: 'gpt-oss',
  types: ['gpt_oss', 'gpt-oss'],
  tables: {
    'hugging-face': {
      ...STREAM,
      has: [GPT_OSS_ROUTER, ATTENTION.values, 'self_attn.sinks', ...NORMS],
      parts: [
        router({ weight: GPT_OSS_ROUTER, norm: BEFORE_MLP }),
        fusedExperts({
          both: 'mlp.experts.gate_up_proj',
          down: 'mlp.experts.down_proj',
          order: 'in turn',
          signs: false,
          norm: BEFORE_MLP,
        }),
        VALUES,
      ],
    },
    gguf: {
      ...GGUF_SPARSE,
      has: [...GGUF_SPARSE.has, 'ffn_gate_exps.bias', GGUF_ATTENTION.values, GGUF_BEFORE_EXPERTS.weight],
      lacks: [],
      parts: [...ggufExperts(GGUF_BEFORE_EXPERTS, { signs: false }), GGUF_VALUES],
    },
  },
};
