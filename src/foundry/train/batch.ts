// The slots of a batch, and the rows that a model sees of them: slots that are not used do not exist for it.

import { sha256Hex } from '../../ledger/index.ts';
import type { MicroBatch } from '../model/index.ts';

/** What a step learns from: B windows of T slots, row-major. */
export interface Batch {
  /** [B, T]; 0 in slots that are not used. */
  tokens: Int32Array;
  /** [B, T]: the next token, or -1 where that is not learned. */
  targets: Int32Array;
  /**
   * [B, T], in a training with conversations: counted from the start of each conversation; -1 in slots that are not used. Left out, each
   * window is one sequence.
   */
  positions?: Int32Array;
  /** [B, T], of pairs: the nats of a conversation by the reference, in the slot of its position 0; elsewhere +0. */
  references?: Float64Array;
}

/** A batch with its positions written out. */
export interface Slots extends Batch {
  positions: Int32Array;
}

/** The used slots of some windows. */
export interface UsedRows extends MicroBatch {
  /** By sequence; empty where there are no pairs. */
  references: readonly number[];
}

/** `T` is the length of the windows. */
export const slotsOf = (batch: Batch, T: number): Slots => ({
  ...batch,
  positions: batch.positions ?? Int32Array.from(batch.tokens, (_, slot) => slot % T),
});

/** Slots of which none is used. */
export const emptySlots = (count: number, hasReferences = false): Slots => ({
  tokens: new Int32Array(count),
  targets: new Int32Array(count).fill(-1),
  positions: new Int32Array(count).fill(-1),
  ...(hasReferences && { references: new Float64Array(count) }),
});

/** Windows [from, to) of T slots. */
export const takeWindows = <B extends Batch>(batch: B, T: number, [from, to]: [number, number]): B =>
  Object.fromEntries(Object.entries(batch).map(([name, all]) => [name, all.subarray(from * T, to * T)])) as B;

/** How many targets are learned. */
export const countLearned = ({ targets }: Batch): number => targets.reduce((sum, id) => sum + (id >= 0 ? 1 : 0), 0);

/** The used slots in order. A window holds whole sequences, each from position 0 on. */
export function usedRows({ tokens, targets, positions, references }: Slots): UsedRows {
  const isUsed = (_: number, slot: number): boolean => positions[slot] >= 0;
  const lengths: number[] = [];
  const ofSequences: number[] = [];
  for (const [slot, position] of positions.entries()) {
    if (position === 0) {
      lengths.push(1);
      if (references) ofSequences.push(references[slot]);
    } else if (position > 0) lengths[lengths.length - 1]++;
  }
  return { tokens: tokens.filter(isUsed), targets: targets.filter(isUsed), lengths, references: ofSequences };
}

/** Writes the numbers of rows into their slots, and +0 into the others: that changes no sum. */
export function spreadRows(rows: Float64Array, { positions }: Slots, slots: Float64Array): void {
  let row = 0;
  for (const [slot, position] of positions.entries()) slots[slot] = position >= 0 ? rows[row++] : 0;
}

/** The numbers of the used slots. */
export const gatherRows = (slots: Float64Array, { positions }: Slots): Float64Array =>
  slots.filter((_, slot) => positions[slot] >= 0);

const bytesOf = (a: Int32Array) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);

/** SHA-256 of tokens, targets and, where there are any, positions, as 32-bit little-endian integers. */
export const batchDigest = ({ tokens, targets, positions }: Batch): string =>
  sha256Hex(Buffer.concat([tokens, targets, ...(positions ? [positions] : [])].map(bytesOf)));
