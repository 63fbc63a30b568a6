// Converts text to token ids and back. Byte-level: any bytes have ids, and decoding gives the same bytes. Does not normalise (the
// corpus does) and adds no tokens.

import { Merger } from './bpe.ts';
import { grown } from './grown.ts';
import { spelledMerges, spelledTokens, vocabularyFromJson, vocabularyToJson } from './json.ts';
import type { MeasuredText, RunTokenizer } from './run-tokenizer.ts';
import { pieceEnd } from './split.ts';
import type { TextStream } from './text-tokenizer.ts';
import { anyOf, newTextDecoder, textStream, unknownToken } from './token-text.ts';
import { tokenizerText } from './tokenizer-file.ts';
import { END_OF_TEXT, type Vocabulary } from './vocabulary.ts';
import { CACHED_BYTES, WordCache } from './word-cache.ts';

/** The text that a training read, and the limits that it reached. Not in the JSON. */
export interface TrainingReport {
  /** Requested entries; `vocabSize` is smaller if the text has too few frequent pairs. */
  requestedVocabSize: number;
  /** Documents and UTF-8 bytes read. */
  documents: number;
  bytes: number;
  /** True if reading stopped at `trainingBytes`. */
  reachedTrainingBytes: boolean;
}

export class Tokenizer implements RunTokenizer {
  readonly vocabSize: number;
  /** Id of `<|endoftext|>`. */
  readonly endOfTextId: number;
  /** A document begins after an end-of-text token, in training and elsewhere. */
  readonly prefixId: number;
  readonly bosToken = END_OF_TEXT;
  readonly eosToken = END_OF_TEXT;
  readonly eosId: number;
  readonly endIds: ReadonlySet<number>;
  /** Ids of special tokens by text. */
  readonly specials: ReadonlyMap<string, number>;
  /** Only `trainTokenizer` sets it. */
  readonly training: TrainingReport | undefined;

  readonly vocabulary: Vocabulary;
  readonly #merger: Merger;
  /** The bytes of token i are #bytes[#starts[i], #starts[i + 1]). */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #specialPattern: RegExp;
  readonly #specialIds: ReadonlySet<number>;
  #cache: WordCache | undefined;
  #madeFrom: MergesByProduct | undefined;

  /** `vocabulary` must be checked. */
  constructor(vocabulary: Vocabulary, training?: TrainingReport) {
    this.vocabulary = vocabulary;
    this.#merger = new Merger(vocabulary);
    this.vocabSize = vocabulary.tokens.length;
    this.specials = vocabulary.specials;
    this.endOfTextId = vocabulary.specials.get(END_OF_TEXT)!;
    this.prefixId = this.endOfTextId;
    this.eosId = this.endOfTextId;
    this.endIds = new Set([this.endOfTextId]);
    this.training = training;
    this.#starts = new Uint32Array(this.vocabSize + 1);
    vocabulary.tokens.forEach((token, id) => {
      this.#starts[id + 1] = this.#starts[id] + token.length;
    });
    this.#bytes = new Uint8Array(this.#starts[this.vocabSize]);
    vocabulary.tokens.forEach((token, id) => {
      this.#bytes.set(token, this.#starts[id]);
    });
    this.#specialPattern = anyOf([...vocabulary.specials.keys()]);
    this.#specialIds = new Set(vocabulary.specials.values());
  }

  /**
   * Reads the text of a Hugging Face tokenizer.json; `name` names it in errors.
   * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
   */
  static fromJson(text: string, name?: string): Tokenizer {
    return new Tokenizer(vocabularyFromJson(text, name));
  }

  /** Reads a tokenizer.json. @throws JikjiError as `fromJson` and `tokenizerText` */
  static load = (path: string): Tokenizer => Tokenizer.fromJson(tokenizerText(path), path);

  /** Whether this is `parent` with more entries: its ids, special tokens and merges come first, and none is changed. */
  extends(parent: Tokenizer): boolean {
    return isBeginningOf(parent.vocabulary, this.vocabulary);
  }

  /**
   * The ids below `size` that an entry was merged from, in order: those that the tokenizer of the first `size` entries gives its bytes.
   * Undefined for a special token, and for one that no merge makes.
   */
  partsOf(id: number, size: number): number[] | undefined {
    this.#madeFrom ??= mergesByProduct(this.vocabulary);
    return partsOf(this.#madeFrom, id, size);
  }

  /** The text of tokenizer.json. Equal tokenizers give equal bytes. */
  toJson(): string {
    return vocabularyToJson(this.vocabulary);
  }

  /** Tokens by id, spelled as in GGUF and JSON; a special token is its text. */
  spelledTokens(): string[] {
    return spelledTokens(this.vocabulary);
  }

  /** Merges as `left right`, spelled as in GGUF and JSON, first merge first. */
  spelledMerges(): string[] {
    return spelledMerges(this.vocabulary);
  }

  /**
   * The ids of a text. A lone surrogate becomes U+FFFD, as in every UTF-8 encoder. Special tokens written in the text are
   * plain text unless `special` is true: never set it for untrusted text.
   */
  encode(text: string, { special = false } = {}): Uint32Array {
    const encoder = new TextEncoder();
    if (!special) return this.encodeBytes(encoder.encode(text));
    const parts: Uint32Array[] = [];
    let at = 0;
    for (const match of text.matchAll(this.#specialPattern)) {
      parts.push(this.encodeBytes(encoder.encode(text.slice(at, match.index))));
      parts.push(Uint32Array.of(this.specials.get(match[0])!));
      at = match.index + match[0].length;
    }
    parts.push(this.encodeBytes(encoder.encode(text.slice(at))));
    return Uint32Array.from(parts.flatMap((part) => Array.from(part)));
  }

  encodeDocument(text: string): Uint32Array {
    const ids = this.encode(text);
    const document = new Uint32Array(ids.length + 1);
    document[0] = this.endOfTextId;
    document.set(ids, 1);
    return document;
  }

  encodeMeasured(text: string, options: { special?: boolean } = {}): MeasuredText {
    const ids = this.encode(text, options);
    return { ids, bytes: ids.map((id) => this.#starts[id + 1] - this.#starts[id]) };
  }

  bytesOf(id: number): number {
    return this.#specialIds.has(id) ? 0 : this.#starts[id + 1] - this.#starts[id];
  }

  /** The ids of any bytes, UTF-8 or not; `decodeBytes` gives the same bytes. */
  encodeBytes(bytes: Uint8Array): Uint32Array {
    this.#cache ??= new WordCache();
    const cache = this.#cache;
    const end = bytes.length;
    let out = new Uint32Array(Math.min(end, (end >> 2) + CACHED_BYTES));
    let count = 0;
    for (let start = 0; start < end; ) {
      const stop = pieceEnd(bytes, start, end);
      const length = stop - start;
      if (count + length > out.length) out = grown(out, Math.min(end, Math.max(out.length * 2, count + length)));
      const piece = { bytes, start, end: stop, out, at: count };
      if (length === 1) {
        out[count++] = this.#merger.byteId(bytes[start]);
      } else if (length <= CACHED_BYTES) {
        const entry = cache.entryOf(piece);
        let written = cache.read(entry, piece);
        if (written === 0) {
          written = this.#merger.merge(piece);
          cache.write(entry, piece, written);
        }
        count += written;
      } else {
        count += this.#merger.merge(piece);
      }
      start = stop;
    }
    return out.slice(0, count);
  }

  /** The bytes of ids; a special token is its text. @throws JikjiError `token-unknown` */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    const starts = this.#starts;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      // Not `id >= vocabSize`: NaN and fractions must fail too.
      if (!(starts[id + 1] >= 0) || !(id >= 0)) throw unknownToken(id, this.vocabSize);
      length += starts[id + 1] - starts[id];
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      for (let from = starts[ids[i]], to = starts[ids[i] + 1]; from < to; ) bytes[at++] = this.#bytes[from++];
    }
    return bytes;
  }

  /** The bytes that a token adds to a text; undefined for a special token. */
  plainBytes(id: number): Uint8Array | undefined {
    return this.#specialIds.has(id) ? undefined : this.decodeBytes([id]);
  }

  /** The text of ids; bytes that are not UTF-8 become U+FFFD. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string {
    return newTextDecoder().decode(this.decodeBytes(ids));
  }

  /** A decoder for a text that is being generated. */
  stream(): TextStream {
    return textStream((ids) => this.decodeBytes(ids));
  }
}

// What an extended vocabulary has of its parent's: the same beginning, and for each new entry the parent's entries that it joins.
// Knows no text.

/** Whether `whole` begins with `part`: the same ids, special tokens and merges, and no later merge makes one of its entries. */
function isBeginningOf(part: Vocabulary, whole: Vocabulary): boolean {
  const size = part.tokens.length;
  if (whole.tokens.length < size || whole.merges.length < part.merges.length) return false;
  const specials = [...whole.specials].filter(([, id]) => id < size);
  const later = whole.merges.subarray(part.merges.length);
  return (
    part.tokens.every((token, id) => Buffer.compare(token, whole.tokens[id]) === 0) &&
    specials.length === part.specials.size &&
    specials.every(([text, id]) => part.specials.get(text) === id) &&
    part.merges.every((id, i) => whole.merges[i] === id) &&
    later.every((id, i) => i % 3 < 2 || id >= size)
  );
}

/** Left and right id of the merge that makes an entry, by its id; of several the first. */
type MergesByProduct = ReadonlyMap<number, readonly [left: number, right: number]>;

function mergesByProduct({ merges, specials }: Vocabulary): MergesByProduct {
  const found = new Map<number, [number, number]>();
  const special = new Set(specials.values());
  for (let i = 0; i < merges.length; i += 3) {
    const made = merges[i + 2];
    if (!special.has(made) && !found.has(made)) found.set(made, [merges[i], merges[i + 1]]);
  }
  return found;
}

/** The ids below `size` that an entry joins, in order; undefined where an entry from `size` on is made by no merge. */
function partsOf(merges: MergesByProduct, id: number, size: number): number[] | undefined {
  const parts: number[] = [];
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next < size) {
      parts.push(next);
      continue;
    }
    const pair = merges.get(next);
    if (!pair) return undefined;
    open.push(pair[1], pair[0]);
  }
  return parts;
}
