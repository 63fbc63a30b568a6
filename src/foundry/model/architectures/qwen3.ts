// Qwen3 (dense): Llama with norms on each head of q and k, and often with its own `headDim`.

import type { Architecture } from './architecture.ts';
import { COMMON, HEAD_NORMS } from './parts.ts';

export const qwen3: Architecture = {
  name: 'qwen3',
  title: 'Qwen3',
  className: 'Qwen3ForCausalLM',
  parts: { ...COMMON, ...HEAD_NORMS },
  fields: { attention_bias: false, use_sliding_window: false },
  fixed: [
    ['attention_bias', false, null, undefined],
    ['use_sliding_window', false, null, undefined],
  ],
  turnsNeighbours: false,
  ggufHeadDim: true,
};
