// The families, one file each. Where the names of several fit, the one that the config names is taken, else the first here.

import type { Family } from '../family.ts';
import { clip } from './clip.ts';
import { deepseek } from './deepseek.ts';
import { exaone } from './exaone.ts';
import { gemma } from './gemma.ts';
import { gemma2 } from './gemma2.ts';
import { glm4 } from './glm4.ts';
import { glm4Moe } from './glm4-moe.ts';
import { gptNeox } from './gpt-neox.ts';
import { gptOss } from './gpt-oss.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { llama4 } from './llama4.ts';
import { mixtral } from './mixtral.ts';
import { olmo2 } from './olmo2.ts';
import { phi3 } from './phi3.ts';
import { qwen2Vision, qwen3Vision, qwen25Vision } from './qwen-vision.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { qwen3Moe } from './qwen3-moe.ts';
import { whisper } from './whisper.ts';

export const FAMILIES: readonly Family[] = [
  deepseek,
  glm4Moe,
  qwen3Moe,
  mixtral,
  llama4,
  gptOss,
  gemma2,
  gemma,
  qwen3,
  qwen2,
  llama,
  olmo2,
  exaone,
  glm4,
  phi3,
  gptNeox,
  gpt2,
  qwen25Vision,
  qwen3Vision,
  qwen2Vision,
  clip,
  whisper,
];
