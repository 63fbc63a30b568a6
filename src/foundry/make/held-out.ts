// The validation figure: held-out text of every source in bits per byte. Make writes it, an audit computes it again.

import type { Tokenizer } from '../tokenizer/index.ts';
import { bitsPerByte, score, type TokenReader, type Trainer } from '../train/index.ts';

export interface HeldOutScore {
  /** Over all sources together; NaN where no text was held out. */
  bitsPerByte: number;
  /** Null where a source has no held-out text. */
  bySource: (number | null)[];
}

/** How many of a source's held-out tokens are scored: of all sources the same share, `most` tokens altogether. */
export const tokensScored = (lengths: readonly number[], most: number): number[] => {
  const all = lengths.reduce((sum, length) => sum + length, 0);
  const share = Math.min(1, most / Math.max(1, all));
  return lengths.map((length) => Math.ceil(share * length));
};

/** Text bytes of each token: 0 for end-of-text. Indexed by id. */
export function textBytes(tokenizer: Tokenizer): Uint32Array {
  const bytes = Uint32Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.decodeBytes([id]).length);
  bytes[tokenizer.endOfTextId] = 0;
  return bytes;
}

/** Scores the weights that the trainer has now. `heldOut` by source; `bytesOf` from `textBytes`. */
export function scoreHeldOut(
  trainer: Trainer,
  heldOut: readonly TokenReader[],
  bytesOf: Uint32Array,
  validationTokens: number,
): HeldOutScore {
  const counts = tokensScored(
    heldOut.map(({ length }) => length),
    validationTokens,
  );
  const scores = heldOut.map((tokens, i) => score(trainer, tokens, bytesOf, counts[i]!));
  const sum = scores.reduce((a, b) => ({ nats: a.nats + b.nats, bytes: a.bytes + b.bytes }), { nats: 0, bytes: 0 });
  return {
    bitsPerByte: sum.bytes > 0 ? bitsPerByte(sum) : Number.NaN,
    bySource: scores.map((one) => (one.bytes > 0 ? bitsPerByte(one) : null)),
  };
}
