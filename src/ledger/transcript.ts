// The transcript: one record a step, each bound to all before it by a hash chain. No clock and no thread count stands in it,
// so two honest runs give the same file. Knows records as JSON objects with a step, nothing of training.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { JikjiError, writeFailure, writeFully } from '../base/index.ts';
import { canonicalJson, type Json } from './canonical.ts';

/** One line: what happened in a step, and the link to the line before. */
export type TranscriptRecord = { step: number } & { [key: string]: Json };

/** link_t = SHA-256(link_{t-1} as 32 raw bytes || canonical JSON of the record in UTF-8), in hex. */
export function nextLink(link: string, record: TranscriptRecord): string {
  return createHash('sha256').update(Buffer.from(link, 'hex')).update(canonicalJson(record)).digest('hex');
}

/** The bits of a binary64 as 16 hex digits, big-endian. */
export function bits64(x: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(x);
  return bytes.toString('hex');
}

/** The bits of a binary32 as 8 hex digits, big-endian. */
export function bits32(x: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(x);
  return bytes.toString('hex');
}

/** A transcript open for writing. */
export class Transcript {
  readonly path: string;
  #fd: number;
  #link: string;

  private constructor(path: string, fd: number, link: string) {
    this.path = path;
    this.#fd = fd;
    this.#link = link;
  }

  /** The last link: what commits to everything so far. */
  get head(): string {
    return this.#link;
  }

  /**
   * Opens or begins the file at `path`, cut back to the records up to `step`; `origin` is link_0.
   * Returns undefined where those records are not all there, whole and chained.
   */
  static async open(path: string, origin: string, step: number): Promise<Transcript | undefined> {
    let link = origin;
    let at = 0;
    let length = 0;
    if (step > 0) {
      for await (const line of linesOf(path)) {
        const entry = parseLine(line);
        if (!entry || entry.record.step !== at + 1 || nextLink(link, entry.record) !== entry.link) return undefined;
        link = entry.link;
        length += Buffer.byteLength(line) + 1;
        if (++at === step) break;
      }
      if (at < step) return undefined;
    }
    try {
      const fd = openSync(path, 'a');
      ftruncateSync(fd, length);
      return new Transcript(path, fd, link);
    } catch (error) {
      throw writeFailure(error, path);
    }
  }

  /** Adds a record; it is on disk for sure only after `sync`. */
  append(record: TranscriptRecord): void {
    this.#link = nextLink(this.#link, record);
    try {
      writeFully(this.#fd, Buffer.from(`${canonicalJson({ ...record, link: this.#link })}\n`));
    } catch (error) {
      throw writeFailure(error, this.path);
    }
  }

  sync(): void {
    try {
      fsyncSync(this.#fd);
    } catch (error) {
      throw writeFailure(error, this.path);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new JikjiError('transcript-unreadable', 'cannot be read', path, 'check the disk', { cause: error });
    }
  }
}

function parseLine(line: string): { record: TranscriptRecord; link: string } | undefined {
  try {
    const { link, ...record } = JSON.parse(line);
    return typeof link === 'string' && Number.isSafeInteger(record.step) ? { record, link } : undefined;
  } catch {
    return undefined;
  }
}
