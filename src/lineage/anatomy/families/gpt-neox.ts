// GPT-NeoX and Pythia: LayerNorms, an MLP of two matrices, and queries, keys and values of each head in turn. In GGUF all queries come first.

import type { Family } from '../family.ts';
import { fusedValues, plain } from '../parts/index.ts';
import { GGUF_FUSED } from './gguf-fused.ts';

const BEFORE_ATTENTION = { weight: 'input_layernorm.weight', centred: true } as const;
const BEFORE_MLP = { weight: 'post_attention_layernorm.weight', centred: true } as const;
const VALUES = { all: 'attention.query_key_value.weight', output: 'attention.dense.weight' } as const;
const MLP = { first: 'mlp.dense_h_to_4h.weight', second: 'mlp.dense_4h_to_h.weight' } as const;

export const gptNeox: Family = {
  name: 'GPT-NeoX',
  types: ['gpt_neox', 'gptneox'],
  tables: {
    'hugging-face': {
      has: [...Object.values(VALUES), ...Object.values(MLP), BEFORE_ATTENTION.weight, BEFORE_MLP.weight],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_in.weight'],
      parts: [
        plain({ ...MLP, norm: BEFORE_MLP }),
        fusedValues({ ...VALUES, order: 'by head', norm: BEFORE_ATTENTION }),
      ],
    },
    gguf: GGUF_FUSED,
  },
};
