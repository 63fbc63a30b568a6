// Phi-3 and Phi-4: one matrix of queries, keys and values, and one of gate above up.

import type { Family } from '../family.ts';
import { fusedValues, gatedHalves } from '../parts/index.ts';
import { GGUF_ALL } from './gguf-fused.ts';
import {
  ATTENTION,
  BEFORE_ATTENTION,
  BEFORE_MLP,
  GGUF_ATTENTION,
  GGUF_BEFORE_ATTENTION,
  GGUF_BEFORE_MLP,
  GGUF_EMBEDDING,
  GGUF_MLP,
  MLP,
} from './names.ts';

const ALL = 'self_attn.qkv_proj.weight';
const BOTH = 'mlp.gate_up_proj.weight';

export const phi3: Family = {
  name: 'Phi-3',
  types: ['phi3'],
  tables: {
    'hugging-face': {
      has: [ALL, BOTH, ATTENTION.output, MLP.down, BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [
        gatedHalves({ both: BOTH, down: MLP.down, norm: BEFORE_MLP }),
        fusedValues({ all: ALL, output: ATTENTION.output, order: 'q k v', norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: {
      has: [GGUF_ALL, GGUF_ATTENTION.output, GGUF_MLP.up, GGUF_MLP.down, GGUF_BEFORE_MLP.weight],
      lacks: [GGUF_MLP.gate, 'attn_norm.bias'],
      width: GGUF_BEFORE_ATTENTION.weight,
      embedding: GGUF_EMBEDDING,
      onlyTypes: true,
      parts: [
        gatedHalves({ both: GGUF_MLP.up, down: GGUF_MLP.down, norm: GGUF_BEFORE_MLP }),
        fusedValues({ all: GGUF_ALL, output: GGUF_ATTENTION.output, order: 'q k v', norm: GGUF_BEFORE_ATTENTION }),
      ],
    },
  },
};
