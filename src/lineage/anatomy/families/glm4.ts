// GLM-4, dense: one matrix of gate above up, queries, keys and values apart; later versions have norms after attention and MLP too.

import type { Family } from '../family.ts';
import { gatedHalves, values } from '../parts/index.ts';
import { ATTENTION, BEFORE_ATTENTION, BEFORE_MLP, MLP } from './names.ts';

const BOTH = 'mlp.gate_up_proj.weight';

export const glm4: Family = {
  name: 'GLM-4',
  types: ['glm', 'glm4'],
  tables: {
    'hugging-face': {
      has: [BOTH, MLP.down, ATTENTION.values, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gatedHalves({ both: BOTH, down: MLP.down, norm: BEFORE_MLP }),
        values({ ...ATTENTION, norm: BEFORE_ATTENTION }),
      ],
    },
  },
};
