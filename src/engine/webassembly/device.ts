// What the operations of the WebAssembly engine run on: the threads and their memory, or a planner that counts what they would need.

import type { Timing } from '../engine.ts';
import { type Kernel, SIZES } from './crossing.ts';

/** Columns of a tile: 16 where V8 pairs vectors into 256-bit registers (or there are 32 of them), else 8. */
export type TileWidth = 8 | 16;

export interface Device {
  readonly threads: number;
  readonly tile: TileWidth;
  /** Arguments of the next kernel, by word (crossing.ts); `floats` are the same words. */
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  /** All of the memory; a planner has none. */
  readonly buffer: SharedArrayBuffer | undefined;
  timings: Map<string, Timing> | undefined;
  /** Declares memory for good; its byte address. */
  take(bytes: number): number;
  /** What an operation is about to use: each thread's own memory in bytes. */
  scratch(bytes: number): void;
  /** The address of memory for the operation that runs, gone with the next call. */
  workspace(floats: number): number;
  /** Copies bytes between two addresses. */
  move(from: number, to: number, bytes: number): void;
  /** Runs a kernel over `items`, `chunk` of them at a time; returns when it is done. `label` and `flops` are for timings. */
  run(kernel: Kernel, items: number, chunk: number, label?: string, flops?: number): void;
}

/** A chunk that gives each thread about eight turns. */
export const chunkOf = ({ threads }: Device, items: number): number => Math.max(1, Math.floor(items / (threads * 8)));

/** Scratch bytes of the measure of the peak: a tile, and what it reads. */
export const PEAK_SCRATCH = SIZES.spareBytes + SIZES.productDepth * 4 * (SIZES.tileRows + SIZES.tileColumns);
