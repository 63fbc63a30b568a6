// The transcript: one record a step, each bound to all before it by a hash chain. No clock and no thread count stands in it,
// so two honest runs give the same file. Knows records as JSON objects with a step, nothing of training.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { JikjiError, systemCode, writeFailure, writeFully } from '../base/index.ts';
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
  /** The record it was opened at; undefined at its beginning. */
  readonly openedAt: TranscriptRecord | undefined;
  #fd: number;
  #link: string;
  /** Links of the records that are in the file already, of the steps to come. */
  readonly #ahead: string[];

  private constructor(path: string, fd: number, link: string, ahead: string[], openedAt: TranscriptRecord | undefined) {
    this.path = path;
    this.openedAt = openedAt;
    this.#fd = fd;
    this.#link = link;
    this.#ahead = ahead;
  }

  /** How many of the steps to come have their records in the file already. */
  get ahead(): number {
    return this.#ahead.length;
  }

  /** The last link: what commits to everything so far. */
  get head(): string {
    return this.#link;
  }

  /**
   * Opens or begins the file at `path`, after the records up to `step`; `origin` is link_0. Records that follow them, whole and chained,
   * stay, for what was written is promised; whatever comes after those is cut off.
   * Returns undefined where the records up to `step` are not all there, whole and chained.
   */
  static async open(path: string, origin: string, step: number): Promise<Transcript | undefined> {
    let link = origin;
    let last: TranscriptRecord | undefined;
    let at = 0;
    let length = 0;
    const ahead: string[] = [];
    for (const line of linesOf(path)) {
      const record = recordOf(line, ahead.at(-1) ?? link);
      if (record?.step !== at + ahead.length + 1) break;
      length += line.length + 1;
      if (at === step) {
        ahead.push(nextLink(ahead.at(-1) ?? link, record));
        continue;
      }
      link = nextLink(link, record);
      last = record;
      at++;
    }
    if (at < step) return undefined;
    let fd = -1;
    try {
      fd = openSync(path, 'a');
      ftruncateSync(fd, length);
      return new Transcript(path, fd, link, ahead, last);
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      throw writeFailure(error, path);
    }
  }

  /**
   * Adds a record; it is on disk for sure only after `sync`. One that is in the file already is compared with that.
   * @throws JikjiError `transcript-differs`; the file stays as it is
   */
  append(record: TranscriptRecord): void {
    this.#link = nextLink(this.#link, record);
    const promised = this.#ahead.shift();
    if (promised !== undefined) {
      if (promised !== this.#link) throw differs(this.path, record.step);
      return;
    }
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

const differs = (path: string, step: number): JikjiError =>
  new JikjiError(
    'transcript-differs',
    `step ${step} came out otherwise than the transcript says that it did`,
    path,
    'one of the two was computed wrongly, or the transcript was made up: jikji doctor tells whether this machine computes as it should',
  );

/** Longest line that is read; ours have a few hundred bytes. */
const LONGEST_LINE = 1 << 16;

/** The lines of a file as bytes, without their newlines; what comes after the last newline is none. Ends at a line too long. */
function* linesOf(path: string): Generator<Buffer> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw unreadable(path, error);
  }
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const piece = Buffer.alloc(LONGEST_LINE);
      const n = readSync(fd, piece);
      if (n === 0) return;
      rest = Buffer.concat([rest, piece.subarray(0, n)]);
      let from = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
        yield rest.subarray(from, end);
        from = end + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > LONGEST_LINE) return;
    }
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    closeSync(fd);
  }
}

const unreadable = (path: string, error: unknown): unknown =>
  systemCode(error) === undefined
    ? error
    : new JikjiError('transcript-unreadable', 'cannot be read', path, 'check the disk', { cause: error });

/** The record of a line that follows `link`, byte for byte as `append` writes it; undefined for any other line. */
function recordOf(line: Buffer, link: string): TranscriptRecord | undefined {
  try {
    const { link: own, ...record } = JSON.parse(line.toString());
    const next = nextLink(link, record);
    return own === next && line.equals(Buffer.from(canonicalJson({ ...record, link: next }))) ? record : undefined;
  } catch {
    return undefined; // no JSON, or none that has a canonical form
  }
}

/** The links of a transcript at some steps, as they stand in its file; not checked. */
export function linksAt(path: string, steps: ReadonlySet<number>): Map<number, string> {
  const links = new Map<number, string>();
  for (const line of linesOf(path)) {
    try {
      const { step, link } = JSON.parse(line.toString());
      if (steps.has(step) && typeof link === 'string') links.set(step, link);
    } catch {
      break; // a line that a crash cut off
    }
  }
  return links;
}
