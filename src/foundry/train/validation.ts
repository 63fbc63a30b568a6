// Validation in bits per byte: every learned token of what is held out is predicted once, of a text after at most T tokens of context.

import type { Batch, Slots } from './batch.ts';
import { type ConversationFiles, conversationWindows } from './conversations.ts';
import type { Trainer } from './trainer.ts';
import type { TokenFiles, TokenReader } from './windows.ts';

/** Nats and text bytes of targets. */
export interface Score {
  nats: number;
  bytes: number;
}

export const bitsPerByte = ({ nats, bytes }: Score): number => nats / Math.LN2 / bytes;

/** What is predicted at once: windows of `length`. */
interface Scored {
  batch: Batch;
  length: number;
}

/**
 * Scores the first `maxTokens` tokens of a text, or the conversations that begin among them. The first token of a text is context only.
 * `bytesOf[id]` is the number of text bytes of a token: 0 for special tokens, whose nats count too.
 * @throws JikjiError `marks-broken`, `conversation-long`
 */
export function score(trainer: Trainer, files: TokenFiles, bytesOf: Uint32Array, maxTokens: number): Score {
  const { tokens, marks } = files;
  const total = { nats: 0, bytes: 0 };
  const parts = marks
    ? conversations({ tokens, marks }, trainer, maxTokens)
    : text(tokens, trainer, Math.min(maxTokens, tokens.length) - 1);
  for (const { batch, length } of parts) {
    for (const nats of trainer.losses(batch, length)) total.nats += nats;
    for (const id of batch.targets) if (id >= 0) total.bytes += bytesOf[id]!;
  }
  return total;
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

/** Windows of T with the conversations in the order of the file. */
function* conversations(files: ConversationFiles, trainer: Trainer, below: number): Generator<Scored> {
  const { sequenceLength: T } = trainer.train;
  const windows = conversationWindows(files, { T, below });
  for (let first = 0; first < windows.count; first += trainer.sequencesAtOnce) {
    const B = Math.min(trainer.sequencesAtOnce, windows.count - first);
    const empty = (value: number): Int32Array => new Int32Array(B * T).fill(value);
    const slots: Slots = { tokens: empty(0), targets: empty(-1), positions: empty(-1) };
    for (let b = 0; b < B; b++) windows.fill(first + b, slots, b * T);
    yield { batch: slots, length: T };
  }
}
