// OLMo 2 and 3, EXAONE 4: norms stand after attention and MLP, not before them, so that nothing scales what they read.

import type { Family } from '../family.ts';
import { gated, values } from '../parts/index.ts';
import { ATTENTION, GGUF_ATTENTION, GGUF_EMBEDDING, GGUF_MLP, MLP } from './names.ts';

const NORMS = ['post_attention_layernorm.weight', 'post_feedforward_layernorm.weight'] as const;
const GGUF_NORMS = ['post_attention_norm.weight', 'post_ffw_norm.weight'] as const;

export const olmo2: Family = {
  name: 'OLMo 2 or EXAONE 4',
  types: ['olmo2', 'olmo3', 'exaone4'],
  tables: {
    'hugging-face': {
      has: [...Object.values(MLP), ATTENTION.values, ...NORMS],
      lacks: ['input_layernorm.weight', 'pre_feedforward_layernorm.weight'],
      width: NORMS[0],
      embedding: ['embed_tokens.weight'],
      parts: [gated(MLP), values(ATTENTION)],
    },
    gguf: {
      has: [...Object.values(GGUF_MLP), GGUF_ATTENTION.values, ...GGUF_NORMS],
      lacks: ['attn_norm.weight', 'ffn_norm.weight'],
      width: GGUF_NORMS[0],
      embedding: GGUF_EMBEDDING,
      parts: [gated(GGUF_MLP), values(GGUF_ATTENTION)],
    },
  },
};
