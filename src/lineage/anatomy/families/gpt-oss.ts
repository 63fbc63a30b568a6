// gpt-oss: experts as [experts, in, out], the gate of each unit before its up. The up is clamped and one is added to it, so its sign is not free.
// Where experts are packed (MXFP4) they are [experts, out, in].

import type { Family } from '../family.ts';
import { fusedExperts, router, values } from '../parts/index.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  GGUF_ATTENTION,
  GGUF_BEFORE_ATTENTION,
  GGUF_SPARSE,
  ggufExperts,
} from './names.ts';

const ROUTER = 'mlp.router.weight';
const GGUF_BEFORE_EXPERTS = { weight: 'post_attention_norm.weight' } as const;

export const gptOss: Family = {
  name: 'gpt-oss',
  types: ['gpt_oss', 'gpt-oss'],
  tables: {
    'hugging-face': {
      has: [ROUTER, ATTENTION.values, 'self_attn.sinks', BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        fusedExperts({
          both: 'mlp.experts.gate_up_proj',
          down: 'mlp.experts.down_proj',
          order: 'in turn',
          signs: false,
          norm: BEFORE_MLP,
        }),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: {
      ...GGUF_SPARSE,
      has: [...GGUF_SPARSE.has, 'ffn_gate_exps.bias', GGUF_ATTENTION.values, GGUF_BEFORE_EXPERTS.weight],
      lacks: [],
      parts: [
        ...ggufExperts(GGUF_BEFORE_EXPERTS, { signs: false }),
        values({ ...GGUF_ATTENTION, norm: GGUF_BEFORE_ATTENTION }),
      ],
    },
  },
};
