// Numbers of likeness beside those of independent models.

import { expect, test } from 'vitest';
import { isBeyond, likenessesOf } from './likeness.ts';
import { lineageOf } from './testing/lineages.ts';

test('every part that was matched has a number, and only language models have independent ones beside it', () => {
  const { towers, groups } = lineageOf('same').references[0]!;
  const found = likenessesOf({ towers, groups });
  expect(found.map(({ of }) => of)).toEqual(expect.arrayContaining(['rotated', 'cka', 'units']));
  expect(found.every(({ value }) => value > 0.99 && value < 1.01)).toBe(true);
  const vision = groups.map((group) => ({ ...group, tower: 'vision' as const }));
  expect(likenessesOf({ towers: [], groups: vision }).every(({ independent }) => independent === undefined)).toBe(true);
});

test('a number is beyond independent models only where these were measured, and by more than the last digit shown', () => {
  const one = { tower: 'language', of: 'units', value: 0.8 } as const;
  expect(isBeyond({ ...one, independent: undefined })).toBe(false);
  expect(isBeyond({ ...one, independent: 0.797 })).toBe(false);
  expect(isBeyond({ ...one, independent: 0.79 })).toBe(true);
});
