// Tokenizers of other makers: text to ids and back. Splitting and decoding are done here, so that nothing is added to a text and special tokens in it stay text unless the caller asks for them.

import * as library from '@huggingface/tokenizers';
import { unspell } from './alphabet.ts';
import { Merger } from './bpe.ts';
import type { ForeignVocabulary } from './foreign-json.ts';
import type { TextStream, TextTokenizer } from './text-tokenizer.ts';
import { anyOf, newTextDecoder, textStream, unknownToken } from './token-text.ts';

export class ForeignTokenizer implements TextTokenizer {
  readonly vocabSize: number;
  readonly prefixId: number;
  readonly endIds: ReadonlySet<number>;
  readonly #vocabulary: ForeignVocabulary;
  /** Patterns of the added tokens that are found in every text, and of all added tokens. */
  readonly #wordPattern: RegExp | undefined;
  readonly #addedPattern: RegExp | undefined;
  readonly #added: ReadonlyMap<string, number>;
  readonly #addedIds: ReadonlySet<number>;
  #mergePiece: MergePiece | undefined;

  constructor(vocabulary: ForeignVocabulary, prefixId: number, endIds: readonly number[]) {
    const { added } = vocabulary;
    this.vocabSize = vocabulary.tokens.length;
    this.prefixId = prefixId;
    this.endIds = new Set(endIds);
    this.#vocabulary = vocabulary;
    const words = added.filter((token) => !token.special).map(({ content }) => content);
    this.#wordPattern = words.length > 0 ? anyOf(words) : undefined;
    this.#addedPattern = added.length > 0 ? anyOf(added.map(({ content }) => content)) : undefined;
    this.#added = new Map(added.map(({ content, id }) => [content, id]));
    this.#addedIds = new Set(added.map(({ id }) => id));
  }

  encode(text: string, { special = false } = {}): Uint32Array {
    const ids: number[] = [];
    for (const { text: part, added, first } of this.parts(text, special)) {
      if (added === undefined) this.#merge(this.#vocabulary.pieces(part, first), ids);
      else ids.push(added);
    }
    return Uint32Array.from(ids);
  }

  /** A text cut at its added tokens: their ids, and the texts between them. Those that are special are found only if `special`. */
  *parts(text: string, special: boolean): Generator<{ text: string; added: number | undefined; first: boolean }> {
    const wellFormed = text.toWellFormed();
    const pattern = special ? this.#addedPattern : this.#wordPattern;
    let at = 0;
    const plain = (end: number) => ({ text: wellFormed.slice(at, end), added: undefined, first: at === 0 });
    for (const match of pattern ? wellFormed.matchAll(pattern) : []) {
      if (match.index > at) yield plain(match.index);
      at = match.index + match[0].length;
      yield { text: match[0], added: this.#added.get(match[0])!, first: false };
    }
    if (at < wellFormed.length) yield plain(wellFormed.length);
  }

  /** The ids of a text without added tokens; `first`: it is the start of the input. */
  mergePlain(text: string, first: boolean): number[] {
    const ids: number[] = [];
    this.#merge(this.#vocabulary.pieces(text, first), ids);
    return ids;
  }

  #merge(pieces: string[], into: number[]): void {
    // Made on first use: a large one takes a second.
    this.#mergePiece ??= pieceMerger(this.#vocabulary);
    for (const piece of pieces) this.#mergePiece(piece, into);
  }

  plainBytes(id: number): Uint8Array | undefined {
    return this.#addedIds.has(id) ? undefined : this.#bytes([id]);
  }

  /** The text of ids, without the space that `encode` adds before a text. @throws JikjiError `token-unknown` */
  decode(ids: ArrayLike<number>): string {
    const text = newTextDecoder().decode(this.#bytes(ids));
    return this.#vocabulary.hasPrefix && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** A decoder for the continuation of a text: it keeps a space at the start. */
  stream(): TextStream {
    return textStream((ids) => this.#bytes(ids));
  }

  #bytes(ids: ArrayLike<number>): Uint8Array {
    const { bytes, tokens } = this.#vocabulary;
    return Buffer.concat(
      Array.from(ids, (id) => {
        const token = tokens[id];
        if (token === undefined) throw unknownToken(id, this.vocabSize);
        return this.#addedIds.has(id) ? Buffer.from(token) : bytes(token);
      }),
    );
  }
}

// Merges the pieces of a tokenizer of another maker: spelled bytes by our own merger, characters by Hugging Face's library. Knows no splits.

/** The library's merging; its type declarations lack this class. */
const { BPE } = library as unknown as { BPE: new (model: object) => { encode(pieces: string[]): string[] } };

/** Appends the ids of a piece. */
type MergePiece = (piece: string, into: number[]) => void;

const pieceMerger = (vocabulary: ForeignVocabulary): MergePiece =>
  vocabulary.byteFallback ? mergerOfCharacters(vocabulary) : mergerOfBytes(vocabulary);

function mergerOfCharacters({ ids, merges, ignoreMerges }: ForeignVocabulary): MergePiece {
  const vocab = Object.fromEntries(ids);
  const bpe = new BPE({ type: 'BPE', vocab, merges, ignore_merges: ignoreMerges, byte_fallback: true });
  return (piece, into) => {
    for (const token of bpe.encode([piece])) into.push(ids.get(token)!);
  };
}

/** The longest piece that is remembered, in bytes, and how many are. */
const CACHED_BYTES = 32;
const CACHED_PIECES = 1 << 16;

function mergerOfBytes({ ids, tokens, merges, ignoreMerges }: ForeignVocabulary): MergePiece {
  const none = new Uint8Array();
  const bytesOf = (token: string | undefined) => (token !== undefined && ids.has(token) && unspell(token)) || none;
  const merger = new Merger({
    tokens: tokens.map(bytesOf),
    specials: new Map(),
    merges: Uint32Array.from(
      merges.flatMap(([left, right]) => [ids.get(left)!, ids.get(right)!, ids.get(left + right)!]),
    ),
  });
  const known = new Map<string, Uint32Array>();
  const merged = (piece: string): Uint32Array => {
    const whole = ignoreMerges ? ids.get(piece) : undefined;
    if (whole !== undefined) return Uint32Array.of(whole);
    const bytes = unspell(piece)!;
    const out = new Uint32Array(bytes.length);
    return out.slice(0, merger.merge({ bytes, start: 0, end: bytes.length, out, at: 0 }));
  };
  return (piece, into) => {
    let found = known.get(piece);
    if (!found) {
      found = merged(piece);
      if (known.size >= CACHED_PIECES) known.clear();
      if (piece.length <= CACHED_BYTES) known.set(piece, found);
    }
    for (const id of found) into.push(id);
  };
}
