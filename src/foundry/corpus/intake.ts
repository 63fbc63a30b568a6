// Takes one source's texts into the corpus: cuts, normalises, counts, drops by rule, splits by digest (hold-out.ts may change the
// split later). Reads no files.

import { sha256 } from '../../ledger/index.ts';
import { contentsOf, type DocumentKind, examplesOf } from '../conversation/index.ts';
import { conversationKind, type RecipeSource, scriptPattern } from '../recipe/index.ts';
import { Cutter, MAX_DOCUMENT } from './cut.ts';
import type { Duplicates } from './duplicates.ts';
import type { Split } from './manifest.ts';
import { type DocumentFiles, writeDocument } from './notes.ts';

/** The files of one split. */
export interface Side extends DocumentFiles {
  /** Number of the files in `Duplicates`. */
  number: number;
  documents: number;
}

/** A text needs at least this share of letters in the recipe's script. */
const MIN_SCRIPT_SHARE = 0.3;

export class Intake {
  readonly dropped: Record<string, number> = {};
  /** Number of documents read, after cutting. */
  read = 0;
  readonly #sides: Record<Split, Side>;
  readonly #duplicates: Duplicates;
  readonly #validation: number;
  readonly #script: RegExp | undefined;
  readonly #cutter: Cutter;
  /** A conversation or a pair is one document, and the script of what is said in it counts. */
  readonly #kind: DocumentKind | undefined;

  constructor(source: RecipeSource, validation: number, sides: Record<Split, Side>, duplicates: Duplicates) {
    this.#sides = sides;
    this.#duplicates = duplicates;
    this.#validation = validation;
    this.#kind = conversationKind(source.read);
    this.#script = source.script === undefined ? undefined : scriptPattern(source.script);
    this.#cutter = new Cutter((text) => this.#one(text));
  }

  get cuts(): number {
    return this.#cutter.cuts;
  }

  /** Takes a whole text; cuts it if it is too long. */
  document = (text: string): void => {
    if (this.#kind) {
      this.#one(text);
      return;
    }
    if (text.includes('\r')) text = text.replaceAll('\r\n', '\n');
    if (text.length <= MAX_DOCUMENT / 3) this.#one(text);
    else {
      this.#cutter.push(text);
      this.#cutter.end();
    }
  };

  /** Takes a piece of a text whose lines already end in LF. */
  piece = (text: string): void => this.#cutter.push(text);

  endOfText = (): void => this.#cutter.end();

  drop = (rule: string): void => {
    this.read++;
    this.addDropped(rule, 1);
  };

  /** Counts documents that were read and dropped. */
  addDropped(rule: string, count: number): void {
    this.dropped[rule] = (this.dropped[rule] ?? 0) + count;
  }

  #one(raw: string): void {
    this.read++;
    const rule = this.#dropRule(raw) ?? this.#keep(raw.normalize('NFC'));
    if (rule) this.addDropped(rule, 1);
  }

  /** The rule that drops a text because of its content. */
  #dropRule(text: string): string | undefined {
    if (!/\S/.test(text)) return 'empty';
    if (!text.isWellFormed()) return 'lone-surrogate'; // an escape in JSON can give one; it has no UTF-8
    const said = this.#script && this.#kind ? contentsOf(examplesOf(text, this.#kind)).join('\n') : text;
    return this.#script && shareOf(this.#script, said) < MIN_SCRIPT_SHARE ? 'other-script' : undefined;
  }

  /** Writes a document; returns a rule where it is already known to be a duplicate. */
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
