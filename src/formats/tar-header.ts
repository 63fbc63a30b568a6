// One 512-byte tar header, and the records of a pax header: bytes in, checked values out. Knows nothing of streams.

import { isUtf8 } from 'node:buffer';
import { type ErrorCode, JikjiError } from '../base/index.ts';

export const BLOCK = 512;

/** The fields of a header, before pax records and long names are applied. */
export interface TarHeader {
  /** Raw name with its prefix. */
  path: string;
  /** Bytes of the body. */
  size: number;
  /** The type flag as a character; NUL becomes '0'. */
  type: string;
}

/** Values of a pax header that change the entry after it. */
export interface PaxValues {
  path?: string;
  size?: number;
}

/** An error about an archive; `offset` is in bytes after gunzipping. */
export function tarError(code: ErrorCode, message: string, name: string, offset: number): JikjiError {
  return new JikjiError(
    code,
    message,
    `${name}, at byte ${offset} of the archive`,
    'the archive is damaged or made to mislead: fetch it again, or make it again with GNU tar or npm pack',
  );
}

/** A text field: up to the first NUL. Undefined if it is not UTF-8. */
export function textField(bytes: Buffer): string | undefined {
  const nul = bytes.indexOf(0);
  const used = nul < 0 ? bytes : bytes.subarray(0, nul);
  return isUtf8(used) ? used.toString('utf8') : undefined;
}

/** A number field: octal text, or GNU's base-256 if the first bit is set. Undefined for anything else. */
export function numberField(bytes: Buffer): number | undefined {
  if (bytes[0] & 0x80) {
    if (bytes[0] & 0x40) return undefined; // negative
    let value = BigInt(bytes[0] & 0x3f);
    for (const byte of bytes.subarray(1)) value = (value << 8n) | BigInt(byte);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  }
  const text = bytes.toString('latin1');
  if (!/^ *[0-7]*[ \0]*$/.test(text)) return undefined;
  const digits = text.replace(/[ \0]/g, '');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Whether the checksum holds. Old writers added signed bytes, so both sums are valid. */
function checksumHolds(block: Buffer): boolean {
  const stated = numberField(block.subarray(148, 156));
  let unsigned = 8 * 0x20;
  let signed = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue; // the field itself counts as spaces
    unsigned += block[i];
    signed += (block[i] << 24) >> 24;
  }
  return stated === unsigned || stated === signed;
}

/**
 * Reads a header block.
 * @throws JikjiError `tar-broken` for a wrong checksum, a size that is not a number, a name that is not UTF-8
 */
export function parseHeader(block: Buffer, name: string, offset: number): TarHeader {
  if (!checksumHolds(block)) throw tarError('tar-broken', 'a header has a wrong checksum', name, offset);
  const size = numberField(block.subarray(124, 136));
  if (size === undefined) throw tarError('tar-broken', 'a header has a size that is not a number', name, offset);
  const short = textField(block.subarray(0, 100));
  // Only POSIX ustar has a prefix; GNU's own format ("ustar  ") keeps times there.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? textField(block.subarray(345, 500)) : '';
  if (short === undefined || prefix === undefined) {
    throw tarError('tar-broken', 'a name is not valid UTF-8', name, offset);
  }
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]);
  return { path: prefix ? `${prefix}/${short}` : short, size, type };
}

/**
 * Reads the records of a pax header: "LENGTH KEY=VALUE\n", the length counting the whole record.
 * @throws JikjiError `tar-broken`, or `tar-unsupported` for sparse files
 */
export function parsePax(bytes: Buffer, name: string, offset: number): PaxValues {
  const values: PaxValues = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    if (!/^[1-9][0-9]*$/.test(digits) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) {
      throw tarError('tar-broken', 'a pax record has a wrong length', name, offset + at);
    }
    const record = bytes.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (equals <= 0) throw tarError('tar-broken', 'a pax record has no key', name, offset + at);
    const key = record.toString('latin1', 0, equals);
    const value = record.subarray(equals + 1);
    if (key === 'path') {
      if (!isUtf8(value) || value.includes(0)) {
        throw tarError('tar-broken', 'a pax path is not valid UTF-8', name, offset + at);
      }
      values.path = value.toString('utf8');
    } else if (key === 'size') {
      const text = value.toString('latin1');
      values.size = Number(text);
      if (!/^[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(values.size)) {
        throw tarError('tar-broken', 'a pax size is not a number', name, offset + at);
      }
    } else if (key.startsWith('GNU.sparse.')) {
      throw tarError('tar-unsupported', 'the archive holds a sparse file', name, offset + at);
    }
    at = end;
  }
  return values;
}

/**
 * A path that cannot leave the folder of unpacking: segments between '/', none of them empty, '.' or '..'. Removes leading './' and
 * a trailing '/'.
 * @throws JikjiError `tar-path`
 */
export function safePath(path: string, name: string, offset: number): string {
  const trimmed = path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
  if (trimmed === '.' || trimmed === '') {
    if (path.startsWith('.')) return '.';
    throw tarError('tar-path', 'an entry has no name', name, offset);
  }
  const bad = path.startsWith('/')
    ? 'is absolute'
    : /^[A-Za-z]:/.test(path)
      ? 'names a drive'
      : trimmed.includes('\0')
        ? 'holds a NUL'
        : trimmed.split(/[/\\]/).includes('..')
          ? 'climbs out with ".."'
          : trimmed.split('/').some((s) => s === '' || s === '.')
            ? 'has an empty segment'
            : Buffer.byteLength(trimmed) > 4096
              ? 'is longer than 4,096 bytes'
              : undefined;
  if (bad) throw tarError('tar-path', `the path ${JSON.stringify(trimmed.slice(0, 200))} ${bad}`, name, offset);
  return trimmed;
}
