// Seeded random texts for the tokenizer's tests: the kinds of strings on which tokenizers disagree.

import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';

/** Numbers in [0, n), the same for the same seed. */
export function randomOf(seed: number): (n: number) => number {
  const random = randomNumbers(seed);
  return (n) => wholeBelow(random, n);
}

type Random = (n: number) => number;

const between = (r: Random, first: number, last: number) => String.fromCodePoint(first + r(last - first + 1));
const one = (r: Random, list: readonly string[]) => list[r(list.length)];

const WORDS =
  '대한민국의 인공지능 모델을 처음부터 학습합니다 금속활자로 찍은 가장 오래된 책은 직지입니다 그리고 이것은 토큰이다 the of and people of these United States whale ship model from scratch training tokens are movable type'.split(
    ' ',
  );

/** One kind of piece each. */
const KINDS: readonly ((r: Random) => string)[] = [
  (r) => one(r, WORDS),
  (r) => ` ${one(r, WORDS)}`,
  (r) => between(r, 0xac00, 0xd7a3), // Hangul syllables
  (r) => between(r, 0x1100, 0x1112) + between(r, 0x1161, 0x1175) + (r(2) ? between(r, 0x11a8, 0x11c2) : ''), // Jamo
  (r) => between(r, 0x3131, 0x318e), // compatibility Jamo
  (r) => one(r, ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'RE", "'r", "'l", "''s", " 's", "'", '’s', "'ｓ"]),
  (r) => one(r, ['👩‍💻', '👨‍👩‍👧‍👦', '👍🏽', '🇰🇷', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '🧑🏿‍🚀', '☺', '\u200d', '\ufe0f']),
  (r) => String.fromCharCode(r(32)), // control characters
  (r) => between(r, 0x7f, 0xa0),
  (r) => one(r, [' ', '\n', '\t', '\r\n', '\u00a0', '\u3000', '\u2003', '\u2028', '\u0085', '\v']).repeat(1 + r(40)),
  (r) => one(r, ['\u0085', '\ufeff', '\u00a0', '\u3000', '\u200b', '\u180e', '\u1680', '\u202f', '\u2060']),
  (r) => one(r, ['é', 'e\u0301', 'ẹ\u0308', 'n\u0303', '\u0301', 'क्षि', 'ไทย', 'שָׁ', 'ﷺ']),
  (r) => String.fromCharCode(0xd800 + r(0x800)), // lone surrogate, unless a neighbour completes it
  (r) => one(r, ['<|endoftext|>', '<|endoftext|', '|endoftext|>', '<|user|>', '<|END|>', '< |endoftext|>']),
  (r) => String(r(1e9)),
  (r) => one(r, ['٣٤', '½', 'Ⅷ', '一二', '¹²', '１２', '𝟘𝟙']),
  (r) => one(r, ['漢字', 'かな', 'カナ', 'Ελλ', 'Русь', 'عرب', 'हिन्दी', '𝔘𝔫𝔦', '𐐷', 'ǅ', 'ª', 'ʰ']),
  (r) =>
    one(r, ['...', '—', '"', '(', ')', '_', '--', '!?', '$€₩', '`', '\\', '/', '#', '{"a":1}', '\u0000', '\uffff']),
  (r) => between(r, 0x21, 0x7e).repeat(1 + r(60)),
  (r) => Array.from({ length: 1 + r(80) }, () => between(r, 0x61, 0x66)).join(''),
  (r) => between(r, 0xa0, 0x2fff),
  (r) => between(r, 0x10000, 0x1ffff),
];

/** A text of 0 to 11 pieces of all kinds. */
export function randomText(r: Random): string {
  return Array.from({ length: r(12) }, () => KINDS[r(KINDS.length)](r)).join('');
}

/** Something like prose, to train on. */
export function randomProse(r: Random, words: number): string {
  return Array.from({ length: words }, () => one(r, WORDS) + one(r, ['', '', '', ',', '.', '\n', "'s", '  '])).join(
    ' ',
  );
}
