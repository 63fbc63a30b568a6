// The sample of a text: whole pieces, spread evenly, the same however the text arrives; and its difficulty, against Brotli itself.

import { brotliCompressSync, constants } from 'node:zlib';
import { expect, test } from 'vitest';
import { PIECE_BYTES, TextSample } from './index.ts';

/** Letters that no compressor can shorten to less than 4 bits a byte. */
function letters(count: number, seed: number): string {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 28;
  };
  return Array.from({ length: count }, () => 'abcdefghijklmnop'.charAt(next())).join('');
}

const difficultyOf = (text: string, part = text.length, expected = text.length): number | undefined => {
  const sample = new TextSample(expected);
  for (let at = 0; at < text.length; at += part) sample.add(text.slice(at, at + part));
  return sample.difficulty;
};

test('a text shorter than a piece has no difficulty', () => {
  expect(difficultyOf(letters(PIECE_BYTES - 1, 1))).toBe(undefined);
  expect(difficultyOf(letters(PIECE_BYTES, 1))).toBeGreaterThan(4);
});

test('a piece has the bits per byte of Brotli', () => {
  const text = letters(PIECE_BYTES, 2);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 22 };
  expect(difficultyOf(text)).toBe((8 * brotliCompressSync(text, { params }).length) / PIECE_BYTES);
});

test('the parts in which a text arrives change nothing', () => {
  const text = letters(10 * PIECE_BYTES, 3) + 'a'.repeat(10 * PIECE_BYTES) + letters(20 * PIECE_BYTES, 4);
  const whole = difficultyOf(text);
  for (const part of [1000, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES + 7]) expect(difficultyOf(text, part)).toBe(whole);
});

test('a quarter of a long text is a quarter of its sample, wherever it stands', () => {
  const easy = 'a'.repeat(10 * PIECE_BYTES);
  const hard = letters(30 * PIECE_BYTES, 5);
  const alone = difficultyOf(hard)!;
  for (const text of [easy + hard, hard + easy, hard.slice(0, hard.length / 2) + easy + hard.slice(hard.length / 2)]) {
    expect(difficultyOf(text)! / alone).toBeGreaterThan(0.65);
    expect(difficultyOf(text)! / alone).toBeLessThan(0.85);
  }
});

test('a text that is shorter than it was thought to be has fewer pieces', () => {
  const text = letters(2 * PIECE_BYTES, 6);
  expect(difficultyOf(text, 5000, 20 * PIECE_BYTES)).toBeGreaterThan(4);
});
