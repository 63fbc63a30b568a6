// Llama 4: experts as [experts, in, out] with all gates before all ups, one expert that sees every token, and dense layers between.

import type { Family } from '../family.ts';
import { fusedExperts, gated, router, values } from '../parts/index.ts';
import { ATTENTION, BEFORE_ATTENTION, BEFORE_MLP, GGUF_MIXTURE } from './names.ts';

const ROUTER = 'feed_forward.router.weight';
const EXPERTS = { both: 'feed_forward.experts.gate_up_proj', down: 'feed_forward.experts.down_proj' } as const;
const mlp = (of: string) => ({
  gate: `feed_forward${of}.gate_proj.weight`,
  up: `feed_forward${of}.up_proj.weight`,
  down: `feed_forward${of}.down_proj.weight`,
});

export const llama4: Family = {
  name: 'Llama 4',
  types: ['llama4', 'llama4_text'],
  tables: {
    'hugging-face': {
      has: [ROUTER, ...Object.values(EXPERTS), ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gated({ ...mlp(''), norm: BEFORE_MLP }),
        gated({ ...mlp('.shared_expert'), called: 'shared-expert', norm: BEFORE_MLP }),
        router({ weight: ROUTER, norm: BEFORE_MLP }),
        fusedExperts({ ...EXPERTS, order: 'halves', signs: true, norm: BEFORE_MLP }),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: GGUF_MIXTURE,
  },
};
