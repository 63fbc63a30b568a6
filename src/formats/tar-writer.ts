// Writes tar archives as pieces of bytes: ustar, with a pax header for a name or a size that does not fit. An archive has no owner
// and no time, so the same files give the same bytes. Knows no disk.

import { BLOCK } from './tar-header.ts';

/** A file to write: `pieces` must give exactly `size` bytes. */
export interface TarInput {
  path: string;
  size: number;
  pieces(): Iterable<Uint8Array>;
}

const MAX_OCTAL = 8 ** 11 - 1;

/** Name and prefix of a ustar header; undefined if the path does not fit. */
function split(path: string): { name: string; prefix: string } | undefined {
  if (!/^[\x20-\x7e]+$/.test(path)) return undefined; // other characters go into pax, which defines UTF-8
  if (path.length <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at >= 0 && at <= 155; at = path.indexOf('/', at + 1)) {
    if (path.length - at - 1 <= 100 && at > 0) return { name: path.slice(at + 1), prefix: path.slice(0, at) };
  }
  return undefined;
}

function header(name: string, prefix: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1');
  block.write(name, 0, 'latin1');
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(0, 136, 11);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(prefix, 345, 'latin1');
  const sum = block.reduce((a, b) => a + b, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** "LENGTH KEY=VALUE\n"; the length includes its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

const padding = (size: number) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

function* heads({ path, size }: TarInput): Generator<Buffer> {
  const place = split(path);
  const records = (place ? '' : paxRecord('path', path)) + (size <= MAX_OCTAL ? '' : paxRecord('size', String(size)));
  if (records) {
    const body = Buffer.from(records);
    yield header('PaxHeader', '', body.length, 'x');
    yield body;
    yield padding(body.length);
  }
  const { name, prefix } = place ?? { name: 'see-pax-header', prefix: '' };
  yield header(name, prefix, size <= MAX_OCTAL ? size : 0, '0');
}

/**
 * The bytes of an archive with the files in the given order; memory does not grow with them.
 * @throws Error if the pieces of a file do not add up to its size
 */
export function* tarPieces(files: Iterable<TarInput>): Generator<Uint8Array> {
  for (const file of files) {
    yield* heads(file);
    let left = file.size;
    for (const piece of file.pieces()) {
      left -= piece.byteLength;
      if (left < 0) break;
      yield piece;
    }
    if (left !== 0) throw new Error(`${file.path} changed its size while it was archived`);
    yield padding(file.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}
