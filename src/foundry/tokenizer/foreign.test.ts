// Foreign tokenizers: the ids and texts of Hugging Face's library in Rust (the digests below are of its answers), and a refusal of every
// file that it would read differently.

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTokenizer, trainTokenizer } from './index.ts';
import { foreignFiles, foreignTexts } from './testing/foreign.ts';

let files: Record<string, object>;
beforeAll(async () => {
  files = await foreignFiles();
});
const open = (file: unknown) => readTokenizer(JSON.stringify(file), 'tokenizer.json').ready(1, [2])!;

/** Digests of [text, ids, decoded], special tokens as text and recognised: of the first 500 texts, and of all 3,000, which JIKJI_TORTURE reads. */
const COUNTS = process.env.JIKJI_TORTURE ? [500, 3000] : [500];
test.each<[name: string, ...digests: [plain: string, special: string][]]>([
  ['GPT-2', ['4d6087541e4611d9', '7add5f04cdfee859'], ['fc779dc786965065', '336d230b5372b49b']],
  ['Llama 3', ['b52234916f3594c2', 'd5b33657182a21c1'], ['178ec82d50079d6a', 'fe1f5556a7703ca9']],
  ['Qwen2', ['0a5f106f9d72da2f', 'e9c8751b570a15a7'], ['2428db2381d5fa9b', 'cc49e1c06d76e240']],
  ['SmolLM', ['ea0610a699b6730b', '4311d379e6b1e425'], ['716a3e65e7780962', '2492356892340af3']],
  ['digits', ['fbc3c58fe117e00f', '0d04c9b3e1bd06fa'], ['c654857112dc231d', '05f955ad5f5600a6']],
  ['Llama 2', ['9174dec51a8f1b5b', '97a32bc05f75d81b'], ['8ab5e2245c48aa65', '5056bbb6e85cdcbc']],
  ['Replace alone', ['761722bc35c65a03', '4c75ef2ec3dbbdc3'], ['751afb79bb841e56', '2eb36bc892fc3664']],
  ['Metaspace, always', ['78dba0c1b42a9874', 'f52cc389fa652e54'], ['4a4e8d5def707f4a', '5b0f43f06b47468f']],
  ['Metaspace, first', ['78dba0c1b42a9874', '92b65573cc75df80'], ['4a4e8d5def707f4a', '9dd26b9cabce20b8']],
  ['Metaspace, never', ['761722bc35c65a03', '4c75ef2ec3dbbdc3'], ['751afb79bb841e56', '2eb36bc892fc3664']],
])('%s: the ids and texts of the library in Rust', (name, ...digests) => {
  const tokenizer = open(files[name]);
  const texts = foreignTexts(COUNTS.at(-1)!);
  for (const [which, special] of [false, true].entries()) {
    const hash = createHash('sha256');
    for (const [at, text] of texts.entries()) {
      const ids = tokenizer.encode(text, { special });
      hash.update(`${JSON.stringify([text, [...ids], tokenizer.decode(ids)])}\n`);
      const count = COUNTS.indexOf(at + 1);
      if (count >= 0) expect(hash.copy().digest('hex').slice(0, 16), `${at + 1} texts`).toBe(digests[count][which]);
    }
  }
});

test('special tokens in a text are text unless the caller asks for them; other added words are found in every text', () => {
  const tokenizer = open(files['Llama 3']);
  const text = '<|begin|>the <think><|end|>';
  const plain = [...tokenizer.encode(text)];
  expect(plain).toContain(704);
  for (const id of [0, 700, 703]) expect(plain).not.toContain(id);
  expect(tokenizer.decode(plain)).toBe(text);
  const special = [...tokenizer.encode(text, { special: true })];
  expect(special[0]).toBe(700);
  expect(special.slice(-2)).toEqual([704, 703]);
  expect(tokenizer.decode(special)).toBe(text);
  const llama2 = open(files['Llama 2']);
  expect([...llama2.encode('<s>')]).not.toContain(1);
  expect([...llama2.encode('<s></s>', { special: true })]).toEqual([1, 2]);
  expect(llama2.encode('').length).toBe(0);
});

test('a continuation has whole characters and keeps the space before it', () => {
  for (const name of ['Llama 2', 'Llama 3', 'Qwen2']) {
    const tokenizer = open(files[name]);
    const text = 'the 금속활자로 찍은 책 👍🏽 whale';
    const stream = tokenizer.stream();
    let out = '';
    for (const id of tokenizer.encode(text)) {
      const piece = stream.push(id);
      expect(piece).not.toContain('\ufffd');
      out += piece;
    }
    out += stream.end();
    expect(out).toBe(name === 'Llama 2' ? ` ${text}` : text);
  }
  const stream = open(files['Llama 2']).stream();
  expect(stream.push(3 + 0xed) + stream.end()).toBe('\ufffd');
  expect(() => open(files['Llama 3']).decode([705])).toThrow(expect.objectContaining({ code: 'token-unknown' }));
  expect(() => open(files['Llama 3']).decode([1.5])).toThrow(expect.objectContaining({ code: 'token-unknown' }));
});

test('one long word is decoded unchanged', () => {
  for (const name of ['Llama 2', 'Llama 3']) {
    const text = 'sthea'.repeat(20_000);
    const tokenizer = open(files[name]);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  }
});

test('deep nesting is refused with a normal error', () => {
  for (const key of ['type', 'dropout', 'byte_fallback', 'vocab', 'merges']) {
    const file = structuredClone(files['Llama 3']) as { model: Record<string, unknown> };
    file.model[key] = 'HERE';
    const text = JSON.stringify(file).replace('"HERE"', '['.repeat(100_000) + ']'.repeat(100_000));
    expect(() => readTokenizer(text)).toThrow(expect.objectContaining({ name: 'JikjiError' }));
  }
});

test('our tokenizer is read by our reader, with the end tokens of config.json', async () => {
  const own = await trainTokenizer([{ text: 'the people of the river', weight: 1 }], { vocabSize: 300 });
  const read = readTokenizer(own.toJson());
  expect(read.kind).toBe('byte-level BPE, split as GPT-2');
  expect([read.idOf('<|endoftext|>'), read.idOf('a'), read.idOf('nothing')]).toEqual([
    0,
    own.encode('a')[0],
    undefined,
  ]);
  expect(read.tokenOf(0)).toBe('<|endoftext|>');
  const plain = read.ready(undefined, [])!;
  expect([plain.prefixId, [...plain.endIds]]).toEqual([0, [0]]);
  const other = read.ready(5, [7])!;
  expect([other.prefixId, [...other.endIds]]).toEqual([5, [0, 7]]);
  for (const tokenizer of [plain, other]) {
    expect([...tokenizer.encode('the river')]).toEqual([...own.encode('the river')]);
    expect(tokenizer.decode(own.encode('the river'))).toBe('the river');
    expect(tokenizer.stream().push(own.encode('the'))).toBe('the');
  }
});

test('without a beginning token a text begins after the end token; without both it cannot begin', () => {
  const read = readTokenizer(JSON.stringify(files.Qwen2));
  expect(read.ready(undefined, [701, 0])!.prefixId).toBe(701);
  expect(read.ready(undefined, [])).toBeUndefined();
});

describe('refused', () => {
  /** A file with the value at a path replaced; undefined removes it, and `+` at the end of a path appends to a list. */
  const change = (name: string, path: string, value: unknown) => {
    const file = structuredClone(files[name]);
    const keys = path.split('/');
    const last = keys.pop()!;
    let at = file as Record<string, unknown>;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    if (last === '+') (at as unknown as unknown[]).push(value);
    else if (value === undefined) delete at[last];
    else at[last] = value;
    return JSON.stringify(file);
  };
  const split = 'pre_tokenizer/pretokenizers/0';
  const word = { id: 0, content: '<unk>', special: false, normalized: true };

  test.each<[what: string, name: string, path: string, value: unknown, why: RegExp]>([
    ['a pattern that takes forever', 'Llama 3', `${split}/pattern/Regex`, '(a+)+$', /pattern/],
    ['a pattern in plain text', 'Llama 3', `${split}/pattern`, { String: ' ' }, /pattern/],
    ['another behaviour', 'Llama 3', `${split}/behavior`, 'MergedWithNext', /MergedWithNext/],
    ['matches thrown away', 'Llama 3', `${split}/behavior`, 'Removed', /Removed/],
    ['a space put before the text', 'GPT-2', 'pre_tokenizer/add_prefix_space', true, /space/],
    ['bytes that are not split', 'GPT-2', 'pre_tokenizer/use_regex', false, /split/],
    ['another pre-tokenizer', 'GPT-2', 'pre_tokenizer', { type: 'BertPreTokenizer' }, /ByteLevel/],
    ['another normalizer', 'Qwen2', 'normalizer', { type: 'Lowercase' }, /Lowercase/],
    ['another model', 'Llama 3', 'model/type', 'Unigram', /Unigram/],
    ['chance', 'Llama 3', 'model/dropout', 0.1, /dropout/],
    ['marks of words', 'Llama 3', 'model/end_of_word_suffix', '</w>', /end_of_word_suffix/],
    ['tokens that swallow spaces', 'Llama 3', 'added_tokens/1/lstrip', true, /lstrip/],
    ['a byte that is missing', 'Llama 2', 'model/vocab/<0x7F>', undefined, /byte 127/],
    ['a split at marks', 'Metaspace, first', 'pre_tokenizer/split', true, /splits/],
    ['another mark', 'Metaspace, first', 'pre_tokenizer/replacement', '_', /Metaspace/],
    ['spaces left alone', 'Metaspace, first', 'pre_tokenizer', null, /marked/],
    ['a normalizer that strips', 'Llama 2', 'normalizer/normalizers/+', { type: 'Strip' }, /normalizer/],
    ['another decoder', 'Llama 2', 'decoder/decoders/1', { type: 'Fuse' }, /decoder/],
    ['an additional decoder', 'Llama 2', 'decoder/decoders/+', { type: 'Fuse' }, /decoder/],
    ['a word added after marking', 'Llama 2', 'added_tokens/0', word, /normalized/],
  ])('%s', (_, name, path, value, why) => {
    expect(() => readTokenizer(change(name, path, value), 'x.json')).toThrow(
      expect.objectContaining({ code: 'tokenizer-unsupported', input: 'x.json', message: expect.stringMatching(why) }),
    );
  });

  test.each<[what: string, name: string, path: string, value: unknown, why: RegExp]>([
    ['two ids of one token', 'Llama 3', 'model/vocab/<|begin|>', 5, /id/],
    ['one id of two tokens', 'Llama 3', 'model/vocab/zzz', 300, /two tokens/],
    ['one id of two added tokens', 'Llama 3', 'added_tokens/3/id', 703, /two added/],
    ['an added token twice', 'Llama 3', 'added_tokens/+', { id: 800, content: '<|end|>', special: true }, /twice/],
    ['an id below 0', 'Llama 3', 'model/vocab/zzz', -1, /id/],
    ['an id that is text', 'Llama 3', 'model/vocab/zzz', '9', /id/],
    ['a token that spells no bytes', 'Llama 3', 'model/vocab/한', 900, /bytes/],
    ['a merge of an unknown token', 'Llama 3', 'model/merges/+', 'qzq q', /qzq/],
    ['a merge into an unknown token', 'Llama 3', 'model/merges/+', 'q z', /qz/],
    ['a merge into a special token', 'Llama 2', 'added_tokens/0/content', '▁the', /▁the|id/],
    ['a merge twice', 'Llama 2', 'model/merges/+', 'h e', /twice/],
    ['a merge of three', 'Llama 3', 'model/merges/+', 'a b c', /pair/],
    ['contradictory prefixes', 'Metaspace, first', 'pre_tokenizer/add_prefix_space', false, /contradict/],
    ['no model', 'Llama 3', 'model', undefined, /model/],
    ['no decoder', 'Llama 3', 'decoder', undefined, /decoder/],
  ])('%s', (_, name, path, value, why) => {
    expect(() => readTokenizer(change(name, path, value), 'x.json')).toThrow(
      expect.objectContaining({ code: 'tokenizer-broken', input: 'x.json', message: expect.stringMatching(why) }),
    );
  });
});
