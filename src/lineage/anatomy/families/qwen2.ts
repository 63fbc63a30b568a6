// Qwen2 and Qwen2.5: Llama's layers with biases of queries, keys and values.

import type { Family } from '../family.ts';
import { also, DENSE, GGUF_DENSE } from './names.ts';

export const qwen2: Family = {
  name: 'Qwen2',
  types: ['qwen2', 'qwen2_vl', 'qwen2_5_vl', 'qwen2vl'],
  tables: {
    'hugging-face': also(DENSE, 'self_attn.q_proj.bias', 'self_attn.v_proj.bias'),
    gguf: also(GGUF_DENSE, 'attn_q.bias', 'attn_v.bias'),
  },
};
