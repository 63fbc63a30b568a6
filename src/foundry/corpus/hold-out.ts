// Decides between the two passes of a corpus what is held out: whole documents by their digests, or slices of documents where that
// misses the share, because documents are few or one of them is long. Knows the working files, not the sources.

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../ledger/index.ts';
import { OutputFile } from './files.ts';
import { SPLITS, type Split, sourceFile } from './manifest.ts';
import {
  type DocumentFiles,
  keptTexts,
  NOTE,
  NOTE_DUPLICATE,
  NOTE_TEXT,
  notesFile,
  records,
  writeDocument,
} from './notes.ts';
import { MAX_SLICES, Slices, sliceBytes, sliceText } from './slices.ts';

export type Sides = Record<Split, number>;

/**
 * Whether whole documents are held out. `sources` are the UTF-8 bytes of text of a split by digests, without sources of conversations:
 * these are never cut. True where that split holds out
 * at least half and at most twice the share and leaves every source a quarter of its text to train on. Also true where the corpus
 * could have more than MAX_SLICES slices: a source has at most 16 / share slices beside its documents.
 */
export function holdsOutWhole(share: number, sources: readonly Sides[], documents: number): boolean {
  if (share === 0 || documents + (16 / share) * sources.length > MAX_SLICES) return true;
  const held = sources.reduce((sum, { validation }) => sum + validation, 0);
  const wanted = share * sources.reduce((sum, { train, validation }) => sum + train + validation, 0);
  return held >= wanted / 2 && held <= 2 * wanted && sources.every(({ train, validation }) => 3 * train >= validation);
}

/** Result of slicing a source. */
export interface Sliced {
  /** The most bytes of a slice. */
  slice: number;
  /** Digests of the document files. */
  digests: Record<Split, string>;
  /** Number of pieces minus number of documents. */
  cuts: number;
  /** Dropped pieces by rule, with the documents that were marked as duplicates. */
  dropped: Record<string, number>;
}

export interface HoldOutInput {
  /** The unfinished corpus folder. */
  folder: string;
  /** By source, whether its documents may be cut: not those of conversations. */
  isSliceable: readonly boolean[];
  share: number;
  /** Awaited before each document; what it throws ends the work. */
  pause: () => Promise<void>;
}

/**
 * Rewrites the sources that may be cut with slices held out if the split by digests misses the share; otherwise returns undefined. The
 * result has nothing for the other sources. Needs marked duplicates.
 */
export async function holdOutSlices(input: HoldOutInput): Promise<(Sliced | undefined)[] | undefined> {
  const { folder, isSliceable, share } = input;
  const sources = isSliceable.flatMap((is, source) => (is ? [source] : []));
  const sides = sources.map((source) => bytesOf(folder, source));
  const documents = sides.reduce((sum, side) => sum + side.documents, 0);
  if (holdsOutWhole(share, sides, documents)) return undefined;
  const bytes = new Map(sources.map((source, i) => [source, sides[i].train + sides[i].validation]));
  const sliced = await new Slicing(input, bytes).write();
  for (const [i, source] of sources.entries()) {
    const { dropped } = sliced.get(source)!;
    const { duplicates } = sides[i];
    if (duplicates > 0) dropped.duplicate = (dropped.duplicate ?? 0) + duplicates;
  }
  return isSliceable.map((_, source) => sliced.get(source));
}

/** UTF-8 bytes of a source's text by split, the number of its documents, and of those marked as duplicates. */
function bytesOf(folder: string, source: number): Sides & { documents: number; duplicates: number } {
  const sides = { train: 0, validation: 0, documents: 0, duplicates: 0 };
  for (const split of SPLITS) {
    for (const note of records(notesFile(folder, source, split), NOTE)) {
      if (note[NOTE_DUPLICATE]) {
        sides.duplicates++;
        continue;
      }
      sides.documents++;
      sides[split] += note.readUInt32LE(NOTE_TEXT);
    }
  }
  return sides;
}

/** Neighbouring slices of one document in the same split; written as one document. */
interface Piece {
  source: number;
  split: Split;
  text: string;
  /** Its slices: from `first` to `end`, without `end`. */
  first: number;
  end: number;
}

class Slicing {
  readonly #folder: string;
  readonly #share: number;
  readonly #pause: () => Promise<void>;
  readonly #slices = new Slices();
  /** By the number of a source that is cut, ascending. */
  readonly #sources: Map<number, { slice: number; documents: number; dropped: Record<string, number> }>;
  /** Sources that stay whole. */
  readonly #whole: readonly number[];

  /** `bytes`: of the text of each source that is cut. */
  constructor({ folder, share, pause, isSliceable }: HoldOutInput, bytes: ReadonlyMap<number, number>) {
    this.#folder = folder;
    this.#share = share;
    this.#pause = pause;
    this.#sources = new Map(
      [...bytes].map(([source, n]) => [source, { slice: sliceBytes(share, n), documents: 0, dropped: {} }]),
    );
    this.#whole = isSliceable.flatMap((is, source) => (is ? [] : [source]));
  }

  async write(): Promise<Map<number, Sliced>> {
    for await (const { source, text } of this.#documents(this.#sources.keys())) {
      const one = this.#sources.get(source)!;
      one.documents++;
      sliceText(text, one.slice, (slice) => this.#slices.add(sha256(slice), slice, source));
    }
    const maxBytes = Array.from({ length: Math.max(...this.#sources.keys()) + 1 }, (_, source) => {
      return this.#sources.get(source)?.slice ?? 0;
    });
    // Dropped slices change the candidates, so the choice is repeated: an auditor, who has the result only, then makes the same choice.
    // It ends, because each round but the last drops something.
    do this.#slices.choose(this.#share, maxBytes);
    while (await this.#dropRepeated());
    const sliced = await this.#writePieces();
    for (const source of sliced.keys()) {
      for (const split of SPLITS) {
        for (const path of [join(this.#folder, sourceFile(source, split)), notesFile(this.#folder, source, split)])
          renameSync(`${path}.sliced`, path);
      }
    }
    return sliced;
  }

  /** Documents in the order of their slices' numbers: of each source first those that the digests assign to training. */
  async *#documents(sources: Iterable<number>): AsyncGenerator<{ source: number; text: string }> {
    for (const source of sources) {
      for (const split of SPLITS) {
        for (const text of keptTexts(this.#folder, source, split)) {
          await this.#pause();
          yield { source, text };
        }
      }
    }
  }

  async *#pieces(): AsyncGenerator<Piece> {
    let next = 0;
    for await (const { source, text } of this.#documents(this.#sources.keys())) {
      const pieces: Piece[] = [];
      let joins = false;
      sliceText(text, this.#sources.get(source)!.slice, (slice) => {
        const number = next++;
        const dropped = this.#slices.isDropped(number);
        const split = this.#slices.isHeldOut(number) ? 'validation' : 'train';
        const last = pieces.at(-1);
        if (joins && !dropped && last?.split === split) {
          last.text += slice;
          last.end = next;
        } else if (!dropped) pieces.push({ source, split, text: slice, first: number, end: next });
        joins = !dropped;
      });
      yield* pieces;
    }
  }

  /** Drops pieces that are blank, or repeat an earlier piece or a whole document; returns whether it dropped any. */
  async #dropRepeated(): Promise<boolean> {
    const seen = new Set<string>();
    for await (const { text } of this.#documents(this.#whole)) seen.add(sha256(text).toString('latin1'));
    let hasDropped = false;
    for await (const { source, text, first, end } of this.#pieces()) {
      const digest = sha256(text).toString('latin1');
      const rule = !/\S/.test(text) ? 'empty' : seen.has(digest) ? 'duplicate' : undefined;
      seen.add(digest);
      if (!rule) continue;
      hasDropped = true;
      for (let slice = first; slice < end; slice++) this.#slices.drop(slice);
      const { dropped } = this.#sources.get(source)!;
      dropped[rule] = (dropped[rule] ?? 0) + 1;
    }
    return hasDropped;
  }

  /** Writes the pieces to new files beside those that they are read from. */
  async #writePieces(): Promise<Map<number, Sliced>> {
    const sliced = new Map<number, Sliced>();
    const pieces = this.#pieces();
    let piece = await pieces.next();
    for (const [source, { slice, documents, dropped }] of this.#sources) {
      const sides = {} as Record<Split, DocumentFiles>;
      try {
        for (const split of SPLITS) {
          const lines = new OutputFile(`${join(this.#folder, sourceFile(source, split))}.sliced`);
          sides[split] = { lines, notes: new OutputFile(`${notesFile(this.#folder, source, split)}.sliced`) };
        }
        let count = Object.values(dropped).reduce((sum, n) => sum + n, 0);
        for (; !piece.done && piece.value.source === source; piece = await pieces.next(), count++) {
          const { split, text } = piece.value;
          writeDocument(sides[split], sha256(text), text);
        }
        for (const split of SPLITS) sides[split].notes.close();
        const digests = { train: sides.train.lines.close(), validation: sides.validation.lines.close() };
        sliced.set(source, { slice, digests, cuts: count - documents, dropped });
      } catch (error) {
        for (const { lines, notes } of Object.values(sides)) for (const file of [lines, notes]) file.abandon();
        throw error;
      }
    }
    return sliced;
  }
}
