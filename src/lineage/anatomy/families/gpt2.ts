// GPT-2: matrices as [in, out], LayerNorms, learned positions. In GGUF the matrices are turned.

import type { Family } from '../family.ts';
import { fusedValues, plain } from '../parts/index.ts';
import { GGUF_FUSED } from './gguf-fused.ts';

const VALUES = { all: 'attn.c_attn.weight', output: 'attn.c_proj.weight' } as const;
const MLP = { first: 'mlp.c_fc.weight', second: 'mlp.c_proj.weight' } as const;

export const gpt2: Family = {
  name: 'GPT-2',
  types: ['gpt2'],
  tables: {
    'hugging-face': {
      has: [...Object.values(VALUES), ...Object.values(MLP), 'ln_1.weight', 'ln_2.weight'],
      width: 'ln_1.weight',
      embedding: ['wte.weight'],
      parts: [
        plain({ ...MLP, transposed: true, norm: { weight: 'ln_2.weight', centred: true } }),
        fusedValues({ ...VALUES, transposed: true, order: 'q k v', norm: { weight: 'ln_1.weight', centred: true } }),
      ],
    },
    gguf: GGUF_FUSED,
  },
};
