// The table of runs: order, filter, pages, sketches; what a refresh of thousands of runs reads; runs that go while they are looked at.

import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeLock } from '../../base/index.ts';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { figures, lines } from '../../ledger/testing/transcript.ts';
import { type RunInfo, Runs, SORTS } from './index.ts';
import { filterRuns, type RunTableQuery, sortRuns } from './run-table.ts';
import { Home } from './testing/home.ts';

const home = new Home();
let runs: Runs;
beforeEach(() => {
  runs = new Runs({ threads: 1 });
});
afterEach(async () => {
  vi.useRealTimers();
  await runs.close();
  home.clear();
});

const QUERY: RunTableQuery = {
  ...{ text: '', tag: '', state: '', sort: 'begun', descending: true },
  ...{ from: 0, count: 50, chosen: [] },
};
const table = (query: Partial<RunTableQuery> = {}) => runs.tables.table({ ...QUERY, ...query });

type Tagged = RunInfo & { tags: string[] };
const run = (name: string, more: Partial<Tagged> = {}): Tagged => ({
  ...{ id: name, name, state: 'finished', witnessed: false, steps: 10, stepsDone: 10 },
  ...{ loss: 1, valBitsPerByte: 1, noted: '2026-01-01T00:00:00.000Z', sweep: null, tags: [] },
  ...more,
});

test('every column, in both directions, as pairs compared one by one; what is not there is always last', () => {
  const random = randomNumbers(3);
  const pick = <T>(...all: T[]): T => all[wholeBelow(random, all.length)]!;
  const all = Array.from({ length: 120 }, (_, i) =>
    run(pick('run-2', 'run-10', 'Äpfel', '한글', `n${i}`), {
      id: `id-${i}`,
      state: pick('running', 'finished', 'gone', 'broken', 'unfinished'),
      stepsDone: pick(0, 3, 10, null),
      loss: pick(2.5, -1, 0, null, i / 7),
      valBitsPerByte: pick(null, i / 3),
      noted: pick(null, `2026-01-0${1 + wholeBelow(random, 9)}T00:00:00.000Z`),
      tags: pick([], ['b'], ['a', 'c']),
    }),
  );
  const values: Record<(typeof SORTS)[number], (one: Tagged) => string | number | null> = {
    name: (one) => one.name,
    state: (one) => ['running', 'unfinished', 'finished', 'broken', 'gone'].indexOf(one.state),
    progress: (one) => (one.stepsDone === null ? null : one.stepsDone / 10),
    loss: (one) => one.loss,
    bits: (one) => one.valBitsPerByte,
    tags: (one) => one.tags.join(', ') || null,
    begun: (one) => one.noted,
  };
  const inOrder = (a: string | number, b: string | number): boolean =>
    typeof a === 'number'
      ? a <= Number(b)
      : a.localeCompare(String(b), 'en', { numeric: true, sensitivity: 'base' }) <= 0;
  for (const sort of SORTS)
    for (const descending of [true, false]) {
      const sorted = sortRuns(all, sort, descending);
      expect(new Set(sorted)).toEqual(new Set(all));
      const found = sorted.map(values[sort]);
      const there = found.filter((value) => value !== null);
      expect(found.slice(there.length).every((value) => value === null)).toBe(true);
      for (let i = 1; i < there.length; i++) {
        const [a, b] = descending ? [there[i]!, there[i - 1]!] : [there[i - 1]!, there[i]!];
        expect(inOrder(a, b), `${sort}: ${a}, ${b}`).toBe(true);
        if (a === b) expect(all.indexOf(sorted[i - 1]!)).toBeLessThan(all.indexOf(sorted[i]!));
      }
    }
});

test('a filter: every word somewhere, in any case and composition; state and tag exactly', () => {
  const all = [
    run('Big-Model', { tags: ['baseline', '기준'] }),
    run('small', { state: 'running', sweep: { id: 's', name: 'Grid.1' } }),
    run('<b>x</b>', { tags: ['base'] }),
  ];
  const names = (filter: Partial<RunTableQuery>) => filterRuns(all, { ...QUERY, ...filter }).map(({ name }) => name);
  expect(names({ text: 'MODEL  big' })).toEqual(['Big-Model']);
  expect(names({ text: '기준'.normalize('NFD') })).toEqual(['Big-Model']);
  expect(names({ text: 'running' })).toEqual(['small']);
  expect(names({ text: 'grid.1' })).toEqual(['small']);
  expect(names({ text: '.*' })).toEqual([]);
  expect(names({ text: '<B>' })).toEqual(['<b>x</b>']);
  expect(names({ tag: 'base' })).toEqual(['<b>x</b>']);
  expect(names({ state: 'running' })).toEqual(['small']);
  expect(names({ state: 'run' })).toEqual([]);
  expect(names({})).toHaveLength(3);
});

test('rows have sketches and tags; pages; chosen runs whatever the filter; a page beyond the end is the last', async () => {
  for (let i = 0; i < 7; i++) home.run(`run-${i}`, i * 10);
  const all = (await table()).rows;
  expect(all.map(({ name }) => name)).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `run-${i}`));
  expect(all[0]!.sketch.step[0]).toBe(1);
  expect(all[0]!.sketch.loss.at(-1)).toBe(figures(60).loss);
  expect(all[6]!.sketch).toEqual({ step: [], loss: [] }); // no step yet
  runs.tag([all[2]!.id, all[5]!.id], 'good', true);
  const found = await table({ tag: 'good', sort: 'loss', descending: false, chosen: ['none-0', all[0]!.id] });
  expect(found).toMatchObject({ all: 7, found: 2, unknown: ['none-0'], tags: [{ tag: 'good', runs: 2 }] });
  expect(found.rows.map(({ name, tags }) => [name, tags])).toEqual([
    ['run-4', ['good']],
    ['run-1', ['good']],
  ]);
  expect(found.chosen.map(({ name }) => name)).toEqual(['run-6']);
  expect(await table({ from: 3, count: 3 })).toMatchObject({ from: 3, found: 7 });
  const last = await table({ from: 600, count: 3 });
  expect([last.from, last.rows.map(({ name }) => name)]).toEqual([6, ['run-0']]);
  expect(await table({ text: 'nothing' })).toMatchObject({ from: 0, found: 0, rows: [] });
  expect(() => runs.tag(['none-0'], 'good', true)).toThrow(expect.objectContaining({ code: 'run-unknown' }));
});

test('a run that goes on gets a new sketch; one that is deleted while it is chosen stays, as gone; two of one name stay two', async () => {
  const folder = home.run('grows', 5);
  mkdirSync(join(home.folder, 'twin'));
  const other = home.run(join('twin', 'grows'), 3);
  writeFileSync(join(other, 'recipe.yaml'), 'name: grows\ntrain:\n  steps: 1000\n');
  const before = (await table()).rows;
  expect(before.map(({ name }) => name)).toEqual(['grows', 'grows']);
  const [twin, id] = before.map((row) => row.id) as [string, string];
  expect(twin).not.toBe(id);
  appendFileSync(join(folder, 'transcript.jsonl'), [...lines(9)].slice(5).join(''));
  rmSync(dirname(other), { recursive: true });
  runs = new Runs({ threads: 1 });
  const { chosen, unknown } = await table({ chosen: [id, twin] });
  expect(chosen.map(({ state, sketch }) => [state, sketch.step.at(-1)])).toEqual([
    ['unfinished', 9],
    ['gone', undefined],
  ]);
  expect(unknown).toEqual([]);
});

test('a finished run is read again when something in its folder is new: another result, a lock, its end', async () => {
  const folder = home.run('done', 9);
  const result = (steps: number) => {
    writeFileSync(join(folder, 'result.new'), `{"steps":${steps},"valBitsPerByte":2}`);
    renameSync(join(folder, 'result.new'), join(folder, 'result.json'));
  };
  vi.useFakeTimers({ toFake: ['performance'] });
  const now = async () => {
    vi.advanceTimersByTime(1100); // a list is reused for a second
    return (await table()).rows.map(({ state, stepsDone }) => [state, stepsDone]);
  };
  result(9);
  expect(await now()).toEqual([['finished', 9]]);
  result(12);
  expect(await now()).toEqual([['finished', 12]]);
  const release = takeLock(join(folder, 'lock'), 'test');
  expect(await now()).toEqual([['running', 12]]);
  appendFileSync(join(folder, 'transcript.jsonl'), [...lines(20)].slice(9).join(''));
  rmSync(join(folder, 'result.json'));
  expect(await now()).toEqual([['running', 20]]);
  release();
  expect(await now()).toEqual([['unfinished', 20]]);
  rmSync(folder, { recursive: true });
  expect(await now()).toEqual([['gone', null]]);
});

const IO = '/proc/self/io';
const bytesRead = () => Number(/^rchar: (\d+)/.exec(readFileSync(IO, 'utf8'))![1]);

test.skipIf(!existsSync(IO))(
  '5,000 runs, of which 400 are still there: a refresh reads no transcript, and a page sketches only its rows',
  async () => {
    const text = [...lines(400)].join('');
    const noted: string[] = [];
    for (let i = 0; i < 5000; i++) {
      const folder = join(home.folder, `many-${i}`);
      noted.push(`${JSON.stringify({ folder, noted: new Date(1e12 + i).toISOString() })}\n`);
      if (i >= 400) continue;
      mkdirSync(folder);
      writeFileSync(join(folder, 'recipe.yaml'), `name: many-${i}\ntrain:\n  steps: 40\n`);
      writeFileSync(join(folder, 'result.json'), `{"steps":${i % 40}}`);
      if (i % 40 === 39) writeFileSync(join(folder, 'transcript.jsonl'), text);
    }
    writeFileSync(list(), noted.join(''));
    vi.useFakeTimers({ toFake: ['performance'] });
    const first = await table({ sort: 'progress' });
    expect(first).toMatchObject({ all: 5000, found: 5000 });
    expect(first.rows).toHaveLength(50);
    expect(first.rows.filter(({ sketch }) => sketch.step.length === 40)).toHaveLength(10);
    vi.advanceTimersByTime(1100); // a list is reused for a second
    const listBytes = readFileSync(list()).length;
    const before = bytesRead();
    const again = await table({ sort: 'progress' });
    expect(bytesRead() - before).toBeLessThan(listBytes + text.length);
    expect(again).toEqual(first);
  },
  60_000,
);

const list = () => {
  const state = join(home.folder, 'STATE/jikji');
  mkdirSync(state, { recursive: true });
  return join(state, 'runs.jsonl');
};
