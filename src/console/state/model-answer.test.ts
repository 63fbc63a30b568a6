// Answers as they come: tokens that are part of a character, stop strings, and the two forms of likelihoods.

import { expect, test } from 'vitest';
import { type Piece, pieceOf, shownText, shownTokens, visible } from './model-answer.ts';

const completion = (text: string, names: string[]) =>
  pieceOf({
    text,
    finish_reason: null,
    logprobs: {
      tokens: names,
      token_logprobs: names.map((_, i) => -i),
      top_logprobs: names.map((name, i) => ({ other: -3, [name]: -i })),
    },
  })!;
const shown = (piece: Piece) => shownTokens(piece).map(({ text, bytes }) => bytes ?? text);

test('a character of several tokens is read as one, and its tokens show their bytes', () => {
  const piece = completion('안', ['bytes:\\xec', 'bytes:\\x95\\x88']);
  expect(shownText(piece)).toBe('안');
  expect(shown(piece)).toEqual([[0xec], [0x95, 0x88]]);
});

test('a character that is never complete is no broken glyph, but one that the model wrote stays', () => {
  const broken = completion('a\ufffd', ['a', 'bytes:\\xec']);
  expect(shownText(broken)).toEqual(shownTokens(broken));
  expect(shown(broken)).toEqual(['a', [0xec]]);
  expect(shownText(completion('\ufffd', ['\ufffd']))).toBe('\ufffd');
});

test('what follows a stop string is not shown, and a token alone is what it adds to the text', () => {
  expect(shown(completion('one', ['on', 'e.', '\n']))).toEqual(['on', 'e']);
  expect(shown(completion('one', ['one', '.']))).toEqual(['one']);
  // A tokenizer's space before the first word is not in the text.
  expect(shown(completion('the', [' the']))).toEqual(['the']);
});

test('both routes give the same tokens, likeliest alternative first', () => {
  const one = { logprob: Math.log(0.25), bytes: [0x61] };
  const half = { logprob: Math.log(0.5), bytes: [0xec, 0x95] };
  const content = [{ ...one, top_logprobs: [half, one] }];
  const chat = pieceOf({ delta: { content: 'a' }, logprobs: { content }, finish_reason: null });
  const text = pieceOf({
    text: 'a',
    finish_reason: null,
    logprobs: {
      tokens: ['a'],
      token_logprobs: [one.logprob],
      top_logprobs: [{ a: one.logprob, 'bytes:\\xec\\x95': half.logprob }],
    },
  });
  expect(chat).toEqual(text);
  expect(text!.tokens[0]).toMatchObject({ text: 'a', probability: 0.25 });
  expect(text!.tokens[0]!.alternatives.map(({ bytes }) => bytes)).toEqual([[0xec, 0x95], null]);
  expect(pieceOf({ delta: {}, finish_reason: 'stop' })).toBeUndefined();
  const logprobs = { tokens: ['<|endoftext|>'], token_logprobs: [-0.5], top_logprobs: [{}] };
  expect(pieceOf({ text: '', logprobs, finish_reason: 'stop' })).toBeUndefined();
});

test('controls, and marks that turn the direction of a text, show their bytes', () => {
  for (const [text, bytes] of [
    ['\x0e', [0x0e]],
    ['\u202e', [0xe2, 0x80, 0xae]],
  ] as const) {
    const piece = completion(`a${text}`, ['a', text]);
    expect(shownText(piece)).toEqual(shownTokens(piece));
    expect(shown(piece)).toEqual(['a', bytes]);
  }
  // Nothing that is seen, or belongs into a text.
  for (const text of ['a\n\tb\r\n', '한글 🧮 👨‍👩‍👧', 'עברית']) expect(shownText(completion(text, [text]))).toBe(text);
});

test('white space that stands alone can be seen', () => {
  expect(visible(' a\n\t')).toBe('␣a↵⇥');
});
