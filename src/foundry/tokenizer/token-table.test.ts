// Tables of tokens: by bytes whatever the file spells them in, equal for one tokenizer as tokenizer.json and as GGUF, without special tokens.

import { describe, expect, test } from 'vitest';
import { toGgufTokenizer, tokenTableOfGguf, tokenTableOfJson } from './index.ts';
import { foreignFiles, scoredFile } from './testing/foreign.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');
const FILES = await foreignFiles();
/** A tokenizer.json, as far as these tests look at it. */
interface File {
  added_tokens: { content: unknown; id: number; special: boolean; rstrip: boolean }[];
  pre_tokenizer: { pretokenizers: { pattern: unknown }[] };
  model: { type: string; vocab: Record<string, number | string>; merges: (string | [string, string])[] };
}
const copyOf = (name: string) => structuredClone(FILES[name]) as unknown as File;
const fileOf = (name: string, change: (file: File) => void = () => {}) => {
  const file = copyOf(name);
  change(file);
  return JSON.stringify(file);
};
const table = (json: string) => tokenTableOfJson(json, 'tokenizer.json');

test.each(Object.keys(FILES))('%s: words have the ids that the file gives them, special tokens none', (name) => {
  const file = copyOf(name);
  const { ids, merges } = table(fileOf(name));
  const isBytes = JSON.stringify(file).includes('"ByteLevel"');
  const added = new Map(file.added_tokens.map((one) => [String(one.content), one]));
  let words = 0;
  for (const [token, id] of Object.entries(file.model.vocab)) {
    // Words of letters are spelled alike everywhere; a space is Ġ or ▁.
    const match = /^([Ġ▁]?)([a-z]+)$/.exec(token);
    if (!match || added.has(token)) continue;
    expect(ids.get(hex((match[1] ? ' ' : '') + match[2])), token).toBe(id);
    words++;
  }
  expect(words).toBeGreaterThan(20);
  for (const [content, { id, special }] of added) {
    if (special) expect(ids.get(hex(content)), content).toBeUndefined();
    else expect(ids.get(hex(content)), content).toBe(id);
  }
  expect(merges).toHaveLength(file.model.merges.length);
  const [left, right] = ([] as string[]).concat(file.model.merges[0]).join(' ').split(' ');
  if (/^[a-z]+$/.test(`${left}${right}`)) expect(merges![0]).toBe(`${hex(left)} ${hex(right)}`);
  if (isBytes) expect(new Set(ids.values()).size).toBe(ids.size);
});

test.each(['GPT-2', 'Llama 3', 'Qwen2'])('%s: the same table in GGUF', (name) => {
  const json = fileOf(name);
  expect(tokenTableOfGguf(toGgufTokenizer(json, 'x'))).toEqual(table(json));
});

test('SentencePiece: the same tokens in GGUF, which has no merges', () => {
  const { json } = scoredFile();
  const { ids, digest } = table(json);
  expect(tokenTableOfGguf(toGgufTokenizer(json, 'x'))).toEqual({ ids, digest, merges: undefined });
});

test('a token of text comes before the byte that it is', () => {
  const { ids } = table(fileOf('Llama 2'));
  const vocab = copyOf('Llama 2').model.vocab;
  expect(ids.get('61')).toBe(vocab.a ?? vocab['<0x61>']);
  expect(ids.get('e2')).toBe(vocab['<0xE2>']);
});

describe('files that cannot be used can be compared', () => {
  test('an unknown split', () => {
    const changed = fileOf('Qwen2', (file) => {
      file.pre_tokenizer.pretokenizers[0].pattern = { Regex: 'unheard of' };
      file.added_tokens[0].rstrip = true;
    });
    expect(table(changed)).toEqual(table(fileOf('Qwen2')));
  });

  test.each<[string, (file: File) => void, string]>([
    ['no vocabulary', (file) => Object.assign(file.model, { vocab: 5 }), 'tokenizer-broken'],
    ['an id that is a text', ({ model }) => Object.assign(model.vocab, { zz: '5' }), 'tokenizer-broken'],
    ['an id beyond all', ({ model }) => Object.assign(model.vocab, { zz: 2 ** 40 }), 'tokenizer-unsupported'],
    ['a list of scores', ({ model }) => Object.assign(model, { type: 'Unigram' }), 'tokenizer-unsupported'],
    ['an added token without text', (file) => Object.assign(file.added_tokens[0], { content: 5 }), 'tokenizer-broken'],
    ['half a character', ({ model }) => Object.assign(model.vocab, { '\ud800': 9 }), 'tokenizer-broken'],
  ])('%s', (_, change, code) => {
    expect(() => table(fileOf('GPT-2', change))).toThrow(expect.objectContaining({ code }));
  });
});

test('another id, another digest; another order of merges, another list', () => {
  const { digest, merges } = table(fileOf('GPT-2'));
  const swapped = table(
    fileOf('GPT-2', ({ model: { vocab } }) => {
      Object.assign(vocab, { a: vocab.b, b: vocab.a });
    }),
  );
  expect(swapped.digest).not.toBe(digest);
  const turned = table(fileOf('GPT-2', ({ model }) => void model.merges.reverse()));
  expect(turned.digest).toBe(digest);
  expect(turned.merges).toEqual(merges!.toReversed());
});
