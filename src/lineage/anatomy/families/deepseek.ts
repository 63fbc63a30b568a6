// DeepSeek-V2 and V3, Kimi-K2 and others with multi-head latent attention (MLA): some dense layers first, then experts and one that sees every
// token. Older GGUF files hold keys and values of the heads in one tensor, newer ones apart.

import type { Family } from '../family.ts';
import { gated, latentValues, router, stackedLatentValues } from '../parts/index.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  expertUnits,
  GGUF_ATTENTION,
  GGUF_BEFORE_MLP,
  GGUF_SPARSE,
  ggufExperts,
  MLP,
  ROUTER,
  sharedMlp,
} from './names.ts';

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
const GGUF_VALUES = 'attn_v_b.weight';

export const deepseek: Family = {
  name: 'DeepSeek',
  types: ['deepseek_v2', 'deepseek_v3', 'deepseek2', 'kimi_k2', 'glm4_moe_lite'],
  tables: {
    'hugging-face': {
      has: [LATENT.fold, LATENT.norm, LATENT.unfold, MLP.gate, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gated({ ...MLP, norm: BEFORE_MLP }),
        gated({ ...sharedMlp('shared_experts'), norm: BEFORE_MLP }),
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
        stackedLatentValues({ values: GGUF_VALUES, norm: GGUF_LATENT.norm, output: GGUF_LATENT.output }),
      ],
    },
  },
};
