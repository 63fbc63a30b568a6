// Llama: RMSNorm, rotary embeddings, grouped-query causal attention, SwiGLU, no biases.

import type { Architecture } from './architecture.ts';
import { COMMON } from './parts.ts';

export const llama: Architecture = {
  name: 'llama',
  title: 'Llama',
  className: 'LlamaForCausalLM',
  parts: COMMON,
  fields: { attention_bias: false, mlp_bias: false },
  fixed: [
    ['attention_bias', false, null, undefined],
    ['mlp_bias', false, null, undefined],
    ['sliding_window', null, undefined],
  ],
  turnsNeighbours: true,
  ggufHeadDim: true,
};
