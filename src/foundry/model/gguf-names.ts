// Parameters as llama.cpp's files have them: their names, and the rows of queries and keys in the order of its rotary embedding.

import { architectureOf } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';
import { EMBEDDING, FINAL_NORM, HEAD } from './parameters.ts';

/** llama.cpp's name of a parameter. */
export function ggufName(name: string, config: ModelConfig): string {
  if (name === EMBEDDING) return 'token_embd.weight';
  if (name === FINAL_NORM) return 'output_norm.weight';
  if (name === HEAD) return 'output.weight';
  const [, layer, part] = /^model\.layers\.(\d+)\.(.+)$/.exec(name)!;
  return `blk.${layer}.${Object.values(architectureOf(config).parts).find((known) => known.name === part)!.gguf}`;
}

/**
 * The row of Hugging Face's q_proj or k_proj that becomes row `r` in llama.cpp. In a head of `d` rows, the two rows of a rotary pair
 * are neighbours in llama.cpp, and half a head apart in Hugging Face.
 */
export const rotaryRow = (r: number, d: number): number => {
  const within = r % d;
  return r - within + (within % 2) * (d / 2) + Math.floor(within / 2);
};

/** The inverse: the row of llama.cpp's matrix that is row `r` of Hugging Face's. */
export const rotaryPlace = (r: number, d: number): number => {
  const within = r % d;
  return r - within + (within < d / 2 ? 2 * within : 2 * within - d + 1);
};
