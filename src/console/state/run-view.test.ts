// The address of the page of runs: a link shows the same, and nothing in it can break the page.

import { expect, test } from 'vitest';
import { MAX_SELECTED, type RunView, searchOfView, tablePath, viewOf } from './run-view.ts';

const PLAIN: RunView = {
  ...{ text: '', tag: '', state: '', sort: 'begun', descending: true, page: 1, selected: [] },
  ...{ measure: 'loss', axis: 'step', weight: 0, logX: false, logY: false, range: null },
};

test('the plain page has no query, and every view comes back from its own', () => {
  expect(viewOf('')).toEqual(PLAIN);
  expect(searchOfView(PLAIN)).toBe('');
  const views: Partial<RunView>[] = [
    { text: 'a b&c=d#?,+%', tag: '기준 모델', state: 'gone', page: 3 },
    { sort: 'loss', descending: false },
    { sort: 'loss', descending: true },
    { sort: 'begun', descending: false },
    { selected: ['a-1', 'b-2'], measure: 'gradNorm', axis: 'time', weight: 0.99 },
    { logX: true },
    { logY: true, range: { from: -0.5, to: 1e9 } },
    { logX: true, logY: true, axis: 'tokens', measure: 'validation' },
  ];
  for (const part of views) expect(viewOf(searchOfView({ ...PLAIN, ...part }))).toEqual({ ...PLAIN, ...part });
  expect(searchOfView({ ...PLAIN, selected: ['a-1', 'b-2'] })).toBe('?runs=a-1,b-2');
});

test('what is wrong in an address counts as left out', () => {
  const wrong = [
    '?sort=__proto__&state=constructor&measure=x&x=y&page=-1&smooth=NaN&from=a&to=b',
    '?page=1e400&smooth=Infinity&from=5&to=5',
    '?page=1.5&from=9&to=1&log=z',
    '?runs=../../etc,%3Cscript%3E,A%20B,,%00',
    '?from=1',
  ];
  for (const search of wrong) {
    const { weight, ...view } = viewOf(search);
    const { weight: _, ...plain } = PLAIN;
    expect(view, search).toEqual(plain);
    expect(weight).toBeLessThan(1);
  }
  expect(viewOf('?smooth=7').weight).toBe(0.9999);
  expect(viewOf('?smooth=-7').weight).toBe(0);
  expect(viewOf(`?text=${'x'.repeat(5000)}`).text).toHaveLength(200);
});

test('each run once, and at most as many as are drawn', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `run-${i}`);
  expect(viewOf(`?runs=${['run-0', ...ids].join(',')}`).selected).toEqual(ids.slice(0, MAX_SELECTED));
});

test('the table is asked for by page, with the selected runs whatever the filter', () => {
  const path = tablePath({ ...PLAIN, page: 3, text: 'a&b', selected: ['x-1', 'y-2'] }, 50);
  const query = new URLSearchParams(path.split('?')[1]);
  expect(Object.fromEntries(query)).toEqual({
    ...{ text: 'a&b', tag: '', state: '', sort: 'begun', order: 'down' },
    ...{ from: '100', count: '50', chosen: 'x-1,y-2' },
  });
});
