// The encoders of CLIP and SigLIP, as vision towers of LLaVA, Gemma 3 and others.

import type { Family } from '../family.ts';
import { plain, values } from '../parts/index.ts';
import { ATTENTION } from './names.ts';

const OUTPUT = 'self_attn.out_proj.weight';
const MLP = { first: 'mlp.fc1.weight', second: 'mlp.fc2.weight' } as const;

export const clip: Family = {
  name: 'CLIP or SigLIP',
  types: ['clip_vision_model', 'siglip_vision_model', 'clip', 'siglip'],
  tables: {
    'hugging-face': {
      has: [ATTENTION.values, OUTPUT, ...Object.values(MLP), 'layer_norm1.weight', 'layer_norm2.weight'],
      width: 'layer_norm1.weight',
      parts: [
        plain({ ...MLP, norm: { weight: 'layer_norm2.weight', centred: true } }),
        values({ ...ATTENTION, output: OUTPUT, norm: { weight: 'layer_norm1.weight', centred: true } }),
      ],
    },
  },
};
