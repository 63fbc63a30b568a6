// Curves of several runs over one axis: smoothed before they are thinned, the same at every zoom, and nothing where a place is not known.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figures, lines } from '../../ledger/testing/transcript.ts';
import { Runs } from './index.ts';
import { type OverlayQuery, overlaid } from './overlay.ts';
import { Home } from './testing/home.ts';

const home = new Home();
let runs: Runs;
beforeEach(() => {
  runs = new Runs({ threads: 1 });
});
afterEach(async () => {
  await runs.close();
  home.clear();
});

const QUERY: OverlayQuery = { measure: 'loss', axis: 'step', weight: 0, points: 300 };
const idOf = async (folder: string): Promise<string> =>
  (await runs.list()).map(({ id }) => id).find((id) => runs.folder(id) === folder)!;
const series = (values: readonly number[]) => ({ values: Float64Array.from(values), stepAt: (i: number) => i + 1 });
const own = (step: number) => step;

/** The debiased moving average at one step, from its definition. */
function meanAt(step: number, weight: number): number {
  let [sum, weights] = [0, 0];
  for (let k = 1; k <= step; k++) {
    sum = weight * sum + figures(k).loss;
    weights = weight * weights + 1;
  }
  return sum / weights;
}

test('smoothing counts every step and is the same whatever is drawn', async () => {
  const id = await idOf(home.run('long', 3000));
  const [whole] = await runs.overlays.curves([id], { ...QUERY, weight: 0.97 });
  expect(whole!.every).toBeGreaterThan(1);
  expect(whole!.x.length).toBeLessThanOrEqual(300);
  whole!.step.forEach((step, i) => {
    expect(whole!.value[i]).toBe(figures(step).loss);
    expect(whole!.smoothed![i]).toBeCloseTo(meanAt(step, 0.97), 9);
  });
  const [near] = await runs.overlays.curves([id], { ...QUERY, weight: 0.97, from: 2000.5, to: 2010 });
  expect(near!.step).toEqual([2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011]);
  expect(near!.smoothed![3]).toBeCloseTo(meanAt(2003, 0.97), 9);
  expect([near!.ends, near!.every]).toEqual([{ first: 1, last: 3000 }, 1]);
});

test('a range beyond the run, before it, and between two points', () => {
  const five = series([1, 2, 3, 4, 5]);
  const steps = (from: number, to: number) => overlaid(five, own, { ...QUERY, from, to }).step;
  expect(steps(7, 9)).toEqual([5]);
  expect(steps(-9, 0.5)).toEqual([1]);
  expect(steps(2.2, 2.8)).toEqual([2, 3]);
  expect(steps(2, 3)).toEqual([1, 2, 3, 4]);
  expect(overlaid(series([]), own, QUERY)).toMatchObject({ x: [], values: 0, ends: null });
});

test('values that are not finite are gaps, are counted, and do not spoil what comes after them', async () => {
  const folder = home.run('odd', 0);
  const odd = new Map([
    [3, Number.NaN],
    [4, Number.POSITIVE_INFINITY],
    [5, Number.NEGATIVE_INFINITY],
  ]);
  const text = [...lines(8, (step) => ({ ...figures(step), loss: odd.get(step) ?? step }))].join('');
  writeFileSync(join(folder, 'transcript.jsonl'), text);
  const [curve] = await runs.overlays.curves([await idOf(folder)], { ...QUERY, weight: 0.5 });
  expect(curve).toMatchObject({ value: [1, 2, null, null, null, 6, 7, 8], notFinite: 3, values: 8 });
  // (6 + 2/2 + 1/4) / (1 + 1/2 + 1/4)
  expect(curve!.smoothed![5]).toBeCloseTo(7.25 / 1.75, 12);
  expect(curve!.smoothed!.slice(2, 5)).toEqual([null, null, null]);
});

test('no line runs over places that are not known, and no two points share one', () => {
  const places = [1, 2, Number.NaN, Number.NaN, 5, 5, 6];
  const found = overlaid(series([1, 2, 3, 4, 5, 6, 7]), (step) => places[step - 1]!, QUERY);
  expect(found).toMatchObject({ x: [1, 2, 3.5, 5, 6], value: [1, 2, null, 5, 7], placeless: 2, values: 7 });
  expect(found.ends).toEqual({ first: 1, last: 6 });
  const none = overlaid(series([1, 2]), undefined, { ...QUERY, weight: 0.5 });
  expect(none).toMatchObject({ x: [], placeless: 2, values: 2, ends: null });
});

test('tokens come from the recipe, times from the sessions; a run without them has no points there', async () => {
  const known = home.run('known', 4);
  const source = 'corpus: { sources: [{ files: a }] }\n';
  writeFileSync(
    join(known, 'recipe.yaml'),
    `name: known\n${source}train: { steps: 4, batchSize: 2, sequenceLength: 16 }\nmodel: { maxPositionEmbeddings: 16 }\n`,
  );
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + 1000 * seconds).toISOString();
  writeFileSync(
    join(known, 'sessions.jsonl'),
    `{"event":"start","start":"${at(0)}","from":0}\n{"event":"end","end":"${at(8)}","from":0,"to":4}\n`,
  );
  const bare = home.run('bare', 4); // its recipe is no recipe
  const ids = [await idOf(known), await idOf(bare)];
  const places = async (axis: OverlayQuery['axis']) =>
    (await runs.overlays.curves(ids, { ...QUERY, axis })).map(({ x, placeless }) => [x, placeless]);
  expect(await places('tokens')).toEqual([
    [[32, 64, 96, 128], 0],
    [[], 4],
  ]);
  expect(await places('time')).toEqual([
    [[2, 4, 6, 8], 0],
    [[], 4],
  ]);
  const [zoomed] = await runs.overlays.curves(ids, { ...QUERY, axis: 'time', from: 3.9, to: 4.1 });
  expect(zoomed!.step).toEqual([1, 2, 3]);
});

test('validations are drawn at their steps; a run of no steps, a deleted, a damaged and an unknown one end nothing', async () => {
  const folder = home.run('validated', 10);
  writeFileSync(
    join(folder, 'validation.jsonl'),
    '{"step":0,"bitsPerByte":8,"bySource":[8]}\n{"step":5,"bitsPerByte":null,"bySource":[null]}\n{"step":10,"bitsPerByte":2,"bySource":[2]}\n',
  );
  const damaged = home.run('damaged', 3);
  writeFileSync(join(damaged, 'transcript.jsonl'), `${[...lines(2)].join('')}rubbish\n`);
  const deleted = home.run('deleted', 3);
  const folders = [folder, home.run('empty', 0), deleted, damaged];
  const ids = await Promise.all(folders.map(idOf));
  rmSync(deleted, { recursive: true });
  const validations = await runs.overlays.curves([...ids, 'none-0', ids[0]!], { ...QUERY, measure: 'validation' });
  expect(validations.map(({ id }) => id)).toEqual(ids);
  expect(validations[0]).toMatchObject({ step: [0, 5, 10], value: [8, null, 2], notFinite: 1 });
  const losses = await runs.overlays.curves(ids, QUERY);
  expect(losses.map(({ step, damaged }) => [step.length, damaged])).toEqual([
    [10, null],
    [0, null],
    [0, null],
    [2, expect.stringContaining('line 3')],
  ]);
});
