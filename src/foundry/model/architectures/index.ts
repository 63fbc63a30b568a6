// The architectures that Jikji computes, one file each. A new one needs a file here and a line below.

import type { ModelConfig } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { llama } from './llama.ts';
import type { OfLayer, Part } from './parts.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

export { sizesOf } from './parts.ts';
export type { Architecture, OfLayer, Part };

/** By name; the first is the default of recipes. */
export const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map(
  [llama, qwen2, qwen3].map((architecture) => [architecture.name, architecture]),
);

export function architectureOf({ architecture = llama.name }: Pick<ModelConfig, 'architecture'>): Architecture {
  const found = ARCHITECTURES.get(architecture);
  if (!found) throw new Error(`no architecture ${architecture}`);
  return found;
}
