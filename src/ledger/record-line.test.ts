// A record read from bytes against the same line read as JSON: every line with one byte changed, at every place, is read exactly
// where it is still canonical JSON of a record.

import { expect, test } from 'vitest';
import { Random } from '../base/testing/mutate.ts';
import {
  canonicalJson,
  firstRecord,
  lastRecord,
  MAX_RECORD,
  MIN_RECORD,
  nextLink,
  RecordLine,
  TranscriptReader,
} from './index.ts';
import { figures, lines, recordLine } from './testing/transcript.ts';

const FORMS: Record<string, RegExp> = {
  batch: /^[0-9a-f]{64}$/,
  gradNorm: /^[0-9a-f]{16}$/,
  learningRate: /^[0-9a-f]{8}$/,
  link: /^[0-9a-f]{64}$/,
  loss: /^[0-9a-f]{16}$/,
};

/** The naive reader: parse, look at every member, write again. */
function oracle(line: string): Record<string, string> | undefined {
  try {
    const { step, stateRoot, ...rest } = JSON.parse(line);
    const all = { step, ...(stateRoot !== undefined && { stateRoot }), ...rest };
    const whole =
      Object.keys(rest).sort().join() === Object.keys(FORMS).join() &&
      Object.entries(FORMS).every(([name, form]) => form.test(rest[name])) &&
      Number.isSafeInteger(step) &&
      step >= 1 &&
      step < 1e10 &&
      (stateRoot === undefined || /^[0-9a-f]{64}$/.test(stateRoot));
    return whole && canonicalJson(all) === line ? all : undefined;
  } catch {
    return undefined;
  }
}

const float = (hex: string): number =>
  hex.length === 8 ? Buffer.from(hex, 'hex').readFloatBE() : Buffer.from(hex, 'hex').readDoubleBE();

/** Reads a line that lies among other bytes. */
function read(record: RecordLine, line: string): boolean {
  const bytes = Buffer.from(`{"x${line}\n"y`, 'latin1');
  return record.read(bytes, 3, bytes.length - 3);
}

function compare(line: string): void {
  const record = new RecordLine();
  const wanted = oracle(line);
  expect(read(record, line), line).toBe(wanted !== undefined);
  if (!wanted) return;
  const { link, ...rest } = wanted;
  expect(record).toMatchObject({ step: wanted.step, stateRoot: wanted.stateRoot, bytes: line.length + 1 });
  for (const name of ['loss', 'gradNorm', 'learningRate'] as const) expect(record[name]).toBe(float(wanted[name]!));
  expect(record.learningRateBits).toBe(Number.parseInt(wanted.learningRate!, 16));
  expect(record.batch).toBe(wanted.batch);
  expect(record.link).toBe(link);
  expect(record.linkAfter('cd'.repeat(32))).toBe(nextLink('cd'.repeat(32), canonicalJson(rest)));
}

const numbers = [1, 0, -0, 5e-324, 1 / 3, 1.7e308, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test('lines as they are written: numbers of all kinds, with and without a root, steps of one to ten digits', () => {
  for (const x of numbers) {
    for (const step of [1, 9, 10, 99_999, 9_999_999_999]) {
      for (const root of [undefined, 'ef'.repeat(32)]) {
        const made = { step, loss: x, gradNorm: -x, learningRate: x, ...(root !== undefined && { root }) };
        compare(recordLine(made).line);
      }
    }
  }
  const made = { loss: 1, gradNorm: 1, learningRate: 1 };
  expect(MIN_RECORD).toBe(recordLine({ step: 1, ...made }).line.length + 1);
  expect(MAX_RECORD).toBe(recordLine({ step: 9_999_999_999, ...made, root: 'ab'.repeat(32) }).line.length + 1);
});

test('one byte changed, taken out or put in, at every place', () => {
  const random = new Random(1377);
  for (const step of [100, 101]) {
    const { line } = recordLine(figures(step));
    const bytes = ['0', 'f', 'g', 'A', '"', ' ', ',', '}', '\\', '\xff', '\0'];
    for (let at = 0; at <= line.length; at++) {
      const byte = random.of(bytes);
      compare(line.slice(0, at) + byte + line.slice(at + 1));
      compare(line.slice(0, at) + byte + line.slice(at));
      compare(line.slice(0, at) + line.slice(at + 1));
      compare(line.slice(0, at));
    }
  }
  const { line } = recordLine(figures(1));
  compare(line.replace('"step":1', '"step":01'));
  compare(line.replace('"step":1', '"step":0'));
  compare(line.replace('"step":1', '"step":12345678901'));
});

test('records in order from pieces of any size, the last one unfinished', () => {
  const text = [...lines(300)].join('');
  const random = new Random(7);
  for (const most of [1, 7, 300, 5000, 1 << 20]) {
    const cut = text.slice(0, -random.below(240) - 1);
    const pieces = (function* () {
      const shared = Buffer.alloc(most);
      for (let at = 0; at < cut.length; ) {
        const n = Math.min(cut.length - at, 1 + random.below(most));
        shared.write(cut.slice(at, at + n), 'latin1');
        yield shared.subarray(0, n);
        at += n;
      }
    })();
    const reader = new TranscriptReader(pieces);
    const read = [...reader].length;
    expect([read, reader.steps, reader.unfinished, reader.problem]).toEqual([299, 299, true, undefined]);
  }
  const whole = new TranscriptReader([Buffer.from(text)]);
  let step = 0;
  for (const record of whole) expect(record).toMatchObject({ step: ++step, loss: figures(step).loss });
  expect([step, whole.unfinished, whole.problem]).toEqual([300, false, undefined]);
});

test('single records of a piece that begins and ends anywhere, against its lines read as JSON', () => {
  const text = [...lines(130)].join('');
  const random = new Random(11);
  for (let i = 0; i < 400; i++) {
    const from = random.below(text.length);
    const piece = text.slice(from, from + random.below(3 * MAX_RECORD));
    const found = piece.split('\n').map((line) => oracle(line)?.step);
    const withRoot = piece.split('\n').map((line) => (line.includes('"stateRoot"') ? oracle(line)?.step : undefined));
    const defined = (steps: unknown[]) => steps.filter((step) => step !== undefined);
    const bytes = Buffer.from(piece);
    // Only the end of a file may lack its newline.
    expect(firstRecord(bytes)?.step).toBe(defined(found.slice(0, -1))[0]);
    expect(lastRecord(bytes)?.step).toBe(defined(found).at(-1));
    expect(lastRecord(bytes, { withRoot: true })?.step).toBe(defined(withRoot).at(-1));
  }
});

test('a piece full of what looks like a record is given up soon, and the record before it is not looked for', () => {
  const [line] = lines(1);
  const strange = (count: number) => Buffer.from(line + '{"batch":"stateRoot"}\n'.repeat(count));
  expect(lastRecord(strange(99))?.step).toBe(1);
  expect(lastRecord(strange(100))).toBeUndefined();
  expect(firstRecord(Buffer.from('\n'.repeat(5000)))).toBeUndefined();
});

test.each([
  ['nothing', '', 0, undefined],
  ['another first step', [...lines(2)][1]!, 0, 'is the record of step 2'],
  ['a step left out', [1, 2, 4].map((step) => [...lines(4)][step - 1]).join(''), 2, 'is the record of step 4'],
  ['no record', `${[...lines(1)].join('')}{"step":2}\n`, 1, 'is not a record in canonical form'],
  ['a line without end', 'x'.repeat(1 << 20), 0, 'is not a record in canonical form'],
])('ends at what is no record: %s', (_, text, steps, wrong) => {
  const reader = new TranscriptReader([Buffer.from(text)]);
  expect([...reader]).toHaveLength(steps);
  expect(reader).toMatchObject({ steps, problem: wrong === undefined ? undefined : { en: wrong }, unfinished: false });
});
