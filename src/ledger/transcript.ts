// The transcript as a run writes it: one record a step, each bound to all before it by a hash chain. No clock and no thread count
// stands in it, so two honest runs give the same file. Reading lies in transcript-reader.ts.

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { filePieces, JikjiError, systemCode, writeFailure, writeFully } from '../base/index.ts';
import { canonicalJson } from './canonical.ts';
import { TranscriptReader } from './transcript-reader.ts';

/** What happened in a step. Digests and the bits of numbers are hex, big-endian. */
export type TranscriptRecord = {
  step: number;
  /** SHA-256 of the step's tokens. */
  batch: string;
  /** Nats a token, binary64. */
  loss: string;
  /** Norm of the gradient before clipping, binary64. */
  gradNorm: string;
  /** Binary32. */
  learningRate: string;
  /** Root of the state after the step, where one is written. */
  stateRoot?: string;
};

/** link_t = SHA-256(link_{t-1} as 32 raw bytes || the record as canonical JSON in UTF-8), in hex. */
export function nextLink(link: string, record: string): string {
  return createHash('sha256').update(Buffer.from(link, 'hex')).update(record).digest('hex');
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

/** Records that are there, whole and chained. */
interface Found {
  /** Of the record it is opened at. */
  link: string;
  root: string | undefined;
  /** Links of those behind it. */
  ahead: string[];
  /** Bytes of them all. */
  length: number;
}

/** The records of a file as far as they hang together; undefined where those up to `step` do not. */
function chained(path: string, origin: string, step: number): Found | undefined {
  const found: Found = { link: origin, root: undefined, ahead: [], length: 0 };
  let last = 0;
  try {
    for (const record of new TranscriptReader(filePieces(path))) {
      const before = found.ahead.at(-1) ?? found.link;
      if (record.linkAfter(before) !== record.link) break;
      found.length += record.bytes;
      last = record.step;
      if (last > step) found.ahead.push(record.link);
      else [found.link, found.root] = [record.link, record.stateRoot];
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') {
      throw new JikjiError('transcript-unreadable', 'cannot be read', path, 'check the disk', { cause: error });
    }
  }
  return last < step ? undefined : found;
}

/** A transcript open for writing. */
export class Transcript {
  readonly path: string;
  /** The state root that the record it was opened at names, if any. */
  readonly openedAtRoot: string | undefined;
  #fd: number;
  #link: string;
  /** Links of the records that are in the file already, of the steps to come. */
  readonly #ahead: string[];

  private constructor(path: string, fd: number, found: Found) {
    this.path = path;
    this.openedAtRoot = found.root;
    this.#fd = fd;
    this.#link = found.link;
    this.#ahead = found.ahead;
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
    const found = chained(path, origin, step);
    if (!found) return undefined;
    let fd = -1;
    try {
      fd = openSync(path, 'a');
      ftruncateSync(fd, found.length);
      return new Transcript(path, fd, found);
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
    this.#link = nextLink(this.#link, canonicalJson(record));
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
