// Hugging Face's tokenizer.json, out and in. What comes in is not trusted: anything this tokenizer would read otherwise
// than Hugging Face's own does is refused, never guessed at.

import { JikjiError, shownValue } from '../../base/index.ts';
import { spell, unspell } from './alphabet.ts';
import { SPLIT_PATTERN } from './split.ts';
import { END_OF_TEXT, MAX_SPECIAL_LENGTH, MAX_SPECIALS, MAX_VOCAB_SIZE, type Vocabulary } from './vocabulary.ts';

/** Longest tokenizer.json that is read, in UTF-16 code units (a vocabulary of 150,000 takes about 10 million). */
export const MAX_JSON_LENGTH = 64 * 1024 * 1024;

/** GPT-2's own pattern; Hugging Face's Rust reads its \s as White_Space, so it splits as ours does. */
const GPT2_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** Every token as vocabularies in JSON and GGUF spell it, by id. */
export function spelledTokens({ tokens, specials }: Vocabulary): string[] {
  const spelled = tokens.map(spell);
  for (const [text, id] of specials) spelled[id] = text;
  return spelled;
}

/** Every merge as `left right`, first merge first. */
export function spelledMerges(vocabulary: Vocabulary, spelled = spelledTokens(vocabulary)): string[] {
  const { merges } = vocabulary;
  return Array.from(
    { length: merges.length / 3 },
    (_, i) => `${spelled[merges[i * 3]!]} ${spelled[merges[i * 3 + 1]!]}`,
  );
}

/** The text of tokenizer.json: the same vocabulary always gives the same bytes. */
export function vocabularyToJson(vocabulary: Vocabulary): string {
  const spelled = spelledTokens(vocabulary);
  const frame = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [...vocabulary.specials].map(([content, id]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: 0,
      merges: 0,
    },
  };
  // By hand, since an object would put the tokens "0" to "9" first: readers do not care, people do.
  const vocab = spelled.map((token, id) => `\n      ${JSON.stringify(token)}: ${id}`).join(',');
  const merges = spelledMerges(vocabulary, spelled)
    .map((merge) => `\n      ${JSON.stringify(merge)}`)
    .join(',');
  const text = JSON.stringify(frame, null, 2);
  const cut = text.lastIndexOf('"vocab": 0');
  return `${text.slice(0, cut)}"vocab": {${vocab}\n    },\n    "merges": [${merges}${merges && '\n    '}]\n  }\n}\n`;
}

type Fields = Record<string, unknown>;

/** What is wrong with a file, as it is thrown: by its name in the message. */
interface Faults {
  /** Damaged. */
  broken(what: string): JikjiError;
  /** Sound, but another kind. */
  unsupported(what: string): JikjiError;
}

const faultsOf = (name: string): Faults => ({
  broken: (what) =>
    new JikjiError(
      'tokenizer-broken',
      `the tokenizer file is damaged: ${what}`,
      name,
      'use an unaltered copy of the file',
    ),
  unsupported: (what) =>
    new JikjiError(
      'tokenizer-unsupported',
      `this kind of tokenizer cannot be read: ${what}`,
      name,
      "use a byte-level BPE tokenizer with GPT-2's split and no normalizer, such as Jikji writes",
    ),
});

function fields(value: unknown, what: string, { broken }: Faults): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(`${what} is not an object`);
  return value as Fields;
}

function list(value: unknown, what: string, most: number, { broken, unsupported }: Faults): unknown[] {
  if (!Array.isArray(value)) throw broken(`${what} is not a list`);
  if (value.length > most) throw unsupported(`${what} has ${value.length} entries, the most is ${most}`);
  return value;
}

function idOf(value: unknown, what: string, { broken, unsupported }: Faults): number {
  if (!Number.isInteger(value) || (value as number) < 0 || Object.is(value, -0)) throw broken(`the id of ${what}`);
  if ((value as number) >= MAX_VOCAB_SIZE) throw unsupported(`an id of ${MAX_VOCAB_SIZE} or more`);
  return value as number;
}

/**
 * Reads a byte-level BPE tokenizer.json with GPT-2's split and no normalizer: ours, GPT-2's own and their like.
 * @throws JikjiError `tokenizer-broken` for what is damaged, `tokenizer-unsupported` for what is sound but another kind
 */
export function vocabularyFromJson(text: string, name = 'tokenizer.json'): Vocabulary {
  const faults = faultsOf(name);
  if (text.length > MAX_JSON_LENGTH) throw faults.unsupported(`it is longer than ${MAX_JSON_LENGTH} characters`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw faults.broken('it is not JSON');
  }
  const file = fields(parsed, 'the whole', faults);
  const model = fields(file.model, 'model', faults);
  checkKind(file, model, faults);
  checkPreTokenizer(file, faults);
  const added = readAddedTokens(file.added_tokens, faults);
  const { ids, specials } = numberTokens(fields(model.vocab, 'model.vocab', faults), added, faults);
  const tokens = unspellTokens(ids, specials, faults);
  return { tokens, specials, merges: readMerges(model.merges, ids, specials, faults) };
}

/** Nothing may be set that would make other ids of a text. */
function checkKind(file: Fields, model: Fields, { unsupported }: Faults): void {
  if (model.type !== undefined && model.type !== 'BPE') throw unsupported(`model type ${shownValue(model.type)}`);
  for (const key of ['dropout', 'unk_token', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    if ((model[key] ?? '') !== '') throw unsupported(`model.${key} is ${shownValue(model[key])}`);
  }
  for (const key of ['fuse_unk', 'byte_fallback', 'ignore_merges']) {
    if ((model[key] ?? false) !== false) throw unsupported(`model.${key} is ${shownValue(model[key])}`);
  }
  for (const key of ['normalizer', 'truncation', 'padding']) {
    if ((file[key] ?? null) !== null) throw unsupported(`it has a ${key}`);
  }
}

/** Texts must be split as GPT-2 does, then become bytes, and bytes again. */
function checkPreTokenizer(file: Fields, faults: Faults): void {
  const { unsupported } = faults;
  const checkByteLevel = (value: unknown, what: string): void => {
    const part = fields(value, what, faults);
    if (part.type !== 'ByteLevel') throw unsupported(`${what} of type ${shownValue(part.type)}`);
  };
  if ((file.post_processor ?? null) !== null) checkByteLevel(file.post_processor, 'post_processor'); // moves offsets, not ids
  checkByteLevel(file.decoder, 'decoder');
  const pre = fields(file.pre_tokenizer, 'pre_tokenizer', faults);
  let bytesStep = pre;
  let splitsItself = true;
  if (pre.type === 'Sequence') {
    const steps = list(pre.pretokenizers, 'pre_tokenizer.pretokenizers', 16, faults);
    if (steps.length !== 2) throw unsupported(`a pre_tokenizer of ${steps.length} steps`);
    const split = fields(steps[0], 'pre_tokenizer, first step', faults);
    const pattern = fields(split.pattern, 'pattern', faults).Regex;
    if (split.type !== 'Split' || split.behavior !== 'Isolated' || (split.invert ?? false) !== false) {
      throw unsupported('a pre_tokenizer that does not begin with a split of isolated matches');
    }
    if (pattern !== SPLIT_PATTERN && pattern !== GPT2_PATTERN) throw unsupported("a split that is not GPT-2's");
    bytesStep = fields(steps[1], 'pre_tokenizer, second step', faults);
    splitsItself = false;
  }
  checkByteLevel(bytesStep, 'pre_tokenizer');
  if ((bytesStep.use_regex ?? true) !== splitsItself)
    throw unsupported("a pre_tokenizer that does not split as GPT-2's");
  if (bytesStep.add_prefix_space !== false) throw unsupported('a space is put before every text');
}

/** Texts and ids of the added tokens, in the order of ids. */
function readAddedTokens(value: unknown, faults: Faults): [string, number][] {
  const { broken, unsupported } = faults;
  const found: [string, number][] = [];
  for (const entry of list(value ?? [], 'added_tokens', MAX_SPECIALS, faults)) {
    const added = fields(entry, 'an added token', faults);
    const content = added.content;
    if (typeof content !== 'string' || content === '') throw broken('an added token without content');
    if (!content.isWellFormed()) throw broken('an added token that is not Unicode');
    if (content.length > MAX_SPECIAL_LENGTH) throw unsupported('an added token that is very long');
    if (added.special !== true) throw unsupported(`the added token ${shownValue(content)} is not special`);
    for (const key of ['single_word', 'lstrip', 'rstrip']) {
      if ((added[key] ?? false) !== false) throw unsupported(`the added token ${shownValue(content)} has ${key}`);
    }
    found.push([content, idOf(added.id, shownValue(content), faults)]);
  }
  return found.sort((a, b) => a[1] - b[1]);
}

/** The ids of all tokens as the file spells them, and of the added ones alone. */
function numberTokens(
  vocab: Fields,
  added: readonly [string, number][],
  faults: Faults,
): { ids: Map<string, number>; specials: Map<string, number> } {
  const { broken, unsupported } = faults;
  const ids = new Map<string, number>();
  for (const token of Object.keys(vocab)) {
    ids.set(token, idOf(vocab[token], shownValue(token), faults));
    if (ids.size > MAX_VOCAB_SIZE) throw unsupported(`more than ${MAX_VOCAB_SIZE} entries`);
  }
  const specials = new Map<string, number>();
  for (const [content, id] of added) {
    if (specials.has(content)) throw broken(`the added token ${shownValue(content)} comes twice`);
    if ((ids.get(content) ?? id) !== id) throw broken(`the added token ${shownValue(content)} has two ids`);
    specials.set(content, id);
    ids.set(content, id);
  }
  if (!specials.has(END_OF_TEXT)) throw unsupported(`it has no special token ${END_OF_TEXT}`);
  return { ids, specials };
}

/** The bytes of every token, by id. */
function unspellTokens(
  ids: ReadonlyMap<string, number>,
  specials: ReadonlyMap<string, number>,
  { broken, unsupported }: Faults,
): Uint8Array[] {
  const encoder = new TextEncoder();
  const tokens: Uint8Array[] = new Array(ids.size);
  const seen = new Uint8Array(ids.size);
  const isByte = new Uint8Array(256);
  for (const [token, id] of ids) {
    if (id >= ids.size) throw broken(`ids are not 0 to ${ids.size - 1}: ${shownValue(token)} has ${id}`);
    if (seen[id] === 1) throw broken(`two tokens have the id ${id}`);
    seen[id] = 1;
    const special = specials.has(token);
    const bytes = special ? encoder.encode(token) : unspell(token);
    if (bytes === undefined || bytes.length === 0) throw broken(`the token ${shownValue(token)} does not spell bytes`);
    tokens[id] = bytes;
    if (!special && bytes.length === 1) isByte[bytes[0]!] = 1;
  }
  const missing = isByte.indexOf(0);
  if (missing >= 0) throw unsupported(`it has no token for the byte ${missing}`);
  return tokens;
}

/** The merges as triples of ids: left, right, joined. */
function readMerges(
  value: unknown,
  ids: ReadonlyMap<string, number>,
  specials: ReadonlyMap<string, number>,
  faults: Faults,
): Uint32Array {
  const { broken } = faults;
  const merges = list(value, 'model.merges', MAX_VOCAB_SIZE, faults);
  const triples = new Uint32Array(merges.length * 3);
  const pairs = new Set<number>();
  merges.forEach((merge, rank) => {
    const parts = typeof merge === 'string' ? merge.split(' ', 3) : merge;
    if (!Array.isArray(parts) || parts.length !== 2) throw broken(`merge ${rank} is not a pair`);
    const [left, right] = parts as unknown[];
    if (typeof left !== 'string' || typeof right !== 'string') throw broken(`merge ${rank} is not a pair of texts`);
    const joined = left + right;
    triples.set(
      [left, right, joined].map((token) => {
        const id = specials.has(token) ? undefined : ids.get(token);
        if (id === undefined) throw broken(`merge ${rank} names ${shownValue(token)}, which is no token`);
        return id;
      }),
      rank * 3,
    );
    const key = triples[rank * 3]! * MAX_VOCAB_SIZE + triples[rank * 3 + 1]!;
    if (pairs.has(key)) throw broken(`merge ${rank} comes twice`);
    pairs.add(key);
  });
  return triples;
}
