// The validation figure: bits per byte of each source's held-out text. Make writes it, and an audit computes it again.

import type { RunTokenizer } from '../tokenizer/index.ts';
import { bitsPerByte, type PairScore, score, type TokenFiles, type Trainer } from '../train/index.ts';

export interface HeldOutScore {
  /** Over all sources together; NaN where no text was held out. */
  bitsPerByte: number;
  /** Null where a source has no held-out text. */
  bySource: (number | null)[];
  /** Of held-out pairs, where there are any; bits per byte are those of the chosen answers. */
  pairs?: PairScore;
}

/** How many held-out tokens of each source are scored: the same share of every source, about `limit` tokens in total. */
export const tokensScored = (lengths: readonly number[], limit: number): number[] => {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const share = Math.min(1, limit / Math.max(1, total));
  return lengths.map((length) => Math.ceil(share * length));
};

/** Bytes of text of each token, indexed by id; 0 for special tokens. */
export function textBytes(tokenizer: RunTokenizer): Uint32Array {
  return Uint32Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.bytesOf(id));
}

/** Scores the trainer's current weights. `heldOut` is by source; `bytesOf` comes from `textBytes`. */
export function scoreHeldOut(
  trainer: Trainer,
  heldOut: readonly TokenFiles[],
  bytesOf: Uint32Array,
  validationTokens: number,
): HeldOutScore {
  const counts = tokensScored(
    heldOut.map(({ tokens }) => tokens.length),
    validationTokens,
  );
  const scores = heldOut.map((files, i) => score(trainer, files, bytesOf, counts[i]));
  const sum = scores.reduce((a, b) => ({ nats: a.nats + b.nats, bytes: a.bytes + b.bytes }), { nats: 0, bytes: 0 });
  const pairs = scores.flatMap(({ pairs }) => (pairs?.count ? pairs : []));
  return {
    bitsPerByte: sum.bytes > 0 ? bitsPerByte(sum) : Number.NaN,
    bySource: scores.map((one) => (one.bytes > 0 ? bitsPerByte(one) : null)),
    ...(pairs.length > 0 && {
      pairs: pairs.reduce((a, b) => ({
        count: a.count + b.count,
        preferred: a.preferred + b.preferred,
        loss: a.loss + b.loss,
      })),
    }),
  };
}

/** Held-out text that was predicted better by this factor before the end: since then the text was learned by heart. */
const MEMORISED = 1.05;

/**
 * The sentence about a run that learned its text by heart; undefined for any other. `validations` are in the order of their steps. `answers`: of a run
 * with conversations, for which more bits per byte are no advice: with fewer steps it may not have learned to end an answer (docs/first-model.md).
 */
export function sayMemorised(
  validations: readonly { step: number; bitsPerByte: number | null }[],
  answers = false,
): string | undefined {
  const last = validations.at(-1)?.bitsPerByte ?? Number.NaN;
  const best = validations.reduce(
    (least, one) => ((one.bitsPerByte ?? Infinity) < least.bits ? { step: one.step, bits: one.bitsPerByte! } : least),
    { step: 0, bits: Infinity },
  );
  if (!(best.step > 0 && last > MEMORISED * best.bits)) return undefined;
  if (answers)
    return `Held-out answers were predicted best after step ${best.step}, with ${best.bits.toFixed(3)} bits per byte: from then on answers were learned by heart. Questions like those that were learned need that; how it answers others, "jikji eval --task" measures.`;
  return `Held-out text was predicted best after step ${best.step}, with ${best.bits.toFixed(3)} bits per byte: from then on the text was learned by heart. Fewer steps (--set train.steps=${best.step}), or more text, make a better model.`;
}
