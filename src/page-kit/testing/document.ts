// What holds of every document, whatever texts and numbers are in it.

import { expect } from 'vitest';

/** Texts of which no browser may make a tag or an attribute. */
export const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</title></style></svg><svg onload=alert(1)>',
  '</bdi><iframe src="https://example.com/"></iframe>',
  '<!--',
  ']]><x>',
  '{{7*7}}`',
  '&lt;script&gt;&#60;b&#62;',
];

/** Numbers that no picture may show. */
export const NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e308, 1e-320, -0];

/** A value whose texts and numbers are changed; `path` is as in `.run.name`. */
export function changed<T>(value: T, change: (leaf: unknown, path: string) => unknown, path = ''): T {
  if (Array.isArray(value)) return value.map((item, i) => changed(item, change, `${path}[${i}]`)) as T;
  if (value === null || typeof value !== 'object') return change(value, path) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, changed(item, change, `${path}.${key}`)]),
  ) as T;
}

/** The same with one number in place of all. */
export const withNumber = <T>(value: T, n: number): T =>
  changed(value, (leaf) => (typeof leaf === 'number' ? n : leaf));

/** A page without its stylesheet. */
export const bodyOf = (page: string): string => page.replace(/<style>.*?<\/style>/s, '');

/** The texts that a browser would take for tags, each as its name and the names of its attributes. */
export const tagsOf = (page: string): string[] =>
  [...bodyOf(page).matchAll(/<(?:"[^"]*"|[^">])*>/g)].map(([tag]) =>
    tag.replace(/"[^"]*"/g, '""').replace(/\s+/g, ' '),
  );

/** It refers to nothing outside and runs nothing; elements are closed in order, ids are unique and every reference has its target. */
export function expectSelfContained(page: string): void {
  expect(page).not.toMatch(/\b(src|href|xlink:href|srcset|action|data|poster|background|ping|formaction)\s*=/i);
  expect(page).not.toMatch(/url\s*\(|@import|@font-face|image-set|https?:|\/\/[a-z]/i);
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form|image|use|audio|video)\b/i);
  expect(page).not.toMatch(/\son[a-z]+\s*=|\sstyle\s*=|javascript:/i);
  const open: string[] = [];
  for (const [, end, name, self] of bodyOf(page).matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
    if (self || ['meta', 'br'].includes(name!)) continue;
    if (end) expect(open.pop()).toBe(name);
    else open.push(name!);
  }
  expect(open).toEqual([]);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, refs] of page.matchAll(/aria-labelledby="([^"]*)"/g))
    for (const ref of refs!.split(' ')) expect(ids).toContain(ref);
}

/** All numbers in all pictures are finite, and the pictures stay within their frames, but for lines of this width. Gives the pictures' widths. */
export function expectPictures(page: string, line = 0): number[] {
  const pictures = [...page.matchAll(/<svg\b[^>]*viewBox="0 0 (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)"[^>]*>(.*?)<\/svg>/gs)];
  return pictures.map(([, ...[w, h, inside]]) => {
    const [width, height] = [Number(w), Number(h)];
    for (const [, name, value] of inside!.matchAll(/ (d|x|y|width|height|rx)="([^"]*)"/g)) {
      expect(value).not.toMatch(/NaN|Infinity|undefined|null|e\+/i);
      if (name === 'd') expect(value).toMatch(/^[MLHVhvlaqtAmZz\d\s.-]*$/);
      else {
        expect(Number(value)).toBeGreaterThanOrEqual(0);
        expect(Number(value)).toBeLessThanOrEqual((name === 'y' || name === 'height' ? height : width) + line / 6);
      }
    }
    for (const [, x, y] of inside!.matchAll(/[ML]\s?(-?[\d.]+) (-?[\d.]+)/g)) {
      for (const [at, most] of [
        [x, width],
        [y, height],
      ] as const) {
        expect(Number(at)).toBeGreaterThanOrEqual(-line);
        expect(Number(at)).toBeLessThanOrEqual(most + line);
      }
    }
    return width;
  });
}

/** Both languages have all words, none empty, and no English one has Korean letters. Gives the Korean ones that have none. */
export function expectSameWords(en: unknown, ko: unknown): string[] {
  const words = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'function') return [String(value('1', '2', '3', '4', '5'))];
    return Object.values(value as object).flatMap(words);
  };
  const keys = (value: unknown): unknown =>
    value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, keys(one)]))
      : typeof value;
  expect(keys(ko)).toEqual(keys(en));
  expect([...words(ko), ...words(en)].filter((one) => one.trim() === '')).toEqual([]);
  expect(words(en).filter((one) => /\p{Script=Hangul}/u.test(one))).toEqual([]);
  return words(ko).filter((one) => !/\p{Script=Hangul}/u.test(one));
}
