// EXAONE 3 and 3.5: Llama's layers under names of GPT-2.

import type { Family } from '../family.ts';
import { gated, values } from '../parts/index.ts';
import { GGUF_DENSE } from './names.ts';

const MLP = { gate: 'mlp.c_fc_0.weight', up: 'mlp.c_fc_1.weight', down: 'mlp.c_proj.weight' } as const;
const ATTENTION = {
  queries: 'attn.attention.q_proj.weight',
  keys: 'attn.attention.k_proj.weight',
  values: 'attn.attention.v_proj.weight',
  output: 'attn.attention.out_proj.weight',
} as const;

export const exaone: Family = {
  name: 'EXAONE 3',
  types: ['exaone'],
  tables: {
    'hugging-face': {
      has: [...Object.values(MLP), ...Object.values(ATTENTION), 'ln_1.weight', 'ln_2.weight'],
      width: 'ln_1.weight',
      embedding: ['wte.weight'],
      parts: [
        gated({ ...MLP, norm: { weight: 'ln_2.weight' } }),
        values({ ...ATTENTION, norm: { weight: 'ln_1.weight' } }),
      ],
    },
    gguf: { ...GGUF_DENSE, onlyTypes: true },
  },
};
