// Points and their means as text.

import { expect, test } from 'vitest';
import { formatFor } from '../../page-kit/index.ts';
import { pointsText } from './points.ts';

const en = formatFor('en');

test.each([
  [60, '60'],
  [60.5, '60.5'],
  [0.1 + 0.2, '0.3'],
  [1234.125, '1,234.125'],
  [(60 + 60 + 59.999) / 3, '59.999'],
  [(81 + 81 + 82) / 3, '81.333'],
  [0, '0'],
  [Number.NaN, '–'],
])('%d is %s', (points, text) => {
  expect(pointsText(en, points)).toBe(text);
});

test('a mean below the minimum never looks like it, and one that reaches it never looks less', () => {
  for (let reviewers = 1; reviewers <= 60; reviewers++)
    for (const minimum of [0.3, 20.1, 60, 60.005, 99.999]) {
      const whole = Math.round(minimum * 1000) * reviewers;
      const shown = (sum: number) => Number(pointsText(en, sum / reviewers / 1000));
      expect(shown(whole)).toBe(minimum);
      expect(shown(whole - 1)).toBeLessThan(minimum);
    }
});
