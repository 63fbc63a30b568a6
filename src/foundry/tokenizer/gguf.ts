// A tokenizer as GGUF's metadata has it, as the text of a tokenizer.json: of llama.cpp's kinds gpt2 (byte-level BPE) and llama
// (SentencePiece). Knows no metadata: its caller reads them.

import { JikjiError } from '../../base/index.ts';
import { splitPattern } from './foreign-split.ts';

/** llama.cpp's types of tokens. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

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
  const ids = new Map(tokens.map((token, id): [string, number] => [token, id]));
  const merges: { pair: [string, string]; score: number; left: number; right: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    if (types[id] === CONTROL || types[id] === UNKNOWN) continue;
    // Cut between two characters, not within one of two UTF-16 units.
    for (let at = widthAt(token, 0); at < token.length; at += widthAt(token, at)) {
      const left = ids.get(token.slice(0, at));
      const right = left === undefined ? undefined : ids.get(token.slice(at));
      if (left !== undefined && right !== undefined)
        merges.push({ pair: [token.slice(0, at), token.slice(at)], score: scores[id] ?? 0, left, right });
    }
  }
  // Stable: what has one score stays in the order of its pieces.
  merges.sort((a, b) => b.score - a.score);
  return merges.map(({ pair }) => pair);
}
