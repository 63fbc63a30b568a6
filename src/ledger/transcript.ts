// Writes a run's transcript: one record a step, bound to all earlier records by a hash chain. It contains no time and no thread count,
// so two honest runs write the same file. transcript-reader.ts reads it.

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
  /** Root of the state after the step, if the state is written. */
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

/** The whole and chained records of an existing file. */
interface ChainedRecords {
  /** Link of the record of the step at which the file is opened. */
  link: string;
  root: string | undefined;
  /** Links of the records after that step. */
  ahead: string[];
  /** Bytes of all these records. */
  length: number;
}

/** Reads a file up to the first break of its chain; undefined if the break is before the end of `step`. */
function readChained(path: string, origin: string, step: number): ChainedRecords | undefined {
  const records: ChainedRecords = { link: origin, root: undefined, ahead: [], length: 0 };
  let last = 0;
  try {
    for (const record of new TranscriptReader(filePieces(path))) {
      const before = records.ahead.at(-1) ?? records.link;
      if (record.linkAfter(before) !== record.link) break;
      records.length += record.bytes;
      last = record.step;
      if (last > step) records.ahead.push(record.link);
      else [records.link, records.root] = [record.link, record.stateRoot];
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code !== 'ENOENT') {
      throw new JikjiError('transcript-unreadable', 'cannot be read', path, 'check the disk', { cause: error });
    }
  }
  return last < step ? undefined : records;
}

/** A transcript open for writing. */
export class Transcript {
  readonly path: string;
  /** State root of the record at which it was opened, if any. */
  readonly openedAtRoot: string | undefined;
  #fd: number;
  #link: string;
  /** Links of the records of later steps that the file already has. */
  readonly #ahead: string[];

  private constructor(path: string, fd: number, records: ChainedRecords) {
    this.path = path;
    this.openedAtRoot = records.root;
    this.#fd = fd;
    this.#link = records.link;
    this.#ahead = records.ahead;
  }

  /** Number of later steps whose records the file already has. */
  get ahead(): number {
    return this.#ahead.length;
  }

  /** The last link, which commits to all records so far. */
  get head(): string {
    return this.#link;
  }

  /**
   * Opens or creates the file at `path`, to continue after `step`; `origin` is link_0. Later records that are whole and chained stay: the
   * run has promised them. The rest of the file is cut off. Returns undefined if the records up to `step` are not all whole and chained.
   */
  static async open(path: string, origin: string, step: number): Promise<Transcript | undefined> {
    const records = readChained(path, origin, step);
    if (!records) return undefined;
    let fd = -1;
    try {
      fd = openSync(path, 'a');
      ftruncateSync(fd, records.length);
      return new Transcript(path, fd, records);
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      throw writeFailure(error, path);
    }
  }

  /**
   * Adds a record; only `sync` makes sure that it is on disk. A record that the file already has is compared with the new one.
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
    `step ${step} came out different from what the transcript says`,
    path,
    'this machine or the earlier one computed wrongly, or the transcript is forged: check this machine with jikji doctor',
  );
