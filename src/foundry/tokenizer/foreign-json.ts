// tokenizer.json of tokenizers that others made, as far as their kinds are known: byte-level BPE, and BPE as SentencePiece's
// models have it since Llama. Whatever would make ids differ from those of Hugging Face's library is refused by name.

import { JikjiError, shownValue } from '../../base/index.ts';
import { spell, unspell } from './alphabet.ts';
import { digitSplit, GPT2_SPLIT, KNOWN_SPLITS, type Split, splitText } from './foreign-split.ts';
import { MAX_JSON_LENGTH } from './json.ts';
import { MAX_SPECIAL_LENGTH, MAX_VOCAB_SIZE } from './vocabulary.ts';

/** Most added tokens. */
const MAX_ADDED = 4096;

export interface AddedToken {
  content: string;
  id: number;
  /** Otherwise it is found in every text, as a word of the vocabulary. */
  special: boolean;
}

/** What a tokenizer is: everything but its merges. */
export interface ForeignOutline {
  /** For people. */
  kind: string;
  /** Id of each token that merging can give, as the file spells it. */
  ids: ReadonlyMap<string, number>;
  /** Tokens by id, added ones too; not each id below their number need have one. */
  tokens: readonly (string | undefined)[];
  /** Pieces that are tokens are taken whole, merges or not. */
  ignoreMerges: boolean;
  /** Characters that are no token become the tokens of their bytes. */
  byteFallback: boolean;
  added: AddedToken[];
  /** What is given to merging; `first`: nothing stands before the text. */
  pieces(text: string, first: boolean): string[];
  /** The bytes of a token as the file spells it. */
  bytes(token: string): Uint8Array;
  /** Whether a space is put before every text, which is none of it. */
  hasPrefix: boolean;
}

/** A tokenizer as its file describes it, checked. */
export interface ForeignVocabulary extends ForeignOutline {
  /** Pairs, first merge first. */
  merges: [string, string][];
}

type Fields = Record<string, unknown>;
type Scheme = Pick<ForeignOutline, 'kind' | 'pieces' | 'bytes' | 'hasPrefix'>;

/** The mark that stands for a space in SentencePiece's vocabularies. */
const MARK = '▁';
/** What spells bytes, one character each. */
const SPELLED = new RegExp(
  `^[${spell(Uint8Array.from({ length: 256 }, (_, byte) => byte)).replace(/[\\\]^-]/g, '\\$&')}]+$`,
);
const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** What is wrong with a file, said in one form. */
class Complaints {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  broken(what: string): JikjiError {
    const hint = 'use an unaltered copy of the file';
    return new JikjiError('tokenizer-broken', `the tokenizer file is damaged: ${what}`, this.name, hint);
  }

  unsupported(what: string): JikjiError {
    return new JikjiError(
      'tokenizer-unsupported',
      `this kind of tokenizer cannot be read: ${what}`,
      this.name,
      'use a byte-level BPE tokenizer with the split of GPT-2, Llama 3 or Qwen2, or one like that of Llama 2',
    );
  }

  fields(value: unknown, what: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.broken(`${what} is not an object`);
    }
    return value as Fields;
  }

  list(value: unknown, what: string, most: number): unknown[] {
    if (!Array.isArray(value)) throw this.broken(`${what} is not a list`);
    if (value.length > most) throw this.unsupported(`${what} has ${value.length} entries, the most is ${most}`);
    return value;
  }

  id(value: unknown, token: string): number {
    if (!Number.isInteger(value) || (value as number) < 0 || Object.is(value, -0)) {
      throw this.broken(`the id of ${shownValue(token)}`);
    }
    if ((value as number) >= MAX_VOCAB_SIZE) throw this.unsupported(`an id of ${MAX_VOCAB_SIZE} or more`);
    return value as number;
  }
}

/**
 * Reads a tokenizer.json.
 * @throws JikjiError `tokenizer-broken` for what is damaged, `tokenizer-unsupported` for what is sound but of an unknown kind
 */
export function foreignFromJson(text: string, name = 'tokenizer.json'): ForeignVocabulary {
  const say = new Complaints(name);
  const { outline, model } = readOutline(text, say);
  return { ...outline, merges: readMerges(model, outline.ids, say) };
}

/** Reads all but the merges, which is faster. @throws JikjiError as `foreignFromJson` */
export const outlineFromJson = (text: string, name = 'tokenizer.json'): ForeignOutline =>
  readOutline(text, new Complaints(name)).outline;

function readOutline(text: string, say: Complaints): { outline: ForeignOutline; model: Fields } {
  if (text.length > MAX_JSON_LENGTH) throw say.unsupported(`it is longer than ${MAX_JSON_LENGTH} characters`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw say.broken('it is not JSON');
  }
  const file = say.fields(parsed, 'the whole');
  const model = say.fields(file.model, 'model');
  if (model.type !== undefined && model.type !== 'BPE') throw say.unsupported(`model type ${shownValue(model.type)}`);
  for (const key of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    if ((model[key] ?? '') !== '') throw say.unsupported(`model.${key} is ${shownValue(model[key])}`);
  }
  const flag = (key: string): boolean => {
    const value = model[key] ?? false;
    if (typeof value !== 'boolean') throw say.broken(`model.${key} is ${shownValue(value)}`);
    return value;
  };
  const byteFallback = flag('byte_fallback');
  const ignoreMerges = flag('ignore_merges');
  const scheme = byteFallback ? sentencePiece(file, model, say) : byteLevel(file, say);
  const added = readAdded(file, scheme, say);
  const { ids, tokens } = readVocabulary(model, added, say);
  for (let byte = 0; byte < 256; byte++) {
    const token = byteFallback ? byteToken(byte) : spell(Uint8Array.of(byte));
    if (!ids.has(token)) throw say.unsupported(`it has no token for the byte ${byte}`);
  }
  if (!byteFallback) {
    for (const token of ids.keys()) {
      if (!SPELLED.test(token)) throw say.broken(`the token ${shownValue(token)} does not spell bytes`);
    }
  }
  return { outline: { ...scheme, ids, tokens, ignoreMerges, byteFallback, added }, model };
}

function readAdded(file: Fields, scheme: Scheme, say: Complaints): AddedToken[] {
  const seen = new Set<string>();
  const seenIds = new Set<number>();
  return say.list(file.added_tokens ?? [], 'added_tokens', MAX_ADDED).map((entry) => {
    const token = say.fields(entry, 'an added token');
    const { content, special = false, normalized = !special } = token;
    if (typeof content !== 'string' || content === '') throw say.broken('an added token without content');
    if (!content.isWellFormed()) throw say.broken('an added token that is not Unicode');
    if (content.length > MAX_SPECIAL_LENGTH) throw say.unsupported('an added token that is very long');
    if (typeof special !== 'boolean' || typeof normalized !== 'boolean') {
      throw say.broken(`the added token ${shownValue(content)}`);
    }
    for (const key of ['single_word', 'lstrip', 'rstrip']) {
      if ((token[key] ?? false) !== false) throw say.unsupported(`the added token ${shownValue(content)} has ${key}`);
    }
    // It would be looked for behind a mark for the space, in a text whose spaces are marks.
    if (!special && normalized && file.normalizer != null && scheme.hasPrefix) {
      throw say.unsupported(`the added token ${shownValue(content)} is normalized`);
    }
    const id = say.id(token.id, content);
    if (seen.has(content)) throw say.broken(`the added token ${shownValue(content)} comes twice`);
    if (seenIds.has(id)) throw say.broken(`two added tokens have the id ${id}`);
    seen.add(content);
    seenIds.add(id);
    return { content, id, special };
  });
}

/** Tokens that are not added ones by their text, and all by their id. */
function readVocabulary(model: Fields, added: readonly AddedToken[], say: Complaints) {
  const extra = new Map(added.map(({ content, id }) => [content, id]));
  const ids = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  const put = (id: number, token: string): void => {
    while (tokens.length <= id) tokens.push(undefined); // an array without holes
    tokens[id] = token;
  };
  for (const { content, id } of added) put(id, content);
  const vocab = say.fields(model.vocab, 'model.vocab');
  for (const token of Object.keys(vocab)) {
    const id = say.id(vocab[token], token);
    if (token === '' || !token.isWellFormed()) throw say.broken(`the token ${shownValue(token)}`);
    if ((extra.get(token) ?? id) !== id) throw say.broken(`the token ${shownValue(token)} has two ids`);
    if ((tokens[id] ?? token) !== token) throw say.broken(`two tokens have the id ${id}`);
    put(id, token);
    if (!extra.has(token)) ids.set(token, id);
  }
  return { ids, tokens };
}

function readMerges(model: Fields, ids: ReadonlyMap<string, number>, say: Complaints): [string, string][] {
  const pairs = new Set<number>();
  return say.list(model.merges, 'model.merges', MAX_VOCAB_SIZE).map((merge, rank) => {
    const parts: unknown = typeof merge === 'string' ? merge.split(' ', 3) : merge;
    if (!Array.isArray(parts) || parts.length !== 2) throw say.broken(`merge ${rank} is not a pair`);
    const [left, right] = parts as unknown[];
    if (typeof left !== 'string' || typeof right !== 'string') throw say.broken(`merge ${rank} is not a pair of texts`);
    const [first, second] = [left, right, left + right].map((token) => {
      const id = ids.get(token);
      if (id === undefined) throw say.broken(`merge ${rank} names ${shownValue(token)}, which is no token`);
      return id;
    });
    const key = first! * MAX_VOCAB_SIZE + second!;
    if (pairs.has(key)) throw say.broken(`merge ${rank} comes twice`);
    pairs.add(key);
    return [left, right];
  });
}

/** Splits, then bytes spelled as characters: GPT-2 and what came after it. */
function byteLevel(file: Fields, say: Complaints): Scheme {
  const normalizer = file.normalizer ?? null;
  const composes = normalizer !== null && say.fields(normalizer, 'normalizer').type === 'NFC';
  if (normalizer !== null && !composes) {
    throw say.unsupported(`a normalizer of type ${shownValue(say.fields(normalizer, 'normalizer').type)}`);
  }
  if (say.fields(file.decoder, 'decoder').type !== 'ByteLevel')
    throw say.unsupported('a decoder that is not ByteLevel');
  const pre = say.fields(file.pre_tokenizer, 'pre_tokenizer');
  const steps =
    pre.type === 'Sequence'
      ? say
          .list(pre.pretokenizers, 'pre_tokenizer.pretokenizers', 16)
          .map((step) => say.fields(step, 'a step of pre_tokenizer'))
      : [pre];
  const last = steps.pop();
  if (last?.type !== 'ByteLevel') throw say.unsupported('a pre_tokenizer that does not end in ByteLevel');
  if (last.add_prefix_space !== false) throw say.unsupported('a space is put before every text');
  const splits = steps.map((step) => readSplit(step, say));
  const useRegex = last.use_regex ?? true;
  if (typeof useRegex !== 'boolean') throw say.broken(`use_regex is ${shownValue(useRegex)}`);
  if (useRegex) splits.push(GPT2_SPLIT);
  if (splits.length === 0) throw say.unsupported('a pre_tokenizer that does not split');
  const encoder = new TextEncoder();
  return {
    kind: `byte-level BPE, split as ${splits.map((split) => split.name).join(', then ')}${composes ? ', NFC' : ''}`,
    pieces: (text) =>
      splitText(composes ? text.normalize('NFC') : text, splits).map((piece) => spell(encoder.encode(piece))),
    bytes: (token) => unspell(token)!,
    hasPrefix: false,
  };
}

function readSplit(step: Fields, say: Complaints): Split {
  if (step.type === 'Digits') {
    const individual = step.individual_digits ?? false;
    if (typeof individual !== 'boolean') throw say.broken(`individual_digits is ${shownValue(individual)}`);
    return digitSplit(individual);
  }
  if (step.type !== 'Split') throw say.unsupported(`a pre_tokenizer with a step of type ${shownValue(step.type)}`);
  const pattern = say.fields(step.pattern, 'pattern').Regex;
  const split = typeof pattern === 'string' ? KNOWN_SPLITS.get(pattern) : undefined;
  if (!split) throw say.unsupported(`a split by a pattern that is not known here, ${shownValue(pattern)}`);
  // Both keep all matches as pieces; known patterns leave nothing between them.
  const invert = step.invert ?? false;
  const keeps = (step.behavior === 'Isolated' && invert === false) || (step.behavior === 'Removed' && invert === true);
  if (!keeps) throw say.unsupported(`a split that is ${shownValue(step.behavior)}`);
  return split;
}

/** Spaces become marks, characters without a token their bytes: Llama, Llama 2 and their like. */
function sentencePiece(file: Fields, model: Fields, say: Complaints): Scheme {
  const { prefix, marks } = readPrefix(file, say);
  const strips = readDecoder(file, say);
  // Where no token has a mark inside, no merge crosses a mark that follows something else: words can be merged one by one.
  const vocab = say.fields(model.vocab, 'model.vocab');
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
      return byte ? Uint8Array.of(Number.parseInt(byte[1]!, 16)) : encoder.encode(token.replaceAll(MARK, ' '));
    },
    hasPrefix: strips,
  };
}

/** How the mark before a text comes about: by a normalizer before every text, or by Metaspace where none is there yet. */
function readPrefix(file: Fields, say: Complaints) {
  const normalizer = file.normalizer ?? null;
  const pre = file.pre_tokenizer ?? null;
  if (pre === null && normalizer !== null) {
    const one = say.fields(normalizer, 'normalizer');
    const steps =
      one.type === 'Sequence'
        ? say
            .list(one.normalizers, 'normalizer.normalizers', 16)
            .map((step) => say.fields(step, 'a step of normalizer'))
        : [one];
    const replace = steps.pop();
    const isReplace =
      replace?.type === 'Replace' &&
      replace.content === MARK &&
      say.fields(replace.pattern, 'the pattern of Replace').String === ' ';
    const prepends = steps.length === 1 && steps[0]!.type === 'Prepend' && steps[0]!.prepend === MARK;
    if (!isReplace || (steps.length > 0 && !prepends)) {
      throw say.unsupported('a normalizer that does something else than to mark spaces');
    }
    return { prefix: prepends ? 'before all' : 'never', marks: false } as const;
  }
  if (normalizer !== null || pre === null) throw say.unsupported('spaces that are not marked as Llama 2 does');
  const metaspace = say.fields(pre, 'pre_tokenizer');
  if (metaspace.type !== 'Metaspace' || metaspace.replacement !== MARK) {
    throw say.unsupported(`a pre_tokenizer of type ${shownValue(metaspace.type)}`);
  }
  if (metaspace.split !== false) throw say.unsupported('a pre_tokenizer that splits at spaces');
  const scheme = metaspace.prepend_scheme ?? (metaspace.add_prefix_space === false ? 'never' : 'always');
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never') {
    throw say.broken(`prepend_scheme is ${shownValue(scheme)}`);
  }
  if (metaspace.add_prefix_space != null && metaspace.add_prefix_space !== (scheme !== 'never')) {
    throw say.broken('add_prefix_space and prepend_scheme contradict each other');
  }
  return { prefix: scheme, marks: true } as const;
}

/** Whether the decoder takes a space from the start of a text. */
function readDecoder(file: Fields, say: Complaints): boolean {
  const decoder = say.fields(file.decoder, 'decoder');
  if (decoder.type === 'Metaspace') return decoder.prepend_scheme !== 'never' && decoder.add_prefix_space !== false;
  if (decoder.type !== 'Sequence') throw say.unsupported(`a decoder of type ${shownValue(decoder.type)}`);
  const steps = say.list(decoder.decoders, 'decoder.decoders', 16).map((step) => say.fields(step, 'a step of decoder'));
  const strip = steps[3];
  const strips = strip?.type === 'Strip' && strip.content === ' ' && strip.start === 1 && strip.stop === 0;
  const known = ['Replace', 'ByteFallback', 'Fuse'].every((type, i) => steps[i]?.type === type);
  if (!known || steps.length > (strips ? 4 : 3) || steps[0]!.content !== ' ') {
    throw say.unsupported("a decoder that is not Llama 2's");
  }
  return strips;
}
