// Validation in bits per byte: every token of the held-out text is predicted once, after at most T tokens of context.

import type { TokenReader } from './batches.ts';
import type { Trainer } from './trainer.ts';

/** Nats and text bytes of a sequence of tokens. */
export interface Score {
  nats: number;
  bytes: number;
}

export const bitsPerByte = ({ nats, bytes }: Score): number => nats / Math.LN2 / bytes;

/**
 * Scores the first `maxTokens` tokens of a stream in windows of T; the last one may be shorter. The first token is context only.
 * `bytesOf[id]` is the number of text bytes of a token: 0 for end-of-text, whose nats count too.
 */
export function score(trainer: Trainer, tokens: TokenReader, bytesOf: Uint32Array, maxTokens: number): Score {
  const { sequenceLength: T } = trainer.train;
  const predicted = Math.min(maxTokens, tokens.length) - 1;
  const total = { nats: 0, bytes: 0 };
  for (let at = 0; at < predicted; ) {
    const rest = predicted - at;
    const B = rest >= T ? Math.min(trainer.sequencesAtOnce, Math.floor(rest / T)) : 1;
    const length = Math.min(T, rest);
    const ids = Int32Array.from(tokens.read(at, B * length + 1));
    const losses = trainer.losses(ids.subarray(0, -1), ids.subarray(1), B, length);
    for (const nats of losses) total.nats += nats;
    for (const id of ids.subarray(1)) total.bytes += bytesOf[id]!;
    at += B * length;
  }
  return total;
}
