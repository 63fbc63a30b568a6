// Reads tokenizer.json files of other makers: byte-level BPE, and BPE as in SentencePiece models since Llama. Refuses, by name,
// every setting that would make ids differ from those of Hugging Face's library.

import { shownValue } from '../../base/index.ts';
import { spell, unspell } from './alphabet.ts';
import { digitSplit, GPT2_SPLIT, KNOWN_SPLITS, type Split, splitText } from './foreign-split.ts';
import { type Fields, TokenizerFile } from './tokenizer-file.ts';

const MAX_ADDED_TOKENS = 4096;

interface AddedToken {
  content: string;
  id: number;
  /** A token that is not special is found in every text, like a word of the vocabulary. */
  special: boolean;
}

/** A checked tokenizer without its merges. */
export interface ForeignOutline {
  /** For people. */
  kind: string;
  /** Id of each token that merging can give, as the file spells it. */
  ids: ReadonlyMap<string, number>;
  /** Tokens by id, including added ones; undefined for an id without a token. */
  tokens: readonly (string | undefined)[];
  /** A piece that is a token is used whole, even if no merges lead to it. */
  ignoreMerges: boolean;
  /** A character without a token becomes the tokens of its bytes. */
  byteFallback: boolean;
  added: AddedToken[];
  /** Splits a text into the pieces to merge; `first`: the text is the start of the input. */
  pieces(text: string, first: boolean): string[];
  /** The bytes of a token as the file spells it. */
  bytes(token: string): Uint8Array;
  /** Whether encoding adds a space before a text, which decoding removes. */
  hasPrefix: boolean;
  /** The names of its splits and whether texts are composed (NFC); or, where spaces are marked, when a mark is put before a text. */
  form:
    | { splits: readonly string[]; composes: boolean }
    | { prefix: 'before all' | 'always' | 'first' | 'never'; marks: boolean };
  /** The token of what has no token. */
  unknown: string | undefined;
}

/** A checked tokenizer. */
export interface ForeignVocabulary extends ForeignOutline {
  /** Pairs, first merge first. */
  merges: [string, string][];
}

type Scheme = Pick<ForeignOutline, 'kind' | 'pieces' | 'bytes' | 'hasPrefix' | 'form'>;

/** The mark that stands for a space in SentencePiece's vocabularies. */
const MARK = '▁';
/** A text of characters that each spell a byte. */
const SPELLED = new RegExp(
  `^[${spell(Uint8Array.from({ length: 256 }, (_, byte) => byte)).replace(/[\\\]^-]/g, '\\$&')}]+$`,
);
const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/**
 * Reads a tokenizer.json.
 * @throws JikjiError `tokenizer-broken` for a damaged file, `tokenizer-unsupported` for a valid file of an unknown kind
 */
export function foreignFromJson(text: string, name?: string): ForeignVocabulary {
  const file = openFile(text, name);
  const outline = readOutline(file);
  const merges = file.merges((token) => outline.ids.get(token));
  return { ...outline, merges: merges.map(({ pair }) => pair) };
}

/** Reads everything but the merges, which is faster. @throws JikjiError as `foreignFromJson` */
export const outlineFromJson = (text: string, name?: string): ForeignOutline => readOutline(openFile(text, name));

const openFile = (text: string, name = 'tokenizer.json') =>
  new TokenizerFile(
    text,
    name,
    'use a byte-level BPE tokenizer with the split of GPT-2, Llama 3 or Qwen2, or one like that of Llama 2',
  );

function readOutline(file: TokenizerFile): ForeignOutline {
  file.checkUnset(['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'], '');
  const flag = (key: string): boolean => {
    const value = file.model[key] ?? false;
    if (typeof value !== 'boolean') throw file.broken(`model.${key} is ${shownValue(value)}`);
    return value;
  };
  const byteFallback = flag('byte_fallback');
  const ignoreMerges = flag('ignore_merges');
  const scheme = byteFallback ? sentencePiece(file) : byteLevel(file);
  const added = readAdded(file, scheme);
  const { ids, tokens } = readVocabulary(file, added);
  for (let byte = 0; byte < 256; byte++) {
    const token = byteFallback ? byteToken(byte) : spell(Uint8Array.of(byte));
    if (!ids.has(token)) throw file.unsupported(`it has no token for the byte ${byte}`);
  }
  const unspelled = byteFallback ? undefined : [...ids.keys()].find((token) => !SPELLED.test(token));
  if (unspelled !== undefined) throw file.broken(`the token ${shownValue(unspelled)} does not spell bytes`);
  const { unk_token: unk } = file.model;
  const unknown = typeof unk === 'string' ? unk : undefined;
  return { ...scheme, ids, tokens, ignoreMerges, byteFallback, added, unknown };
}

function readAdded(file: TokenizerFile, scheme: Scheme): AddedToken[] {
  const seen = new Set<string>();
  const seenIds = new Set<number>();
  return file.addedTokens(MAX_ADDED_TOKENS).map(({ fields, content, id }) => {
    const { special = false, normalized = !special } = fields;
    if (typeof special !== 'boolean' || typeof normalized !== 'boolean') {
      throw file.broken(`the added token ${shownValue(content)}`);
    }
    // A normalized token would be searched for with a mark in front, in a text whose spaces are marks.
    if (!special && normalized && file.fields.normalizer != null && scheme.hasPrefix) {
      throw file.unsupported(`the added token ${shownValue(content)} is normalized`);
    }
    if (seen.has(content)) throw file.broken(`the added token ${shownValue(content)} comes twice`);
    if (seenIds.has(id)) throw file.broken(`two added tokens have the id ${id}`);
    seen.add(content);
    seenIds.add(id);
    return { content, id, special };
  });
}

/** The ids of the tokens that merging can give, and all tokens by id. */
function readVocabulary(file: TokenizerFile, added: readonly AddedToken[]) {
  const extra = new Map(added.map(({ content, id }) => [content, id]));
  const ids = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  const put = (id: number, token: string): void => {
    while (tokens.length <= id) tokens.push(undefined); // an array without holes
    tokens[id] = token;
  };
  for (const { content, id } of added) put(id, content);
  const vocab = file.object(file.model.vocab, 'model.vocab');
  for (const token of Object.keys(vocab)) {
    const id = file.id(vocab[token], token);
    if (token === '' || !token.isWellFormed()) throw file.broken(`the token ${shownValue(token)}`);
    if ((extra.get(token) ?? id) !== id) throw file.broken(`the token ${shownValue(token)} has two ids`);
    if ((tokens[id] ?? token) !== token) throw file.broken(`two tokens have the id ${id}`);
    put(id, token);
    if (!extra.has(token)) ids.set(token, id);
  }
  return { ids, tokens };
}

/** The scheme of GPT-2 and its successors: splits, then bytes spelled as characters. */
function byteLevel(file: TokenizerFile): Scheme {
  const { normalizer, decoder, pre_tokenizer } = file.fields;
  const composes = normalizer != null;
  if (composes) {
    const { type } = file.object(normalizer, 'normalizer');
    if (type !== 'NFC') throw file.unsupported(`a normalizer of type ${shownValue(type)}`);
  }
  if (file.object(decoder, 'decoder').type !== 'ByteLevel') throw file.unsupported('a decoder that is not ByteLevel');
  const steps = file.steps(file.object(pre_tokenizer, 'pre_tokenizer'), 'pre_tokenizer', 'pretokenizers');
  const last = steps.pop();
  if (last?.type !== 'ByteLevel') throw file.unsupported('a pre_tokenizer that does not end in ByteLevel');
  if (last.add_prefix_space !== false) throw file.unsupported('a space is put before every text');
  const splits = steps.map((step) => readSplit(step, file));
  const useRegex = last.use_regex ?? true;
  if (typeof useRegex !== 'boolean') throw file.broken(`use_regex is ${shownValue(useRegex)}`);
  if (useRegex) splits.push(GPT2_SPLIT);
  if (splits.length === 0) throw file.unsupported('a pre_tokenizer that does not split');
  const encoder = new TextEncoder();
  return {
    kind: `byte-level BPE, split as ${splits.map((split) => split.name).join(', then ')}${composes ? ', NFC' : ''}`,
    pieces: (text) =>
      splitText(composes ? text.normalize('NFC') : text, splits).map((piece) => spell(encoder.encode(piece))),
    bytes: (token) => unspell(token)!,
    hasPrefix: false,
    form: { splits: splits.map(({ name }) => name), composes },
  };
}

function readSplit(step: Fields, file: TokenizerFile): Split {
  if (step.type === 'Digits') {
    const individual = step.individual_digits ?? false;
    if (typeof individual !== 'boolean') throw file.broken(`individual_digits is ${shownValue(individual)}`);
    return digitSplit(individual);
  }
  if (step.type !== 'Split') throw file.unsupported(`a pre_tokenizer with a step of type ${shownValue(step.type)}`);
  const pattern = file.object(step.pattern, 'pattern').Regex;
  const split = typeof pattern === 'string' ? KNOWN_SPLITS.get(pattern) : undefined;
  if (!split) throw file.unsupported(`a split by an unknown pattern, ${shownValue(pattern)}`);
  // Either way all matches are pieces; the known patterns leave no text between matches.
  const invert = step.invert ?? false;
  const keeps = (step.behavior === 'Isolated' && invert === false) || (step.behavior === 'Removed' && invert === true);
  if (!keeps) throw file.unsupported(`a split that is ${shownValue(step.behavior)}`);
  return split;
}

/** The scheme of Llama, Llama 2 and similar models: spaces become marks, characters without a token become their bytes. */
function sentencePiece(file: TokenizerFile): Scheme {
  const { prefix, marks } = readPrefix(file);
  const strips = readDecoder(file);
  // Where no token has a mark inside, no merge crosses a mark that follows something else: words can be merged one by one.
  const vocab = file.object(file.model.vocab, 'model.vocab');
  const byWord = Object.keys(vocab).every((token) => !/[^▁]▁/u.test(token));
  const encoder = new TextEncoder();
  return {
    kind: 'BPE with byte fallback, as SentencePiece',
    pieces: (text, first) => {
      if (text === '') return [];
      const marked = text.replaceAll(' ', MARK);
      const wants = prefix === 'before all' || (marks && !marked.startsWith(MARK) && (prefix === 'always' || first));
      const whole = prefix !== 'never' && wants ? MARK + marked : marked;
      return byWord ? (whole.match(/▁*[^▁]+|▁+/gu) ?? []) : [whole];
    },
    bytes: (token) => {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
      return byte ? Uint8Array.of(Number.parseInt(byte[1], 16)) : encoder.encode(token.replaceAll(MARK, ' '));
    },
    hasPrefix: strips,
    form: { prefix, marks },
  };
}

/** When a mark is put before a text: by a normalizer before every text, or by Metaspace before a text without one. */
function readPrefix(file: TokenizerFile) {
  const { normalizer = null, pre_tokenizer = null } = file.fields;
  if (pre_tokenizer === null && normalizer !== null) {
    const steps = file.steps(file.object(normalizer, 'normalizer'), 'normalizer', 'normalizers');
    const replace = steps.pop();
    const isReplace =
      replace?.type === 'Replace' &&
      replace.content === MARK &&
      file.object(replace.pattern, 'the pattern of Replace').String === ' ';
    const prepends = steps.length === 1 && steps[0].type === 'Prepend' && steps[0].prepend === MARK;
    if (!isReplace || (steps.length > 0 && !prepends)) {
      throw file.unsupported('a normalizer that does more than mark spaces');
    }
    return { prefix: prepends ? 'before all' : 'never', marks: false } as const;
  }
  if (normalizer !== null || pre_tokenizer === null) throw file.unsupported('spaces that are not marked as in Llama 2');
  const metaspace = file.object(pre_tokenizer, 'pre_tokenizer');
  if (metaspace.type !== 'Metaspace' || metaspace.replacement !== MARK) {
    throw file.unsupported(`a pre_tokenizer of type ${shownValue(metaspace.type)}`);
  }
  if (metaspace.split !== false) throw file.unsupported('a pre_tokenizer that splits at spaces');
  const scheme = metaspace.prepend_scheme ?? (metaspace.add_prefix_space === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never') {
    throw file.broken(`prepend_scheme is ${shownValue(scheme)}`);
  }
  if (metaspace.add_prefix_space != null && metaspace.add_prefix_space !== (scheme !== 'never')) {
    throw file.broken('add_prefix_space and prepend_scheme contradict each other');
  }
  return { prefix: scheme, marks: true } as const;
}

/** Whether the decoder removes a space at the start of a text. */
function readDecoder(file: TokenizerFile): boolean {
  const decoder = file.object(file.fields.decoder, 'decoder');
  if (decoder.type === 'Metaspace') return decoder.prepend_scheme !== 'never' && decoder.add_prefix_space !== false;
  if (decoder.type !== 'Sequence') throw file.unsupported(`a decoder of type ${shownValue(decoder.type)}`);
  const steps = file
    .list(decoder.decoders, 'decoder.decoders', 16)
    .map((step) => file.object(step, 'a step of decoder'));
  const strip = steps[3];
  const strips = strip?.type === 'Strip' && strip.content === ' ' && strip.start === 1 && strip.stop === 0;
  const known = ['Replace', 'ByteFallback', 'Fuse'].every((type, i) => steps[i]?.type === type);
  if (!known || steps.length > (strips ? 4 : 3) || steps[0].content !== ' ') {
    throw file.unsupported("a decoder that is not Llama 2's");
  }
  return strips;
}
