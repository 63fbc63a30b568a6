// Decodes a file's bytes: UTF-8 without byte order mark, lines ended by LF, or an error with the offset. Knows nothing of documents.

import { isUtf8 } from 'node:buffer';
import { JikjiError } from '../../base/index.ts';

/** The number of bytes at the end of `bytes` that begin an incomplete character (0 to 3). */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}

/** The offset of the first byte that is not UTF-8, for bytes that hold one. */
function firstBad(bytes: Buffer): number {
  // Decoding puts U+FFFD for a bad byte: find the first U+FFFD that is not in the bytes themselves.
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let from = 0; ; ) {
    const at = text.indexOf('\ufffd', from);
    if (at < 0) return bytes.length;
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
}

/**
 * Decodes pieces of bytes to pieces of text of whole characters. Replaces CRLF by LF and removes a byte order mark at the start.
 * `label` names the file in errors.
 * @throws JikjiError `source-not-utf8` with the offset of the first bad byte
 */
export async function* textOf(pieces: AsyncIterable<Buffer>, label: string): AsyncGenerator<string> {
  let offset = 0; // of the first byte of `bytes`
  let rest: Buffer = Buffer.alloc(0);
  let start = true;
  let carriageReturn = false;
  const check = (bytes: Buffer): void => {
    if (isUtf8(bytes)) return;
    const at = offset + firstBad(bytes);
    throw new JikjiError(
      'source-not-utf8',
      `not valid UTF-8 at byte ${at}`,
      label,
      'convert the file to UTF-8 (for example with iconv), or leave it out of the source',
    );
  };
  for await (const piece of pieces) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const whole = bytes.subarray(0, bytes.length - incompleteTail(bytes));
    rest = bytes.subarray(whole.length);
    check(whole);
    offset += whole.length;
    let text = whole.toString('utf8');
    if (text === '') continue;
    if (start && text.startsWith('\ufeff')) text = text.slice(1);
    start = false;
    if (carriageReturn) text = `\r${text}`;
    carriageReturn = text.endsWith('\r');
    if (carriageReturn) text = text.slice(0, -1);
    if (text !== '') yield text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  }
  check(rest); // a character cut off by the end of the file
  if (carriageReturn) yield '\r';
}
