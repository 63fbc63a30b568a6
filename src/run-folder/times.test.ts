// Seconds since a run's start: only what its sessions say.

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordedSeconds } from './index.ts';

let run: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'jikji-times-'));
  writeFileSync(join(run, 'transcript.jsonl'), '');
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

const time = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + 1000 * seconds).toISOString();
const start = (seconds: number, from: number) => JSON.stringify({ event: 'start', start: time(seconds), from });
const end = (seconds: number, from: number, to: number) =>
  JSON.stringify({ event: 'end', end: time(seconds), from, to });
const write = (...lines: string[]) => writeFileSync(join(run, 'sessions.jsonl'), `${lines.join('\n')}\n`);
const X = Number.NaN;
const seconds = (steps: number, running = false) => {
  const found = recordedSeconds(run, steps, running);
  return found && [...found];
};

test('one session: equal steps from its start to its end', () => {
  write(start(100, 0), end(120, 0, 4));
  expect(seconds(4)).toEqual([5, 10, 15, 20]);
});

test('the pause between two sessions counts; a step that was done again belongs to the later one', () => {
  write(start(0, 0), end(10, 0, 5), start(100, 3), end(104, 3, 5));
  expect(seconds(5)).toEqual([2, 4, 6, 102, 104]);
});

test('of a killed session nothing is known, and what comes after it counts from its start', () => {
  write(start(0, 0), start(50, 2), end(60, 2, 4));
  expect(seconds(4)).toEqual([X, X, 55, 60]);
});

test('a session that goes on is known up to the last record, and only while the run is running', () => {
  write(start(0, 0));
  utimesSync(join(run, 'transcript.jsonl'), Date.UTC(2026, 0, 1) / 1000 + 8, Date.UTC(2026, 0, 1) / 1000 + 8);
  expect(seconds(4, true)).toEqual([2, 4, 6, 8]);
  expect(seconds(4)).toBeUndefined();
});

test('without sessions, without the first one, or with a clock that ran back, nothing is guessed', () => {
  expect(seconds(4)).toBeUndefined();
  write('rubbish', '{"event":"start","start":"never","from":0}');
  expect(seconds(4)).toBeUndefined();
  write(start(50, 2), end(60, 2, 4));
  expect(seconds(4)).toBeUndefined();
  write(start(100, 0), end(50, 0, 4));
  expect(seconds(4)).toBeUndefined();
});

test('steps beyond the sessions are not known', () => {
  write(start(0, 0), end(10, 0, 2));
  expect(seconds(4)).toEqual([5, 10, X, X]);
});

test('no time falls, even where a session began before the last one ended', () => {
  write(start(0, 0), end(10, 0, 2), start(4, 2), end(8, 2, 4));
  expect(seconds(4)).toEqual([5, 10, 10, 10]);
});
