// A file of receipts that only grows: a line that names format and key, then a line for each receipt. Knows where each one stands, not what
// it says.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { appendDurably, JikjiError, syncFolder, writeFailure } from '../../base/index.ts';

/** Bytes read at once when a file is opened. */
const PIECE = 1 << 20;
/** Every line of a receipt begins so, with its id. */
const BEGINNING = /^\{"id":"([0-9a-f]{32})",/;
/** Bytes of a line's beginning that are looked at: more than the first line has. */
const HEAD_BYTES = 256;

/** The bytes of a line, without its newline. */
export interface Place {
  start: number;
  length: number;
}

const headerOf = (key: string): string => `${JSON.stringify({ formatVersion: 1, key })}\n`;

export class Segment {
  readonly path: string;
  readonly #file: FileHandle;
  /** Where the whole lines end. */
  #end: number;

  private constructor(path: string, file: FileHandle, end: number) {
    this.path = path;
    this.#file = file;
    this.#end = end;
  }

  /**
   * Opens or creates the file of a key's receipts, and calls `onReceipt` for each of them, oldest first. What a crash has cut off is not one.
   * @throws JikjiError `receipts-broken` (another file), `disk-full`, `disk-broken`, `not-writable`
   */
  static async open(path: string, key: string, onReceipt: (id: string, place: Place) => void): Promise<Segment> {
    const header = headerOf(key);
    let file: FileHandle | undefined;
    try {
      // Receipts may hold texts: nobody else reads them.
      file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const end = await readLines(file, (line, place) => {
        if (place.start === 0) {
          if (`${line}\n` !== header) throw notReceipts(path);
          return;
        }
        const id = BEGINNING.exec(line)?.[1];
        if (id !== undefined) onReceipt(id, place);
      });
      if (end === 0) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
        if (!header.startsWith(buffer.toString('latin1', 0, bytesRead))) throw notReceipts(path);
      }
      const segment = new Segment(path, file, end);
      if (end === 0) {
        await segment.append([header]);
        syncFolder(dirname(path));
      }
      return segment;
    } catch (error) {
      await file?.close();
      throw writeFailure(error, path);
    }
  }

  get bytes(): number {
    return this.#end;
  }

  /** Returns the places of lines when they are on disk. One call at a time. @throws JikjiError `disk-full`, `disk-broken` */
  async append(lines: readonly string[]): Promise<Place[]> {
    const parts = lines.map((line) => Buffer.from(line));
    try {
      await appendDurably(this.#file, this.#end, Buffer.concat(parts));
    } catch (error) {
      throw writeFailure(error, this.path);
    }
    return parts.map(({ length }) => {
      const place = { start: this.#end, length: length - 1 };
      this.#end += length;
      return place;
    });
  }

  async read({ start, length }: Place): Promise<string> {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, start + done);
      if (bytesRead === 0) throw new JikjiError('receipts-broken', 'is shorter than it was', this.path, 'restore it');
      done += bytesRead;
    }
    return bytes.toString();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const notReceipts = (path: string): JikjiError =>
  new JikjiError('receipts-broken', "is not a file of this key's receipts", path, 'move it away');

/** Calls with the beginning of each whole line; returns where they end. A line may be longer than memory should hold. */
async function readLines(file: FileHandle, onLine: (beginning: string, place: Place) => void): Promise<number> {
  const piece = Buffer.allocUnsafe(PIECE);
  let [at, start] = [0, 0];
  let beginning = Buffer.alloc(0);
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at);
    if (bytesRead === 0) return start;
    let from = 0;
    for (let newline = piece.indexOf(10); newline >= 0 && newline < bytesRead; newline = piece.indexOf(10, from)) {
      const line = Buffer.concat([beginning, piece.subarray(from, Math.min(newline, from + HEAD_BYTES))]);
      onLine(line.toString('latin1'), { start, length: at + newline - start });
      from = newline + 1;
      start = at + from;
      beginning = Buffer.alloc(0);
    }
    if (beginning.length < HEAD_BYTES)
      beginning = Buffer.concat([beginning, piece.subarray(from, Math.min(bytesRead, from + HEAD_BYTES))]);
    at += bytesRead;
  }
}
