// The thinned curve: a spike of one step in a hundred thousand stays; a broken record ends it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recordLine } from '../../ledger/testing/transcript.ts';
import { MAX_POINTS, readCurve } from './curve.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-curve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (step: number, loss: number): string =>
  `${recordLine({ step, loss, gradNorm: step / 8, learningRate: 0.5 }).line}\n`;

function run(losses: number[], rest = ''): string {
  writeFileSync(join(folder, 'transcript.jsonl'), losses.map((loss, i) => line(i + 1, loss)).join('') + rest);
  return folder;
}

test('as many points as fit, each at its step, and no spike is lost', async () => {
  for (const count of [1, 2, 1999, 2000, 2001, 3997, 50_000]) {
    const losses = Array.from({ length: count }, (_, i) => 5 - i / count);
    const spike = Math.floor(count * 0.7);
    losses[spike] = 99;
    const curve = (await readCurve(run(losses), count))!;
    expect(curve.step.length).toBeLessThanOrEqual(MAX_POINTS);
    if (count <= MAX_POINTS) expect(curve.step).toHaveLength(count);
    expect([curve.step[0], curve.step.at(-1)]).toEqual([1, count]);
    expect(curve.step).toEqual([...new Set(curve.step)].sort((a, b) => a - b));
    expect(curve.step).toContain(spike + 1);
    curve.step.forEach((step, i) => {
      expect([curve.loss[i], curve.gradNorm[i], curve.learningRate[i]]).toEqual([losses[step - 1], step / 8, 0.5]);
    });
  }
});

test('ends at the requested step or the first broken record; invalid numbers are null', async () => {
  expect((await readCurve(run([3, 2, 1]), 2))!.step).toEqual([1, 2]);
  expect((await readCurve(run([3, Number.NaN, 1]), 3))!.loss).toEqual([3, null, 1]);
  expect((await readCurve(run([3, 2], line(4, 1)), 9))!.step).toEqual([1, 2]);
  expect((await readCurve(run([3, 2], 'x'.repeat(1 << 20)), 9))!.step).toEqual([1, 2]);
  expect(await readCurve(run([], 'no record\n'), 9)).toBeUndefined();
  expect(await readCurve(run([3, 2]), 0)).toBeUndefined();
});
