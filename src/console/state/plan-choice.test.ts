// The choices of the page of plans in its address, whatever somebody writes there.

import { expect, test } from 'vitest';
import { firstPlaces, MAX_PLACES, type PlanChoice, planChoiceOf, planSearchOf } from './plan-choice.ts';

const USUAL: PlanChoice = {
  model: null,
  tokens: 1000,
  months: 3,
  on: [],
  sequence: 4096,
  sequences: 2048,
  precision: null,
};

test('an address without a query has the usual choices, and these leave it so', () => {
  expect(planChoiceOf('')).toEqual(USUAL);
  expect(planSearchOf(USUAL)).toBe('');
});

test('choices come back from the address that they make', () => {
  const choice: PlanChoice = {
    model: 'solar-open-100b',
    tokens: 20_000,
    months: 1.5,
    on: [
      { chip: 'nvidia-b200', count: 1000, price: 4.25 },
      { chip: 'nvidia-h100-sxm', count: 512, price: null },
      { chip: 'amd-mi355x', count: 8, price: 0 },
    ],
    sequence: 8192,
    sequences: 1000,
    precision: 'bf16',
  };
  expect(planChoiceOf(planSearchOf(choice))).toEqual(choice);
});

test.each([
  ['?tokens=NaN&months=x&sequence=&sequences=1e999x', USUAL],
  ['?tokens=1e999&months=-3', { ...USUAL, tokens: 1e6, months: 0.1 }],
  ['?sequence=0&sequences=1.6', { ...USUAL, sequence: 1, sequences: 2 }],
  ['?precision=constructor&model=', USUAL],
  ['?on=&on=:8', USUAL],
  ['?on=a:0', { ...USUAL, on: [{ chip: 'a', count: 1, price: null }] }],
  ['?on=a:-8:-1', { ...USUAL, on: [{ chip: 'a', count: 1, price: 0 }] }],
  ['?on=a', { ...USUAL, on: [{ chip: 'a', count: 512, price: null }] }],
  ['?on=__proto__:many:free', { ...USUAL, on: [{ chip: '__proto__', count: 512, price: null }] }],
])('%s is read as what can be planned', (search, choice) => {
  expect(planChoiceOf(search)).toEqual(choice);
});

test('more chips than are compared are left out', () => {
  expect(planChoiceOf(`?${'on=a:8&'.repeat(100)}`).on).toHaveLength(MAX_PLACES);
});

test('the first chips are two that everybody knows, or else what there is', () => {
  const ids = (plannable: string[]) => firstPlaces(plannable).map(({ chip }) => chip);
  expect(ids(['a', 'nvidia-h100-sxm', 'nvidia-b200'])).toEqual(['nvidia-b200', 'nvidia-h100-sxm']);
  expect(ids(['a', 'b', 'c'])).toEqual(['a', 'b']);
  expect(ids([])).toEqual([]);
});
