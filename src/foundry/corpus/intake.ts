// One source's texts on their way into the corpus: cleaned, normalised, counted, dropped by rule, split. Knows no files to
// read; the digest of a document decides on which side it falls (where that misses the share, hold-out.ts changes it).

import { sha256 } from '../../ledger/index.ts';
import { type RecipeSource, scriptPattern } from '../recipe/index.ts';
import { Cutter, MAX_DOCUMENT } from './cut.ts';
import type { Duplicates } from './duplicates.ts';
import type { Split } from './manifest.ts';
import { type DocumentFiles, writeDocument } from './notes.ts';

/** Where the documents of one side go. */
export interface Side extends DocumentFiles {
  /** A number for Duplicates, which gives it back. */
  number: number;
  documents: number;
}

/** A text may have at most seven letters in ten of other scripts than the one the recipe names. */
const SCRIPT_SHARE = 0.3;

export class Intake {
  readonly dropped: Record<string, number> = {};
  /** Documents, after cutting. */
  read = 0;
  readonly #sides: Record<Split, Side>;
  readonly #duplicates: Duplicates;
  readonly #validation: number;
  readonly #script: RegExp | undefined;
  readonly #cutter: Cutter;

  constructor(source: RecipeSource, validation: number, sides: Record<Split, Side>, duplicates: Duplicates) {
    this.#sides = sides;
    this.#duplicates = duplicates;
    this.#validation = validation;
    this.#script = source.script === undefined ? undefined : scriptPattern(source.script);
    this.#cutter = new Cutter((text) => this.#one(text));
  }

  get cuts(): number {
    return this.#cutter.cuts;
  }

  /** A whole text; cut where it is too long. */
  document = (text: string): void => {
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n');
    if (text.length <= MAX_DOCUMENT / 3) this.#one(text);
    else {
      this.#cutter.push(text);
      this.#cutter.end();
    }
  };

  /** A piece of a text, whose lines end in LF already. */
  piece = (text: string): void => this.#cutter.push(text);

  endOfText = (): void => this.#cutter.end();

  drop = (rule: string): void => {
    this.read++;
    this.addDropped(rule, 1);
  };

  /** Counts documents that were read and are not kept after all. */
  addDropped(rule: string, count: number): void {
    this.dropped[rule] = (this.dropped[rule] ?? 0) + count;
  }

  #one(raw: string): void {
    this.read++;
    const rule = this.#refusal(raw) ?? this.#keep(raw.normalize('NFC'));
    if (rule) this.addDropped(rule, 1);
  }

  /** The rule by which a text is dropped for what it is. */
  #refusal(text: string): string | undefined {
    if (!/\S/.test(text)) return 'empty';
    if (!text.isWellFormed()) return 'lone-surrogate'; // from an escape in JSON: it has no UTF-8
    return this.#script && shareOf(this.#script, text) < SCRIPT_SHARE ? 'other-script' : undefined;
  }

  /** Writes a document, unless it is known to be a duplicate. */
  #keep(text: string): string | undefined {
    const digest = sha256(text);
    const side = this.#sides[fraction(digest) < this.#validation ? 'validation' : 'train'];
    if (this.#duplicates.add(digest, side.number, side.documents)) return 'duplicate';
    side.documents++;
    writeDocument(side, digest, text);
    return undefined;
  }
}

/** The first 8 bytes of a digest, big-endian, as a fraction in [0, 1]. */
export const fraction = (digest: Buffer): number =>
  (digest.readUInt32BE(0) * 2 ** 32 + digest.readUInt32BE(4)) / 2 ** 64;

/** The share of a text's letters that are in a script. */
function shareOf(script: RegExp, text: string): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters === 0 ? 0 : (text.match(script)?.length ?? 0) / letters;
}
