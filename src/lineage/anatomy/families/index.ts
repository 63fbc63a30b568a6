// The families, one file each. Where the names of several fit, the one that the config names is taken, else the first here.

import type { Family } from '../family.ts';
import { llama } from './llama.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

export const FAMILIES: readonly Family[] = [qwen3, qwen2, llama];
