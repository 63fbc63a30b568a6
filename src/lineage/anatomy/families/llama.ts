// Llama, and all with its names and its layout: Mistral, SmolLM, Yi, ...

import type { Family } from '../family.ts';
import { DENSE, GGUF_DENSE } from './names.ts';

export const llama: Family = {
  name: 'Llama',
  types: ['llama', 'mistral', 'smollm3', 'granite'],
  tables: { 'hugging-face': DENSE, gguf: GGUF_DENSE },
};
