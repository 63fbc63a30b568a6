// The families. Where the names of several fit, the one that the config names is taken, else the first here.

import type { Family } from '../family.ts';
import { exaone, gemma, gemma2, glm4, gpt2, gptNeox, llama, olmo2, phi3, qwen2, qwen3 } from './dense.ts';
import { deepseek, glm4Moe, gptOss, llama4, mixtral, qwen3Moe } from './sparse.ts';
import { clip, qwen2Vision, qwen3Vision, qwen25Vision, whisper } from './towers.ts';

export const FAMILIES: readonly Family[] = [
  ...[deepseek, glm4Moe, qwen3Moe, mixtral, llama4, gptOss],
  ...[gemma2, gemma, qwen3, qwen2, llama, olmo2, exaone, glm4, phi3, gptNeox, gpt2],
  ...[qwen25Vision, qwen3Vision, qwen2Vision, clip, whisper],
];
