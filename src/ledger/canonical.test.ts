// Canonical JSON against the examples of RFC 8785 and a straightforward implementation of its rules.

import { expect, test } from 'vitest';
import { canonicalJson, type Json } from './index.ts';

test('section 3.2: the example, to the byte', () => {
  const text = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const bytes = `7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72 75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72
    73 22 3a 5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31 65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65
    2d 32 37 5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30 30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22
    7d`;
  expect(Buffer.from(canonicalJson(JSON.parse(text))).toString('hex')).toBe(bytes.replace(/\s/g, ''));
});

test('section 3.2.3: members in the order of UTF-16 code units', () => {
  const value = JSON.parse(String.raw`{
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  }`);
  const order = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
  expect(order).toEqual([
    'Carriage Return',
    'One',
    'Control',
    'Latin Small Letter O With Diaeresis',
    'Euro Sign',
    'Emoji: Grinning Face',
    'Hebrew Letter Dalet With Dagesh',
  ]);
});

test.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('appendix B: %s is %s', (hex, text) => {
  expect(canonicalJson(Buffer.from(hex, 'hex').readDoubleBE())).toBe(text);
});

test.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['undefined', undefined],
  ['a function', () => 1],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate in a name', { '\udc00': 1 }],
  ['a hole', new Array(1)],
  ['a member that is undefined', { a: undefined }],
])('%s has no canonical form', (_, value) => {
  for (const held of [value, [value], { a: value }]) expect(() => canonicalJson(held as Json)).toThrow(TypeError);
});

/** The rules once more, by hand: escapes as section 3.2.2.2 lists them, order by comparing code units one by one. */
function byHand(value: Json): string {
  if (typeof value === 'string') {
    const short: Record<number, string> = {
      8: '\\b',
      9: '\\t',
      10: '\\n',
      12: '\\f',
      13: '\\r',
      34: '\\"',
      92: '\\\\',
    };
    let out = '"';
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      out += short[unit] ?? (unit < 32 ? `\\u${unit.toString(16).padStart(4, '0')}` : value[i]);
    }
    return `${out}"`;
  }
  if (Array.isArray(value)) return `[${value.map(byHand).join(',')}]`;
  if (value === null || typeof value !== 'object') return `${value}`;
  const before = (a: string, b: string): number => {
    let i = 0;
    while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
    return (i < a.length ? a.charCodeAt(i) : -1) - (i < b.length ? b.charCodeAt(i) : -1);
  };
  const names = Object.keys(value).sort(before);
  return `{${names.map((name) => `${byHand(name)}:${byHand(value[name]!)}`).join(',')}}`;
}

test('random values: as by hand, and JSON.parse gives them back', () => {
  let state = 1;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const text = () =>
    Array.from({ length: below(6) }, () =>
      String.fromCodePoint([below(160), 0xd000 + below(64), 0x1f600 + below(80), 0xfb00 + below(64)][below(4)]!),
    ).join('');
  const value = (depth: number): Json => {
    switch (below(depth > 3 ? 5 : 7)) {
      case 0:
        return null;
      case 1:
        return below(2) === 1;
      case 2:
        return below(1e6) - 5e5;
      case 3:
        return below(1e9) / 10 ** below(30);
      case 4:
        return text();
      case 5:
        return Array.from({ length: below(5) }, () => value(depth + 1));
      default:
        return Object.fromEntries(Array.from({ length: below(6) }, () => [text() + below(12), value(depth + 1)]));
    }
  };
  for (let i = 0; i < 500; i++) {
    const one = value(0);
    const canonical = canonicalJson(one);
    expect(canonical).toBe(byHand(one));
    expect(JSON.parse(canonical)).toEqual(one);
  }
});
