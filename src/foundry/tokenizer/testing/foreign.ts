// Small tokenizer.json files of the kinds that others make, for tests: the same every time.

import { ggufTokenizerJson, trainTokenizer } from '../index.ts';
import { randomOf, randomProse, randomText } from './strings.ts';

type Json = Record<string, unknown>;

const token = (id: number, content: string, special = true): Json => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
});

const LLAMA3 = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const QWEN2 = LLAMA3.replace('{1,3}', '');
const byteLevel = (use_regex: boolean): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const split = (Regex: string): Json => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const sequence = (...pretokenizers: Json[]): Json => ({ type: 'Sequence', pretokenizers });

/** A vocabulary of 700 with special tokens of its own, split in each of the known ways. */
async function byteLevelFiles(): Promise<Record<string, Json>> {
  const r = randomOf(21);
  const documents = Array.from({ length: 200 }, (_, i) => ({
    text: i % 3 === 0 ? randomProse(r, 100) : Array.from({ length: 10 }, () => randomText(r)).join(' '),
    weight: 1,
  }));
  const own = JSON.parse((await trainTokenizer(documents, { vocabSize: 700 })).toJson());
  // Those that are not in the vocabulary have the ids after it.
  const addedFrom = (id: number) => [
    token(0, '<|endoftext|>'),
    token(700, '<|begin|>'),
    token(id, '<|end|>'),
    token(id + 1, '<think>', false),
  ];
  const model = { ...own.model, ignore_merges: false };
  // Tokens that no merge gives.
  const extra = { ...model.vocab, '<|begin|>': 700, ĠÃĹ: 701, Ġships: 702 };
  const base = { ...own, added_tokens: addedFrom(701) };
  return {
    'GPT-2': { ...base, model, pre_tokenizer: byteLevel(true) },
    'Llama 3': {
      ...base,
      added_tokens: addedFrom(703),
      model: { ...model, vocab: extra, ignore_merges: true },
      pre_tokenizer: sequence(split(LLAMA3), byteLevel(false)),
    },
    Qwen2: {
      ...base,
      normalizer: { type: 'NFC' },
      model: { ...model, merges: model.merges.map((merge: string) => merge.split(' ')) },
      pre_tokenizer: sequence(split(QWEN2), byteLevel(false)),
    },
    SmolLM: { ...base, model, pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)) },
    digits: { ...base, model, pre_tokenizer: sequence({ type: 'Digits', individual_digits: false }, byteLevel(true)) },
  };
}

/** A vocabulary as Llama 2's: three special tokens, the bytes, characters, and words one character longer each. */
function sentencePieceFiles(): Record<string, Json> {
  const words = 'the and of these people 대한민국의 모델을 금속활자로 whale ship'.split(' ');
  const merges = [
    '▁ ▁',
    '▁▁ ▁▁',
    ...words.flatMap((word) => Array.from(word, (c, i) => `▁${word.slice(0, i)} ${c}`)),
    'h e',
    'a n',
    'an d',
    's h',
    'i p',
    'sh ip',
  ];
  const tokens = [
    ...['<unk>', '<s>', '</s>'],
    ...Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`),
    ...new Set([...`▁abcdefghijklmnopqrstuvwxyzABC019.,!?'${words.join('')}`]),
  ];
  const unique = [...new Set(merges)];
  for (const merge of unique) tokens.push(merge.replace(' ', ''));
  const base = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [token(0, '<unk>'), token(1, '<s>'), token(2, '</s>')],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries([...new Set(tokens)].map((text, id) => [text, id])),
      merges: unique,
    },
  };
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const metaspace = (prepend_scheme: string): Json => ({
    ...base,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme, split: false },
  });
  return {
    'Llama 2': {
      ...base,
      normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] },
    },
    'Replace alone': { ...base, normalizer: replace },
    'Metaspace, always': metaspace('always'),
    'Metaspace, first': metaspace('first'),
    'Metaspace, never': metaspace('never'),
  };
}

/**
 * A file whose merges follow from the scores of its pieces, as SentencePiece's do: each piece less likely than the one before. With the
 * types and scores that it is made from.
 */
export function scoredFile(): { json: string; types: number[]; scores: number[] } {
  const { added_tokens: added, model } = sentencePieceFiles()['Llama 2'] as {
    added_tokens: { id: number }[];
    model: { vocab: Record<string, number> };
  };
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  const types = tokens.map((token): number => (token.startsWith('<0x') ? 6 : 1));
  for (const { id } of added) types[id] = 3;
  types[0] = 2;
  const scores = tokens.map((_, id) => -Math.max(0, id - 258));
  const of = { kind: 'llama', split: undefined, merges: [], hasPrefix: true };
  return { json: ggufTokenizerJson({ ...of, tokens, types, scores }, 'tokenizer'), types, scores };
}

/** Files by what they are. */
export const foreignFiles = async (): Promise<Record<string, Json>> => ({
  ...(await byteLevelFiles()),
  ...sentencePieceFiles(),
});

/** Texts on which tokenizers differ, with the special tokens of these files among them. */
export function foreignTexts(n: number): string[] {
  const r = randomOf(22);
  const specials = ['<|endoftext|>', '<|begin|>', '<|end|>', '<think>', '<s>', '</s>', '<unk>'];
  const fixed = ["it'ſ I'LL we'Ve", ' hello  ', '▁the', ' ▁ ', '', ' ', '   \n', '<0x0A>', '½ 12345 ٣٤٥٦', ' × ships'];
  return Array.from({ length: n }, (_, i) => {
    const text = fixed[i] ?? (i % 3 ? randomText(r) : randomProse(r, 10));
    const more = i % 4 === 3 ? specials[r(specials.length)] + randomText(r) + specials[r(specials.length)] : '';
    return (text + more).toWellFormed();
  });
}
