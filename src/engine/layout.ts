// Plans the engine's one memory before it is taken: regions at fixed addresses, 64-byte aligned and padded.

import { JikjiError } from '../base/index.ts';

/** A stretch of the engine's memory: `at` in bytes, `length` in elements of its kind. */
export interface Region {
  readonly at: number;
  readonly length: number;
}

/** One WebAssembly memory with 32-bit addresses ends here. */
export const MEMORY_LIMIT = 4 * 1024 ** 3;

const HEAD = 4096; // the control block, then a row of zeros, then the kernels' table of constants at 3072
/** Byte address of the job control block. */
export const CONTROL = 1024;
/** Byte address of 64 zeros: where chains start that start at +0. */
export const ZEROS = 2048;

/** Assigns addresses; nothing is allocated until an engine is opened on it. */
export class Layout {
  readonly threads: number;
  readonly scratchBytes: number;
  #end: number;

  /** `scratchBytes` is each thread's own working memory. */
  constructor(threads: number, scratchBytes: number) {
    this.threads = threads;
    this.scratchBytes = Math.ceil(scratchBytes / 64) * 64 + 64;
    this.#end = HEAD + threads * this.scratchBytes;
  }

  /** Byte address of a thread's scratch memory. */
  scratchOf(thread: number): number {
    return HEAD + thread * this.scratchBytes;
  }

  f32(length: number): Region {
    return this.#take(length, 4);
  }

  i32(length: number): Region {
    return this.#take(length, 4);
  }

  f64(length: number): Region {
    return this.#take(length, 8);
  }

  /** Bytes of memory this plan needs, with slack at the end for vectors that read past a region. */
  get bytes(): number {
    return this.#end + 65536;
  }

  #take(length: number, size: number): Region {
    const region = { at: this.#end, length };
    this.#end += Math.ceil((length * size) / 64) * 64 + 64;
    return region;
  }

  /** @throws JikjiError `too-large` with what is needed and `hint` on what lowers it */
  check(what: string, hint: string): void {
    if (this.bytes > MEMORY_LIMIT) {
      throw new JikjiError(
        'too-large',
        `needs ${(this.bytes / 1024 ** 3).toFixed(2)} GiB of engine memory, and one memory ends at 4 GiB`,
        what,
        hint,
      );
    }
  }
}
