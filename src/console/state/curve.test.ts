// A curve as it grows, is zoomed, and is described in words.

import { expect, test } from 'vitest';
import type { Curve, RunPoints } from '../types.ts';
import { isLong, keyPoints, seriesOf, withPoints, zoomed } from './curve.ts';

/** Each value is its step, so that a value at the wrong step shows. */
const points = (from: number, to: number): RunPoints => {
  const step = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  return {
    step,
    loss: step.map((at) => at),
    gradNorm: step.map((at) => at * 10),
    learningRate: step.map((at) => at * 100),
    validations: step.filter((at) => at % 5 === 0).map((at) => ({ step: at, bitsPerByte: at })),
  };
};
const curve = (from: number, to: number): Curve => ({
  ...points(from, to),
  first: from,
  last: Math.max(0, to),
  steps: to,
  every: 1,
  damaged: null,
});

test('live points give the same curve as a later fetch, however they are split and repeated', () => {
  let state = 1;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 300; round++) {
    const first = 1 + random(20);
    let grown = curve(1, first);
    let known = first;
    while (known < 60) {
      const again = random(8); // a reconnected stream sends some twice
      const next = Math.min(60, known + random(9));
      grown = withPoints(grown, points(Math.max(1, known - again), next));
      known = Math.max(known, next);
    }
    expect(grown).toEqual({ ...curve(1, 60), steps: first });
  }
});

test('known points change nothing, and the earlier curve is not modified', () => {
  const before = curve(1, 10);
  const copy = structuredClone(before);
  expect(withPoints(before, points(3, 10))).toBe(before);
  withPoints(before, points(9, 15));
  expect(before).toEqual(copy);
});

test('an empty curve starts at its first point', () => {
  expect(withPoints(curve(1, 0), points(1, 3))).toMatchObject({ first: 1, last: 3, step: [1, 2, 3] });
});

test('a validation that arrives after its step is added', () => {
  const late = { ...points(1, 0), validations: [{ step: 15, bitsPerByte: 2 }] };
  expect(withPoints(curve(1, 15), late).validations.map(({ step }) => step)).toEqual([5, 10, 15]);
  expect(withPoints(curve(1, 16), { ...late, validations: [{ step: 20, bitsPerByte: 2 }] }).validations.at(-1)).toEqual(
    {
      step: 20,
      bitsPerByte: 2,
    },
  );
});

test('a curve with many live points is thinned again', () => {
  expect(isLong(curve(1, 600), 100)).toBe(false);
  expect(isLong(curve(1, 601), 100)).toBe(true);
});

test('each measure has its own steps', () => {
  const one = curve(1, 10);
  expect(seriesOf(one, 'gradNorm').value[3]).toBe(40);
  expect(seriesOf(one, 'validation')).toEqual({ step: [5, 10], value: [5, 10] });
});

test('key points are both ends, the lowest and the highest, in order, without missing values', () => {
  const value = [5, 4, null, 9, 1, 2, 3, null, 2.5];
  const found = keyPoints({ step: value.map((_, i) => i + 1), value });
  expect(found.map(({ step }) => step)).toEqual([...found].map(({ step }) => step).sort((a, b) => a - b));
  expect(found.find(({ what }) => what === 'first')).toMatchObject({ step: 1, value: 5 });
  expect(found.find(({ what }) => what === 'last')).toMatchObject({ step: 9, value: 2.5 });
  expect(found.find(({ what }) => what === 'highest')).toMatchObject({ step: 4, value: 9 });
  expect(found.find(({ what }) => what === 'lowest')).toMatchObject({ step: 5, value: 1 });
  for (const { step, value: at } of found) expect(value[step - 1]).toBe(at);
  expect(keyPoints({ step: [1], value: [null] })).toEqual([]);
  expect(keyPoints({ step: [7], value: [3] })).toEqual([{ what: 'last', step: 7, value: 3 }]);
});

test('ranges stay within the run', () => {
  const whole = { first: 1, last: 1001 };
  expect(zoomed({ from: 1, to: 1001 }, whole, { factor: 0.5 })).toEqual({ from: 251, to: 751 });
  expect(zoomed({ from: 251, to: 751 }, whole, { factor: 2 })).toEqual({ from: 1, to: 1001 });
  expect(zoomed({ from: 900, to: 1000 }, whole, { shift: 0.5 })).toEqual({ from: 901, to: 1001 });
  expect(zoomed({ from: 1, to: 101 }, whole, { shift: -0.5 })).toEqual({ from: 1, to: 101 });
  const near = zoomed({ from: 500, to: 501 }, whole, { factor: 0.5 });
  expect(near.to - near.from).toBeGreaterThanOrEqual(1);
});
