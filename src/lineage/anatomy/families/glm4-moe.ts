// GLM-4-MoE (GLM-4.5 and later), Solar Open and others with its names: attention as in Llama, some dense layers first, then experts and one that
// sees every token. llama.cpp calls the norm before the experts after what stands before it.

import type { Family } from '../family.ts';
import { gated, router, values } from '../parts/index.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  EITHER_EXPERTS,
  expertUnits,
  GGUF_ATTENTION,
  GGUF_BEFORE_ATTENTION,
  GGUF_BEFORE_MLP,
  GGUF_SPARSE,
  ggufExperts,
  MLP,
  ROUTER,
  sharedMlp,
} from './names.ts';

const SHARED = sharedMlp('shared_experts');
const GGUF_BEFORE_EXPERTS = { weight: 'post_attention_norm.weight' } as const;

export const glm4Moe: Family = {
  name: 'GLM-4-MoE',
  types: ['glm4_moe', 'glm4moe', 'solar_open'],
  tables: {
    'hugging-face': {
      either: EITHER_EXPERTS,
      has: [ROUTER, SHARED.gate, ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gated({ ...MLP, norm: BEFORE_MLP }),
        gated({ ...SHARED, norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        ...expertUnits(BEFORE_MLP),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: {
      ...GGUF_SPARSE,
      has: [...GGUF_SPARSE.has, GGUF_ATTENTION.values, GGUF_BEFORE_EXPERTS.weight],
      lacks: [...(GGUF_SPARSE.lacks ?? []), GGUF_BEFORE_MLP.weight],
      parts: [...ggufExperts(GGUF_BEFORE_EXPERTS), values({ ...GGUF_ATTENTION, norm: GGUF_BEFORE_ATTENTION })],
    },
  },
};
