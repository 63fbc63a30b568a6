// The console's colours: text is readable on every background, and docs/design.md lists the colours in use.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('base.css', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../docs/design.md', import.meta.url), 'utf8');

/** Light and dark value of each token. */
const TOKENS = new Map(
  [...css.matchAll(/^ {2}(--[\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);$/gm)].map(
    ([, name, light, dark]) => [name!, [light!, dark!] as const],
  ),
);
const GROUNDS = ['--paper', '--plate', '--sunk'];
const DYES = [1, 2, 3, 4, 5].map((i) => `--dye-${i}`);
const WASHES = ['good', 'bad', 'warn', 'accent'];

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

test.each([
  ['light', 0],
  ['dark', 1],
] as const)('text keeps WCAG AA, edges keep 3:1: %s', (_, theme) => {
  const of = (text: string, ground: string) => contrast(TOKENS.get(text)![theme], TOKENS.get(ground)![theme]);
  const pairs = [
    ...['--ink', '--soft', '--good', '--bad', '--warn', '--accent', ...DYES].flatMap((text) =>
      GROUNDS.map((ground) => [text, ground] as const),
    ),
    ...WASHES.flatMap((dye) => ['--ink', '--soft', `--${dye}`].map((text) => [text, `--${dye}-wash`] as const)),
    ['--on-accent', '--accent'],
    ['--paper', '--ink'],
  ] as const;
  expect(pairs.filter(([text, ground]) => of(text, ground) < 4.5)).toEqual([]);
  expect(GROUNDS.filter((ground) => of('--edge', ground) < 3)).toEqual([]);
  expect(of('--rule', '--paper')).toBeLessThan(3); // it can fail
});

test('the table in docs/design.md has exactly the colours of the styles', () => {
  const rows = [...page.matchAll(/^\| `(--[\w-]+)` \| `(#[0-9a-f]{6})` \| `(#[0-9a-f]{6})` \|.*\|([^|]*)\|$/gm)];
  expect(new Map(rows.map(([, name, light, dark]) => [name, [light, dark]]))).toEqual(TOKENS);
  for (const [, name, light, dark, said] of rows) {
    const numbers = said!.match(/\d+\.\d/g)?.map(Number);
    if (!numbers) continue;
    const ground = TOKENS.get(name === '--on-accent' ? '--accent' : '--paper')!;
    const counted = [contrast(light!, ground[0]), contrast(dark!, ground[1])].map((x) => Math.round(x * 10) / 10);
    expect(numbers, name).toEqual(counted);
  }
});
