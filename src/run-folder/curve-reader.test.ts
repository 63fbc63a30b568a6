// Curves in memory, compared with other readers of the file: `readCurves`, and each stretch value by value.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { mutateBytes, Random } from '../base/testing/mutate.ts';
import { Transcript } from '../ledger/index.ts';
import { figures, lines } from '../ledger/testing/transcript.ts';
import { CurveReader } from './curve-reader.ts';
import { readCurves } from './curves.ts';
import { thin } from './thin.ts';

const [STRETCHES, MUTATIONS] = process.env.JIKJI_TORTURE ? [2000, 1000] : [400, 250];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-curve-'));
  path = join(folder, 'transcript.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function opened(): Promise<CurveReader> {
  const reader = new CurveReader(folder);
  await reader.refresh();
  return reader;
}

/** A transcript of these lines. */
const write = (...made: Parameters<typeof lines>) => writeFileSync(path, [...lines(...made)].join(''));

/** All of it, as nothing else read it. */
function fresh(): { steps: number; all: unknown[] } {
  const all = [...readCurves(folder, 1)].map((one) => [one.step, one.loss, one.gradNorm, one.learningRate]);
  return { steps: all.length, all };
}

function held(reader: CurveReader): { steps: number; all: unknown[] } {
  const { step, loss, gradNorm, learningRate, every } = reader.curve({ points: 1e6 });
  expect(every).toBe(1);
  return { steps: reader.steps, all: step.map((s, i) => [s, loss[i], gradNorm[i], learningRate[i]]) };
}

const score = (step: number, bitsPerByte: number | null) => `${JSON.stringify({ step, bitsPerByte, bySource: [1] })}\n`;

test('lines that `make` appends, in pieces of any size, are read as by another reader', async () => {
  const reader = await opened();
  expect(reader.curve({ points: 100 })).toMatchObject({ last: 0, steps: 0, step: [], damaged: null });
  const text = [...lines(3000)].join('');
  const random = new Random(7);
  for (let at = 0; at < text.length; ) {
    const piece = random.below(random.of([10, 300, 5000, 100_000])) + 1;
    appendFileSync(path, text.slice(at, at + piece));
    at += piece;
    if (random.below(3) === 0) await reader.refresh();
  }
  await reader.refresh();
  expect(held(reader)).toEqual(fresh());
  expect(reader.steps).toBe(3000);
  expect(reader.generation).toBe(0);
  expect(reader.rootSteps()).toEqual(Uint32Array.from({ length: 30 }, (_, i) => 100 * (i + 1)));
  for (const step of [100, 1500, 3000]) expect(reader.rootOf(step)).toBe(figures(step).root);
  for (const step of [1, 99, 101, 3001]) expect(reader.rootOf(step)).toBeNull();
  expect(reader.head).toBe(JSON.parse(text.trimEnd().split('\n').at(-1)!).link);
});

test("the ledger's own transcript is read; a line with another spelling is not a record", async () => {
  const transcript = (await Transcript.open(path, 'ab'.repeat(32), 0))!;
  transcript.append({
    step: 1,
    loss: '3ff8000000000000',
    gradNorm: '4000000000000000',
    learningRate: '3f800000',
    batch: 'cd'.repeat(32),
  });
  transcript.close();
  appendFileSync(path, '{"step": 2, "loss": 0.5, "gradNorm": "0x3FF0000000000000", "learningRate": 0.25}\n');
  const reader = await opened();
  expect(reader.curve({ points: 100 })).toMatchObject({
    step: [1],
    loss: [1.5],
    gradNorm: [2],
    learningRate: [1],
    damaged: 'transcript.jsonl, line 2: is not a record in canonical form',
  });
});

test('a run that resumes from an earlier state, or starts again, is read again; a run that only grows is not', async () => {
  const old = [...lines(500)];
  const other = [...lines(500, (step) => figures(step, 2))];
  const reader = new CurveReader(folder);
  const is = async (generation: number) => {
    await reader.refresh();
    expect(held(reader)).toEqual(fresh());
    expect(reader.generation).toBe(generation);
  };
  writeFileSync(path, old.join(''));
  await is(0);
  truncateSync(path, old.slice(0, 300).join('').length);
  await is(1);
  // Cut and grown beyond what was read before, between two looks.
  writeFileSync(path, [...old.slice(0, 100), ...other.slice(100)].join(''));
  await is(2);
  appendFileSync(path, [...lines(510, (step) => figures(step, 2))].slice(500).join(''));
  await is(2);
  // Another file of the same size in its place.
  writeFileSync(join(folder, 'new'), [...lines(510, (step) => figures(step, 3))].join(''));
  renameSync(join(folder, 'new'), path);
  await is(3);
  rmSync(path);
  await is(4);
  await is(4);
  writeFileSync(path, old.join(''));
  await is(4);
});

test('a validation belongs to the stretch of its step, whenever it arrives', async () => {
  write(50);
  const file = join(folder, 'validation.jsonl');
  writeFileSync(file, score(10, 2) + score(20, null));
  const reader = await opened();
  const at = (from: number, to?: number) =>
    reader.curve({ from, ...(to !== undefined && { to }), points: 100 }).validations;
  expect(at(1)).toEqual([
    { step: 10, bitsPerByte: 2 },
    { step: 20, bitsPerByte: null },
  ]);
  expect(at(10, 19)).toEqual([{ step: 10, bitsPerByte: 2 }]);
  expect(at(1, 10)).toEqual([{ step: 10, bitsPerByte: 2 }]);
  expect(at(11, 19)).toEqual([]);
  appendFileSync(file, score(50, 1.5));
  await reader.refresh();
  expect(at(21)).toEqual([{ step: 50, bitsPerByte: 1.5 }]);
  expect(reader.since(48, 2, 10)).toMatchObject({ step: [49, 50], validations: [{ step: 50, bitsPerByte: 1.5 }] });
  expect(reader.since(0, 0, 2)).toMatchObject({ step: [1, 2], validations: [{ step: 10 }, { step: 20 }] });
});

test('a run with a parent begins with a validation of step 0', async () => {
  write(5);
  const file = join(folder, 'validation.jsonl');
  writeFileSync(file, score(0, 3) + score(5, 2));
  const reader = await opened();
  expect(reader.damaged).toBeUndefined();
  expect(reader.curve({ points: 100 }).validations.map(({ step }) => step)).toEqual([0, 5]);
  expect(reader.curve({ from: 2, points: 100 }).validations.map(({ step }) => step)).toEqual([5]);
  expect([...readCurves(folder, 1)].map(({ validation }) => validation?.step)).toEqual([...Array(4), 5]);
  for (const more of [score(0, 3), score(-1, 3)]) {
    writeFileSync(file, more + score(0, 3));
    expect((await opened()).damaged).toMatch(/validation.jsonl, .*step does not rise/);
  }
});

test(`no spike is lost: ${STRETCHES} stretches of series of all kinds, compared value by value`, () => {
  const random = new Random(377);
  const unit = () => random.next() / 2 ** 32;
  const kinds: (() => number)[] = [
    unit,
    () => random.below(3),
    () => 1,
    () => (random.below(200) === 0 ? 1e9 * (unit() - 0.5) : 1),
    () => (random.below(50) === 0 ? random.of([Number.NaN, Infinity, -Infinity]) : unit()),
  ];
  for (let round = 0; round < STRETCHES; round++) {
    const length = 1 + random.below(random.of([20, 300, 5000]));
    const series = Array.from({ length: 1 + random.below(2) }, () => {
      const kind = random.of(kinds);
      return Float64Array.from({ length }, kind);
    });
    const from = random.below(length);
    const to = from + random.below(length - from);
    const most = 16 + random.below(500);
    const { every, kept } = thin(series, from, to, most);
    expect(kept.length).toBeLessThanOrEqual(most);
    expect(kept[0]).toBe(from);
    expect(kept.at(-1)).toBe(to);
    expect(kept.every((x, i) => i === 0 || x > kept[i - 1]!)).toBe(true);
    if (every === 1) expect(kept.length).toBe(to - from + 1);
    else expect(to - from + 1).toBeGreaterThan(most);
    for (const values of series) {
      const there = new Map<number, number[]>();
      for (const i of kept) there.set(Math.floor(i / every), [...(there.get(Math.floor(i / every)) ?? []), values[i]!]);
      for (let start = from; start <= to; start = (Math.floor(start / every) + 1) * every) {
        const whole = [...values.slice(start, Math.min(to + 1, (Math.floor(start / every) + 1) * every))];
        const shown = there.get(Math.floor(start / every))!;
        const numbers = whole.filter((x) => !Number.isNaN(x));
        expect(shown.some(Number.isNaN)).toBe(numbers.length < whole.length);
        if (numbers.length === 0) continue;
        expect(Math.max(...shown.filter((x) => !Number.isNaN(x)))).toBe(Math.max(...numbers));
        if (numbers.length === whole.length) expect(Math.min(...shown)).toBe(Math.min(...numbers));
      }
    }
  }
});

test('a stretch of single steps is exact, a long one keeps every spike; both ends are there', async () => {
  write(20_000);
  const reader = await opened();
  const whole = reader.curve({ points: 1000 });
  expect(whole.step.length).toBeLessThanOrEqual(1000);
  expect(whole).toMatchObject({ first: 1, last: 20_000, steps: 20_000 });
  expect([whole.step[0], whole.step.at(-1)]).toEqual([1, 20_000]);
  for (let step = 500; step <= 20_000; step += 997) expect(whole.step).toContain(step);
  const near = reader.curve({ from: 12_345, to: 12_844, points: 1000 });
  expect(near.every).toBe(1);
  expect(near.step).toEqual(Array.from({ length: 500 }, (_, i) => 12_345 + i));
  near.step.forEach((step, i) => {
    const { loss, gradNorm, learningRate } = figures(step);
    expect([near.loss[i], near.gradNorm[i], near.learningRate[i]]).toEqual([loss, gradNorm, learningRate]);
  });
  for (const range of [{ from: 0, to: 0 }, { from: 9, to: 3 }, { from: 30_000 }, { to: -1 }, { from: Infinity }])
    expect(reader.curve({ ...range, points: 100 }).step).toEqual([]);
  expect(reader.curve({ from: -5, to: 3, points: 1 }).step).toEqual([1, 2, 3]);
});

test('numbers that are not finite are gaps, not the end', async () => {
  write(3, (step) => ({ ...figures(step), loss: [NaN, Infinity, 1][step - 1]! }));
  const reader = await opened();
  expect(reader.curve({ points: 100 })).toMatchObject({ loss: [null, null, 1], damaged: null });
});

const NO_RECORD = 'line 11: is not a record in canonical form';
const LONG = 'line 11: is longer than 330 bytes';

test.each([
  ['garbage', 'garbage\n', NO_RECORD],
  ['an empty line', '\n', NO_RECORD],
  ['bytes', Buffer.of(0xff, 0, 0xfe, 10), NO_RECORD],
  ['null', 'null\n', NO_RECORD],
  ['a step left out', [...lines(12)][11]!, 'line 11: is the record of step 12'],
  ['a step again', [...lines(10)][9]!, 'line 11: is the record of step 10'],
  ['no loss', '{"step":11}\n', NO_RECORD],
  ['a line of nesting', `${'['.repeat(60_000)}\n`, LONG],
  ['a long line', `{"step":11,"x":"${'x'.repeat(70_000)}"}\n`, LONG],
  ['a long line that does not end', 'x'.repeat(5 << 20), LONG],
  ['many long lines', `{"step":11,"x":"${'x'.repeat(60_000)}"}\n`.repeat(100), LONG],
])('with %s, the records before it and the error are shown; once repaired, reading goes on', async (_, bad, why) => {
  const good = [...lines(20)];
  writeFileSync(path, good.slice(0, 10).join(''));
  appendFileSync(path, bad);
  const reader = await opened();
  expect(reader.curve({ points: 100 })).toMatchObject({ last: 10, damaged: `transcript.jsonl, ${why}` });
  appendFileSync(path, 'more\n');
  await reader.refresh();
  expect(reader.steps).toBe(10);
  writeFileSync(path, good.join(''));
  await reader.refresh();
  expect(reader.curve({ points: 100 })).toMatchObject({ last: 20, damaged: null });
});

test.each(['{"step":1}\n{"step":1}\n', '3\n', 'null\n', '{"step":5e9}\n', '{"step":1,"bitsPerByte":"x"}\n'])(
  'validations that are none: %j',
  async (text) => {
    write(5);
    writeFileSync(join(folder, 'validation.jsonl'), text);
    const reader = await opened();
    expect(reader.curve({ points: 100 })).toMatchObject({
      last: 5,
      damaged: expect.stringMatching(/^validation.jsonl/),
    });
  },
);

test(`${MUTATIONS} mutated transcripts: only JikjiErrors are thrown`, async () => {
  const good = Buffer.from([...lines(12)].join(''));
  const random = new Random(1377);
  let same = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    writeFileSync(path, mutateBytes(good, random));
    const reader = await opened();
    let read = 0;
    let damage = false;
    try {
      for (const _ of readCurves(folder, 1)) read++;
    } catch (error) {
      expect(error).toBeInstanceOf(JikjiError);
      damage = true;
    }
    // The other reader takes longer lines, and no number that is not finite.
    const { loss, gradNorm, learningRate, damaged } = reader.curve({ points: 100 });
    if (damaged?.includes('longer') || [loss, gradNorm, learningRate].flat().includes(null)) continue;
    expect([reader.steps, damaged !== null]).toEqual([read, damage]);
    same++;
  }
  expect(same).toBeGreaterThan(0.8 * MUTATIONS);
});

test('a path that is not a plain file is an error, without waiting', async () => {
  const reader = new CurveReader(folder);
  const refused = expect.objectContaining({ code: 'run-damaged', input: path });
  const makePipe = () => execFileSync('mkfifo', [path]);
  for (const make of [makePipe, ...[path, '/dev/zero', folder].map((target) => () => symlinkSync(target, path))]) {
    make();
    await expect(reader.refresh()).rejects.toEqual(refused);
    rmSync(path);
  }
  write(5);
  await reader.refresh();
  expect(reader.steps).toBe(5);
  // And where it was one before.
  rmSync(path);
  makePipe();
  await expect(reader.refresh()).rejects.toEqual(refused);
  expect(reader.steps).toBe(0);
});

test('simultaneous requests share one read', async () => {
  write(2000);
  const reader = new CurveReader(folder);
  await Promise.all(Array.from({ length: 50 }, () => reader.refresh()));
  expect(held(reader)).toEqual(fresh());
});
