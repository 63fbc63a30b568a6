// Reads a corpus file back, a document at a time. Knows the file format only: a line is {"text": ...}.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { JikjiError, parseJson } from '../../base/index.ts';
import { readFailure } from '../../formats/index.ts';
import { ConversationFault, type DocumentKind, type Example, examplesOf } from '../conversation/index.ts';
import { MAX_DOCUMENT } from './cut.ts';

/** Longest document in bytes: it is cut at 1 MiB, and normalisation (NFC) makes its UTF-8 at most three times as long. */
export const MAX_TEXT = 3 * MAX_DOCUMENT;
/** Longest line in bytes: JSON needs six bytes for a control character, and at most two per byte for what NFC keeps or lengthens. */
export const MAX_LINE = 6 * MAX_DOCUMENT + 1024;

/**
 * The documents of a `source-NN.*.jsonl` file, in order; memory does not grow with the file.
 * @throws JikjiError `file-missing`, `file-unreadable`, `corpus-broken`
 */
export function* readDocumentsSync(file: string): Generator<string> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw readFailure(error, file);
  }
  try {
    // A small file fits whole, with one byte more so that the first read reaches its end.
    let buffer = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(1 << 12, fstatSync(fd).size + 1)));
    let used = 0;
    for (let number = 0; ; ) {
      if (used > MAX_LINE) throw broken(file, number + 1, 'longer than any document');
      if (used === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2); // a line longer than the buffer
      const n = readSync(fd, buffer, used, buffer.length - used, null);
      if (n === 0) {
        if (used > 0) throw broken(file, number + 1, 'the file is cut short');
        return;
      }
      const searchFrom = used;
      used += n;
      let from = 0;
      for (let end = buffer.subarray(0, used).indexOf(10, searchFrom); end >= 0; ) {
        yield documentOf(buffer.toString('utf8', from, end), file, ++number);
        from = end + 1;
        end = buffer.subarray(0, used).indexOf(10, from);
      }
      buffer.copyWithin(0, from, used);
      used -= from;
    }
  } finally {
    closeSync(fd);
  }
}

/** The documents of a file with their conversations. @throws JikjiError as `readDocumentsSync`, `corpus-broken` for another text */
export function* readExamplesSync(file: string, kind: DocumentKind): Generator<{ text: string; examples: Example[] }> {
  let number = 0;
  for (const text of readDocumentsSync(file)) {
    number++;
    try {
      yield { text, examples: examplesOf(text, kind) };
    } catch (error) {
      if (!(error instanceof ConversationFault)) throw error;
      throw broken(file, number, `the ${kind} ${error.message}`);
    }
  }
}

function documentOf(line: string, file: string, number: number): string {
  const value = parseJson(line, () => broken(file, number, 'not JSON'));
  const text = (value as { text?: unknown } | null)?.text;
  if (typeof text !== 'string') throw broken(file, number, 'no text');
  return text;
}

const broken = (file: string, number: number, what: string) =>
  new JikjiError('corpus-broken', `line ${number}: ${what}`, file, 'make the run again in a fresh folder');
