// Qwen3, dense: Llama's layers with a norm over each head's queries and keys.

import type { Family } from '../family.ts';
import { also, DENSE, GGUF_DENSE } from './names.ts';

export const qwen3: Family = {
  name: 'Qwen3',
  types: ['qwen3', 'qwen3_vl', 'qwen3vl'],
  tables: {
    'hugging-face': also(DENSE, 'self_attn.q_norm.weight', 'self_attn.k_norm.weight'),
    gguf: also(GGUF_DENSE, 'attn_q_norm.weight', 'attn_k_norm.weight'),
  },
};
