// The bounds of a JSON text, compared with counts over the parsed value.

import { expect, test, vi } from 'vitest';
import { checkJsonBounds, MAX_DEPTH, MAX_VALUES } from './json-bounds.ts';

const codeOf = (text: string) => {
  try {
    checkJsonBounds(Buffer.from(text));
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const nested = (depth: number, inside = '') => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;

test('the largest allowed depth, and one more', () => {
  expect(codeOf(nested(MAX_DEPTH))).toBeUndefined();
  expect(codeOf(nested(MAX_DEPTH + 1))).toBe('request-too-deep');
  expect(codeOf('{"a":'.repeat(MAX_DEPTH + 1))).toBe('request-too-deep');
  expect(codeOf('['.repeat(2 << 20))).toBe('request-too-deep');
});

test('the largest allowed number of values, and one more', () => {
  const list = (count: number) => `[${Array(count).fill(0).join(',')}]`;
  expect(codeOf(list(MAX_VALUES - 1))).toBeUndefined();
  expect(codeOf(list(MAX_VALUES))).toBe('request-too-many');
  const members = Array.from({ length: MAX_VALUES + 1 }, (_, i) => `"${i}":{}`);
  expect(codeOf(`{${members.join(',')}}`)).toBe('request-too-many');
  expect(codeOf(`[${Array(MAX_VALUES).fill('[]').join(',')}]`)).toBe('request-too-many');
});

test('brackets and commas inside texts do not count', () => {
  const text = '[[[[{{{{,,,,"\\" 한국어, 漢字 🧮 ]]]]'.repeat(2000);
  expect(codeOf(JSON.stringify({ text, 'key,[{"\\': '\\' }))).toBeUndefined();
  expect(codeOf(nested(MAX_DEPTH, JSON.stringify(text)))).toBeUndefined();
  expect(codeOf(nested(MAX_DEPTH, `${JSON.stringify('a\\')},[]`))).toBe('request-too-deep');
});

test('the count equals that of the parser, for any JSON', () => {
  /** Values and depth of what was parsed. */
  const count = (value: unknown): { values: number; depth: number } => {
    if (value === null || typeof value !== 'object') return { values: 1, depth: 0 };
    const below = Object.values(value).map(count);
    return {
      values: 1 + below.reduce((sum, { values }) => sum + values, 0),
      depth: 1 + Math.max(0, ...below.map(({ depth }) => depth)),
    };
  };
  let state = 1377;
  const below = (n: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * n);
  };
  const value = (depth: number): unknown => {
    const kind = below(depth > 6 ? 3 : 5);
    if (kind === 0) return below(1e6) - 5e5;
    if (kind === 1) return '"\\,[]{}:한\n'.repeat(below(3));
    if (kind === 2) return null;
    const items = Array.from({ length: 1 + below(3) }, () => value(depth + 1));
    return kind === 3 ? items : Object.fromEntries(items.map((one, i) => [`k${i}"[,`, one]));
  };
  let deep = 0;
  for (let i = 0; i < 400; i++) {
    let whole = value(0);
    for (let level = below(2 * MAX_DEPTH); level > 0; level--) whole = level % 2 ? [whole] : { '"{': whole };
    const text = JSON.stringify(whole, null, below(3));
    const { values, depth } = count(JSON.parse(text));
    const code = codeOf(text);
    if (depth > MAX_DEPTH) deep++;
    // What is empty is counted as if there were a value in it: so there is room between the two.
    if (depth > MAX_DEPTH || values > MAX_VALUES) expect(code).toBeDefined();
    else if (values < MAX_VALUES / 2) expect(code).toBeUndefined();
  }
  expect(deep).toBeGreaterThan(0);
});

test('the bounds are checked without parsing', () => {
  const parse = vi.spyOn(JSON, 'parse');
  expect(codeOf(nested(1 << 20))).toBe('request-too-deep');
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
});
