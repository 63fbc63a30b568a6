// An independent reader of our tokenizer.json must give our ids.
import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Tokenizer, trainTokenizer } from './index.ts';
import { randomOf, randomProse, randomText } from './testing/strings.ts';

const TEXTS = process.env.JIKJI_TORTURE ? 8000 : 2000;

let ours: Tokenizer;
let theirs: HuggingFace;
let theirsPlain: HuggingFace;

beforeAll(async () => {
  const r = randomOf(11);
  const documents = Array.from({ length: 300 }, (_, i) => ({
    text: i % 3 === 0 ? randomProse(r, 100) : Array.from({ length: 10 }, () => randomText(r)).join(' '),
    weight: 1 + (i % 2),
  }));
  ours = await trainTokenizer(documents, { vocabSize: 3000, specialTokens: ['<|user|>', '<|endoftext|', '<|END|>'] });
  const file = JSON.parse(ours.toJson());
  const config = { clean_up_tokenization_spaces: false };
  theirs = new HuggingFace(file, config);
  theirsPlain = new HuggingFace({ ...file, added_tokens: [] }, config);
});

const numbers = (ids: Uint32Array) => Array.from(ids);

describe('@huggingface/tokenizers', () => {
  test('reads a vocabulary of the full size', () => {
    expect(ours.vocabSize).toBe(3000);
    expect(theirs.get_vocab().size).toBe(3000);
    expect([...theirs.get_vocab()].map(([token]) => token)).toEqual(ours.spelledTokens());
  });

  test(`gives the same ids for ${TEXTS} texts, special tokens recognised or not, and the same text back`, () => {
    const r = randomOf(12);
    let special = 0;
    for (let i = 0; i < TEXTS; i++) {
      const text = randomText(r);
      const recognised = numbers(ours.encode(text, { special: true }));
      const plain = numbers(ours.encode(text));
      expect(recognised).toEqual(theirs.encode(text).ids);
      expect(plain).toEqual(theirsPlain.encode(text).ids);
      if (recognised.some((id) => id < 4)) special++;
      expect(plain.every((id) => id >= 4)).toBe(true);
      if (plain.length > 0) expect(ours.decode(plain)).toBe(theirs.decode(plain));
      expect(ours.decode(plain)).toBe(text.toWellFormed());
      expect(ours.decode(recognised)).toBe(text.toWellFormed());
    }
    expect(special).toBeGreaterThan(100);
  });

  test('gives the same ids where pre-tokens are long', () => {
    const r = randomOf(13);
    for (let i = 0; i < 40; i++) {
      const alphabet = ['a', 'ab', 'abcdef', 'the of and', '가나다라', ' ', '.-=', '\n \t'][i % 8];
      const text = Array.from({ length: 35 + r(1500) }, () => alphabet[r(alphabet.length)]).join('');
      expect(numbers(ours.encode(text))).toEqual(theirs.encode(text).ids);
    }
  });

  test('the texts contain each white space on which readers differ', () => {
    for (const space of ['\u0085', '\ufeff', '\u00a0', '\u3000', '\u2028', '\u180e', '\u200b']) {
      for (const text of [
        `a${space}b`,
        `a${space}${space}b`,
        `a ${space} b`,
        ` ${space}`,
        `${space}${space}`,
        `${space}'s 1${space}2`,
      ]) {
        expect(numbers(ours.encode(text))).toEqual(theirs.encode(text).ids);
      }
    }
  });

  test('decodes any ids like our tokenizer', () => {
    const r = randomOf(14);
    for (let i = 0; i < 2000; i++) {
      const ids = Array.from({ length: 1 + r(20) }, () => 4 + r(2996));
      expect(ours.decode(ids)).toBe(theirs.decode(ids));
    }
  });
});
