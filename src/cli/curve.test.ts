// The curve is read back dot by dot: it must show the given losses in the given space.

import { expect, test } from 'vitest';
import { textWidth } from '../base/index.ts';
import { place, renderCurve, renderCurves } from './curve.ts';

/** The dots of a curve: for each dot column, the rows (from the top) that are set. */
function dots(lines: string[]): number[][] {
  const rows = lines.slice(0, -2).map((line) => [...line.slice(8)]);
  const columns = Math.max(...rows.map((row) => row.length)) * 2;
  const bit = [
    [0, 1, 2, 6],
    [3, 4, 5, 7],
  ]; // the Braille block's own numbering of dots, less one
  return Array.from({ length: columns }, (_, x) =>
    rows.flatMap((row, r) => {
      const code = (row[x >> 1] ?? ' ').codePointAt(0)!;
      const cell = code >= 0x2800 && code < 0x2900 ? code - 0x2800 : 0;
      return [0, 1, 2, 3].filter((y) => cell & (1 << bit[x & 1][y])).map((y) => r * 4 + y);
    }),
  );
}

const run = (steps: number, loss: (step: number) => number, done = steps) =>
  Array.from({ length: done }, (_, i) => ({ step: i + 1, loss: loss(i + 1) }));

test('a falling loss falls from the top left to the bottom right', () => {
  const lines = renderCurve(
    run(200, (s) => 10 - s / 25),
    { width: 60, height: 8, steps: 200 },
  );
  const columns = dots(lines);
  expect(columns).toHaveLength(104);
  expect(columns[0]).toContain(0);
  expect(columns.at(-1)).toContain(23);
  const middles = columns.map((rows) => rows[rows.length - 1]);
  middles.forEach((y, x) => {
    if (x > 0) expect(y).toBeGreaterThanOrEqual(middles[x - 1]);
  });
  expect(lines[0]).toMatch(/^ {2}9\.\d\d ┤/);
  expect(lines.at(-3)).toMatch(/^ {2}2\.\d\d ┤/);
});

test('it fills the given width exactly, whatever the size', () => {
  for (const width of [16, 17, 40, 80, 200]) {
    for (const height of [4, 5, 9, 20]) {
      for (const steps of [1, 2, 7, 190, 100_000]) {
        const lines = renderCurve(
          run(Math.min(steps, 500), (s) => 8 / s),
          { width, height, steps },
        );
        expect(lines).toHaveLength(height);
        expect(Math.max(...lines.map(textWidth))).toBe(width);
      }
    }
  }
});

test('a running run takes its part of the width', () => {
  const columns = dots(
    renderCurve(
      run(1000, (s) => 5 - s / 1000, 100),
      { width: 108, height: 8, steps: 1000 },
    ),
  );
  expect(columns.length / 200).toBeCloseTo(place(100, 1000), 1);
});

test('no gaps: every dot column up to the last step has a dot, and neighbours touch', () => {
  const columns = dots(
    renderCurve(
      run(12, (s) => (s % 2 ? 9 : 1)),
      { width: 100, height: 9, steps: 12 },
    ),
  );
  columns.forEach((rows, x) => {
    expect(rows.length).toBeGreaterThan(0);
    if (x === 0) return;
    const gap = Math.max(
      Math.min(...rows) - Math.max(...columns[x - 1]),
      Math.min(...columns[x - 1]) - Math.max(...rows),
    );
    expect(gap).toBeLessThanOrEqual(1);
  });
});

test('one step, equal losses, losses that are not finite', () => {
  expect(renderCurve([], { width: 60, height: 8, steps: 10 })).toEqual([]);
  expect(renderCurve([{ step: 1, loss: Number.NaN }], { width: 60, height: 8, steps: 10 })).toEqual([]);
  expect(dots(renderCurve([{ step: 1, loss: 3 }], { width: 60, height: 8, steps: 1 }))[0]).toHaveLength(1);
  const flat = dots(
    renderCurve(
      run(50, () => 3),
      { width: 60, height: 8, steps: 50 },
    ),
  );
  expect(new Set(flat.flat()).size).toBe(1);
  const holes = renderCurve(
    run(50, (s) => (s % 3 ? s : Number.POSITIVE_INFINITY)),
    { width: 60, height: 8, steps: 50 },
  );
  expect(holes.join('')).not.toMatch(/NaN|Infinity/);
});

test('too little room gives nothing', () => {
  expect(
    renderCurve(
      run(5, (s) => s),
      { width: 15, height: 8, steps: 5 },
    ),
  ).toEqual([]);
  expect(
    renderCurve(
      run(5, (s) => s),
      { width: 60, height: 3, steps: 5 },
    ),
  ).toEqual([]);
});

test('the first twentieth of a run gets about a quarter of the width', () => {
  for (const steps of [100, 1000, 1e6]) expect(place(steps / 20, steps)).toBeGreaterThan(0.19);
  expect(place(1, 100)).toBe(0);
  expect(place(100, 100)).toBe(1);
});

test('two overlaid curves: each has its dots, its letter at its end, and its colour', () => {
  const size = { width: 60, height: 10, steps: 100 };
  const a = run(100, (s) => 9 - s / 20);
  const b = run(100, (s) => 8 - s / 30, 60);
  const lines = renderCurves(
    [
      { points: a, letter: 'A' },
      { points: b, letter: 'B' },
    ],
    size,
  );
  expect(lines).toHaveLength(10);
  expect(lines.join('').match(/A/g)!.length).toBeGreaterThan(1);
  expect(lines.join('').match(/B/g)!.length).toBeGreaterThan(1);
  const column = (step: number) => 8 + Math.floor(Math.round(place(step, 100) * 103) / 2);
  const rowsWith = (letter: string, at: number) => lines.filter((line) => [...line][at] === letter).length;
  expect(rowsWith('A', column(100))).toBe(1);
  expect(rowsWith('B', column(60))).toBe(1);
  // Without their letters they are the dots of both.
  const both = dots(renderCurves([{ points: a }, { points: b }], size));
  const alone = dots(renderCurves([{ points: a }], size));
  alone.forEach((rows, x) => {
    for (const y of rows) expect(both[x]).toContain(y);
  });
  const [first, , last] = both;
  expect(first!.length).toBeGreaterThan(1);
  expect(last!.length).toBeGreaterThan(1);
  // Colours change no letter and no dot.
  const paint = (name: string) => (text: string) => `<${name}>${text}</>`;
  const painted = renderCurves(
    [
      { points: a, letter: 'A', paint: paint('a') },
      { points: b, letter: 'B', paint: paint('b') },
    ],
    size,
  );
  expect(painted.map((line) => line.replace(/<[^>]*>/g, ''))).toEqual(lines);
  for (const [, name, text] of painted.join('').matchAll(/<([ab])>([^<]*)<\/>/g)) {
    expect(text).not.toContain(name === 'a' ? 'B' : 'A');
  }
});

test('equal curves show both letters; a curve without a step is left out', () => {
  const size = { width: 60, height: 10, steps: 50 };
  const points = run(50, (s) => 10 - s / 10);
  const text = renderCurves(
    [
      { points, letter: 'A' },
      { points, letter: 'B' },
      { points: [], letter: 'C' },
    ],
    size,
  ).join('');
  expect(text).toMatch(/A/);
  expect(text).toMatch(/B/);
  expect(text).not.toMatch(/C/);
  expect(renderCurves([{ points: [], letter: 'A' }], size)).toEqual([]);
});
