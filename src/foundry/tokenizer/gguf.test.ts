// Tokenizers as GGUF has them give the ids of the tokenizer.json that they come from.

import { beforeAll, describe, expect, test } from 'vitest';
import type { GgufTokenizer } from './gguf.ts';
import { ggufTokenizerJson, readTokenizer, type TextTokenizer, toGgufTokenizer } from './index.ts';
import { foreignFiles, foreignTexts, scoredFile } from './testing/foreign.ts';

interface File {
  added_tokens: { id: number; content: string; special: boolean }[];
  model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
}

let files: Record<string, File>;
beforeAll(async () => {
  files = (await foreignFiles()) as unknown as Record<string, File>;
});
const open = (text: string) => readTokenizer(text, 'tokenizer.json').ready(1, [2])!;

/** The same ids and the same texts. */
function expectSame(theirs: TextTokenizer, ours: TextTokenizer, texts: number) {
  for (const special of [false, true])
    for (const text of foreignTexts(texts)) {
      const ids = [...theirs.encode(text, { special })];
      expect([...ours.encode(text, { special })]).toEqual(ids);
      expect(ours.decode(ids)).toBe(theirs.decode(ids));
    }
}

/** As llama.cpp's converter writes it. */
function ggufOf({ added_tokens: added, model }: File, of: Partial<GgufTokenizer>): GgufTokenizer {
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  const types = tokens.map((token): number => (/^<0x..>$/.test(token) ? 6 : 1));
  for (const { id, content, special } of added) {
    tokens[id] = content;
    types[id] = special ? 3 : 4;
  }
  for (let id = 0; id < tokens.length; id++) {
    tokens[id] ??= `[PAD${id}]`;
    types[id] ??= 5;
  }
  const merges = model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return { kind: 'gpt2', split: undefined, tokens, types, merges, scores: [], hasPrefix: true, ...of };
}

test.each([
  ['GPT-2', 'gpt-2'],
  ['Llama 3', 'llama-bpe'],
  ['Qwen2', 'qwen2'],
])('%s', (name, split) => {
  const [theirs, ours] = [
    open(JSON.stringify(files[name])),
    open(ggufTokenizerJson(ggufOf(files[name], { split }), 'x')),
  ];
  expectSame(theirs, ours, 1000);
});

test('Llama 2: the merges are found again by the scores of the pieces', () => {
  const file = files['Llama 2'];
  const { tokens, types: known } = ggufOf(file, {});
  const types = [...known];
  // SentencePiece's scores: what is merged first has the largest.
  const scores = tokens.map(() => 0);
  for (const [i, merge] of file.model.merges.entries()) {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const id = tokens.indexOf(pair.join(''));
    if (scores[id] === 0) scores[id] = -i - 1;
  }
  const unknown = tokens.indexOf('<unk>');
  if (unknown >= 0) types[unknown] = 2;
  const made = ggufTokenizerJson({ ...ggufOf(file, { kind: 'llama' }), types, scores }, 'x');
  const [theirs, ours] = [open(JSON.stringify(file)), open(made)];
  for (const text of foreignTexts(2000)) {
    const ids = [...theirs.encode(text)];
    expect([...ours.encode(text)]).toEqual(ids);
    expect(ours.decode(ids)).toBe(theirs.decode(ids));
  }
});

describe('written', () => {
  /** What is read again from a file that has what is written. */
  const again = (json: string) => ggufTokenizerJson(toGgufTokenizer(json, 'x'), 'x');

  test.each(['GPT-2', 'Llama 3', 'Qwen2'])('%s: read again it gives the same ids', (name) => {
    const json = JSON.stringify(files[name]);
    const [theirs, ours] = [open(json), open(again(json))];
    expectSame(theirs, ours, 500);
  });

  test('as Llama 2: scores that say what the merges say; read again it is the same file', () => {
    const { json, types, scores } = scoredFile();
    const written = toGgufTokenizer(json, 'x');
    expect([written.kind, written.types]).toEqual(['llama', types]);
    expect(again(json)).toBe(json);
    const { merges } = (JSON.parse(json) as File).model;
    const made = new Set(merges.map((pair) => (pair as [string, string]).join('')));
    const byScore = (of: readonly number[]) =>
      [...made].sort((a, b) => of[written.tokens.indexOf(b)] - of[written.tokens.indexOf(a)]);
    expect(byScore(written.scores)).toEqual(byScore(scores));
  });

  test('what llama.cpp would read as another tokenizer is refused', () => {
    const refused = (name: string, change: (file: File) => void = () => {}) => {
      const file = structuredClone(files[name]);
      change(file);
      return expect(() => toGgufTokenizer(JSON.stringify(file), 'x'), name);
    };
    refused('digits').toThrow('split of GPT-2');
    refused('SmolLM').toThrow('split of GPT-2');
    refused('Llama 3', ({ model }) => Object.assign(model, { ignore_merges: false })).toThrow('split of GPT-2');
    // Its words have other cuts into two pieces, which SentencePiece would merge too.
    refused('Llama 2').toThrow('scores of its pieces');
  });
});

test('what is not known is refused', () => {
  const of = (more: Partial<GgufTokenizer>) => () => ggufTokenizerJson(ggufOf(files['GPT-2'], more), 'x');
  expect(of({ kind: 'bert' })).toThrow('of kind bert');
  expect(of({ split: 'tekken' })).toThrow('tekken');
  expect(of({ split: '__proto__' })).toThrow('called __proto__');
  expect(of({ split: 'gpt-2', tokens: ['a', 'a'], types: [1, 1] })).toThrow('alike');
  // Its cuts alone would take hours.
  expect(of({ kind: 'llama', tokens: ['<unk>', 'x'.repeat(1 << 20)], types: [2, 1] })).toThrow('1048576 characters');
});
