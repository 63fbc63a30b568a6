import { expect, test } from 'vitest';
import { formatFor } from '../../page-kit/text/index.ts';
import { chanceText, raised } from './chance.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

const text = (ln: number) => chanceText(ln, en.chance, formatFor('en'));

test('chances of all sizes, from their logarithms', () => {
  // ln(1/506!) by its digits: 506! has 1,149 digits, 256! has 507.
  const lnFactorial = (n: number) => Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b);
  expect(text(-lnFactorial(256))).toBe('1 in 10⁵⁰⁶');
  expect(text(Math.log(1 / 40_320))).toBe('1 in 40,000');
  expect(text(Math.log(0.0042))).toBe('1 in 230');
  expect(text(Math.log(0.43))).toBe('43%');
  expect(text(0)).toBe('100%');
  expect(text(-1e7)).toBe('1 in 10⁴³⁴²⁹⁴⁴');
  expect(chanceText(-lnFactorial(256), ko.chance, formatFor('ko'))).toBe('10⁵⁰⁶분의 1');
});

test('no chance is said smaller than it is', () => {
  const format = formatFor('en');
  // Words that give back the number.
  const said = (ln: number) =>
    chanceText(
      ln,
      {
        power: (n) => `${-n}`,
        oneIn: (n) => `${-Math.log10(Number(n.replaceAll(',', '')))}`,
        share: (p) => `${Math.log10(Number.parseFloat(p) / 100)}`,
      },
      format,
    );
  for (let ln = 0; ln > -3000; ln = ln * 1.01 - 0.003)
    expect(Number(said(ln))).toBeGreaterThanOrEqual(ln / Math.LN10 - 1e-8);
  // A power of ten is itself.
  for (const power of [7, 9, 12, 506]) expect(said(-power * Math.LN10)).toBe(`${-power}`);
});

test('what is no logarithm of a chance is a dash; above 0 it is a chance of 1', () => {
  expect([Number.NaN, Number.NEGATIVE_INFINITY].map(text)).toEqual(['–', '–']);
  expect([1, Number.POSITIVE_INFINITY].map(text)).toEqual(['100%', '100%']);
});

test('raised digits', () => expect(raised('1234567890')).toBe('¹²³⁴⁵⁶⁷⁸⁹⁰'));
