// Patterns against this JavaScript engine's own regular expressions: every string of a pattern can be written and no other one, whatever its
// length has to be, and there is always a way to an end.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../../base/testing/random-numbers.ts';
import { byteTokenizer } from '../testing/chat.ts';
import { compileSchema, JsonReader, MaskTokens } from './index.ts';
import { admits } from './testing/admits.ts';
import { randomText } from './testing/random-text.ts';

const tokens = new MaskTokens(byteTokenizer());
const random = randomNumbers(23);
const some = <T>(of: readonly T[]): T => of[wholeBelow(random, of.length)]!;
const several = <T>(most: number, make: () => T) => Array.from({ length: wholeBelow(random, most + 1) }, make);
const CASES = process.env.JIKJI_TORTURE ? 20_000 : 150;

const CHARACTERS = [...'aab0_- "\\\n\u0000\u001f\té안ſK🧮\u2028\ud7ff\ue000\u{10ffff}'];
const ATOMS = [
  ...[
    'a',
    'b',
    '0',
    '_',
    '-',
    '.',
    '\\.',
    '\\\\',
    '"',
    '\\n',
    '\\t',
    '(?:\\0)', // a digit must not follow
    '\\x1f',
    '\\u00e9',
    '\\u{1f9ee}',
    '\\ud83e\\uddee',
    '안',
  ],
  ...['\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\p{L}', '\\P{L}', '\\p{Script=Hangul}', '\\cA', '\\/', '[^]', '[]'],
  ...[
    '[a-c]',
    '[^a]',
    '[\\d_-]',
    '[^\\s"]',
    '[\\u0000-\\u001f]',
    '[가-힣]',
    '[\\b-]',
    '[a\\-b]',
    '[^\\u{1f000}-\\u{1ffff}]',
  ],
];

let groups = 0;

function expression(depth: number): string {
  const roll = random();
  if (depth > 3 || roll < 0.4) return some(ATOMS);
  if (roll < 0.55) return several(3, () => expression(depth + 1)).join('');
  if (roll < 0.65) return `(?:${expression(depth + 1)}|${expression(depth + 1)}|)`;
  if (roll < 0.75) return `(${expression(depth + 1)}|${expression(depth + 1)})`;
  if (roll < 0.8) return some(['^', '$', '(?:^|a)', '(?:$|b)']);
  const quantifier = some(['*', '+', '?', '{2}', '{1,}', '{0,2}', '{2,4}', '*?', '+?', '{0}']);
  return `(?<n${groups++}>${expression(depth + 1)})${quantifier}`;
}

test(`${CASES} random expressions`, { timeout: 3_600_000 }, () => {
  let found = 0;
  for (let i = 0; i < CASES; i++) {
    const pattern = some(['', '', '^']) + several(3, () => expression(0)).join('') + some(['', '', '$']);
    const [minLength, extra] = [wholeBelow(random, 3), wholeBelow(random, 5)];
    const bounds = {
      ...(random() < 0.3 && { minLength }),
      ...(random() < 0.3 && { maxLength: minLength + extra }),
    };
    const isValid = (text: string) => {
      const length = [...text].length;
      const { minLength: least = 0, maxLength: most = Infinity } = bounds as { minLength?: number; maxLength?: number };
      return new RegExp(pattern, 'u').test(text) && length >= least && length <= most;
    };
    const reader = new JsonReader(compileSchema({ type: 'string', pattern, ...bounds }), tokens);
    const examples = several(30, () => several(5, () => some(CHARACTERS)).join(''));
    if (Number.isFinite(reader.least)) {
      for (let j = 0; j < 5; j++) {
        const text = randomText(reader, random, wholeBelow(random, 30));
        expect(JSON.stringify(JSON.parse(text)).replace(/ /g, '')).toBe(text.replace(/ /g, ''));
        examples.push(JSON.parse(text));
        expect({ pattern, bounds, text, isValid: isValid(JSON.parse(text)) }).toEqual({
          pattern,
          bounds,
          text,
          isValid: true,
        });
      }
    }
    for (const text of examples) {
      const expected = isValid(text);
      if (expected) found++;
      expect({ pattern, bounds, text, found: admits(reader, JSON.stringify(text)) }).toEqual({
        ...{ pattern, bounds, text },
        found: expected,
      });
    }
  }
  expect(found).toBeGreaterThan(CASES);
});

test('bytes to an end are those of the shortest string, at each place', () => {
  const least = (pattern: string, more: object = {}) =>
    new JsonReader(compileSchema({ type: 'string', pattern, ...more }), tokens).least;
  expect(least('^a{3}$')).toBe(5);
  expect(least('b')).toBe(3);
  expect(least('^[안녕]{2}$')).toBe(8);
  expect(least('^"\\\\\\n$')).toBe(8);
  expect(least('^[\\u0001\\u{1f9ee}]$')).toBe(6); // four bytes are fewer than an escape
  expect(least('a', { minLength: 9 })).toBe(11);
  expect(least('^a*$', { minLength: 3, maxLength: 4 })).toBe(5);
  expect(least('^aa$', { maxLength: 1 })).toBe(Number.POSITIVE_INFINITY);
  expect(least('a^')).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  ['(?=a)b', 'that looks ahead or back is not supported'],
  ['(?<!a)b', 'that looks ahead or back is not supported'],
  ['\\bword\\b', 'with a word boundary is not supported'],
  ['(a)\\1', 'that refers back is not supported'],
  ['(?<x>a)\\k<x>', 'that refers back is not supported'],
  ['(?i:a)', 'with flags inside is not supported'],
  ['(', 'that is not a regular expression'],
  ['\\A\\d\\Z', 'that is not a regular expression'],
  ['a'.repeat(5000), 'with more than 4096 characters'],
  ['('.repeat(1000) + ')'.repeat(1000), 'groups in each other'],
  ['(x{1000}){1000}', 'its repetitions counted, is not supported'],
  ['(?:){1000000000}', 'its repetitions counted, is not supported'],
  ['(a|b)*a(a|b){20}', 'states is not supported'],
  ['\\p{L}\\p{Lu}\\p{Ll}\\p{N}\\p{P}\\p{S}\\p{Z}\\p{M}\\p{Cf}', 'with more than 8 properties'],
])('what is refused, case %#', (pattern, message) => {
  expect(() => compileSchema({ type: 'string', pattern })).toThrow(message);
});
