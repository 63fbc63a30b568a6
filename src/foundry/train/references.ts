// The nats of whole conversations by the trainer's weights: at step 0 those that pairs are compared with. What a conversation is packed
// with changes no bit of them.

import { emptySlots, gatherRows, type Slots, takeWindows, usedRows } from './batch.ts';
import { type ConversationFiles, conversationWindows } from './conversations.ts';
import { sequenceNats } from './pairs.ts';
import type { Trainer } from './trainer.ts';

/** Nats of the conversations in some windows, in order. */
export function natsOfConversations(trainer: Trainer, slots: Slots): number[] {
  const { sequenceLength: T } = trainer.train;
  const windows = slots.tokens.length / T;
  const all: number[] = [];
  for (let first = 0; first < windows; first += trainer.sequencesAtOnce) {
    const part = takeWindows(slots, T, [first, Math.min(windows, first + trainer.sequencesAtOnce)]);
    all.push(...sequenceNats(usedRows(part).lengths, gatherRows(trainer.losses(part, T), part)));
  }
  return all;
}

interface FileOptions {
  /** Only documents that begin before this id. */
  below?: number;
  /** Gets the share that is done, and may throw. */
  pause?: (done: number) => Promise<void>;
}

/**
 * Nats of the conversations of a file, in order.
 * @throws JikjiError `marks-broken`, `conversation-long`
 */
export async function natsOfFile(
  trainer: Trainer,
  files: ConversationFiles,
  { below, pause }: FileOptions = {},
): Promise<Float64Array> {
  const { sequenceLength: T } = trainer.train;
  const windows = conversationWindows(files, { T, ...(below !== undefined && { below }) });
  const all: number[] = [];
  for (let first = 0; first < windows.count; first += trainer.sequencesAtOnce) {
    const B = Math.min(trainer.sequencesAtOnce, windows.count - first);
    const slots = emptySlots(B * T);
    for (let b = 0; b < B; b++) windows.fill(first + b, slots, b * T);
    all.push(...natsOfConversations(trainer, slots));
    await pause?.((first + B) / windows.count);
  }
  return Float64Array.from(all);
}
