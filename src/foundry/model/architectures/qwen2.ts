// Qwen2 (and 2.5): Llama with biases on q, k and v. Its sliding window is refused.

import type { Architecture } from './architecture.ts';
import { BIASES, COMMON } from './parts.ts';

export const qwen2: Architecture = {
  name: 'qwen2',
  title: 'Qwen2',
  className: 'Qwen2ForCausalLM',
  parts: { ...COMMON, ...BIASES },
  fields: { use_sliding_window: false },
  fixed: [['use_sliding_window', false, null, undefined]],
  turnsNeighbours: false,
  ggufHeadDim: false,
};
