// The working files of an unfinished corpus: for each document a line, and a note in a second file. Knows neither sources nor the
// rules of splits.

import { join } from 'node:path';
import { parseJson } from '../../base/index.ts';
import { InputFile, type OutputFile } from './files.ts';
import { type Split, sourceFile } from './manifest.ts';

/** Note of a document: 32 bytes of digest, length of its text, length of its line (bytes, 4 each), 1 for a duplicate. */
export const NOTE = 41;
export const NOTE_TEXT = 32;
export const NOTE_LINE = 36;
export const NOTE_DUPLICATE = 40;

export const notesFile = (folder: string, source: number, split: Split): string =>
  join(folder, 'work', `${sourceFile(source, split)}.notes`);

/** The files of one split of a source. */
export interface DocumentFiles {
  lines: OutputFile;
  notes: OutputFile;
}

/** Writes a document and its note. */
export function writeDocument({ lines, notes }: DocumentFiles, digest: Buffer, text: string): void {
  const note = Buffer.alloc(NOTE);
  digest.copy(note);
  note.writeUInt32LE(Buffer.byteLength(text), NOTE_TEXT);
  note.writeUInt32LE(lines.text(`{"text":${JSON.stringify(text)}}\n`), NOTE_LINE);
  notes.write(note);
}

/** Records of `size` bytes, in order; each is valid until the next one is read. */
export function* records(path: string, size: number): Generator<Buffer> {
  const input = new InputFile(path);
  try {
    for (let record = input.next(size); record; record = input.next(size)) yield record;
  } finally {
    input.close();
  }
}

/** Texts that the first pass wrote for a split of a source, without duplicates. */
export function* keptTexts(folder: string, source: number, split: Split): Generator<string> {
  const lines = new InputFile(join(folder, sourceFile(source, split)));
  try {
    for (const note of records(notesFile(folder, source, split), NOTE)) {
      const line = lines.next(note.readUInt32LE(NOTE_LINE))!;
      if (!note[NOTE_DUPLICATE]) yield (parseJson(line.toString('utf8')) as { text: string }).text;
    }
  } finally {
    lines.close();
  }
}
