// The list of runs and their curves, for viewers and for followers.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { takeLock } from '../../base/index.ts';
import { expectRefusal } from '../../base/testing/refusal.ts';
import { figures, lines } from '../../ledger/testing/transcript.ts';
import { CurveReader, noteRun } from '../../run-folder/index.ts';
import { cardOf, type RunEvent, Runs } from './index.ts';
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

const idOf = async (folder: string): Promise<string> => {
  const all = await new Runs({ threads: 1 }).list();
  return all.map(({ id }) => id).find((id) => runs.folder(id) === folder)!;
};
const count = (n: number, from = 1) => Array.from({ length: n }, (_, i) => from + i);
const upTo = (steps: number, from = 0, seed = 1) => [...lines(steps, (s) => figures(s, seed))].slice(from).join('');

/** One who follows: takes events one by one. */
function follower(id: string, after: number) {
  const ending = new AbortController();
  const events = runs.curves.follow(id, after, ending.signal);
  const next = async (): Promise<RunEvent> => {
    const { value, done } = await events.next();
    if (done) throw new Error('it ended');
    return value;
  };
  return { ending, events, next };
}

test('runs have stable ids, the newest first; missing and broken runs are listed too', async () => {
  const one = home.run('한글', 5);
  const two = home.run('My Run.2', 7);
  const list = await runs.list();
  expect(list.map(({ name, state, steps, stepsDone, loss }) => ({ name, state, steps, stepsDone, loss }))).toEqual([
    { name: 'My Run.2', state: 'unfinished', steps: 1000, stepsDone: 7, loss: figures(7).loss },
    { name: '한글', state: 'unfinished', steps: 1000, stepsDone: 5, loss: figures(5).loss },
  ]);
  expect(list[0]!.id).toMatch(/^my-run-2-[0-9a-f]{12}$/);
  expect(list[1]!.id).toMatch(/^run-[0-9a-f]{12}$/);
  expect(list.map(({ id }) => runs.folder(id))).toEqual([two, one]);
  appendFileSync(join(two, 'transcript.jsonl'), upTo(8, 7));
  rmSync(one, { recursive: true });
  const release = takeLock(join(two, 'lock'), 'test');
  const later = await new Runs().list();
  expect(later.map(({ id, state, stepsDone }) => [id, state, stepsDone])).toEqual([
    [list[0]!.id, 'running', 8],
    [list[1]!.id, 'gone', null],
  ]);
  expect(runs.get(list[0]!.id)).toMatchObject({ state: 'running', stepsDone: 8, folder: two, model: false });
  release();
  expect(runs.get(list[0]!.id).state).toBe('unfinished');
  // One that was begun a moment ago is found.
  const three = home.run('three', 1);
  expect(runs.folder(await idOf(three))).toBe(three);
  const unknown = expect.objectContaining({ code: 'run-unknown' });
  expect(() => runs.get('nothing-123')).toThrow(unknown);
  await expect(runs.curves.curve('../..', { points: 100 })).rejects.toEqual(unknown);
  expect(() => runs.curves.follow('x', 0, AbortSignal.abort())).toThrow(unknown);
});

test('a run of a sweep names it, by the folder around it', async () => {
  const alone = home.run('alone', 1);
  const around = join(home.folder, 'a sweep');
  mkdirSync(around);
  writeFileSync(join(around, 'sweep.json'), '{}');
  const inside = ['a sweep/seed-1', 'a sweep/seed-2'].map((name) => home.run(name, 1));
  const sweeps = new Map((await new Runs().list()).map(({ id, sweep }) => [runs.folder(id), sweep]));
  expect(sweeps.get(alone)).toBeNull();
  const [one, two] = inside.map((folder) => sweeps.get(folder));
  expect(one).toEqual({ id: expect.stringMatching(/^a-sweep-[0-9a-f]{12}$/), name: 'a sweep' });
  expect(two).toEqual(one);
});

test('a pipe in place of a file does not block', async () => {
  const folder = home.run('pipes', 3);
  const id = await idOf(folder);
  for (const name of [
    'recipe.yaml',
    'transcript.jsonl',
    'validation.jsonl',
    'result.json',
    'lock',
    'sessions.jsonl',
    'genesis.json',
    'seal.json',
    'lodging.json',
  ]) {
    rmSync(join(folder, name), { force: true });
    execFileSync('mkfifo', [join(folder, name)]);
  }
  expect((await runs.list()).map(({ state }) => state)).toEqual(['broken']);
  expect(runs.get(id).state).toBe('broken');
  await expectRefusal(runs.curves.curve(id, { points: 100 }), 'run-damaged');
  await expectRefusal(runs.evidence(id), 'run-damaged');
  expect(() => cardOf(folder)).toThrow(expect.objectContaining({ code: 'model-missing' }));
  const { next } = follower(id, 0);
  expect((await next()).kind).toBe('state');
  await expectRefusal(next(), 'run-damaged');
});

test('a follower gets every point after the last one seen, once, while the run grows in pieces', async () => {
  const folder = home.run('grows', 20);
  const id = await idOf(folder);
  const { next, ending, events } = follower(id, 7);
  expect(await next()).toMatchObject({ kind: 'state', run: { id, state: 'unfinished', steps: 1000 } });
  const all = await next();
  if (all.kind !== 'points') throw new Error(all.kind);
  expect(all.step).toEqual(count(13, 8));
  expect(all.loss).toEqual(count(13, 8).map((s) => figures(s).loss));
  expect(all.gradNorm).toEqual(count(13, 8).map((s) => figures(s).gradNorm));
  const seen = [...all.step];
  const text = upTo(5000, 20);
  // Cut inside lines.
  for (let at = 0; at < text.length; at += 400_001) {
    appendFileSync(join(folder, 'transcript.jsonl'), text.slice(at, at + 400_001));
    const event = await next();
    if (event.kind !== 'points') throw new Error(event.kind);
    expect(event.step.length).toBeLessThanOrEqual(2000);
    seen.push(...event.step);
  }
  while (seen.at(-1) !== 5000) {
    const event = await next();
    if (event.kind === 'points') seen.push(...event.step);
  }
  expect(seen).toEqual(count(4993, 8));
  appendFileSync(join(folder, 'validation.jsonl'), '{"step":5000,"bitsPerByte":1.5,"bySource":[1]}\n');
  expect(await next()).toMatchObject({ kind: 'points', step: [], validations: [{ step: 5000, bitsPerByte: 1.5 }] });
  const last = events.next();
  ending.abort();
  expect(await last).toEqual({ value: undefined, done: true });
});

test('a run that continues from an earlier state is sent again to every follower', async () => {
  const folder = home.run('cut', 50);
  const path = join(folder, 'transcript.jsonl');
  const id = await idOf(folder);
  const [one, two] = [follower(id, 50), follower(id, 0)];
  expect((await one.next()).kind).toBe('state');
  expect((await two.next()).kind).toBe('state');
  expect(await two.next()).toMatchObject({ step: count(50) });
  truncateSync(path, upTo(30).length);
  appendFileSync(path, upTo(60, 30, 2));
  for (const { next } of [one, two]) {
    expect(await next()).toEqual({ kind: 'anew' });
    const points = await next();
    expect(points).toMatchObject({ step: count(60) });
    if (points.kind === 'points') expect(points.loss.at(-1)).toBe(figures(60, 2).loss);
  }
  // Who comes with more than there is has seen something else.
  const three = follower(id, 61);
  expect((await three.next()).kind).toBe('state');
  expect((await three.next()).kind).toBe('anew');
  expect(await three.next()).toMatchObject({ step: count(60) });
});

test('200 followers need one poll, which ends with the last of them', async () => {
  const folder = home.run('many', 100);
  const id = await idOf(folder);
  const reads = vi.spyOn(CurveReader.prototype, 'refresh');
  const all = Array.from({ length: 200 }, () => follower(id, 90));
  for (const { next } of all) {
    expect((await next()).kind).toBe('state');
    expect(await next()).toMatchObject({ step: count(10, 91) });
  }
  const waiting = all.map(({ next }) => next());
  const before = reads.mock.calls.length;
  expect(before).toBeLessThan(20);
  appendFileSync(join(folder, 'transcript.jsonl'), upTo(101, 100));
  for (const event of await Promise.all(waiting)) expect(event).toMatchObject({ step: [101] });
  // One look saw it, perhaps the one after.
  expect(reads.mock.calls.length - before).toBeLessThan(4);
  const ends = all.map(({ events, ending }) => {
    const end = events.next();
    ending.abort();
    return end;
  });
  for (const { done } of await Promise.all(ends)) expect(done).toBe(true);
  reads.mockClear();
  appendFileSync(join(folder, 'transcript.jsonl'), upTo(102, 101));
  const again = follower(id, 101);
  expect((await again.next()).kind).toBe('state');
  expect(await again.next()).toMatchObject({ step: [102] });
  expect(reads).toHaveBeenCalledTimes(1);
  reads.mockRestore();
});

test('damage is reported after all points before it; state and end of a run are sent', async () => {
  const folder = home.run('damaged', 5);
  const id = await idOf(folder);
  const { next } = follower(id, 0);
  expect((await next()).kind).toBe('state');
  expect(await next()).toMatchObject({ step: count(5) });
  const release = takeLock(join(folder, 'lock'), 'test');
  expect(await next()).toMatchObject({ kind: 'state', run: { state: 'running' } });
  release();
  writeFileSync(join(folder, 'result.json'), '{"steps":5}');
  expect(await next()).toMatchObject({ kind: 'state', run: { state: 'finished' } });
  appendFileSync(join(folder, 'transcript.jsonl'), 'rubbish\n');
  await expect(next()).rejects.toMatchObject({
    code: 'run-damaged',
    message: 'transcript.jsonl, line 6: is not a record in canonical form',
  });
  expect(await runs.curves.curve(id, { points: 100 })).toMatchObject({
    last: 5,
    damaged: 'transcript.jsonl, line 6: is not a record in canonical form',
  });
});

test('curves are correct for more runs than are cached; closing ends all followers', async () => {
  const folders = count(12).map((n) => home.run(`r${n}`, n));
  const ids = await Promise.all(folders.map(idOf));
  for (const round of [1, 2])
    for (const [i, id] of ids.entries()) {
      expect((await runs.curves.curve(id, { points: 100 })).step).toEqual(count(i + 1));
      if (round === 1) appendFileSync(join(folders[i]!, 'validation.jsonl'), '{"step":1,"bitsPerByte":2}\n');
      else expect((await runs.curves.curve(id, { points: 100 })).validations).toHaveLength(1);
    }
  const { next, events } = follower(ids[0]!, 1);
  expect((await next()).kind).toBe('state');
  expect(await next()).toMatchObject({ step: [], validations: [{ step: 1 }] });
  const end = events.next();
  await runs.close();
  expect((await end).done).toBe(true);
});

test('a noted path that was never a folder', async () => {
  noteRun(join(home.folder, 'nothing'));
  const [{ id, state }] = await runs.list();
  expect(state).toBe('gone');
  expect(await runs.curves.curve(id, { points: 100 })).toMatchObject({ steps: 0, step: [] });
  expect(await runs.evidence(id)).toMatchObject({ genesis: null, seal: null, records: 0, sessions: [] });
  expect(() => runs.audits.start(id, {})).toThrow(expect.objectContaining({ code: 'run-gone' }));
});
