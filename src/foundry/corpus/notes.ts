// The working files of a corpus in the making: a note for each document beside its line. Knows neither sources nor splits' rules.

import { join } from 'node:path';
import { InputFile, type OutputFile } from './files.ts';
import { type Split, sourceFile } from './manifest.ts';

/** What is noted of a document: 32 bytes of digest, the bytes of its text, the bytes of its line, 1 where it is a duplicate. */
export const NOTE = 41;
export const NOTE_TEXT = 32;
export const NOTE_LINE = 36;
export const NOTE_DUPLICATE = 40;

export const notesFile = (folder: string, source: number, split: Split): string =>
  join(folder, 'work', `${sourceFile(source, split)}.notes`);

/** Where the documents of one split of a source go. */
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

/** Records of one size, in order; each is valid until the next one is asked for. */
export function* records(path: string, size: number): Generator<Buffer> {
  const input = new InputFile(path);
  try {
    for (let record = input.next(size); record; record = input.next(size)) yield record;
  } finally {
    input.close();
  }
}

/** Texts of a split of a source as the first pass wrote them, without its duplicates. */
export function* keptTexts(folder: string, source: number, split: Split): Generator<string> {
  const lines = new InputFile(join(folder, sourceFile(source, split)));
  try {
    for (const note of records(notesFile(folder, source, split), NOTE)) {
      const line = lines.next(note.readUInt32LE(NOTE_LINE))!;
      if (!note[NOTE_DUPLICATE]) yield (JSON.parse(line.toString('utf8')) as { text: string }).text;
    }
  } finally {
    lines.close();
  }
}
