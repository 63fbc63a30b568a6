// The interface that the operations of the WebAssembly engine run on: the thread pool with its memory, or a planner that counts what
// they need.

import type { Timing } from '../engine.ts';
import { type ArgumentsOf, type Kernel, SIZES } from './crossing.ts';

/** Columns of a tile: 16 where V8 pairs vectors into 256-bit registers (or the processor has 32 vector registers), else 8. */
export type TileWidth = 8 | 16;

/**
 * Neighbouring numbers of a row that a tile of q8_0 multiplies at once: 4 where one instruction adds four products of bytes to a sum,
 * 2 where that would be several. Changes no bit.
 */
export type Q8Group = 2 | 4;

/** How a kernel's work is divided and measured. */
export interface Work {
  items: number;
  /** Items that a thread takes at a time; by default each thread takes about eight chunks. */
  chunk?: number;
  /** Name in the timings, by default the kernel's. */
  label?: string;
  /** For the timings. */
  flops?: number;
}

export interface Device {
  readonly threads: number;
  readonly tile: TileWidth;
  readonly q8Group: Q8Group;
  /** All of the memory; a planner has none. */
  readonly buffer: SharedArrayBuffer | undefined;
  timings: Map<string, Timing> | undefined;
  /** Reserves memory for the life of the engine; returns its byte address. */
  take(bytes: number): number;
  /** Declares how many bytes of its own memory each thread needs for the next kernel. */
  scratch(bytes: number): void;
  /** The address of memory for the running operation, valid until the next call. */
  workspace(floats: number): number;
  /** Copies bytes between two addresses. */
  move(from: number, to: number, bytes: number): void;
  /** Runs a kernel; returns when it is done. */
  run<Name extends Kernel>(kernel: Name, values: ArgumentsOf<Name>, work: Work): void;
}

/** Scratch bytes of the peak measurement: a tile, and what it reads. */
export const PEAK_SCRATCH = SIZES.spareBytes + SIZES.productDepth * 4 * (SIZES.tileRows + SIZES.tileColumns);
