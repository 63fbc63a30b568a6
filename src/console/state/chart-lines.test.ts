// Lines of a chart: the value at the cursor is the nearest one and never beyond an end; no two lines look alike.

import { expect, test } from 'vitest';
import { loggable, lookOf, nearestIndex } from './chart-lines.ts';
import { MAX_SELECTED } from './run-view.ts';

/** Looks at every point. */
function naive(x: readonly number[], at: number): number | undefined {
  if (x.length === 0 || at < x[0] || at > x[x.length - 1]) return undefined;
  let best = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i] - at) < Math.abs(x[best] - at)) best = i;
  return best;
}

test('the nearest point, against a look at every one', () => {
  let state = 5;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 500; round++) {
    const x = [...new Set(Array.from({ length: random(12) }, () => random(40)))].sort((a, b) => a - b);
    const places = Array.from({ length: 172 }, (_, i) => -1 + i / 4);
    expect(places.map((at) => nearestIndex(x, at))).toEqual(places.map((at) => naive(x, at)));
  }
});

test('nothing before the first point, past the last, in an empty line, or at no number', () => {
  expect(nearestIndex([3, 5], 2.999)).toBeUndefined();
  expect(nearestIndex([3, 5], 5.001)).toBeUndefined();
  expect(nearestIndex([3, 5], 5)).toBe(1);
  expect(nearestIndex([3], 3)).toBe(0);
  expect(nearestIndex([], 0)).toBeUndefined();
  expect(nearestIndex([1, 2], Number.NaN)).toBeUndefined();
});

test('as many looks as runs can be selected, and neighbours differ in dash, not only in colour', () => {
  const looks = Array.from({ length: MAX_SELECTED }, (_, i) => lookOf(i));
  expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(MAX_SELECTED);
  looks.slice(1).forEach((look, i) => {
    expect(look.dash).not.toEqual(looks[i].dash);
    expect(look.dye).not.toBe(looks[i].dye);
  });
});

test('a logarithmic scale leaves out what is not above zero', () => {
  const line = { x: [0, 1, 2, 3], value: [5, 0, -1, null] };
  expect(loggable(line, false, false)).toEqual(line);
  expect(loggable(line, true, false)).toEqual({ x: [1, 2, 3], value: [0, -1, null] });
  expect(loggable(line, false, true)).toEqual({ x: [0, 1, 2, 3], value: [5, null, null, null] });
});
