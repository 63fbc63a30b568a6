// Gemma, the first: Llama's names, but its norms multiply by 1 + w. Only the config tells them apart. In GGUF the sum is stored.

import type { Family } from '../family.ts';
import { gated, values } from '../parts/index.ts';
import { ATTENTION, BEFORE_ATTENTION, BEFORE_MLP, DENSE, GGUF_DENSE, MLP } from './names.ts';

export const gemma: Family = {
  name: 'Gemma',
  types: ['gemma'],
  tables: {
    'hugging-face': {
      ...DENSE,
      onlyTypes: true,
      parts: [
        gated({ ...MLP, norm: { ...BEFORE_MLP, offset: 1 } }),
        values({ ...ATTENTION, norm: { ...BEFORE_ATTENTION, offset: 1 } }),
      ],
    },
    gguf: { ...GGUF_DENSE, onlyTypes: true },
  },
};
