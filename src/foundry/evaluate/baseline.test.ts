// Where a model is said to beat a baseline: by three standard errors of the difference, and never on few questions.

import { expect, test } from 'vitest';
import { compareWithBaseline } from './baseline.ts';
import { measure } from './metrics.ts';

type Counts = { both?: number; model?: number; baseline?: number; none?: number };

/** Results of a part in which so many questions are answered rightly by both, by one of the two only, or by none. */
function resultsOf(part: string | null, { both = 0, model = 0, baseline = 0, none = 0 }: Counts) {
  const times = (count: number, text: string, beside: string) =>
    Array.from({ length: count }, () => ({ kind: 'generate' as const, text, answer: 'x', baseline: beside }));
  const outcomes = [
    ...times(both, 'x', 'x'),
    ...times(model, 'x', ''),
    ...times(baseline, '', 'x'),
    ...times(none, '', ''),
  ];
  return (['exact_match', 'above_baseline'] as const).map((metric) => ({ part, ...measure(metric, outcomes) }));
}

test.each<[string, Counts, boolean]>([
  ['all wrong, as the baseline', { none: 100 }, false],
  ['all right, as the baseline', { both: 100 }, false],
  ['all right, the baseline never', { model: 100 }, true],
  ['never right, the baseline always', { baseline: 100 }, false],
  // 9 of 100: 0.09, and sqrt(0.09 * 0.91 / 99) = 0.0288, times three 0.0863. 8 of 100: 0.08 and 0.0818.
  ['9 more of 100', { model: 9, none: 91 }, true],
  ['8 more of 100', { model: 8, none: 92 }, false],
  // What the baseline alone gets right counts against the model: 0.09 again, sqrt((0.19 - 0.0081) / 99) = 0.0429.
  ['14 for and 5 against', { model: 14, baseline: 5, none: 81 }, false],
  // What both get right widens no error.
  ['9 more of 100, both right in 50', { model: 9, both: 50, none: 41 }, true],
  ['29 questions, all right', { model: 29 }, false],
  ['30 questions, all right', { model: 30 }, true],
  ['one question', { model: 1 }, false],
])('%s', (_, counts, beats) => {
  const [compared, ...others] = compareWithBaseline(resultsOf(null, counts));
  expect(others).toEqual([]);
  const { both = 0, model = 0, baseline = 0, none = 0 } = counts;
  const n = both + model + baseline + none;
  expect(compared).toMatchObject({ part: undefined, n, beats });
  expect(compared.exact).toBeCloseTo((both + model) / n, 12);
  expect(compared.baseline).toBeCloseTo((both + baseline) / n, 12);
});

test('parts stand for the whole where there are some; other metrics and figures without a value are left out', () => {
  const whole = resultsOf(null, { model: 100, none: 100 });
  const parts = [...resultsOf('sum', { model: 100 }), ...resultsOf('meaning', { none: 100 })];
  expect(compareWithBaseline([...whole, ...parts]).map(({ part, beats }) => [part, beats])).toEqual([
    ['sum', true],
    ['meaning', false],
  ]);
  expect(compareWithBaseline(whole.slice(0, 1))).toEqual([]);
  expect(compareWithBaseline(whole.slice(1))).toEqual([]);
  expect(compareWithBaseline(whole.map((result) => ({ ...result, value: null })))).toEqual([]);
});
