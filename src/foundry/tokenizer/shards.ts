// Files of token ids: little-endian, nothing but ids, the token that begins a text before each document. They are written document by
// document and read by ranges, so memory does not grow with the corpus. Does not know batches or digests of sources.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { JikjiError, systemCode } from '../../base/index.ts';
import type { RunTokenizer } from './run-tokenizer.ts';
import { TokenWriter } from './token-writer.ts';

/** Bytes per id in a file. */
export type TokenWidth = 2 | 4;

/** 2 (uint16) for vocabularies of up to 65,536 entries, else 4 (uint32). */
export const tokenWidth = (vocabSize: number): TokenWidth => (vocabSize <= 0x10000 ? 2 : 4);

export interface EncodeCorpusOptions {
  documents: AsyncIterable<string> | Iterable<string>;
  tokenizer: RunTokenizer;
  /** Path of the file; it is replaced when the new one is complete. */
  file: string;
  onProgress?: (progress: { documents: number; tokens: number; bytes: number }) => void;
}

export interface EncodedCorpus {
  /** Ids in the file, including end-of-text tokens. */
  tokens: number;
  documents: number;
  /** UTF-8 bytes of all documents. */
  bytes: number;
  /** Digest of the file, in hex. */
  sha256: string;
  width: TokenWidth;
}

/**
 * Encodes documents into a file of token ids.
 * @throws JikjiError `disk-full`, `not-writable`, and what `documents` throws; the old file then stays
 */
export async function encodeCorpus(options: EncodeCorpusOptions): Promise<EncodedCorpus> {
  const { documents, tokenizer, file, onProgress } = options;
  const width = tokenWidth(tokenizer.vocabSize);
  const done = { documents: 0, tokens: 0, bytes: 0 };
  const writer = new TokenWriter(file, width);
  let sha256: string;
  try {
    let reported = 0;
    for await (const text of documents) {
      const ids = tokenizer.encodeDocument(text);
      writer.write(ids);
      done.documents++;
      done.tokens += ids.length;
      done.bytes += Buffer.byteLength(text);
      if (done.bytes - reported >= 1 << 20) {
        reported = done.bytes;
        onProgress?.({ ...done });
        await setImmediate(); // lets signal handlers and the screen run
      }
    }
    sha256 = writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
  onProgress?.({ ...done });
  return { ...done, sha256, width };
}

export interface OpenTokensOptions {
  /** The number of ids that the file must have. */
  tokens?: number;
  /** Ids must be below this. */
  vocabSize?: number;
}

/** A file of token ids, open for reading. */
export interface Tokens {
  /** Number of ids. */
  readonly length: number;
  /** Ids [start, start + count). @throws JikjiError `tokens-broken` if the file has changed; RangeError */
  read(start: number, count: number): Uint32Array;
  close(): void;
}

/** Numbers of each width. */
const NUMBERS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

/**
 * Opens a file that `encodeCorpus` wrote, or one of marks, which have one byte; `read` loads only the requested range.
 * @throws JikjiError `tokens-missing`, `tokens-broken` for a wrong size
 */
export function openTokens(file: string, width: TokenWidth | 1, { tokens, vocabSize }: OpenTokensOptions = {}): Tokens {
  const broken = (what: string): JikjiError =>
    new JikjiError('tokens-broken', `the token file is damaged: ${what}`, file, 'make the corpus again');
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new JikjiError('tokens-missing', `the token file cannot be opened (${code})`, file, 'make the corpus again');
  }
  const stat = fstatSync(fd);
  const length = stat.size / width;
  if (!stat.isFile() || !Number.isInteger(length) || (tokens !== undefined && length !== tokens)) {
    closeSync(fd);
    const expected = tokens === undefined ? `a multiple of ${width}` : `${tokens * width}`;
    throw broken(`it has ${stat.size} bytes, not ${expected}`);
  }
  return {
    length,
    read(start, count) {
      if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || start + count > length) {
        throw new RangeError(`tokens ${start} to ${start + count} of ${length}`);
      }
      const raw = new NUMBERS[width](count);
      const bytes = new Uint8Array(raw.buffer);
      for (let done = 0; done < bytes.length; ) {
        const n = readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 30), start * width + done);
        if (n === 0) throw broken('it has become shorter');
        done += n;
      }
      const ids = raw instanceof Uint32Array ? raw : Uint32Array.from(raw);
      if (vocabSize !== undefined) {
        for (let i = 0; i < count; i++) {
          if (ids[i] >= vocabSize)
            throw broken(`token ${start + i} is ${ids[i]}, the vocabulary has ${vocabSize} entries`);
        }
      }
      return ids;
    },
    close: () => closeSync(fd),
  };
}

/** A file of token ids and, of a source of conversations, a byte of marks beside each id. */
export interface OpenTokenFiles {
  tokens: Tokens;
  marks?: Tokens;
  close(): void;
}

/** Paths, and what the files must have: `count` ids of `width` bytes below `vocabSize`. */
interface TokenFilesOptions {
  tokens: string;
  marks?: string;
  width: TokenWidth;
  count: number;
  vocabSize: number;
}

/** @throws JikjiError `tokens-missing`, `tokens-broken` for a wrong size */
export function openTokenFiles({ width, count, vocabSize, ...paths }: TokenFilesOptions): OpenTokenFiles {
  const tokens = openTokens(paths.tokens, width, { tokens: count, vocabSize });
  if (paths.marks === undefined) return { tokens, close: tokens.close };
  try {
    const marks = openTokens(paths.marks, 1, { tokens: count });
    const close = (): void => {
      tokens.close();
      marks.close();
    };
    return { tokens, marks, close };
  } catch (error) {
    tokens.close();
    throw error;
  }
}
