// The sample of a text: whole pieces, spread evenly, the same however the text arrives; its difficulty, against texts whose entropy is
// known.

import { expect, test } from 'vitest';
import { PIECE_BYTES, TextSample } from './index.ts';

/** Letters of equal chance: no compressor needs less than log2(kinds) bits a byte. */
function letters(count: number, kinds: number, seed: number) {
  let state = seed;
  const bytes = Buffer.alloc(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = 97 + ((state >>> 24) % kinds);
  }
  return bytes.toString('latin1');
}

const difficultyOf = (text: string, part = text.length, expected = text.length) => {
  const sample = new TextSample(expected);
  for (let at = 0; at < text.length; at += part) sample.add(text.slice(at, at + part));
  return sample.difficulty;
};

test('a text shorter than two pieces has no difficulty', () => {
  expect(difficultyOf(letters(2 * PIECE_BYTES - 1, 4, 1))).toBe(undefined);
  expect(difficultyOf(letters(2 * PIECE_BYTES, 4, 1))).toBeGreaterThan(2);
});

test.each([2, 4, 16])('random letters of %d kinds cost their entropy and little more', (kinds) => {
  const bits = difficultyOf(letters(3 * PIECE_BYTES, kinds, 2))!;
  expect(bits / Math.log2(kinds)).toBeGreaterThan(1);
  expect(bits / Math.log2(kinds)).toBeLessThan(1.1);
});

test('what follows from the bytes before costs next to nothing', () => {
  expect(difficultyOf('The same line again.\n'.repeat(10_000))).toBeLessThan(0.05);
});

test('the parts in which a text arrives change nothing', () => {
  // Three pieces, and something between them.
  const text = letters(2 * PIECE_BYTES, 4, 3) + 'a'.repeat(1.5 * PIECE_BYTES);
  const whole = difficultyOf(text);
  for (const part of [1000, PIECE_BYTES + 7]) expect(difficultyOf(text, part)).toBe(whole);
});

test('a quarter of a long text is a quarter of its sample, wherever it stands', () => {
  const easy = 'a'.repeat(8 * PIECE_BYTES);
  const hard = letters(24 * PIECE_BYTES, 4, 5);
  for (const text of [easy + hard, hard + easy]) {
    const bits = difficultyOf(text);
    expect(bits).toBeGreaterThan(1.5);
    expect(bits).toBeLessThan(1.65);
  }
});

test('a text that is shorter than it was thought to be has fewer pieces', () => {
  expect(difficultyOf(letters(5 * PIECE_BYTES, 4, 6), 5000, 8 * PIECE_BYTES)).toBeGreaterThan(2);
  expect(difficultyOf(letters(2 * PIECE_BYTES, 4, 6), 5000, 20 * PIECE_BYTES)).toBe(undefined);
});
