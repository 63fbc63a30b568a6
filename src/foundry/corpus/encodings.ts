// Whether the files of a recipe's sources are UTF-8, before a run begins. Knows nothing of what is in them.

import { closeSync, openSync, readSync } from 'node:fs';
import { count, JikjiError } from '../../base/index.ts';
import { readUnzipped } from '../../formats/index.ts';
import { listOf, type RecipeSource } from '../recipe/index.ts';
import { wantedBy } from './check.ts';

import { textOf } from './text.ts';
import { findFiles } from './walk.ts';

/** Text of all files that is read; of what comes after it, only the start of each file is. */
const WHOLE_BYTES = 2 ** 30;
const START_BYTES = 1 << 20;
/** NUL is UTF-8, but no text has it: more than this share of a file's first characters, and the file is refused. */
const MAX_NULS = 1 / 8;
const NULS_IN = 1 << 16;

/**
 * Reads the files of sources and sees that they are UTF-8, and begin with text. The number is of the files of which only the start was read.
 * @throws JikjiError `source-not-utf8`, `source-not-text`, naming the first file that is not, how many are not, and what it seems to be
 */
export async function checkEncodings(sources: readonly RecipeSource[], recipeFolder: string): Promise<number> {
  let read = 0;
  let files = 0;
  let inPart = 0;
  const bad: { path: string; error: JikjiError }[] = [];
  for (const source of sources) {
    for (const { path, label } of findFiles(listOf(source.files), recipeFolder, wantedBy(source))) {
      files++;
      const most = Math.max(START_BYTES, WHOLE_BYTES - read);
      let own = 0;
      try {
        const raw = readUnzipped(path, () => {});
        for await (const text of textOf(raw, label)) {
          if (own === 0) checkNuls(text, label);
          own += text.length;
          if (own < most) continue;
          inPart++;
          break;
        }
      } catch (error) {
        if (!(error instanceof JikjiError) || !/^source-not-(utf8|text)$/.test(error.code)) throw error;
        bad.push({ path, error });
      }
      read += own;
    }
  }
  const [first] = bad;
  if (!first) return inPart;
  const more = bad.length - 1;
  const others =
    more === 0 ? '' : more === 1 ? `, nor is 1 other of ${files} files` : `, nor are ${more} others of ${files} files`;
  const { code, message } = first.error;
  throw first.error.reworded({
    message: `${message}${others}`,
    input: first.path,
    hint: hintFor(first.path, code),
  });
}

/** The start of a file that a disk never filled, or of no text at all. */
function checkNuls(text: string, label: string): void {
  const start = text.slice(0, NULS_IN);
  const nuls = start.split('\0').length - 1;
  if (nuls <= start.length * MAX_NULS) return;
  const percent = Math.floor((100 * nuls) / start.length);
  const message = `no text: ${percent}% of its first ${count(start.length)} characters are NUL`;
  throw new JikjiError('source-not-text', message, label, 'leave it out');
}

function hintFor(path: string, code: string): string {
  const encoding = guess(path);
  if (encoding === undefined && code === 'source-not-text')
    return 'take the file anew from where it came, or move it out of the folder';
  return encoding === undefined
    ? 'convert it to UTF-8 (for example with iconv), or move it out of the folder'
    : `it seems to be ${encoding}: iconv -f ${encoding} -t UTF-8 FILE > NEW converts it`;
}

/** What the start of a file looks like, as iconv calls it. */
function guess(path: string): string | undefined {
  const start = Buffer.alloc(1 << 16);
  const fd = openSync(path, 'r');
  let bytes: Buffer;
  try {
    bytes = start.subarray(0, readSync(fd, start));
  } finally {
    closeSync(fd);
  }
  const zeros = [0, 0];
  bytes.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++;
  });
  if (zeros.every((count) => count > bytes.length / 8)) return undefined; // zeros everywhere are no encoding
  if (start.readUInt16BE(0) === 0xfffe || zeros[1]! > bytes.length / 8) return 'UTF-16LE';
  if (start.readUInt16BE(0) === 0xfeff || zeros[0]! > bytes.length / 8) return 'UTF-16BE';
  try {
    const text = new TextDecoder('euc-kr', { fatal: true }).decode(bytes, { stream: true });
    if (/\p{Script=Hangul}/u.test(text)) return 'CP949';
  } catch {
    // not Korean
  }
  return undefined;
}
