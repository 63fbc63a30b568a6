// Follows a growing file: reads the whole lines that were appended since the last call, in pieces, without blocking. Reads a file that was
// replaced, or cut and continued, from the start again. Knows nothing of the lines' meaning.

import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { JikjiError, systemCode } from '../base/index.ts';

/** Bytes read at a time. */
const PIECE = 1 << 19;

export interface LineTailOptions {
  /** Bytes of the longest valid line; at most 1 MiB. */
  longest: number;
  /** Takes the line from `from` to before `to`. Returns what is wrong with it, if anything; then reading stops before this line. */
  take: (bytes: Buffer, from: number, to: number) => string | undefined;
  /** Called if the file was replaced: the lines taken are no longer valid. */
  forget: () => void;
}

export const runDamaged = (path: string, what: string, cause?: unknown): JikjiError =>
  new JikjiError('run-damaged', what, path, 'get the run again from where it was made', { cause });

export class LineTail {
  readonly path: string;
  /** What is wrong with the first line that could not be taken. */
  problem: string | undefined;
  /** Rises with each call of `forget`. */
  generation = 0;
  readonly #options: LineTailOptions;
  /** Device and inode, and all of its status, of the file at the last reading. */
  #id = '';
  #mark = '';
  /** Offset of the first line that was not taken, and the number of lines taken. */
  #at = 0;
  #lines = 0;
  #last: Buffer = Buffer.alloc(0);
  #running: Promise<void> | undefined;

  constructor(path: string, options: LineTailOptions) {
    this.path = path;
    this.#options = options;
  }

  /** The last line taken, without its newline; empty if none was taken. */
  get last(): Buffer {
    return this.#last.subarray(0, Math.max(0, this.#last.length - 1));
  }

  /**
   * Takes the new lines; concurrent callers share one reading. A missing file has no lines. Text after the last newline is not a line yet:
   * a run may be writing it.
   * @throws JikjiError `run-damaged` if the file cannot be read or is not a regular file
   */
  refresh(): Promise<void> {
    this.#running ??= this.#refresh()
      .catch((error: unknown) => {
        const code = systemCode(error);
        throw code === undefined ? error : runDamaged(this.path, `cannot be read (${code})`, error);
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #refresh(): Promise<void> {
    const before = await look(this.path);
    if (before === undefined || !before.isFile()) {
      if (this.#at > 0) this.#forget();
      this.#mark = '';
      if (before !== undefined) throw runDamaged(this.path, 'is not a file');
      return;
    }
    if (markOf(before) === this.#mark) return;
    // O_NONBLOCK: a pipe that takes the file's place now must not block.
    const handle = await open(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const opened = await handle.stat({ bigint: true });
      if (!opened.isFile()) throw runDamaged(this.path, 'is not a file');
      const size = Number(opened.size);
      const id = `${opened.dev} ${opened.ino}`;
      if (this.#at > 0 && (id !== this.#id || size < this.#at || !(await this.#isLastUnchanged(handle))))
        this.#forget();
      this.#id = id;
      await this.#read(handle, size);
      this.#mark = markOf(opened);
    } finally {
      await handle.close();
    }
  }

  #forget(): void {
    this.#at = 0;
    this.#lines = 0;
    this.#last = Buffer.alloc(0);
    this.problem = undefined;
    this.generation++;
    this.#options.forget();
  }

  /** Whether the last line taken is unchanged. A record commits to all before it, so then all are. */
  async #isLastUnchanged(handle: FileHandle): Promise<boolean> {
    const { length } = this.#last;
    const lastLine = Buffer.alloc(length);
    const { bytesRead } = await handle.read(lastLine, 0, length, this.#at - length);
    return bytesRead === length && lastLine.equals(this.#last);
  }

  async #read(handle: FileHandle, size: number): Promise<void> {
    const { longest, take } = this.#options;
    this.problem = undefined;
    const buffer = Buffer.allocUnsafe(Math.min(PIECE + longest, size - this.#at));
    let held = 0; // bytes of an unfinished line, at the buffer's start
    while (this.#at + held < size) {
      const { bytesRead } = await handle.read(
        buffer,
        held,
        Math.min(buffer.length - held, size - this.#at - held),
        this.#at + held,
      );
      if (bytesRead === 0) return;
      const bytes = buffer.subarray(0, held + bytesRead);
      let from = 0;
      let last = 0;
      for (let end = bytes.indexOf(10, held); end >= 0; end = bytes.indexOf(10, from)) {
        this.problem = end - from > longest ? tooLong(longest) : take(bytes, from, end);
        if (this.problem !== undefined) break;
        this.#lines++;
        last = from;
        from = end + 1;
      }
      if (from > 0) this.#last = Buffer.from(bytes.subarray(last, from));
      this.#at += from;
      held = bytes.length - from;
      if (this.problem === undefined && held > longest) this.problem = tooLong(longest);
      if (this.problem !== undefined) {
        this.problem = `line ${this.#lines + 1}: ${this.problem}`;
        return;
      }
      bytes.copyWithin(0, from);
    }
  }
}

const tooLong = (longest: number): string => `is longer than ${longest} bytes`;

type Look = NonNullable<Awaited<ReturnType<typeof look>>>;

async function look(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const markOf = ({ dev, ino, size, mtimeNs }: Look): string => `${dev} ${ino} ${size} ${mtimeNs}`;
