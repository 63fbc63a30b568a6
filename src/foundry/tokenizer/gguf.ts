// A tokenizer as GGUF's metadata has it, of llama.cpp's kinds gpt2 (byte-level BPE) and llama (SentencePiece), from the text of a
// tokenizer.json and to it. Knows no metadata: its caller reads and writes them.

import { JikjiError } from '../../base/index.ts';
import { type ForeignVocabulary, foreignFromJson } from './foreign-json.ts';
import { splitPattern } from './foreign-split.ts';

/** llama.cpp's types of tokens. */
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;
const BYTE = 6;

/** Characters of a piece of kind llama; SentencePiece makes pieces of 16 unless told otherwise. Each is cut at every place. */
const MAX_PIECE = 256;

export interface GgufTokenizer {
  /** `tokenizer.ggml.model` */
  kind: string;
  /** `tokenizer.ggml.pre` */
  split: string | undefined;
  tokens: readonly string[];
  types: readonly number[];
  /** `left right`, first merge first; of kind gpt2. */
  merges: readonly string[];
  /** Of kind llama: the pieces with the largest are merged first. */
  scores: readonly number[];
  /** Whether a space is put before a text; of kind llama. */
  hasPrefix: boolean;
}

/** By llama.cpp's name: the split, and whether texts are composed (NFC) and whole words taken first. */
const SPLITS: Record<string, { name: string; composes?: boolean; ignoreMerges?: boolean }> = {
  'gpt-2': { name: 'GPT-2' },
  'llama-bpe': { name: 'Llama 3', ignoreMerges: true },
  qwen2: { name: 'Qwen2', composes: true },
};

/** @throws JikjiError `tokenizer-unsupported` */
export function ggufTokenizerJson(of: GgufTokenizer, path: string): string {
  const tokens = [...of.tokens];
  // Rows of the embedding without a token.
  while (tokens.length > 0 && of.types[tokens.length - 1] === UNUSED) tokens.pop();
  const added = tokens.flatMap((content, id) => {
    const type = of.types[id];
    if (type !== CONTROL && type !== USER_DEFINED) return [];
    const found = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: type === CONTROL };
    return [{ id, content, ...found }];
  });
  const vocab = Object.fromEntries(tokens.map((token, id): [string, number] => [token, id]));
  if (Object.keys(vocab).length < tokens.length) {
    throw new JikjiError('tokenizer-unsupported', 'two tokens are alike', path, 'get the file again from its source');
  }
  const frame = { version: '1.0', truncation: null, padding: null, added_tokens: added, post_processor: null };
  if (of.kind === 'gpt2') return JSON.stringify({ ...frame, ...byteLevel(of, path), model: model(vocab, of) });
  if (of.kind !== 'llama') {
    const hint = 'models with the tokenizers of GPT-2, Llama and Qwen2 can be read';
    throw new JikjiError('tokenizer-unsupported', `a tokenizer of kind ${of.kind.slice(0, 100)}`, path, hint);
  }
  const unknown = tokens[of.types.indexOf(UNKNOWN)] ?? null;
  const long = tokens.find((token) => token.length > MAX_PIECE);
  if (long !== undefined) {
    const message = `a piece of ${long.length} characters; the limit is ${MAX_PIECE}`;
    throw new JikjiError('tokenizer-unsupported', message, path, 'get the file again from its source');
  }
  const merges = mergesByScore(tokens, of);
  return JSON.stringify({ ...frame, ...sentencePiece(of.hasPrefix), model: model(vocab, { merges, unknown }) });
}

const model = (
  vocab: Record<string, number>,
  {
    merges,
    split,
    unknown,
  }: { merges: readonly string[] | [string, string][]; split?: string | undefined; unknown?: string | null },
): object => ({
  type: 'BPE',
  dropout: null,
  unk_token: unknown ?? null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: unknown !== undefined,
  byte_fallback: unknown !== undefined,
  ignore_merges: SPLITS[split ?? '']?.ignoreMerges ?? false,
  vocab,
  merges,
});

function byteLevel({ split }: GgufTokenizer, path: string): object {
  const known = Object.hasOwn(SPLITS, split ?? '') ? SPLITS[split ?? ''] : undefined;
  if (!known) {
    const hint = `known are: ${Object.keys(SPLITS).join(', ')}`;
    throw new JikjiError('tokenizer-unsupported', `a split called ${String(split).slice(0, 100)}`, path, hint);
  }
  const pattern = { Regex: splitPattern(known.name) };
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return {
    normalizer: known.composes ? { type: 'NFC' } : null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern, behavior: 'Isolated', invert: false },
        { ...bytes, use_regex: false },
      ],
    },
    decoder: { ...bytes, use_regex: true },
  };
}

function sentencePiece(hasPrefix: boolean): object {
  const mark = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  const unmark = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  return {
    normalizer: { type: 'Sequence', normalizers: [...(hasPrefix ? [{ type: 'Prepend', prepend: '▁' }] : []), mark] },
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [unmark, { type: 'ByteFallback' }, { type: 'Fuse' }, ...(hasPrefix ? [strip] : [])],
    },
  };
}

/** UTF-16 units of the character at a place. */
const widthAt = (text: string, at: number): number => (text.codePointAt(at)! > 0xffff ? 2 : 1);

/**
 * SentencePiece merges two pieces where the merged one has the largest score. As merges: each cut of each piece into two pieces, by score;
 * of one piece by the ids of its parts.
 */
function mergesByScore(tokens: readonly string[], { types, scores }: GgufTokenizer): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  type Cut = { pair: [string, string]; score: number; left: number; right: number };
  const merges: Cut[] = [];
  for (const [id, token] of tokens.entries()) {
    if (types[id] === CONTROL || types[id] === UNKNOWN) continue;
    const cuts: Cut[] = [];
    // Cut between two characters, not within one of two UTF-16 units.
    for (let at = widthAt(token, 0); at < token.length; at += widthAt(token, at)) {
      const left = ids.get(token.slice(0, at));
      const right = left === undefined ? undefined : ids.get(token.slice(at));
      if (left !== undefined && right !== undefined)
        cuts.push({ pair: [token.slice(0, at), token.slice(at)], score: scores[id] ?? 0, left, right });
    }
    merges.push(...cuts.sort((a, b) => a.left - b.left || a.right - b.right));
  }
  // Stable: what has one score stays in the order of its pieces.
  merges.sort((a, b) => b.score - a.score);
  return merges.map(({ pair }) => pair);
}

const HINT = "convert this model with llama.cpp's own convert_hf_to_gguf.py";

/**
 * A tokenizer.json as GGUF has it; read again it gives the same ids.
 * @throws JikjiError `tokenizer-broken`; `tokenizer-unsupported` where llama.cpp would read another tokenizer
 */
export function toGgufTokenizer(json: string, path: string): GgufTokenizer {
  const file = foreignFromJson(json, path);
  const types = file.tokens.map((token) => typeOf(token, file));
  for (const { id, special } of file.added) types[id] = special ? CONTROL : USER_DEFINED;
  const tokens = file.tokens.map((token, id) => token ?? unusedToken(id));
  if ('splits' in file.form) {
    const merges = file.merges.map((pair) => pair.join(' '));
    return { kind: 'gpt2', split: splitOf(file, path), tokens, types, merges, scores: [], hasPrefix: false };
  }
  const unknown = file.unknown === undefined ? -1 : tokens.indexOf(file.unknown);
  if (unknown >= 0) types[unknown] = UNKNOWN;
  const { prefix } = file.form;
  if (prefix === 'always' || prefix === 'first') {
    const what = 'a tokenizer that puts a space only before texts without one cannot be written as GGUF';
    throw new JikjiError('tokenizer-unsupported', what, path, HINT);
  }
  const scores = scoresOf(tokens, file);
  const made: GgufTokenizer = {
    kind: 'llama',
    split: undefined,
    tokens,
    types,
    merges: [],
    scores,
    hasPrefix: prefix === 'before all',
  };
  // SentencePiece has no merges, but scores: these must say the same.
  if (mergesByScore(tokens, made).join('\n') !== file.merges.join('\n')) {
    const what =
      'its merges do not follow from scores of its pieces, as in SentencePiece: it cannot be written as GGUF';
    throw new JikjiError('tokenizer-unsupported', what, path, HINT);
  }
  return made;
}

/** llama.cpp's name for a row of the embedding without a token, as its converter writes it. */
export const unusedToken = (id: number): string => `[PAD${id}]`;

/** llama.cpp's number of a type: of rows without a token. */
export const UNUSED_TOKEN = UNUSED;

function typeOf(token: string | undefined, { byteFallback }: ForeignVocabulary): number {
  if (token === undefined) return UNUSED;
  return byteFallback && /^<0x[0-9A-F]{2}>$/.test(token) ? BYTE : NORMAL;
}

/** llama.cpp's name of a byte-level tokenizer's split. */
function splitOf({ form, ignoreMerges }: ForeignVocabulary, path: string): string {
  const found = Object.entries(SPLITS).find(([, split]) => {
    if (!('splits' in form) || form.splits.join() !== split.name) return false;
    return form.composes === (split.composes ?? false) && ignoreMerges === (split.ignoreMerges ?? false);
  });
  if (found) return found[0];
  const what = 'only byte-level tokenizers with the split of GPT-2, Llama 3 or Qwen2 can be written as GGUF';
  throw new JikjiError('tokenizer-unsupported', what, path, HINT);
}

/** The sooner a piece is merged the larger its score, as SentencePiece's BPE numbers them; 0 for what no merge makes. */
function scoresOf(tokens: readonly string[], { merges }: ForeignVocabulary): number[] {
  const order = new Map<string, number>();
  for (const pair of merges) {
    const piece = pair.join('');
    if (!order.has(piece)) order.set(piece, order.size + 1);
  }
  return tokens.map((token) => 0 - (order.get(token) ?? 0));
}
