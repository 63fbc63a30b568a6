// An untrusted run folder: opens files by name, never through a link, never outside the folder, never more bytes than requested.
// Does not read what the files mean.

import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Both, type ErrorCode, JikjiError, type Sentence, systemCode } from '../base/index.ts';
import { GENESIS, SEAL, TRANSCRIPT } from '../run-folder/index.ts';
import { COMMON, HINTS } from './sentences/common.ts';

/** Bytes read at a time. */
const PIECE = 1 << 20;

/** An error of the evidence, in the languages that its sentence has. */
export const evidenceError = (code: ErrorCode, name: string, { en, ko }: Sentence, hint: Both): JikjiError =>
  new JikjiError(code, en, name, hint.en, ko === undefined ? {} : { ko: { message: ko, hint: hint.ko } });

const notPlain = (name: string, what: Both): JikjiError =>
  evidenceError('not-a-plain-file', name, what, HINTS.copyFile);

export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The status of an entry; no part of its path may be a link. */
  #stat(name: string): Stats | undefined {
    let stat: Stats | undefined;
    let path = this.path;
    const parts = name.split('/');
    for (const [i, part] of parts.entries()) {
      path = join(path, part);
      try {
        stat = lstatSync(path);
      } catch (error) {
        const code = systemCode(error);
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw error;
      }
      if (stat.isSymbolicLink()) throw notPlain(name, COMMON.isLink);
      if (i < parts.length - 1 && !stat.isDirectory()) return undefined;
    }
    return stat;
  }

  /**
   * Bytes of a file; undefined if it does not exist.
   * @throws JikjiError `not-a-plain-file` for links, devices, folders
   */
  size(name: string): number | undefined {
    const stat = this.#stat(name);
    if (stat && !stat.isFile()) throw notPlain(name, COMMON.notFile);
    return stat?.size;
  }

  /** @throws JikjiError `not-a-plain-file` */
  has(name: string): boolean {
    return this.size(name) !== undefined;
  }

  /** Whether anything has this name: a file, a link, a folder. Never throws. */
  hasEntry(name: string): boolean {
    try {
      return this.has(name);
    } catch {
      return true;
    }
  }

  /** Whether it has a file that only a run with evidence has. */
  hasEvidence(): boolean {
    return [GENESIS, SEAL, TRANSCRIPT].some((name) => this.hasEntry(name));
  }

  /** Path and size in bytes of a file that must exist. */
  #require(name: string): { path: string; size: number } {
    const size = this.size(name);
    if (size === undefined) {
      throw evidenceError('evidence-missing', name, COMMON.notThere, HINTS.getAgain);
    }
    return { path: join(this.path, name), size };
  }

  /**
   * The path of a file.
   * @throws JikjiError `evidence-missing`, `not-a-plain-file`
   */
  file(name: string): string {
    return this.#require(name).path;
  }

  /** A file's text. @throws JikjiError as `file`, and `evidence-broken` where it is larger than `maxBytes` or not UTF-8 */
  text(name: string, maxBytes: number): string {
    const { path, size } = this.#require(name);
    if (size > maxBytes) throw broken(name, COMMON.tooLarge(size));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
    } catch (error) {
      if (error instanceof TypeError) throw broken(name, COMMON.notUtf8);
      throw error;
    }
  }

  /** A file's bytes from `from` on, at most 1 MiB at a time; a piece is valid until the next one is requested. */
  *pieces(name: string, from = 0, length = Number.POSITIVE_INFINITY): Generator<Buffer> {
    const { path, size } = this.#require(name);
    const fd = openSync(path, 'r');
    try {
      // Most files are small: a MiB for each would keep the garbage collector busy.
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(PIECE, length, size - from)));
      for (let at = from, left = length; left > 0; ) {
        const n = readSync(fd, buffer, 0, Math.min(buffer.length, left), at);
        if (n === 0) return;
        yield buffer.subarray(0, n);
        at += n;
        left -= n;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Sorted names in a folder ('' is the run folder); empty if it does not exist. @throws JikjiError `not-a-plain-file` for a link */
  names(name: string): string[] {
    if (name !== '' && !this.#stat(name)?.isDirectory()) return [];
    return readdirSync(join(this.path, name)).sort();
  }
}

export const broken = (name: string, what: Sentence): JikjiError =>
  evidenceError('evidence-broken', name, what, HINTS.getAgain);
