// Text to token ids and back. Byte-level: any bytes have ids and come back as they were. Does not normalise (the corpus
// does) and does not add tokens of its own.

import { readFileSync, statSync } from 'node:fs';
import { JikjiError, systemCode } from '../../base/index.ts';
import { Merger } from './bpe.ts';
import { MAX_JSON_LENGTH, spelledMerges, spelledTokens, vocabularyFromJson, vocabularyToJson } from './json.ts';
import { pieceEnd } from './split.ts';
import { newTextDecoder } from './text-decoder.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { END_OF_TEXT, type Vocabulary } from './vocabulary.ts';
import { CACHED_BYTES, WordCache } from './word-cache.ts';

/** What a training looked at and why its vocabulary has the size it has. Not in the JSON. */
export interface TrainingReport {
  /** Entries asked for; `vocabSize` is smaller when the text held no more pairs worth a token. */
  requestedVocabSize: number;
  /** Documents and UTF-8 bytes looked at. */
  documents: number;
  bytes: number;
  /** True when reading stopped at `trainingBytes`. */
  reachedTrainingBytes: boolean;
  /** Distinct pre-tokens, and occurrences of further ones that found no room. */
  words: number;
  wordsLeftOut: number;
}

export class Tokenizer implements TextTokenizer {
  /** Number of ids: they are 0 to vocabSize - 1. */
  readonly vocabSize: number;
  /** Id of `<|endoftext|>`. */
  readonly endOfTextId: number;
  /** A document begins after an end-of-text token, in training as everywhere. */
  readonly prefixId: number;
  readonly endIds: ReadonlySet<number>;
  /** Special tokens, text to id. */
  readonly specials: ReadonlyMap<string, number>;
  /** Set by trainTokenizer only. */
  readonly training: TrainingReport | undefined;

  readonly #vocabulary: Vocabulary;
  readonly #merger: Merger;
  /** The bytes of token i are #bytes[#starts[i], #starts[i + 1]). */
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #specialPattern: RegExp;
  #cache: WordCache | undefined;

  /** For trainTokenizer and the readers: takes a vocabulary that has been checked. */
  constructor(vocabulary: Vocabulary, training?: TrainingReport) {
    this.#vocabulary = vocabulary;
    this.#merger = new Merger(vocabulary);
    this.vocabSize = vocabulary.tokens.length;
    this.specials = vocabulary.specials;
    this.endOfTextId = vocabulary.specials.get(END_OF_TEXT)!;
    this.prefixId = this.endOfTextId;
    this.endIds = new Set([this.endOfTextId]);
    this.training = training;
    this.#starts = new Uint32Array(this.vocabSize + 1);
    vocabulary.tokens.forEach((token, id) => {
      this.#starts[id + 1] = this.#starts[id]! + token.length;
    });
    this.#bytes = new Uint8Array(this.#starts[this.vocabSize]!);
    vocabulary.tokens.forEach((token, id) => {
      this.#bytes.set(token, this.#starts[id]);
    });
    const longestFirst = [...vocabulary.specials.keys()].sort((a, b) => b.length - a.length);
    this.#specialPattern = new RegExp(
      longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'),
      'gu',
    );
  }

  /**
   * Reads the text of a Hugging Face tokenizer.json; `name` is what errors call it.
   * @throws JikjiError `tokenizer-broken`, `tokenizer-unsupported`
   */
  static fromJson(text: string, name?: string): Tokenizer {
    return new Tokenizer(vocabularyFromJson(text, name));
  }

  /** Reads a tokenizer.json. @throws JikjiError as fromJson, and `tokenizer-missing`, `tokenizer-unreadable` */
  static load(path: string): Tokenizer {
    let text: string;
    try {
      const { size } = statSync(path);
      if (size > MAX_JSON_LENGTH * 3) {
        throw new JikjiError('tokenizer-unsupported', 'the tokenizer file is too large', path, 'check the path');
      }
      text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    } catch (error) {
      if (error instanceof JikjiError) throw error;
      if (error instanceof TypeError) {
        throw new JikjiError('tokenizer-broken', 'the tokenizer file is not UTF-8', path, 'use an unaltered copy');
      }
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        throw new JikjiError('tokenizer-missing', 'there is no tokenizer file here', path, 'check the path');
      }
      throw new JikjiError(
        'tokenizer-unreadable',
        `the tokenizer file cannot be read (${code})`,
        path,
        'check the path',
      );
    }
    return Tokenizer.fromJson(text, path);
  }

  /** The text of tokenizer.json; equal tokenizers give equal bytes. */
  toJson(): string {
    return vocabularyToJson(this.#vocabulary);
  }

  /** Tokens by id as GGUF and JSON spell them; special tokens as their text. */
  spelledTokens(): string[] {
    return spelledTokens(this.#vocabulary);
  }

  /** Merges as `left right` in GGUF's and JSON's spelling, first merge first. */
  spelledMerges(): string[] {
    return spelledMerges(this.#vocabulary);
  }

  /**
   * Ids of a text. A lone surrogate becomes U+FFFD, as in every UTF-8 encoder. Special tokens written in the text are
   * plain text, unless `special` is true: never set it for text that others wrote.
   */
  encode(text: string, { special = false } = {}): Uint32Array {
    const encoder = new TextEncoder();
    if (!special) return this.encodeBytes(encoder.encode(text));
    const parts: Uint32Array[] = [];
    let at = 0;
    for (const match of text.matchAll(this.#specialPattern)) {
      if (match.index > at) parts.push(this.encodeBytes(encoder.encode(text.slice(at, match.index))));
      parts.push(Uint32Array.of(this.specials.get(match[0])!));
      at = match.index + match[0].length;
    }
    if (at < text.length) parts.push(this.encodeBytes(encoder.encode(text.slice(at))));
    const ids = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let filled = 0;
    for (const part of parts) {
      ids.set(part, filled);
      filled += part.length;
    }
    return ids;
  }

  /** Ids of any bytes, UTF-8 or not; decodeBytes gives the same bytes back. */
  encodeBytes(bytes: Uint8Array): Uint32Array {
    this.#cache ??= new WordCache();
    const cache = this.#cache;
    const end = bytes.length;
    let out = new Uint32Array(Math.min(end, (end >> 2) + CACHED_BYTES));
    let count = 0;
    for (let start = 0; start < end; ) {
      const stop = pieceEnd(bytes, start, end);
      const length = stop - start;
      if (count + length > out.length) {
        const larger = new Uint32Array(Math.min(end, Math.max(out.length * 2, count + length)));
        larger.set(out);
        out = larger;
      }
      if (length === 1) {
        out[count++] = this.#merger.byteId(bytes[start]!);
      } else if (length <= CACHED_BYTES) {
        const entry = cache.entryOf(bytes, start, stop);
        let written = cache.read(entry, bytes, start, stop, out, count);
        if (written === 0) {
          written = this.#merger.merge(bytes, start, stop, out, count);
          cache.write(entry, bytes, start, stop, out, count, written);
        }
        count += written;
      } else {
        count += this.#merger.merge(bytes, start, stop, out, count);
      }
      start = stop;
    }
    return out.slice(0, count);
  }

  /** The bytes that ids stand for; a special token is its text. @throws JikjiError `token-unknown` */
  decodeBytes(ids: ArrayLike<number>): Uint8Array {
    const starts = this.#starts;
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      // Not `id >= vocabSize`: NaN and fractions must fail too.
      if (!(starts[id + 1]! >= 0) || !(id >= 0)) {
        throw new JikjiError(
          'token-unknown',
          `there is no token with this id; ids are 0 to ${this.vocabSize - 1}`,
          String(id),
          'use the tokenizer that the ids were made with',
        );
      }
      length += starts[id + 1]! - starts[id]!;
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      for (let from = starts[ids[i]!]!, to = starts[ids[i]! + 1]!; from < to; ) bytes[at++] = this.#bytes[from++]!;
    }
    return bytes;
  }

  /** The text that ids stand for; what is not UTF-8 becomes U+FFFD. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string {
    return newTextDecoder().decode(this.decodeBytes(ids));
  }

  /** For text that appears while it is generated. */
  stream(): TokenStream {
    return new TokenStream(this);
  }
}

/** Decodes ids as they come and holds back the bytes of a character that is not whole yet. */
export class TokenStream implements TextStream {
  readonly #tokenizer: Tokenizer;
  readonly #decoder = newTextDecoder();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** The text that is certain after these further ids; often one character late, never broken. */
  push(ids: number | ArrayLike<number>): string {
    const more = this.#tokenizer.decodeBytes(typeof ids === 'number' ? [ids] : ids);
    return this.#decoder.decode(more, { stream: true });
  }

  /** The rest: U+FFFD where a character was never finished. The stream is then as new. */
  end(): string {
    return this.#decoder.decode();
  }
}
