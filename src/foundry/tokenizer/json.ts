// Writes and reads tokenizer.json in Hugging Face's format. The input is not trusted: a file that Hugging Face's library would
// read differently is refused.

import { shownValue } from '../../base/index.ts';
import { spell, unspell } from './alphabet.ts';
import { GPT2_SPLIT, KNOWN_SPLITS } from './foreign-split.ts';
import { SPLIT_PATTERN } from './split.ts';
import { type Fields, TokenizerFile } from './tokenizer-file.ts';
import { END_OF_TEXT, MAX_SPECIALS, MAX_VOCAB_SIZE, type Vocabulary } from './vocabulary.ts';

/** All tokens by id, spelled as in JSON and GGUF. */
export function spelledTokens({ tokens, specials }: Vocabulary): string[] {
  const spelled = tokens.map(spell);
  for (const [text, id] of specials) spelled[id] = text;
  return spelled;
}

/** All merges as `left right`, first merge first. */
export function spelledMerges(vocabulary: Vocabulary, spelled = spelledTokens(vocabulary)): string[] {
  const { merges } = vocabulary;
  return Array.from({ length: merges.length / 3 }, (_, i) => `${spelled[merges[i * 3]]} ${spelled[merges[i * 3 + 1]]}`);
}

/** The text of tokenizer.json. The same vocabulary gives the same bytes. */
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
  // Written by hand: an object would put the tokens "0" to "9" first, which confuses human readers.
  const vocab = spelled.map((token, id) => `\n      ${JSON.stringify(token)}: ${id}`).join(',');
  const merges = spelledMerges(vocabulary, spelled)
    .map((merge) => `\n      ${JSON.stringify(merge)}`)
    .join(',');
  const text = JSON.stringify(frame, null, 2);
  const cut = text.lastIndexOf('"vocab": 0');
  return `${text.slice(0, cut)}"vocab": {${vocab}\n    },\n    "merges": [${merges}${merges && '\n    '}]\n  }\n}\n`;
}

/**
 * Reads a byte-level BPE tokenizer.json with GPT-2's split and no normalizer: ours, GPT-2's and similar ones.
 * @throws JikjiError `tokenizer-broken` for a damaged file, `tokenizer-unsupported` for a valid file of another kind
 */
export function vocabularyFromJson(text: string, name = 'tokenizer.json'): Vocabulary {
  const kinds = "use a byte-level BPE tokenizer with GPT-2's split and no normalizer, as Jikji writes it";
  const file = new TokenizerFile(text, name, kinds);
  checkKind(file);
  checkPreTokenizer(file);
  const { ids, specials } = readIds(file);
  const tokens = unspellTokens(file, ids, specials);
  const merges = file.merges((token) => (specials.has(token) ? undefined : ids.get(token)));
  return { tokens, specials, merges: Uint32Array.from(merges.flatMap((merge) => merge.ids)) };
}

/** Refuses every setting that changes the ids of a text. */
function checkKind(file: TokenizerFile): void {
  file.checkUnset(['dropout', 'unk_token', 'continuing_subword_prefix', 'end_of_word_suffix'], '');
  file.checkUnset(['fuse_unk', 'byte_fallback', 'ignore_merges'], false);
  for (const key of ['normalizer', 'truncation', 'padding']) {
    if ((file.fields[key] ?? null) !== null) throw file.unsupported(`it has a ${key}`);
  }
}

/** Checks that texts are split as in GPT-2, then become bytes, and that the decoder reverses it. */
function checkPreTokenizer(file: TokenizerFile): void {
  const checkByteLevel = (value: unknown, what: string): Fields => {
    const part = file.object(value, what);
    if (part.type !== 'ByteLevel') throw file.unsupported(`${what} of type ${shownValue(part.type)}`);
    return part;
  };
  const { post_processor: postProcessor, decoder, pre_tokenizer } = file.fields;
  if (postProcessor != null) checkByteLevel(postProcessor, 'post_processor'); // changes offsets, not ids
  checkByteLevel(decoder, 'decoder');
  const preTokenizer = file.object(pre_tokenizer, 'pre_tokenizer');
  const steps = file.steps(preTokenizer, 'pre_tokenizer', 'pretokenizers');
  const isSequence = preTokenizer.type === 'Sequence';
  if (isSequence) {
    if (steps.length !== 2) throw file.unsupported(`a pre_tokenizer of ${steps.length} steps`);
    const { type, behavior, invert, pattern } = steps[0];
    if (type !== 'Split' || behavior !== 'Isolated' || (invert ?? false) !== false) {
      throw file.unsupported('a pre_tokenizer that does not begin with a split of isolated matches');
    }
    const regex = file.object(pattern, 'pattern').Regex as string;
    if (KNOWN_SPLITS.get(regex) !== GPT2_SPLIT) throw file.unsupported("a split that is not GPT-2's");
  }
  const byteLevel = checkByteLevel(steps.at(-1), 'pre_tokenizer');
  if ((byteLevel.use_regex ?? true) !== !isSequence) {
    throw file.unsupported('a pre_tokenizer that does not split as GPT-2');
  }
  if (byteLevel.add_prefix_space !== false) throw file.unsupported('a space is put before every text');
}

/** The ids of all tokens as the file spells them, and those of the special tokens in ascending order. */
function readIds(file: TokenizerFile): { ids: Map<string, number>; specials: Map<string, number> } {
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(file.object(file.model.vocab, 'model.vocab'))) {
    ids.set(token, file.id(id, token));
    if (ids.size > MAX_VOCAB_SIZE) throw file.unsupported(`more than ${MAX_VOCAB_SIZE} entries`);
  }
  const specials = new Map<string, number>();
  for (const { fields, content, id } of file.addedTokens(MAX_SPECIALS).sort((a, b) => a.id - b.id)) {
    if (fields.special !== true) throw file.unsupported(`the added token ${shownValue(content)} is not special`);
    if (specials.has(content)) throw file.broken(`the added token ${shownValue(content)} comes twice`);
    if ((ids.get(content) ?? id) !== id) throw file.broken(`the added token ${shownValue(content)} has two ids`);
    specials.set(content, id);
    ids.set(content, id);
  }
  if (!specials.has(END_OF_TEXT)) throw file.unsupported(`it has no special token ${END_OF_TEXT}`);
  return { ids, specials };
}

/** The bytes of all tokens, by id. */
function unspellTokens(
  file: TokenizerFile,
  ids: ReadonlyMap<string, number>,
  specials: ReadonlyMap<string, number>,
): Uint8Array[] {
  const encoder = new TextEncoder();
  const tokens: Uint8Array[] = new Array(ids.size);
  const isByte = new Uint8Array(256);
  for (const [token, id] of ids) {
    if (id >= ids.size) throw file.broken(`ids are not 0 to ${ids.size - 1}: ${shownValue(token)} has ${id}`);
    if (tokens[id] !== undefined) throw file.broken(`two tokens have the id ${id}`);
    const special = specials.has(token);
    const bytes = special ? encoder.encode(token) : unspell(token);
    if (bytes === undefined || bytes.length === 0)
      throw file.broken(`the token ${shownValue(token)} does not spell bytes`);
    tokens[id] = bytes;
    if (!special && bytes.length === 1) isByte[bytes[0]] = 1;
  }
  const missing = isByte.indexOf(0);
  if (missing >= 0) throw file.unsupported(`it has no token for the byte ${missing}`);
  return tokens;
}
