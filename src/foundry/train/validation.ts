// Validation in bits per byte: every learned token of what is held out is predicted once, of a text after at most T tokens of context. Of
// pairs also how many are told apart.

import { type Batch, emptySlots, gatherRows, type Slots, takeWindows, usedRows } from './batch.ts';
import { type ConversationFiles, conversationWindows } from './conversations.ts';
import { margins, pairLoss } from './pairs.ts';
import type { Trainer } from './trainer.ts';
import type { TokenFiles, TokenReader } from './windows.ts';

/** Nats and text bytes of targets; of pairs those of the chosen conversations. */
export interface Score {
  nats: number;
  bytes: number;
  pairs?: PairScore;
}

export interface PairScore {
  count: number;
  /** Pairs whose margin is above 0. */
  preferred: number;
  /** Sum over the pairs. */
  loss: number;
}

export const bitsPerByte = ({ nats, bytes }: Pick<Score, 'nats' | 'bytes'>): number => nats / Math.LN2 / bytes;

/** What is predicted at once: windows of `length`. */
interface Scored {
  batch: Batch;
  length: number;
}

/**
 * Scores the first `maxTokens` tokens of a text, or the conversations or pairs that begin among them. The first token of a text is context
 * only. `bytesOf[id]` is the number of text bytes of a token: 0 for special tokens, whose nats count too.
 * @throws JikjiError `marks-broken`, `conversation-long`
 */
export function score(trainer: Trainer, files: TokenFiles, bytesOf: Uint32Array, maxTokens: number): Score {
  const { tokens, marks, references } = files;
  const total: Score = { nats: 0, bytes: 0, ...(references && { pairs: { count: 0, preferred: 0, loss: 0 } }) };
  const parts = marks
    ? conversations({ tokens, marks, references }, trainer, maxTokens)
    : text(tokens, trainer, Math.min(maxTokens, tokens.length) - 1);
  for (const { batch, length } of parts) {
    const nats = trainer.losses(batch, length);
    const counts = total.pairs && scorePairs(trainer, batch as Slots, { nats, T: length, total: total.pairs });
    for (const [slot, id] of batch.targets.entries()) {
      if (id < 0 || counts?.[slot] === 0) continue;
      total.nats += nats[slot];
      total.bytes += bytesOf[id];
    }
  }
  return total;
}

/** Adds the pairs of windows of T to `total`; returns 1 for slots of chosen conversations, 0 for those of rejected ones. */
function scorePairs(
  { train: { dpoBeta } }: Trainer,
  slots: Slots,
  { nats, T, total }: { nats: Float64Array; T: number; total: PairScore },
): Uint8Array {
  for (let b = 0; b < slots.tokens.length / T; b++) {
    const window = takeWindows(slots, T, [b, b + 1]);
    for (const margin of margins(usedRows(window), gatherRows(nats.subarray(b * T, (b + 1) * T), window))) {
      total.count++;
      if (margin > 0) total.preferred++;
      total.loss += pairLoss(dpoBeta! * margin);
    }
  }
  let isChosen = false;
  return Uint8Array.from(slots.positions, (position) => {
    if (position === 0) isChosen = !isChosen;
    return isChosen ? 1 : 0;
  });
}

/** Windows of T; the last one may be shorter. */
function* text(tokens: TokenReader, trainer: Trainer, predicted: number): Generator<Scored> {
  const { sequenceLength: T } = trainer.train;
  for (let at = 0; at < predicted; ) {
    const rest = predicted - at;
    const B = rest >= T ? Math.min(trainer.sequencesAtOnce, Math.floor(rest / T)) : 1;
    const length = Math.min(T, rest);
    const ids = Int32Array.from(tokens.read(at, B * length + 1));
    yield { batch: { tokens: ids.subarray(0, -1), targets: ids.subarray(1) }, length };
    at += B * length;
  }
}

/** Windows of T with the documents in the order of the file. */
function* conversations(files: ConversationFiles, trainer: Trainer, below: number): Generator<Scored> {
  const { sequenceLength: T } = trainer.train;
  const windows = conversationWindows(files, { T, below });
  for (let first = 0; first < windows.count; first += trainer.sequencesAtOnce) {
    const B = Math.min(trainer.sequencesAtOnce, windows.count - first);
    const slots = emptySlots(B * T, files.references !== undefined);
    for (let b = 0; b < B; b++) windows.fill(first + b, slots, b * T);
    yield { batch: slots, length: T };
  }
}
