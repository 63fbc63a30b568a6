import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { spell } from './alphabet.ts';
import { Tokenizer, trainTokenizer } from './index.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';
import { TokenizerFile } from './tokenizer-file.ts';

let json: string;
beforeAll(async () => {
  const tokenizer = await trainTokenizer([{ text: randomProse(randomOf(41), 500), weight: 1 }], { vocabSize: 300 });
  json = tokenizer.toJson();
});

type Tree = { [key: string]: Tree };
const parsed = (): Tree => JSON.parse(json);

describe('tokenizer.json', () => {
  test('has the form that readers expect', () => {
    const file = JSON.parse(json);
    expect(Object.keys(file)).toEqual([
      'version',
      'truncation',
      'padding',
      'added_tokens',
      'normalizer',
      'pre_tokenizer',
      'post_processor',
      'decoder',
      'model',
    ]);
    expect(file.model.vocab).toMatchObject({ '<|endoftext|>': 0, Ā: 1, '!': 34, Ġ: 33, a: 98, ÿ: 256 });
    expect(file.model.merges).toHaveLength(300 - 257);
    expect(json.endsWith('}\n')).toBe(true);
  });

  test('spells bytes like GPT-2', () => {
    expect(spell(Uint8Array.of(0, 9, 10, 32, 33, 126, 127, 160, 161, 173, 255))).toBe('ĀĉĊĠ!~ġł¡Ńÿ');
  });

  test('tokens are read right after a hostile file, whose token is the source of theirs', () => {
    // Of few tokens: V8's JSON.parse errs in objects of at most 127 members.
    const tokensOf = (vocab: string) => {
      const file = new TokenizerFile(`{"model":{"type":"BPE","vocab":${vocab}}}`, 'tokenizer.json', '');
      kept.push(file);
      return Object.keys(file.model.vocab as object);
    };
    const kept: unknown[] = [];
    expect(tokensOf('{"<|one|>":0,"\\\\":1}')).toEqual(['<|one|>', '\\']);
    expect(tokensOf('{"<|one|>":0,"\\"":1}')).toEqual(['<|one|>', '"']);
    expect(tokensOf('{"<|two|>":0,"a\\\\":1}')).toEqual(['<|two|>', 'a\\']);
    expect(tokensOf('{"<|two|>":0,"a\\n":1}')).toEqual(['<|two|>', 'a\n']);
  });

  test("reads GPT-2's own form: other order of ids, other spelling of the split, merges as lists, specials at the end", () => {
    const file = JSON.parse(json);
    const last = 299;
    file.model.vocab = Object.fromEntries(
      Object.entries(file.model.vocab as Record<string, number>).map(([t, id]) => [t, last - id]),
    );
    file.added_tokens[0].id = last;
    file.model.merges = file.model.merges.map((merge: string) => merge.split(' '));
    file.model.unk_token = '';
    file.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
    file.post_processor = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false };
    const ours = Tokenizer.fromJson(JSON.stringify(file));
    const theirs = new HuggingFace(file, {});
    const original = Tokenizer.fromJson(json);
    expect(ours.endOfTextId).toBe(last);
    const r = randomOf(42);
    for (let i = 0; i < 500; i++) {
      const text = randomText(r).replace(/[\u0085\ufeff]/g, ''); // that reader takes JavaScript's \s here
      expect([...ours.encode(text, { special: true })]).toEqual(theirs.encode(text).ids);
      expect([...ours.encode(text)]).toEqual([...original.encode(text)].map((id) => last - id));
    }
    delete file.model.vocab['<|endoftext|>'];
    expect(Tokenizer.fromJson(JSON.stringify({ ...file })).vocabSize).toBe(300);
  });

  test('a file with one changed value is refused with a message, or read as the other reader reads it', () => {
    const values = [
      null,
      -1,
      0,
      1,
      1.5,
      298,
      1e9,
      '',
      'x',
      'a',
      'Ġ a',
      true,
      false,
      [],
      {},
      ['a'],
      ['a', 'b'],
      { a: 1 },
    ];
    const texts = ['the people of 대한민국', " it's  \u0085\n12", '<|endoftext|>a'];
    let read = 0;
    let refused = 0;
    const visit = (node: Tree, path: string[]) => {
      for (const key of Object.keys(node)) {
        const here = [...path, key];
        // Long lists: a few entries are enough.
        if (path.length === 2 && ['vocab', 'merges'].includes(path[1]) && !/^([0-9]|<.*|a|Ġt)$/.test(key)) continue;
        for (const value of [...values, undefined]) {
          const file = parsed();
          const parent = path.reduce((at, step) => at[step], file);
          if (value === undefined) delete parent[key];
          else parent[key] = value as never;
          let ours: Tokenizer;
          try {
            ours = Tokenizer.fromJson(JSON.stringify(file));
          } catch (error) {
            expect(error, `${here.join('.')} = ${JSON.stringify(value)}`).toBeInstanceOf(JikjiError);
            refused++;
            continue;
          }
          read++;
          // That reader requires keys that are optional in Rust's.
          const theirs = new HuggingFace({ normalizer: null, post_processor: null, ...file }, {});
          for (const text of texts) {
            const ids = theirs.encode(text).ids;
            expect([...ours.encode(text, { special: true })], `${here.join('.')} = ${JSON.stringify(value)}`).toEqual(
              ids,
            );
          }
        }
        const child = node[key];
        if (typeof child === 'object' && child !== null) visit(child, here);
      }
    };
    visit(parsed(), []);
    expect(refused).toBeGreaterThan(500);
    expect(read).toBeGreaterThan(50);
  });

  test.each<[string, string, (file: Tree) => unknown]>([
    ['tokenizer-broken', 'two tokens have', (file) => Object.assign(file.model.vocab, { a: 99 })],
    ['tokenizer-broken', 'ids are not 0 to', (file) => Object.assign(file.model.vocab, { a: 1000 })],
    ['tokenizer-broken', 'does not spell bytes', (file) => Object.assign(file.model.vocab, { 한: 300 })],
    [
      'tokenizer-unsupported',
      'no token for the byte 97',
      (file) => {
        delete file.model.vocab.a;
        Object.assign(file.model.vocab, { zzz: 98 });
        Object.assign(file.model, { merges: [] });
      },
    ],
    ['tokenizer-broken', 'which is not a token', (file) => Object.assign(file.model, { merges: ['z z'] })],
    ['tokenizer-broken', 'comes twice', (file) => Object.assign(file.model.merges, { 1: file.model.merges[0] })],
    ['tokenizer-broken', 'not a pair', (file) => Object.assign(file.model.merges, { 0: 'a b c' })],
    ['tokenizer-unsupported', 'no special token', (file) => Object.assign(file, { added_tokens: [] })],
    ['tokenizer-unsupported', 'a normalizer', (file) => Object.assign(file, { normalizer: { type: 'NFC' } })],
    ['tokenizer-unsupported', 'model type', (file) => Object.assign(file.model, { type: 'Unigram' })],
  ])('%s: %s', (code, message, change) => {
    const file = parsed();
    change(file);
    const attempt = () => Tokenizer.fromJson(JSON.stringify(file), 'some/file');
    expect(attempt).toThrow(expect.objectContaining({ code, input: 'some/file' }));
    expect(attempt).toThrow(message);
  });

  test.each([
    '',
    'null',
    '[]',
    '1',
    '"x"',
    '{}',
    '{',
    '['.repeat(1e6),
    '{"a":'.repeat(1e5),
    '{"model":{"__proto__":{"vocab":{}}}}',
  ])('text %#', (text) => {
    expect(() => Tokenizer.fromJson(text)).toThrow(JikjiError);
  });

  test('a truncated file is refused', () => {
    for (let n = 1; n < json.length - 2; n += 97) {
      expect(() => Tokenizer.fromJson(json.slice(0, n))).toThrow(expect.objectContaining({ code: 'tokenizer-broken' }));
    }
  });
});
