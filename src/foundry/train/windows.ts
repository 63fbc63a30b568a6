// The windows of a source: what the slots of each hold. Here those of a text. Knows no seed and no step.

import type { Slots } from './batch.ts';

/** Token ids of one source, read in ranges. */
export interface TokenReader {
  readonly length: number;
  read(start: number, count: number): Uint32Array;
}

/** A byte beside each id of a source of conversations. */
export interface MarksReader {
  readonly length: number;
  read(start: number, count: number): ArrayLike<number>;
}

/** The files of a source. */
export interface TokenFiles {
  tokens: TokenReader;
  /** Of a source of conversations or pairs. */
  marks?: MarksReader | undefined;
  /** Of a source of pairs, where they are trained on: the nats of each conversation by the reference, in the order of the file. */
  references?: Float64Array | undefined;
}

/** Windows of T slots. */
export interface Windows {
  readonly count: number;
  /** The least that `count` can be, in whatever order conversations come. */
  readonly least: number;
  /** Slots of a window that are used. Reads no file. */
  used(window: number): number;
  /** Fills the slots of a window, from slot `at` on. They hold tokens of 0, targets and positions of -1, references of 0. */
  fill(window: number, slots: Slots, at: number): void;
  /** The windows that have ids of [start, end) in them. Reads no file. */
  over(start: number, end: number): number[];
}

/** Window k of a text has T + 1 ids from k * T on: the last is the last target. */
export function textWindows(tokens: TokenReader, T: number): Windows {
  const count = Math.max(0, Math.floor((tokens.length - 1) / T));
  return {
    count,
    least: count,
    used: () => T,
    fill(window, slots, at) {
      const ids = tokens.read(window * T, T + 1);
      slots.tokens.set(ids.subarray(0, T), at);
      slots.targets.set(ids.subarray(1), at);
      for (let i = 0; i < T; i++) slots.positions[at + i] = i;
    },
    over(start, end) {
      const windows: number[] = [];
      for (let w = Math.max(0, Math.ceil((start - T) / T)); w < count && w * T < end; w++) windows.push(w);
      return windows;
    },
  };
}
