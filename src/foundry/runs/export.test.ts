// The curves of a run in formats of other software, read back by independent readers: the values that the run reported.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { recordLine } from '../../ledger/testing/transcript.ts';
import { timesOf } from '../../run-folder/index.ts';
import type { MakeEvent } from '../make/index.ts';
import { writeTexts } from '../make/testing/cli.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { recipeToYaml } from '../recipe/index.ts';
import { readRecipe } from '../recipe/read.ts';
import { sourceNames } from './export.ts';
import { exportCurves } from './index.ts';

const RECIPE = `
seed: 1377
corpus: { sources: [{ files: texts }, { files: '한글, "둘"' }], validation: 0.1 }
tokenizer: { vocabSize: 300 }
model: { hiddenSize: 16, intermediateSize: 24, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 }
train: { steps: 24, batchSize: 2, sequenceLength: 16, checkpointEvery: 10, validateEvery: 8, warmupSteps: 3 }
`;

const folder = temporaryHome();
const at = (name: string) => join(folder, name);
const told = new Map<number, Extract<MakeEvent, { kind: 'step' }>>();
const scored = new Map<number, number>();

const make = (stopAfter?: number) =>
  makeIn(folder, 'run', {
    resume: stopAfter === undefined,
    stopAfter,
    onEvent: (event) => {
      if (event.kind === 'step') told.set(event.step, event);
      if (event.kind === 'validation') scored.set(event.step, event.bitsPerByte);
    },
  });

beforeAll(async () => {
  writeTexts(at('texts'), 20, 10);
  writeTexts(at('한글, "둘"'), 20, 5);
  writeFileSync(at('recipe.yaml'), RECIPE);
  await expect(make(13)).rejects.toMatchObject({ code: 'interrupted' });
  await make();
});

test('CSV: every step with its exact values, validations in the rows of their steps', () => {
  const written = exportCurves({ run: at('run'), out: at('new/curves.csv') });
  expect(written).toEqual({ run: at('run'), format: 'csv', file: at('new/curves.csv'), steps: 24, validations: 3 });
  const [head, ...rows] = parse(readFileSync(at('new/curves.csv'), 'utf8'));
  const columns = ['step', 'loss', 'gradNorm', 'learningRate', 'valBitsPerByte'];
  expect(head).toEqual([...columns, 'valBitsPerByte texts', 'valBitsPerByte 한글, "둘"']);
  expect(rows).toHaveLength(24);
  rows.forEach((row, i) => {
    const step = i + 1;
    const { loss, gradNorm, learningRate } = told.get(step)!;
    expect(row.slice(0, 4).map(Number)).toEqual([step, loss, gradNorm, Math.fround(learningRate)]);
    if (step % 8 !== 0) expect(row.slice(4)).toEqual(['', '', '']);
    else expect(Number(row[4])).toBe(scored.get(step));
  });
  const last = readFileSync(at('run/validation.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!;
  expect(rows[23].slice(5).map(Number)).toEqual(JSON.parse(last).bySource);
});

/** Bit by bit, as RFC 3720 defines it; the code uses a table. */
function crc32c(bytes: Uint8Array) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) crc = ((crc ^ (byte >> bit)) & 1 ? 0x82f63b78 : 0) ^ (crc >>> 1);
  }
  return ~crc >>> 0;
}

const masked = (bytes: Uint8Array) => {
  const crc = BigInt(crc32c(bytes));
  return Number((((crc >> 15n) | ((crc << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
};

/** The fields of a protobuf message: numbers with their raw values. */
function* fields(data: Buffer): Generator<[number: number, value: Buffer | number]> {
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = data[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) yield [tag >> 3, varint()];
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      expect([1, 2, 5]).toContain(wire);
      yield [tag >> 3, data.subarray(at, at + length)];
      at += length;
    }
  }
  expect(at).toBe(data.length);
}

interface Event {
  wallTime: number;
  step: number;
  version?: string;
  values: Record<string, number>;
}

function events(path: string) {
  const file = readFileSync(path);
  const found: Event[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 8)).toBe(masked(file.subarray(at, at + 8)));
    expect(file.readUInt32LE(at + 12 + length)).toBe(masked(data));
    at += 16 + length;
    const event: Event = { wallTime: Number.NaN, step: 0, values: {} };
    for (const [number, value] of fields(data)) {
      if (number === 1) event.wallTime = (value as Buffer).readDoubleLE();
      else if (number === 2) event.step = value as number;
      else if (number === 3) event.version = value.toString();
      else {
        expect(number).toBe(5);
        for (const [, one] of fields(value as Buffer)) {
          const [[, tag], [, x]] = [...fields(one as Buffer)] as [[number, Buffer], [number, Buffer]];
          event.values[tag.toString()] = x.readFloatLE();
        }
      }
    }
    found.push(event);
  }
  return found;
}

test('TensorBoard: frames with their checksums, scalars by step, times of the sessions', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  const { file, format } = exportCurves({ run: at('run'), out: at('logs/run') });
  expect(format).toBe('tensorboard');
  expect(readdirSync(at('logs/run')).map((name) => join(at('logs/run'), name))).toEqual([file]);
  const [first, ...rest] = events(file);
  expect(first).toMatchObject({ version: 'brain.Event:2', step: 0, values: {} });
  expect(rest.map(({ step }) => step)).toEqual([...told.keys()].sort((a, b) => a - b));
  for (const { step, values } of rest) {
    const { loss, gradNorm, learningRate } = told.get(step)!;
    expect(values).toMatchObject({
      'train/loss': Math.fround(loss),
      'train/gradNorm': Math.fround(gradNorm),
      'train/learningRate': Math.fround(learningRate),
    });
    expect(Object.keys(values)).toHaveLength(step % 8 === 0 ? 6 : 3);
    if (step % 8 === 0) expect(values['validation/bitsPerByte']).toBe(Math.fround(scored.get(step)!));
  }
  expect(rest.at(-1)!.values).toHaveProperty('validation/bitsPerByte 한글, "둘"');
  const sessions = readFileSync(at('run/sessions.jsonl'), 'utf8').trimEnd().split('\n');
  const lines = sessions.map((line) => JSON.parse(line));
  const seconds = (text: string) => Date.parse(text) / 1000;
  expect(first.wallTime).toBe(seconds(lines[0].start));
  expect(rest[12].wallTime).toBe(seconds(lines[1].end));
  expect(rest[13].wallTime).toBeGreaterThanOrEqual(seconds(lines[2].start));
  expect(rest.at(-1)!.wallTime).toBe(seconds(lines.at(-1).end));
  rest.reduce((before, event) => {
    expect(event.wallTime).toBeGreaterThanOrEqual(before.wallTime);
    return event;
  });
});

const line = (step: number, more: object = {}) =>
  `${recordLine({ step, loss: 2, gradNorm: 1, learningRate: Math.fround(5e-4), ...more }).line}\n`;

/** A run folder with this transcript and these validations. */
function folderWith(name: string, transcript: string, validation = '') {
  mkdirSync(at(name));
  writeFileSync(join(at(name), 'recipe.yaml'), recipeToYaml(readRecipe(at('recipe.yaml'))));
  writeFileSync(join(at(name), 'transcript.jsonl'), transcript);
  if (validation) writeFileSync(join(at(name), 'validation.jsonl'), validation);
  return at(name);
}

test('a run in progress: complete lines count; validations of missing steps do not', () => {
  const validation =
    '{"step":2,"bitsPerByte":3,"bySource":[3,null]}\n{"step":8,"bitsPerByte":null,"bySource":[null,null]}\n{"st';
  const run = folderWith('written', line(1) + line(2) + line(3).slice(0, 100), validation);
  expect(exportCurves({ run, out: at('written.csv') })).toMatchObject({ steps: 2, validations: 1 });
  expect(readFileSync(at('written.csv'), 'utf8').split('\r\n').slice(1)).toEqual([
    '1,2,1,0.0005000000237487257,,,',
    '2,2,1,0.0005000000237487257,3,3,',
    '',
  ]);
});

test.each([
  ['no JSON', `${line(1)}{"step":2,\n`, '', 'line 2: is not a record'],
  ['an array', '[]\n', '', 'line 1: is not a record'],
  ['a step left out', line(1) + line(3), '', 'line 2: is the record of step 3'],
  ['a loss that is not a number', line(1, { loss: Number.NaN }), '', 'line 1: loss is not a number'],
  ['a norm that is not finite', line(1, { gradNorm: Number.POSITIVE_INFINITY }), '', 'gradNorm is not a number'],
  ['a line without end', 'x'.repeat(3 << 20), '', 'line 1: is not a record'],
  ['a validation without end', line(1), 'x'.repeat(3 << 20), 'has a line of more than'],
  [
    'validations that go back',
    line(1) + line(2),
    '{"step":1,"bySource":[1,1]}\n{"step":1,"bySource":[1,1]}\n',
    'line 2: step',
  ],
  ['validations of another corpus', line(1), '{"step":1,"bitsPerByte":1,"bySource":[1]}\n', 'is not 2 numbers'],
  [
    'a validation that is text',
    line(1),
    '{"step":1,"bitsPerByte":"1","bySource":[1,1]}\n',
    'bitsPerByte is not a number',
  ],
])('%s is reported, and no file is left', (name, transcript, validation, message) => {
  const run = folderWith(`broken ${name}`, transcript, validation);
  for (const out of [at(`${name}.csv`), at(`${name} board`)]) {
    expect(() => exportCurves({ run, out })).toThrow(
      expect.objectContaining({ code: 'run-damaged', message: expect.stringContaining(message) }),
    );
  }
  expect(readdirSync(folder).filter((file) => file.startsWith(name))).toEqual([]);
});

test('no file is overwritten, and a folder that is not a run is reported', () => {
  const fails = (run: string, out: string, code: string) =>
    expect(() => exportCurves({ run: at(run), out: at(out) })).toThrow(expect.objectContaining({ code }));
  writeFileSync(at('there.csv'), 'mine');
  mkdirSync(at('there'));
  symlinkSync(at('nowhere'), at('link.csv'));
  for (const out of ['there.csv', 'there', 'link.csv']) fails('run', out, 'file-exists');
  expect(readFileSync(at('there.csv'), 'utf8')).toBe('mine');
  fails('run', 'there.csv/x', 'not-writable');
  fails('nowhere', 'a.csv', 'run-missing');
  fails('texts', 'a.csv', 'not-a-run');
  fails('there.csv', 'a.csv', 'not-a-run');
  folderWith('empty', '');
  fails('empty', 'a.csv', 'run-empty');
  rmSync(join(at('empty'), 'transcript.jsonl'));
  fails('empty', 'a.csv', 'run-empty');
  mkdirSync(join(at('empty'), 'transcript.jsonl'));
  fails('empty', 'a.csv', 'run-damaged');
  truncateSync(join(at('empty'), 'recipe.yaml'), 20);
  fails('empty', 'a.csv', 'recipe-missing-key');
  expect(existsSync(at('a.csv'))).toBe(false);
});

test('times: a killed session ends where the next one resumes; without sessions all steps have the same time', () => {
  const run = folderWith('times', line(1));
  const start = (at: string, from: number) => `{"event":"start","start":"2026-01-01T${at}Z","from":${from}}\n`;
  const end = (at: string, from: number, to: number) =>
    `{"event":"end","end":"2026-01-01T${at}Z","from":${from},"to":${to}}\n`;
  const sessions = `${start('00:00:00', 0)}rubbish\n${start('01:00:00', 10)}${end('01:00:50', 10, 20)}null\n`;
  writeFileSync(join(run, 'sessions.jsonl'), sessions);
  const time = timesOf(run, 20);
  const zero = Date.parse('2026-01-01T00:00:00Z') / 1000;
  expect([0, 5, 10, 11, 20].map((step) => time(step) - zero)).toEqual([0, 1800, 3600, 3605, 3650]);
  rmSync(join(run, 'sessions.jsonl'));
  const flat = timesOf(run, 20);
  expect(flat(20)).toBe(flat(0));
  expect(flat(0)).toBeGreaterThan(zero);
});

test('names of sources: short and distinct', () => {
  const source = { read: 'text', language: 'en', licence: 'x', weight: 1 } as const;
  const names = sourceNames([
    { ...source, npm: 'a@1.0.0', path: 'x' },
    { ...source, npm: 'a@1.0.0', path: ['y', 'z'] },
    { ...source, npm: 'b@1.0.0', path: 'x' },
    { ...source, files: ['m.txt', 'n.txt'] },
    { ...source, files: 'm.txt, n.txt' },
  ]);
  expect(names).toEqual(['a@1.0.0 x', 'a@1.0.0 y, z', 'b@1.0.0', '4: m.txt, n.txt', '5: m.txt, n.txt']);
});
