// The address of the page of self-reliance.

import { expect, test } from 'vitest';
import { type Choice, choiceOf, ofQuery, searchOf, withoutQuery } from './choice.ts';

test('a choice survives its address, with any characters in its names', () => {
  const choices: Choice[] = [
    { of: null, suppliers: [], countries: [] },
    { of: null, suppliers: ['nvidia'], countries: [] },
    { of: { kind: 'use', id: 'submission-azalea-1' }, suppliers: [], countries: ['US', 'TW'] },
    { of: { kind: 'consortium', id: 'a&b=c' }, suppliers: ['x y', '한글', 'a+b'], countries: ['US'] },
  ];
  for (const choice of choices) expect(choiceOf(searchOf(choice))).toEqual(choice);
});

test('known addresses', () => {
  expect(choiceOf('?supplier=nvidia&supplier=nvidia&country=US')).toEqual({
    of: null,
    suppliers: ['nvidia'],
    countries: ['US'],
  });
  expect(searchOf({ of: { kind: 'use', id: 'a' }, suppliers: ['b'], countries: ['US'] })).toBe(
    '?of=use&id=a&supplier=b&country=US',
  );
  expect(withoutQuery({ of: null, suppliers: [], countries: ['US'] })).toBe('?country=US');
  expect(ofQuery({ of: null, suppliers: ['b'], countries: [] })).toBe('');
});

test('a query that is not a choice gives an empty choice', () => {
  for (const search of ['', '?', '?of=use', '?of=planet&id=a', '?id=a', '?supplier=&country='])
    expect(choiceOf(search), search).toEqual({ of: null, suppliers: [], countries: [] });
});
