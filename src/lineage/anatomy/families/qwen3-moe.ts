// Qwen3-MoE, and others with its names: OLMoE, Qwen2-MoE with an expert that sees every token, Mixtral with all experts in one tensor.

import type { Family } from '../family.ts';
import { gated, router, values } from '../parts/index.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  EITHER_EXPERTS,
  expertUnits,
  GGUF_MIXTURE,
  MLP,
  ROUTER,
  sharedMlp,
} from './names.ts';

export const qwen3Moe: Family = {
  name: 'Qwen3-MoE',
  types: ['qwen3_moe', 'qwen3moe', 'qwen2_moe', 'qwen2moe', 'olmoe'],
  tables: {
    'hugging-face': {
      either: EITHER_EXPERTS,
      has: [ROUTER, ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      lacks: ['mlp.shared_experts.gate_proj.weight'],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gated({ ...MLP, norm: BEFORE_MLP }),
        gated({ ...sharedMlp('shared_expert'), norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        ...expertUnits(BEFORE_MLP),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};
