// A model over whole sequences in one pass without pages: what anything that computes in pieces is held against.

import { type Decoder, openDecoder } from '../decoder.ts';
import type { ModelConfig, StoredWeights } from '../index.ts';

/** Opens a decoder for one pass over `sequences` of `length` tokens. */
export const openWhole = (config: ModelConfig, [sequences, length]: [number, number], stored: StoredWeights): Decoder =>
  openDecoder(config, { rows: sequences * length, context: length, pages: 0 }, { threads: 2 }, stored);

/** Logits [B * T, V] of tokens [B, T]. */
export function wholeLogits(decoder: Decoder, tokens: ArrayLike<number>, T: number): Float32Array {
  const all = Array.from(tokens);
  const V = decoder.config.vocabSize;
  const pieces = Array.from({ length: all.length / T }, (_, b) => ({
    tokens: all.slice(b * T, (b + 1) * T),
    start: 0,
  }));
  decoder.forward(pieces);
  const out = new Float32Array(all.length * V);
  for (let row = 0; row < all.length; row++) out.set(decoder.logits([row]), row * V);
  return out;
}

/** Nats of each of `targets` [T] after tokens [T]. */
export function wholeNats(decoder: Decoder, tokens: ArrayLike<number>, targets: ArrayLike<number>): Float64Array {
  decoder.forward([{ tokens, start: 0 }]);
  const nats = new Float64Array(targets.length);
  decoder.losses(
    Array.from(targets, (token, row) => ({ row, token })),
    (i, lost) => {
      nats[i] = lost;
    },
  );
  return nats;
}
