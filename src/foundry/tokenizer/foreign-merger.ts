// Merges the pieces of a tokenizer of another maker: spelled bytes by our own merger, characters by Hugging Face's library. Knows no splits.

import * as library from '@huggingface/tokenizers';
import { unspell } from './alphabet.ts';
import { Merger } from './bpe.ts';
import type { ForeignVocabulary } from './foreign-json.ts';

/** The library's merging; its type declarations lack this class. */
const { BPE } = library as unknown as { BPE: new (model: object) => { encode(pieces: string[]): string[] } };

/** Appends the ids of a piece. */
export type MergePiece = (piece: string, into: number[]) => void;

export const pieceMerger = (vocabulary: ForeignVocabulary): MergePiece =>
  vocabulary.byteFallback ? mergerOfCharacters(vocabulary) : mergerOfBytes(vocabulary);

function mergerOfCharacters({ ids, merges, ignoreMerges }: ForeignVocabulary): MergePiece {
  const vocab = Object.fromEntries(ids);
  const bpe = new BPE({ type: 'BPE', vocab, merges, ignore_merges: ignoreMerges, byte_fallback: true });
  return (piece, into) => {
    for (const token of bpe.encode([piece])) into.push(ids.get(token)!);
  };
}

/** The longest piece that is remembered, in bytes, and how many are. */
const CACHED_BYTES = 32;
const CACHED_PIECES = 1 << 16;

function mergerOfBytes({ ids, tokens, merges, ignoreMerges }: ForeignVocabulary): MergePiece {
  const none = new Uint8Array();
  const bytesOf = (token: string | undefined) => (token !== undefined && ids.has(token) && unspell(token)) || none;
  const merger = new Merger({
    tokens: tokens.map(bytesOf),
    specials: new Map(),
    merges: Uint32Array.from(
      merges.flatMap(([left, right]) => [ids.get(left)!, ids.get(right)!, ids.get(left + right)!]),
    ),
  });
  const known = new Map<string, Uint32Array>();
  const merged = (piece: string): Uint32Array => {
    const whole = ignoreMerges ? ids.get(piece) : undefined;
    if (whole !== undefined) return Uint32Array.of(whole);
    const bytes = unspell(piece)!;
    const out = new Uint32Array(bytes.length);
    return out.slice(0, merger.merge({ bytes, start: 0, end: bytes.length, out, at: 0 }));
  };
  return (piece, into) => {
    let found = known.get(piece);
    if (!found) {
      found = merged(piece);
      if (known.size >= CACHED_PIECES) known.clear();
      if (piece.length <= CACHED_BYTES) known.set(piece, found);
    }
    for (const id of found) into.push(id);
  };
}
