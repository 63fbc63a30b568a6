// Checks before a run begins that the files of a recipe's sources are UTF-8, and that what comes through a pipe is. Knows nothing of
// their formats.

import { count, JikjiError } from '../../base/index.ts';
import { readStart, readUnzipped } from '../../formats/index.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { findSourceFiles } from './check.ts';
import { isText } from './readers/index.ts';
import { textOf } from './text.ts';

/** Files are read whole until this many characters of all files are read; then only the start of each further file. */
const MAX_WHOLE = 2 ** 30;
const START = 1 << 20;
/** NUL is valid UTF-8 but not text: a file is refused if more than this share of its first characters are NUL. */
const MAX_NUL_SHARE = 1 / 8;
const NUL_WINDOW = 1 << 16;
/** An encoding is guessed from this many bytes. */
const GUESSED_FROM = 1 << 16;

/**
 * Checks that the files of sources are UTF-8 and begin with text. Returns the number of files that were read only in part.
 * @throws JikjiError `source-not-utf8`, `source-not-text`: names the first bad file, the number of bad files, and a likely encoding
 */
export async function checkEncodings(sources: readonly RecipeSource[], recipeFolder: string): Promise<number> {
  let read = 0;
  let files = 0;
  let inPart = 0;
  const bad: { path: string; error: JikjiError }[] = [];
  for (const source of sources) {
    for (const { path, label } of findSourceFiles(source, recipeFolder)) {
      if (!isText(source.read, path)) continue;
      files++;
      const limit = Math.max(START, MAX_WHOLE - read);
      let length = 0;
      try {
        const raw = readUnzipped(path, () => {});
        for await (const text of textOf(raw, label)) {
          if (length === 0) checkNuls(text, label);
          length += text.length;
          if (length < limit) continue;
          inPart++;
          break;
        }
      } catch (error) {
        if (!(error instanceof JikjiError) || !/^source-not-(utf8|text)$/.test(error.code)) throw error;
        bad.push({ path, error });
      }
      read += length;
    }
  }
  const [first] = bad;
  if (!first) return inPart;
  const more = bad.length - 1;
  const others = more === 1 ? `, nor is 1 other of ${files} files` : `, nor are ${more} others of ${files} files`;
  const { code, message } = first.error;
  throw first.error.reworded({
    message: more === 0 ? message : message + others,
    input: first.path,
    hint: hintFor(first.path, code),
  });
}

/** Finds files that are binary, or that a full disk has filled with NULs. */
function checkNuls(text: string, label: string): void {
  const start = text.slice(0, NUL_WINDOW);
  const nuls = start.split('\0').length - 1;
  if (nuls <= start.length * MAX_NUL_SHARE) return;
  const percent = Math.floor((100 * nuls) / start.length);
  const message = `not text: ${percent}% of its first ${count(start.length)} characters are NUL`;
  throw new JikjiError('source-not-text', message, label, 'leave it out');
}

/**
 * The lines of a text that comes in pieces, as of a pipe. `label` names it in errors.
 * @throws JikjiError `source-not-utf8` with a likely encoding
 */
export async function* utf8Lines(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  label: string,
): AsyncGenerator<string> {
  let start = Buffer.alloc(0);
  async function* noted(): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      if (start.length < GUESSED_FROM) start = Buffer.concat([start, piece]).subarray(0, GUESSED_FROM);
      yield piece;
    }
  }
  let line = '';
  try {
    for await (const text of textOf(noted(), label)) {
      const [first, ...others] = text.split('\n');
      line += first;
      for (const next of others) {
        yield line;
        line = next;
      }
    }
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code !== 'source-not-utf8') throw error;
    throw error.reworded({ hint: hintOf(start) ?? 'convert it to UTF-8 (for example with iconv)' });
  }
  if (line !== '') yield line;
}

/** How to mend a file that is not UTF-8 text. */
export function hintFor(path: string, code: string): string {
  const hint = hintOf(readStart(path, GUESSED_FROM));
  if (hint !== undefined) return hint;
  return code === 'source-not-text'
    ? 'get the file again from its origin, or move it out of the folder'
    : 'convert it to UTF-8 (for example with iconv), or move it out of the folder';
}

function hintOf(start: Buffer): string | undefined {
  const encoding = guessEncoding(start);
  return encoding && `it seems to be ${encoding}: iconv -f ${encoding} -t UTF-8 FILE > NEW converts it`;
}

/** The likely encoding of a text by its start, under iconv's name. */
function guessEncoding(bytes: Buffer): string | undefined {
  const mark = bytes.toString('hex', 0, 2);
  const zeros = [0, 0];
  bytes.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]++;
  });
  if (zeros.every((count) => count > bytes.length / 8)) return undefined; // zeros in both halves: not UTF-16
  if (mark === 'fffe' || zeros[1] > bytes.length / 8) return 'UTF-16LE';
  if (mark === 'feff' || zeros[0] > bytes.length / 8) return 'UTF-16BE';
  try {
    const text = new TextDecoder('euc-kr', { fatal: true }).decode(bytes, { stream: true });
    if (/\p{Script=Hangul}/u.test(text)) return 'CP949';
  } catch {
    // not Korean
  }
  return undefined;
}
