// Reads GGUF: first the metadata and the descriptions of tensors, then tensors by ranges as float32. The file is untrusted: every
// count, length and offset is checked before use, and no allocation depends on an unchecked number.

import { closeSync, fstatSync, readSync } from 'node:fs';
import { JikjiError, shownName } from '../base/index.ts';
import { BLOCK_TYPES, decodeBlocks, type GgufBlockType, isBlockType } from './gguf-blocks.ts';
import {
  ALIGNMENT,
  alignUp,
  type GgufArray,
  type GgufTensorType,
  type GgufType,
  type GgufValue,
  MAGIC,
  MAX_DIMENSIONS,
  MAX_TENSOR_NAME,
  NUMBERS,
  otherTypeName,
  TENSOR_TYPES,
  VALUE_TYPES,
} from './gguf-format.ts';
import { decodeNumbers } from './gguf-numbers.ts';
import { openForReading } from './small-file.ts';

export interface GgufTensor {
  type: GgufTensorType | GgufBlockType;
  /** Elements of a block of its type. */
  block: number;
  /** Row-major: the last size is that of a row. */
  shape: number[];
  /** Place of its bytes, from the start of the file. */
  at: number;
  byteLength: number;
}

/** A tensor of a type that is not read. */
export interface OtherTensor {
  /** ggml's name: `Q4_K`. */
  type: string;
  shape: number[];
}

const LAYOUTS = { ...TENSOR_TYPES, ...BLOCK_TYPES };

/** Bytes of a number of elements, which must be whole blocks. */
const bytesOf = (type: keyof typeof LAYOUTS, elements: number) =>
  (elements / LAYOUTS[type].block) * LAYOUTS[type].bytes;

/** The limit of bytes before the tensors; vocabularies of 256,000 entries take about 12 MB. */
const MAX_HEADER = 64 << 20;
const MAX_KEYS = 65_536;
const MAX_TENSORS = 100_000;
/** The limit for all arrays together. */
const MAX_ELEMENTS = 1 << 23;
const MAX_KEY = 65_535;
const MAX_DEPTH = 8;
const MAX_ALIGNMENT = 1 << 20;

/** An open GGUF file. */
export class Gguf {
  readonly path: string;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Tensors of types that are not read, where these are named. */
  readonly others: ReadonlyMap<string, OtherTensor>;
  /** Bytes. */
  readonly size: number;
  readonly #fd: number;
  #isClosed = false;

  private constructor(path: string, fd: number, size: number, header: Header) {
    this.path = path;
    this.size = size;
    this.#fd = fd;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.others = header.others;
  }

  /**
   * With `others`, the blocks of few bits are read too, and tensors of types that are not read are named instead of refused.
   * @throws JikjiError `file-missing`, `gguf-broken`, or `gguf-unsupported` for a valid file of another kind
   */
  static open(path: string, { others = false } = {}): Gguf {
    const fd = openForReading(path);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) throw broken(path, 'not a file');
      return new Gguf(path, fd, stat.size, readHeader(path, fd, { size: stat.size, others }));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Reads `target.length` elements of a tensor as float32, from element `first` on: whole blocks of its type. */
  read(name: string, target: Float32Array, first = 0): void {
    const info = this.tensors.get(name);
    if (!info || first % info.block !== 0 || target.length % info.block !== 0)
      throw new Error(`no such range of ${name}`);
    const end = bytesOf(info.type, first + target.length);
    if (end > info.byteLength) throw new Error(`no such range of ${name}`);
    const step = 1 << 18; // a multiple of every block
    for (let done = 0; done < target.length; done += step) {
      const part = target.subarray(done, done + step);
      const bytes = Buffer.allocUnsafe(bytesOf(info.type, part.length));
      readWhole(this.path, this.#fd, bytes, info.at + bytesOf(info.type, first + done));
      if (isBlockType(info.type)) decodeBlocks(info.type, bytes, part);
      else decodeNumbers(info.type, bytes, part);
    }
  }

  /**
   * Fills `target` with blocks of a Q8_0 tensor as they are stored, from element `first` on.
   * @throws JikjiError `gguf-broken` for a scale that is not a finite number
   */
  readBlocks(name: string, target: Uint8Array, first = 0): void {
    const info = this.tensors.get(name);
    const { block, bytes } = TENSOR_TYPES.Q8_0;
    if (info?.type !== 'Q8_0' || first % block !== 0 || target.length % bytes !== 0)
      throw new Error(`no such blocks of ${name}`);
    const at = (first / block) * bytes;
    if (at + target.length > info.byteLength) throw new Error(`no such blocks of ${name}`);
    readWhole(this.path, this.#fd, Buffer.from(target.buffer, target.byteOffset, target.length), info.at + at);
    for (let scale = 1; scale < target.length; scale += bytes)
      if ((target[scale] & 0x7c) === 0x7c)
        throw broken(this.path, `a scale of ${shownName(name)} is not a finite number`);
  }

  close(): void {
    if (!this.#isClosed) closeSync(this.#fd);
    this.#isClosed = true;
  }
}

const broken = (path: string, what: string) =>
  new JikjiError('gguf-broken', `not a complete GGUF file: ${what}`, path, 'get the file again from its source');

const unsupported = (path: string, what: string) =>
  new JikjiError('gguf-unsupported', what, path, 'use a little-endian file whose tensors are F32, F16, BF16 or Q8_0');

function readWhole(path: string, fd: number, target: Buffer, at: number): void {
  for (let done = 0; done < target.length; ) {
    const n = readSync(fd, target, done, target.length - done, at + done);
    if (n === 0) throw broken(path, 'it is cut off');
    done += n;
  }
}

interface Header {
  metadata: Map<string, GgufValue>;
  tensors: Map<string, GgufTensor>;
  others: Map<string, OtherTensor>;
}

function readHeader(path: string, fd: number, { size, others: letsIn }: { size: number; others: boolean }): Header {
  const from = new Cursor(path, fd, size);
  if (from.number('uint32') !== MAGIC) throw broken(path, 'it does not begin with GGUF');
  const version = from.number('uint32');
  if (version === 0x03000000 || version === 0x02000000) throw unsupported(path, 'a big-endian file');
  if (version !== 2 && version !== 3) throw unsupported(path, `version ${version}`);
  const tensorCount = from.count(MAX_TENSORS, 32, 'tensors');
  const keyCount = from.count(MAX_KEYS, 13, 'keys');

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = from.string(MAX_KEY);
    if (metadata.has(key)) throw broken(path, `${shownName(key)} occurs twice`);
    metadata.set(key, from.value(from.type(), 0));
  }
  const alignment = alignmentOf(path, metadata.get('general.alignment'));

  const tensors = new Map<string, GgufTensor>();
  const others = new Map<string, OtherTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const name = from.string(MAX_TENSOR_NAME);
    if (tensors.has(name) || others.has(name)) throw broken(path, `${shownName(name)} occurs twice`);
    const tensor = readTensor(path, from, name, alignment);
    if ('at' in tensor && (letsIn || !isBlockType(tensor.type))) tensors.set(name, tensor);
    else if (letsIn) others.set(name, tensor);
    else throw unsupported(path, `${shownName(name)} is of ${tensor.type}`);
  }
  const dataAt = alignUp(from.at, alignment);
  let end = dataAt;
  // Sorted by length too, so that of tensors at one offset the empty ones come first.
  const order = (a: [string, GgufTensor], b: [string, GgufTensor]) =>
    a[1].at - b[1].at || a[1].byteLength - b[1].byteLength;
  for (const [name, info] of [...tensors].sort(order)) {
    info.at += dataAt;
    if (info.at < end) throw broken(path, `${shownName(name)} overlaps the tensor before it`);
    end = info.at + info.byteLength;
    if (end > size) throw broken(path, `${shownName(name)} ends at byte ${end} of ${size}`);
  }
  return { metadata, tensors, others };
}

function alignmentOf(path: string, value: GgufValue | undefined): number {
  if (value === undefined) return ALIGNMENT;
  const n = value.value as number;
  if (value.type !== 'uint32' || n < 1 || n > MAX_ALIGNMENT || (n & (n - 1)) !== 0) {
    throw broken(path, 'general.alignment is not a power of two');
  }
  return n;
}

/** The description of a tensor; `at` is relative to the start of the data. */
function readTensor(path: string, from: Cursor, name: string, alignment: number): GgufTensor | OtherTensor {
  const dimensions = from.number('uint32');
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw broken(path, `${shownName(name)} has ${dimensions} dimensions`);
  const shape: number[] = [];
  let elements = 1;
  for (let i = 0; i < dimensions; i++) {
    const n = from.whole(`a size of ${shownName(name)}`);
    shape.unshift(n);
    elements *= n;
    if (elements > Number.MAX_SAFE_INTEGER) throw broken(path, `${shownName(name)} is larger than any file`);
  }
  const number = from.number('uint32');
  const type = (Object.keys(LAYOUTS) as (keyof typeof LAYOUTS)[]).find((t) => LAYOUTS[t].number === number);
  if (!type) {
    from.whole(`the place of ${shownName(name)}`);
    return { type: otherTypeName(number), shape };
  }
  const { block } = LAYOUTS[type];
  if (shape.at(-1)! % block !== 0) {
    throw broken(path, `${shownName(name)} has rows of ${shape.at(-1)}, which are not whole blocks of ${type}`);
  }
  const at = from.whole(`the place of ${shownName(name)}`);
  if (at % alignment !== 0) throw broken(path, `${shownName(name)} is not aligned`);
  return { type, block, shape, at, byteLength: bytesOf(type, elements) };
}

type NumberType = keyof typeof NUMBERS;

/** The smallest number of bytes of an element. */
const minBytes = (type: GgufType): number =>
  type === 'string' ? 8 : type === 'array' ? 12 : type === 'bool' ? 1 : NUMBERS[type].bytes;

/** Reads a header sequentially, through a window onto the file. */
class Cursor {
  /** Offset of the next byte. */
  at = 0;
  readonly #path: string;
  readonly #fd: number;
  /** The limit of reading: the end of the file, or of the longest header. */
  readonly #end: number;
  readonly #endIsFileEnd: boolean;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;
  #elements = 0;

  constructor(path: string, fd: number, size: number) {
    this.#path = path;
    this.#fd = fd;
    this.#end = Math.min(size, MAX_HEADER);
    this.#endIsFileEnd = size <= MAX_HEADER;
  }

  /** Takes the next bytes and returns their offset in the window. */
  #take(bytes: number): number {
    if (bytes > this.#end - this.at) {
      throw this.#endIsFileEnd
        ? broken(this.#path, 'it ends within its header')
        : unsupported(this.#path, `a header of more than ${MAX_HEADER} bytes`);
    }
    if (this.at + bytes > this.#windowAt + this.#window.length) {
      this.#window = Buffer.allocUnsafe(Math.min(this.#end - this.at, Math.max(bytes, 1 << 18)));
      this.#windowAt = this.at;
      readWhole(this.#path, this.#fd, this.#window, this.at);
    }
    const place = this.at - this.#windowAt;
    this.at += bytes;
    return place;
  }

  number(type: NumberType): number {
    return this.#plain(type) as number;
  }

  #plain(type: NumberType): number | bigint {
    const { bytes, method } = NUMBERS[type];
    const place = this.#take(bytes);
    return this.#window[`read${method}`](place);
  }

  /** A whole number of 64 bits that is a safe integer. */
  whole(what: string): number {
    const n = this.#plain('uint64') as bigint;
    if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(this.#path, `${what} is ${n}`);
    return Number(n);
  }

  /** A number of items: at most `max`, and no more than fit into the file at `bytes` each. */
  count(max: number, bytes: number, what: string): number {
    const n = this.whole(`the number of ${what}`);
    if (n > max) throw unsupported(this.#path, `${n} ${what}; the limit is ${max}`);
    if (n * bytes > this.#end - this.at) throw broken(this.#path, `${n} ${what} do not fit in it`);
    return n;
  }

  string(maxBytes: number): string {
    const length = this.whole('the length of a text');
    if (length > maxBytes) throw broken(this.#path, `a text of ${length} bytes where the limit is ${maxBytes}`);
    const place = this.#take(length);
    try {
      return utf8.decode(this.#window.subarray(place, place + length));
    } catch {
      throw broken(this.#path, 'a text that is not UTF-8');
    }
  }

  type(): GgufType {
    const number = this.number('uint32');
    const type = VALUE_TYPES[number];
    if (!type) throw broken(this.#path, `a value of type ${number}`);
    return type;
  }

  value(type: GgufType, depth: number): GgufValue {
    return type === 'array' ? this.#array(depth) : ({ type, value: this.#single(type) } as GgufValue);
  }

  #single(type: Exclude<GgufType, 'array'>): number | bigint | boolean | string {
    if (type === 'string') return this.string(MAX_HEADER);
    if (type !== 'bool') return this.#plain(type);
    const byte = this.number('uint8');
    if (byte > 1) throw broken(this.#path, `a truth value of ${byte}`);
    return byte === 1;
  }

  #array(depth: number): GgufArray {
    if (depth === MAX_DEPTH) throw unsupported(this.#path, `arrays nested deeper than ${MAX_DEPTH}`);
    const of = this.type();
    const length = this.count(MAX_ELEMENTS - this.#elements, minBytes(of), 'elements of an array');
    this.#elements += length;
    const value: unknown[] = [];
    for (let i = 0; i < length; i++) value.push(of === 'array' ? this.#array(depth + 1) : this.#single(of));
    return { type: 'array', of, value: value as GgufArray['value'] };
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
