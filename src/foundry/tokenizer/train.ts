// Trains a byte-level BPE vocabulary on weighted documents, from the bytes on or from another vocabulary on. The same documents in the
// same order give the same bytes of tokenizer.json on every machine.

import { checkSpecials, type LearningOptions, learn, type WeightedDocument } from './learn.ts';
import type { Tokenizer } from './tokenizer.ts';
import { END_OF_TEXT } from './vocabulary.ts';

export interface TrainTokenizerOptions extends Omit<LearningOptions, 'lastTokens'> {
  /** Special tokens after `<|endoftext|>`, which always has id 0. */
  specialTokens?: readonly string[];
  /** Special tokens after all merges. */
  turnTokens?: readonly string[];
}

type Documents = AsyncIterable<WeightedDocument> | Iterable<WeightedDocument>;

/**
 * Trains a tokenizer. Ids: special tokens, then the 256 bytes, then merges in the order of training, then turn tokens.
 * @throws JikjiError as `learn`
 */
export async function trainTokenizer(
  documents: Documents,
  { specialTokens = [], turnTokens = [], ...options }: TrainTokenizerOptions,
): Promise<Tokenizer> {
  const specials = [END_OF_TEXT, ...specialTokens];
  checkSpecials(specials);
  const tokens = [
    ...specials.map((text) => new TextEncoder().encode(text)),
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
  ];
  const base = { tokens, specials: new Map(specials.map((text, id) => [text, id])), merges: new Uint32Array() };
  return learn(base, documents, { ...options, lastTokens: turnTokens });
}

/**
 * A parent's tokenizer with more entries: those of the parent keep their ids and merges; then come merges that are learned from the
 * documents, which rank after all of the parent's; then the turn tokens that the parent does not have.
 * @throws JikjiError as `learn`
 */
export const extendTokenizer = (
  parent: Tokenizer,
  documents: Documents,
  { turnTokens = [], ...options }: Omit<TrainTokenizerOptions, 'specialTokens'>,
): Promise<Tokenizer> =>
  learn(parent.vocabulary, documents, {
    ...options,
    lastTokens: turnTokens.filter((token) => !parent.specials.has(token)),
  });
