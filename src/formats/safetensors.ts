// Reads and writes safetensors: a JSON header, then the bytes of the tensors. Reads by ranges. The header is untrusted: every name,
// shape and offset is checked before use, and no allocation depends on an unchecked number.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { isObject, JikjiError, parseJson, shownName, writeFully } from '../base/index.ts';
import { openForReading } from './small-file.ts';

const BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type DType = keyof typeof BYTES;

export interface TensorInfo {
  dtype: DType;
  shape: number[];
  /** Offset of its bytes in the file. */
  at: number;
  byteLength: number;
}

/** The limit of the header. Real ones are far smaller; the format's library allows 100 MB, which as parsed JSON can be gigabytes. */
const MAX_HEADER = 16 << 20;
const MAX_TENSORS = 1_000_000;

/** The cause of errors about a file that ends before what it says that it has. */
const CUT_OFF = new Error('the file ends too early');

const broken = (path: string, what: string, cause?: Error) =>
  new JikjiError(
    'safetensors-broken',
    `not a complete safetensors file: ${what}`,
    path,
    'get the file again from its source',
    { cause },
  );

/** Whether an error is about a file that ends before what it says that it has: a download that was cut off, for example. */
export const isCutOff = (error: unknown): boolean => error instanceof Error && error.cause === CUT_OFF;

/** An open safetensors file. */
export class Safetensors {
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #fd: number;

  private constructor(path: string, fd: number, size: number, header: Header) {
    this.path = path;
    this.size = size;
    this.#fd = fd;
    this.tensors = header.tensors;
    this.metadata = header.metadata;
  }

  /** @throws JikjiError `file-missing` or `safetensors-broken` */
  static open(path: string): Safetensors {
    const fd = openForReading(path);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw broken(path, 'not a file');
      const { size } = stat;
      const head = Buffer.alloc(8);
      if (size < 8 || readSync(fd, head, 0, 8, 0) !== 8) throw broken(path, 'shorter than its first number', CUT_OFF);
      const length = head.readBigUInt64LE();
      if (length > BigInt(Math.min(MAX_HEADER, size - 8)))
        throw broken(path, `a header of ${length} bytes`, length > MAX_HEADER ? undefined : CUT_OFF);
      const text = Buffer.alloc(Number(length));
      if (readSync(fd, text, 0, text.length, 8) !== text.length) throw broken(path, 'the header is cut off', CUT_OFF);
      return new Safetensors(path, fd, size, parseHeader(path, text, 8 + text.length, size));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Reads `target.byteLength` bytes of a tensor from byte `offset` on. */
  read(name: string, target: Uint8Array, offset = 0): void {
    const info = this.tensors.get(name);
    if (!info || offset + target.byteLength > info.byteLength) throw new Error(`no such range of ${name}`);
    for (let done = 0; done < target.byteLength; ) {
      const want = Math.min(1 << 30, target.byteLength - done);
      const n = readSync(this.#fd, target, done, want, info.at + offset + done);
      if (n === 0) throw broken(this.path, `${shownName(name)} is cut off`, CUT_OFF);
      done += n;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

interface Header {
  tensors: Map<string, TensorInfo>;
  metadata: Record<string, string>;
}

function parseHeader(path: string, text: Buffer, dataAt: number, size: number): Header {
  let header: unknown;
  try {
    const json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    header = parseJson(json);
    const doubt = ambiguity(json);
    if (doubt) throw broken(path, doubt);
  } catch (error) {
    throw error instanceof JikjiError ? error : broken(path, 'the header is not JSON');
  }
  if (!isObject(header)) throw broken(path, 'the header is not an object');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || Object.values(metadata).some((v) => typeof v !== 'string')) {
    throw broken(path, 'metadata that is not text');
  }
  const names = Object.keys(entries);
  if (names.length > MAX_TENSORS) throw broken(path, `${names.length} tensors`);
  const tensors = new Map(names.map((name) => [name, parseEntry(path, name, entries[name], dataAt)]));
  // The format requires that the tensors cover the bytes exactly: no gaps, no overlaps.
  let end = dataAt;
  for (const [name, info] of [...tensors].sort((a, b) => a[1].at - b[1].at || a[1].byteLength - b[1].byteLength)) {
    if (info.at !== end) throw broken(path, `${shownName(name)} does not follow the tensor before it`);
    end += info.byteLength;
  }
  if (end !== size) throw broken(path, `it has ${size} bytes; it should have ${end}`, size < end ? CUT_OFF : undefined);
  return { tensors, metadata: metadata as Record<string, string> };
}

/**
 * Describes a part of a header that two JSON readers may read differently: a name that occurs twice in one object, a number that is
 * not plain digits, white space at the start, text without UTF-8. Undefined if there is none. `json` must be valid JSON.
 */
function ambiguity(json: string): string | undefined {
  if (json[0] !== '{') return 'the header does not begin with {';
  const open: Set<string>[] = [];
  /** Position of the next backslash: a string that ends before it has no escapes. */
  let backslash = next(json, '\\', 0);
  for (let at = 0; at < json.length; ) {
    const c = json.charCodeAt(at);
    const from = at++;
    if (c === BRACE) open.push(new Set());
    else if (c === BRACE_END) open.pop();
    else if (c === MINUS || isDigit(c)) {
      while (/[-+.\dEe]/.test(json[at] ?? '')) at++;
      const number = json.slice(from, at);
      if (!/^\d+$/.test(number)) return `the number ${number.slice(0, 40)}`;
    } else if (c === QUOTE) {
      let end = next(json, '"', at);
      const escaped = backslash < end;
      if (escaped) {
        for (end = at; json[end] !== '"'; ) end += json[end] === '\\' ? 2 : 1;
        backslash = next(json, '\\', end);
      }
      const string: string = escaped ? JSON.parse(json.slice(from, end + 1)) : json.slice(at, end);
      at = end + 1;
      if (escaped && !string.isWellFormed()) return 'a lone surrogate in its text';
      while (/\s/.test(json[at] ?? '')) at++;
      if (json[at] !== ':') continue;
      const names = open.at(-1)!;
      if (names.has(string)) return `${shownName(string)} occurs twice`;
      names.add(string);
    }
  }
  return undefined;
}

const [BRACE, BRACE_END, MINUS, QUOTE] = ['{', '}', '-', '"'].map((one) => one.charCodeAt(0));
const isDigit = (code: number) => code >= 48 && code <= 57;

/** Position of `what` from `at` on; the length of the text if there is none. */
function next(text: string, what: string, at: number): number {
  const found = text.indexOf(what, at);
  return found < 0 ? text.length : found;
}

function parseEntry(path: string, name: string, entry: unknown, dataAt: number): TensorInfo {
  if (!isObject(entry)) throw broken(path, `${shownName(name)} has no description`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype))
    throw broken(path, `${shownName(name)} has an unknown dtype`);
  if (!isSizes(shape) || shape.length > 16) throw broken(path, `${shownName(name)} has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw broken(path, `${shownName(name)} has no valid offsets`);
  const [start, end] = offsets as [number, number];
  let byteLength: number = BYTES[dtype as DType];
  for (const n of shape) {
    byteLength *= n;
    if (byteLength > Number.MAX_SAFE_INTEGER) throw broken(path, `${shownName(name)} is larger than any file`);
  }
  if (end - start !== byteLength)
    throw broken(path, `${shownName(name)} has ${end - start} bytes for its shape's ${byteLength}`);
  return { dtype: dtype as DType, shape, at: dataAt + start, byteLength };
}
const isSizes = (v: unknown): v is number[] =>
  Array.isArray(v) && v.every((n) => Number.isSafeInteger(n) && n >= 0 && n < 2 ** 48);

/** The start of a file of `writeSafetensors`: the length of the header, the header, spaces up to a multiple of 8. */
export function safetensorsHeader(
  tensors: Iterable<{ name: string; dtype: DType; shape: number[] }>,
  metadata: Record<string, string> = {},
): Buffer {
  let end = 0;
  const header: Record<string, unknown> = Object.create(null); // so that __proto__ is an ordinary name
  header.__metadata__ = metadata;
  for (const { name, dtype, shape } of tensors) {
    const start = end;
    end += shape.reduce((a, b) => a * b, BYTES[dtype]);
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return padded;
}

/** Writes tensors in the given order to an open file; `data` is little-endian and row-major. */
export function writeSafetensors(
  fd: number,
  tensors: Iterable<{ name: string; dtype: DType; shape: number[]; data: Uint8Array }>,
  metadata: Record<string, string> = {},
): void {
  const list = [...tensors];
  writeFully(fd, safetensorsHeader(list, metadata));
  for (const { data } of list) writeFully(fd, data);
}
