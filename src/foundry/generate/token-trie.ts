// The tokens of a tokenizer by their bytes, as a tree: what all tokens with one beginning have in common is looked at once.

import type { TextTokenizer } from '../tokenizer/index.ts';

export interface TrieNode {
  /** Tokens that end here. */
  ids: number[];
  /** By byte. */
  children: Map<number, TrieNode>;
}

const node = (): TrieNode => ({ ids: [], children: new Map() });

/** Of all tokens that stand for bytes, or of those only that `wanted` takes. */
export function tokenTrie(tokenizer: TextTokenizer, wanted: (bytes: Uint8Array) => boolean = () => true): TrieNode {
  const root = node();
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const bytes = tokenizer.plainBytes(id);
    if (!bytes || bytes.length === 0 || !wanted(bytes)) continue;
    let at = root;
    for (const byte of bytes) {
      let next = at.children.get(byte);
      if (!next) {
        next = node();
        at.children.set(byte, next);
      }
      at = next;
    }
    at.ids.push(id);
  }
  return root;
}
