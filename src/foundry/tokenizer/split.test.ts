import { describe, expect, test } from 'vitest';
import { CLASS_OF, characterAt, LETTER, NUMBER, OTHER, SPACE } from './classes.ts';
import { describeClasses } from './make-unicode-table.ts';
import { pieceEnd, SPLIT_PATTERN } from './split.ts';
import { randomOf, randomText } from './testing/strings.ts';
import { CLASS_TABLE } from './unicode-table.ts';

const pieces = (bytes: Uint8Array) => {
  const all: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += all.at(-1)!.length)
    all.push(bytes.subarray(at, pieceEnd(bytes, at, bytes.length)));
  return all;
};
const texts = (text: string) => pieces(Buffer.from(text)).map((piece) => Buffer.from(piece).toString());

describe('split', () => {
  test('equals the pattern in a regex engine on generated texts', () => {
    const pattern = new RegExp(SPLIT_PATTERN, 'gu');
    const r = randomOf(1);
    for (let i = 0; i < 20_000; i++) {
      const text = randomText(r).toWellFormed();
      expect(texts(text)).toEqual(text.match(pattern) ?? []);
    }
  });

  test("equals GPT-2's known splits", () => {
    expect(texts("Hello my friend, how's   it going? I'LL\n\n go ")).toEqual([
      'Hello',
      ' my',
      ' friend',
      ',',
      ' how',
      "'s",
      '  ',
      ' it',
      ' going',
      '?',
      ' I',
      "'",
      'LL',
      '\n\n',
      ' go',
      ' ',
    ]);
    expect(texts('a\u0085b\ufeffc')).toEqual(['a', '\u0085', 'b', '\ufeff', 'c']);
    expect(texts('a\u0085\u0085b \ufeff\ufeff')).toEqual(['a', '\u0085', '\u0085', 'b', ' \ufeff\ufeff']);
    expect(texts('12年 3월 ½Ⅷ')).toEqual(['12', '年', ' 3', '월', ' ½Ⅷ']);
  });

  test('bytes that are not UTF-8 split like U+FFFD', () => {
    const r = randomOf(2);
    const strays = [0x80, 0xbf, 0xc0, 0xc1, 0xf5, 0xff, 0xfe];
    for (let i = 0; i < 3000; i++) {
      const parts: number[] = [];
      const replaced: string[] = [];
      for (let k = r(10); k >= 0; k--) {
        if (r(2)) {
          const text = randomText(r).toWellFormed();
          parts.push(...Buffer.from(text));
          replaced.push(text);
        } else {
          parts.push(strays[r(strays.length)]);
          replaced.push('\u0001'); // one byte long, and of the same class
        }
      }
      const lengths = pieces(Uint8Array.from(parts)).map((piece) => piece.length);
      expect(lengths).toEqual(pieces(Buffer.from(replaced.join(''))).map((piece) => piece.length));
    }
  });

  test('valid UTF-8 is what the platform accepts', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    const r = randomOf(3);
    const edges = [
      0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
    ];
    for (let i = 0; i < 30_000; i++) {
      const bytes = Uint8Array.from({ length: 1 + r(4) }, () => (r(4) ? edges[r(edges.length)] : r(256)));
      const length = characterAt(bytes, 0, bytes.length) >> 2;
      const kind = characterAt(bytes, 0, bytes.length) & 3;
      let expected = 0;
      for (let n = 1; n <= bytes.length && expected === 0; n++) {
        try {
          if ([...strict.decode(bytes.subarray(0, n))].length === 1 || (n === 3 && bytes[0] === 0xef)) expected = n;
        } catch {}
      }
      if (expected > 0) {
        const code = Buffer.from(bytes.subarray(0, expected)).toString().codePointAt(0)!;
        expect([length, kind]).toEqual([expected, CLASS_OF[code]]);
      } else expect([length, kind]).toEqual([1, OTHER]);
    }
  });
});

describe('classes', () => {
  test('a character of the pinned version keeps its class in the Unicode of this Node', () => {
    if (process.versions.unicode === CLASS_TABLE.unicode) expect(describeClasses()).toBe(CLASS_TABLE.runs);
    const patterns: Record<number, RegExp> = {
      [LETTER]: /^\p{L}$/u,
      [NUMBER]: /^\p{N}$/u,
      [SPACE]: /^\p{White_Space}$/u,
    };
    const wrong: number[] = [];
    for (let code = 0; code < 0x110000; code++) {
      const kind = CLASS_OF[code];
      if (kind !== OTHER && !patterns[kind]?.test(String.fromCodePoint(code))) wrong.push(code);
    }
    expect(wrong).toEqual([]);
  });

  test('white space is the list in the Unicode Standard (PropList.txt)', () => {
    const list = [0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];
    for (let code = 0x09; code <= 0x0d; code++) list.push(code);
    for (let code = 0x2000; code <= 0x200a; code++) list.push(code);
    const found = [...CLASS_OF.keys()].filter((code) => CLASS_OF[code] === SPACE);
    expect(found).toEqual(list.sort((a, b) => a - b));
  });
});
