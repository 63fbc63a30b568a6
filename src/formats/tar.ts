// Reads .tar and .tgz as a stream: untrusted bytes in, checked entries out. Writes nothing, follows no link, uses no name as a path
// on disk. The caller decides what to do with an entry.

import { readUnzipped } from './gzip.ts';
import { BLOCK, type PaxValues, parseHeader, parsePax, safePath, tarError, textField } from './tar-header.ts';

/** The limits of an archive. `totalBytes` also stops a gzip bomb. */
export interface TarLimits {
  /** Bytes of the whole archive after gunzipping; 4 GiB by default. */
  totalBytes?: number;
  /** Bytes of one file; 2 GiB by default. */
  fileBytes?: number;
  /** Entries of all kinds; 1,000,000 by default. */
  entries?: number;
}

/** One entry. `link`: a symbolic or hard link, whose target is ignored; `other`: a device or a pipe. */
export interface TarEntry {
  /** Relative, with '/', without '.' and '..'. */
  path: string;
  type: 'file' | 'folder' | 'link' | 'other';
  /** Bytes of the body; 0 for entries that are not files. */
  size: number;
  /** The body. It can be read once, before the next entry is requested; unread bytes are skipped. */
  body(): AsyncGenerator<Buffer>;
}

/** The limit of a pax header or a long name, in bytes. */
const MAX_LONG_HEADER = 1 << 20;

/** Takes exact numbers of bytes from a stream of pieces, and counts them. */
class Source {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #name: string;
  readonly #maxBytes: number;
  #piece: Buffer = Buffer.alloc(0);
  #received = 0;

  constructor(pieces: AsyncIterator<Buffer>, name: string, maxBytes: number) {
    this.#pieces = pieces;
    this.#name = name;
    this.#maxBytes = maxBytes;
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.#received - this.#piece.length;
  }

  /** Up to `n` bytes, at least one; undefined at the end. */
  async take(n: number): Promise<Buffer | undefined> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) return undefined;
      this.#piece = next.value;
      this.#received += next.value.length;
      if (this.#received > this.#maxBytes) {
        throw tarError(
          'tar-limit',
          `the archive unpacks to more than ${this.#maxBytes} bytes`,
          this.#name,
          this.offset,
        );
      }
    }
    const piece = this.#piece.subarray(0, n);
    this.#piece = this.#piece.subarray(piece.length);
    return piece;
  }

  /** Exactly `n` bytes; undefined if the stream ends before the first of them. */
  async takeExactly(n: number): Promise<Buffer | undefined> {
    const first = await this.take(n);
    if (first === undefined || first.length === n) return first;
    const parts = [first];
    for (let have = first.length; have < n; ) {
      const part = (await this.take(n - have)) ?? this.failTruncated();
      parts.push(part);
      have += part.length;
    }
    return Buffer.concat(parts, n);
  }

  failTruncated(): never {
    throw tarError('tar-truncated', 'the archive ends too early', this.#name, this.offset);
  }
}

/**
 * Reads the entries of an archive from pieces of its bytes (already gunzipped). Understands ustar, pax (`path`, `size`) and GNU long
 * names; verifies the checksum of every header, and requires the end mark. `name` names the archive in errors.
 * @throws JikjiError `tar-broken`, `tar-truncated`, `tar-path`, `tar-limit`, `tar-unsupported`
 */
export async function* readTar(
  pieces: AsyncIterable<Buffer>,
  name: string,
  limits: TarLimits = {},
): AsyncGenerator<TarEntry> {
  const { totalBytes = 2 ** 32, fileBytes = 2 ** 31, entries = 1_000_000 } = limits;
  const iterator = pieces[Symbol.asyncIterator]();
  const source = new Source(iterator, name, totalBytes);
  let pax: PaxValues = {};
  let longName: string | undefined;
  let count = 0;
  try {
    for (;;) {
      const offset = source.offset;
      const block = (await source.takeExactly(BLOCK)) ?? source.failTruncated();
      if (block.every((byte) => byte === 0)) {
        // POSIX ends an archive with two blocks of zeros; with only one it was cut off.
        const second = (await source.takeExactly(BLOCK)) ?? source.failTruncated();
        if (second.some((byte) => byte !== 0)) throw tarError('tar-broken', 'the end mark is incomplete', name, offset);
        break;
      }
      const header = parseHeader(block, name, offset);
      if (++count > entries) throw tarError('tar-limit', `the archive has more than ${entries} entries`, name, offset);

      if (header.type === 'x' || header.type === 'g' || header.type === 'L' || header.type === 'K') {
        if (header.size > MAX_LONG_HEADER) throw tarError('tar-limit', 'a header is longer than 1 MiB', name, offset);
        const body =
          header.size === 0 ? Buffer.alloc(0) : ((await source.takeExactly(header.size)) ?? source.failTruncated());
        await skip(source, padding(header.size));
        if (header.type === 'x') pax = parsePax(body, name, offset + BLOCK);
        else if (header.type === 'g') {
          // In practice it holds comments. One name or size for all later entries can only be meant to mislead.
          const all = parsePax(body, name, offset + BLOCK);
          if (all.path !== undefined || all.size !== undefined) {
            throw tarError('tar-unsupported', 'a global header sets a path or a size', name, offset);
          }
        } else if (header.type === 'L') {
          longName = textField(body);
          if (longName === undefined) throw tarError('tar-broken', 'a name is not valid UTF-8', name, offset);
        }
        continue;
      }

      const rawPath = pax.path ?? longName ?? header.path;
      const size = pax.size ?? header.size;
      pax = {};
      longName = undefined;
      const type = kindOf(header.type, rawPath);
      if (type === undefined) {
        throw tarError('tar-unsupported', `an entry has the unknown type ${JSON.stringify(header.type)}`, name, offset);
      }
      const path = safePath(rawPath, name, offset);
      if (type !== 'file' && size !== 0) {
        // Readers disagree on whether a body follows, so two readers could see two different archives.
        throw tarError('tar-unsupported', `the ${type} ${JSON.stringify(path)} has a body`, name, offset);
      }
      if (size > fileBytes) {
        throw tarError('tar-limit', `${JSON.stringify(path)} is larger than ${fileBytes} bytes`, name, offset);
      }
      const body = new Body(source, size);
      yield { path, type, size, body: () => body.pieces() };
      await body.finish();
    }
    // The rest is padding. Reading it lets gzip verify its checksum, and detects a truncated file.
    while ((await source.take(1 << 20)) !== undefined);
  } finally {
    await iterator.return?.();
  }
}

/** Reads the entries of a .tar or .tgz file, as `readTar` does. */
export function openTar(path: string, limits: TarLimits = {}): AsyncGenerator<TarEntry> {
  return readTar(readUnzipped(path), path, limits);
}

function kindOf(type: string, path: string): TarEntry['type'] | undefined {
  if (type === '0' || type === '7') return path.endsWith('/') ? 'folder' : 'file'; // v7 marks folders with a slash
  if (type === '5') return 'folder';
  if (type === '1' || type === '2') return 'link';
  if (type === '3' || type === '4' || type === '6') return 'other';
  return undefined;
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

async function skip(source: Source, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; ) left -= ((await source.take(left)) ?? source.failTruncated()).length;
}

/** The body of one entry: first the part that the caller reads, then the rest with its padding. */
class Body {
  readonly #source: Source;
  readonly #size: number;
  #left: number;
  #isFinished = false;

  constructor(source: Source, size: number) {
    this.#source = source;
    this.#size = size;
    this.#left = size;
  }

  async *pieces(): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      if (this.#isFinished) throw new Error('the body of a tar entry was read after the next entry was requested');
      const piece = (await this.#source.take(this.#left)) ?? this.#source.failTruncated();
      this.#left -= piece.length;
      yield piece;
    }
  }

  async finish(): Promise<void> {
    await skip(this.#source, this.#left + padding(this.#size));
    this.#isFinished = true;
  }
}
