// Follows a file that grows: reads the whole lines that were appended since the last time, in pieces, without blocking. A file that was
// replaced, or cut and continued, is read from the start again. Knows nothing of the lines' meaning.

import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { JikjiError, systemCode } from '../base/index.ts';

/** Bytes read at a time. */
const PIECE = 1 << 19;

export interface LineTailOptions {
  /** Longest line that is read, in bytes; at most 1 MiB. */
  longest: number;
  /** Takes the line from `from` to before `to`, and returns what is wrong with it, if anything; then it stays where it is. */
  take: (bytes: Buffer, from: number, to: number) => string | undefined;
  /** The file is another one: forget the lines taken. */
  forget: () => void;
}

export const damaged = (path: string, what: string, cause?: unknown): JikjiError =>
  new JikjiError('run-damaged', what, path, 'get the run again from where it was made', { cause });

export class LineTail {
  readonly path: string;
  /** What is wrong with the first line that could not be taken. */
  problem: string | undefined;
  /** Rises each time the lines were forgotten. */
  generation = 0;
  readonly #options: LineTailOptions;
  /** Of the file as it was read last. */
  #id = '';
  #mark = '';
  /** Where the first line begins that was not taken, and how many were. */
  #at = 0;
  #lines = 0;
  #last: Buffer = Buffer.alloc(0);
  #running: Promise<void> | undefined;

  constructor(path: string, options: LineTailOptions) {
    this.path = path;
    this.#options = options;
  }

  /** The last line taken, without its newline; empty where none was. */
  get last(): Buffer {
    return this.#last.subarray(0, Math.max(0, this.#last.length - 1));
  }

  /**
   * Takes the lines that are new; callers at the same time wait for the same reading. A file that is not there has no lines, and
   * what comes after the last newline is none: it may be being written.
   * @throws JikjiError `run-damaged` where it is no file or cannot be read
   */
  refresh(): Promise<void> {
    this.#running ??= this.#refresh()
      .catch((error: unknown) => {
        const code = systemCode(error);
        throw code === undefined ? error : damaged(this.path, `cannot be read (${code})`, error);
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
      if (before !== undefined) throw damaged(this.path, 'is not a file');
      return;
    }
    if (markOf(before) === this.#mark) return;
    // A pipe that takes the file's place in this moment must not be waited for.
    const handle = await open(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const there = await handle.stat({ bigint: true });
      if (!there.isFile()) throw damaged(this.path, 'is not a file');
      const size = Number(there.size);
      const id = `${there.dev} ${there.ino}`;
      if (this.#at > 0 && (id !== this.#id || size < this.#at || !(await this.#lastStands(handle)))) this.#forget();
      this.#id = id;
      await this.#read(handle, size);
      this.#mark = markOf(there);
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

  /** A record commits to all before it: where the last one stands as it was, so do the others. */
  async #lastStands(handle: FileHandle): Promise<boolean> {
    const { length } = this.#last;
    const found = Buffer.alloc(length);
    const { bytesRead } = await handle.read(found, 0, length, this.#at - length);
    return bytesRead === length && found.equals(this.#last);
  }

  async #read(handle: FileHandle, size: number): Promise<void> {
    const { longest, take } = this.#options;
    this.problem = undefined;
    const buffer = Buffer.allocUnsafe(Math.min(PIECE + longest, size - this.#at));
    let held = 0; // bytes of a line that has not ended yet, at the buffer's start
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
