// Gemma 2 and 3: norms before and after attention and MLP, which multiply by 1 + w. In GGUF the sum is stored.

import type { Family } from '../family.ts';
import { gated, values } from '../parts/index.ts';
import { ATTENTION, BEFORE_ATTENTION, GGUF_DENSE, MLP } from './names.ts';

const BEFORE_MLP = { weight: 'pre_feedforward_layernorm.weight', offset: 1 } as const;

export const gemma2: Family = {
  name: 'Gemma 2 and 3',
  types: ['gemma2', 'gemma3', 'gemma3_text'],
  tables: {
    'hugging-face': {
      has: [
        ...Object.values(MLP),
        ATTENTION.values,
        BEFORE_ATTENTION.weight,
        BEFORE_MLP.weight,
        'post_feedforward_layernorm.weight',
      ],
      // Gemma 3n shares keys and values between layers, and has more streams than one.
      lacks: ['altup.correction_coefs.weight', 'mlp.experts.*.gate_proj.weight', 'layer_scalar'],
      width: BEFORE_ATTENTION.weight,
      embedding: ['embed_tokens.weight'],
      parts: [gated({ ...MLP, norm: BEFORE_MLP }), values({ ...ATTENTION, norm: { ...BEFORE_ATTENTION, offset: 1 } })],
    },
    gguf: {
      ...GGUF_DENSE,
      has: [...GGUF_DENSE.has, 'post_ffw_norm.weight'],
      lacks: [...(GGUF_DENSE.lacks ?? []), 'altup_router.weight'],
    },
  },
};
