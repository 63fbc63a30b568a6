// Reads the text records of a corpus file one by one: each line is {"text": ...} in its only valid spelling. Reads as many bytes as the
// manifest states, and lets other tasks run. Memory: one record.

import { type Both, parseJson } from '../../base/index.ts';
import { MAX_LINE, MAX_TEXT } from '../../foundry/corpus/index.ts';
import { broken, type RunFolder } from '../folder.ts';
import { RECORDS } from '../sentences/data.ts';

/** The lines of the first `bytes` bytes of a file, without newlines; each is valid until the next one is requested. */
export async function* readLines(
  folder: RunFolder,
  file: string,
  bytes: number,
  pause: () => Promise<void>,
): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 1;
  for (const piece of folder.pieces(file, 0, bytes)) {
    await pause();
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      const line = piece.subarray(from, end);
      yield rest.length > 0 ? Buffer.concat([...rest, line]) : line;
      rest = [];
      restBytes = 0;
      from = end + 1;
      number++;
    }
    if (from === piece.length) continue;
    restBytes += piece.length - from;
    if (restBytes > MAX_LINE) throw broken(file, RECORDS.tooLong(number));
    rest.push(Buffer.from(piece.subarray(from)));
  }
  if (rest.length > 0) throw broken(file, RECORDS.noEnd(number));
}

/**
 * The texts of a file of records.
 * @throws JikjiError `evidence-broken` at the first line that is not a record in its only valid spelling, or whose text no corpus can hold
 */
export async function* readRecords(
  folder: RunFolder,
  file: string,
  bytes: number,
  pause: () => Promise<void>,
): AsyncGenerator<string> {
  let number = 0;
  for await (const line of readLines(folder, file, bytes, pause)) {
    number++;
    const text = textOf(line);
    if (text === undefined) throw broken(file, RECORDS.notRecord(number));
    const problem = problemOf(text);
    if (problem) throw broken(file, problem(number));
    yield text;
  }
}

/** The text of a record; undefined unless the line is canonical JSON with this one member. */
function textOf(line: Buffer): string | undefined {
  let text: unknown;
  try {
    text = (parseJson(line.toString('utf8')) as { text?: unknown } | null)?.text;
  } catch {
    return undefined;
  }
  // Bytes are compared: invalid UTF-8 could otherwise pass for a replacement character.
  if (typeof text !== 'string' || !Buffer.from(`{"text":${JSON.stringify(text)}}`).equals(line)) return undefined;
  return text;
}

/** What is wrong with a text, as a sentence about its line. */
function problemOf(text: string): ((line: number) => Both) | undefined {
  if (!text.isWellFormed()) return RECORDS.notUnicode;
  if (!/\S/.test(text)) return RECORDS.blank;
  if (text.normalize('NFC') !== text) return RECORDS.notNfc;
  return Buffer.byteLength(text) > MAX_TEXT ? RECORDS.longDocument : undefined;
}
