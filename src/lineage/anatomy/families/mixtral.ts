// Mixtral: w1 is the gate, w3 up and w2 down. In GGUF it calls itself llama.

import type { Family } from '../family.ts';
import { listedExperts, router, values } from '../parts/index.ts';
import { ATTENTION, BEFORE_ATTENTION, BEFORE_MLP, GGUF_MIXTURE } from './names.ts';

const EXPERTS = {
  gate: 'block_sparse_moe.experts.*.w1.weight',
  up: 'block_sparse_moe.experts.*.w3.weight',
  down: 'block_sparse_moe.experts.*.w2.weight',
} as const;
const ROUTER = 'block_sparse_moe.gate.weight';

export const mixtral: Family = {
  name: 'Mixtral',
  types: ['mixtral', 'llama'],
  tables: {
    'hugging-face': {
      has: [...Object.values(EXPERTS), ROUTER, ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        listedExperts({ ...EXPERTS, norm: BEFORE_MLP }),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};
