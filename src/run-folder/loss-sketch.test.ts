// Sketches of losses: true points of the transcript, few bytes read whatever its length, nothing thrown whatever the file is.

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figures, lines } from '../ledger/testing/transcript.ts';
import { sketchLoss } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-sketch-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, text?: string): string {
  mkdirSync(join(folder, name));
  if (text !== undefined) writeFileSync(join(folder, name, 'transcript.jsonl'), text);
  return join(folder, name);
}
const EMPTY = { step: [], loss: [] };

test.each([1, 2, 5, 39, 41, 500])('%d steps: ascending true points, the first and the last among them', (steps) => {
  const { step, loss } = sketchLoss(run(`steps-${steps}`, [...lines(steps)].join('')), 40);
  expect(step[0]).toBe(1);
  expect(step.at(-1)).toBe(steps);
  expect(step).toEqual([...new Set(step)].sort((a, b) => a - b));
  expect(step.length).toBeGreaterThanOrEqual(Math.min(steps, 15));
  expect(step.length).toBeLessThanOrEqual(40);
  expect(loss).toEqual(step.map((at) => figures(at).loss));
});

const IO = '/proc/self/io';
const bytesRead = () => Number(/^rchar: (\d+)/.exec(readFileSync(IO, 'utf8'))![1]);

test.skipIf(!existsSync(IO))('a long transcript: its points lie at equal distances, and little of it is read', () => {
  const text = [...lines(20_000)].join('');
  const long = run('long', text);
  const before = bytesRead();
  const { step } = sketchLoss(long, 40);
  expect(bytesRead() - before).toBeLessThan(text.length / 50);
  expect(step).toHaveLength(40);
  const gaps = step.slice(1).map((at, i) => at - step[i]!);
  expect(Math.max(...gaps)).toBeLessThan(1.1 * (20_000 / 39));
  expect(Math.min(...gaps)).toBeGreaterThan(0.9 * (20_000 / 39));
});

test('NaN and infinite losses are null; a record that is being written is left out', () => {
  const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2];
  const text = [...lines(4, (step) => ({ ...figures(step), loss: strange[step - 1]! }))].join('');
  const broken = run('strange', text);
  appendFileSync(join(broken, 'transcript.jsonl'), text.slice(0, 100));
  expect(sketchLoss(broken, 40)).toEqual({ step: [1, 2, 3, 4], loss: [null, null, null, 2] });
});

test('a missing, empty, foreign or damaged transcript gives what can be read of it, and no error', () => {
  expect(sketchLoss(join(folder, 'nowhere'), 40)).toEqual(EMPTY);
  expect(sketchLoss(run('none'), 40)).toEqual(EMPTY);
  expect(sketchLoss(run('empty', ''), 40)).toEqual(EMPTY);
  expect(sketchLoss(run('foreign', 'x'.repeat(100_000)), 40)).toEqual(EMPTY);
  expect(sketchLoss(run('newlines', '\n'.repeat(5000)), 40)).toEqual(EMPTY);
  const pipe = run('pipe');
  execFileSync('mkfifo', [join(pipe, 'transcript.jsonl')]);
  expect(sketchLoss(pipe, 40)).toEqual(EMPTY);
  mkdirSync(join(run('folder'), 'transcript.jsonl'));
  expect(sketchLoss(join(folder, 'folder'), 40)).toEqual(EMPTY);
  // Steps that fall: only those that rise are drawn.
  const twice = run('twice', [...lines(30), ...lines(30)].join(''));
  const { step } = sketchLoss(twice, 20);
  expect(step).toEqual([...new Set(step)].sort((a, b) => a - b));
});
