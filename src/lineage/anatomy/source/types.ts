// Weights in files, whatever their format.

import type { TokenTable } from '../../../foundry/tokenizer/index.ts';
import type { Outline } from '../outline.ts';

export interface Source {
  outline: Outline;
  files: readonly { name: string; path: string; size: number }[];
  /** The tokenizer, or why there is none. @throws JikjiError `tokenizer-broken` */
  readTokens(): { tokens: TokenTable } | { missing: string };
  /** Fills `target` with numbers of a tensor from element `offset` on, with their scales. */
  readFloats(tensor: string, target: Float32Array, offset: number): void;
  close(): void;
}
