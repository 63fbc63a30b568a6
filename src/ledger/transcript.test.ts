// The transcript's chain against a straightforward computation of it; and that no line of it can be changed unseen.

import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { bits32, bits64, Transcript } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'jikji-transcript-'));
const path = join(folder, 'transcript.jsonl');
const ORIGIN = 'ab'.repeat(32);
const digest = (step: number) => step.toString(16).padStart(64, '0');
const record = (step: number) => ({
  step,
  loss: bits64(5 / step),
  gradNorm: bits64(step),
  learningRate: bits32(1e-3),
  batch: digest(step),
  ...(step % 3 === 0 && { stateRoot: digest(100 + step) }),
});

beforeEach(async () => {
  rmSync(path, { recursive: true, force: true });
  const transcript = await Transcript.open(path, ORIGIN, 0);
  for (let step = 1; step <= 10; step++) transcript!.append(record(step));
  transcript!.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines = () => readFileSync(path, 'utf8').split('\n');

/** link_n, from the definition: the hash of the link before and of the record, whose members are in the order of their names. */
function link(step: number): Buffer {
  if (step === 0) return Buffer.from(ORIGIN, 'hex');
  const { batch, gradNorm, learningRate, loss, stateRoot } = record(step);
  const text = JSON.stringify({ batch, gradNorm, learningRate, loss, ...(stateRoot && { stateRoot }), step });
  return createHash('sha256')
    .update(Buffer.concat([link(step - 1), Buffer.from(text)]))
    .digest();
}

test('each line is a record and the link to all before it', async () => {
  const all = lines();
  expect(all).toHaveLength(11);
  all.slice(0, 10).forEach((line, i) => {
    expect(JSON.parse(line)).toEqual({ ...record(i + 1), link: link(i + 1).toString('hex') });
  });
  for (const step of [0, 1, 7, 10]) {
    writeFileSync(path, all.join('\n'));
    const transcript = await Transcript.open(path, ORIGIN, step);
    expect(transcript!.head).toBe(link(step).toString('hex'));
    expect(transcript!.openedAtRoot).toBe(step === 0 ? undefined : record(step).stateRoot);
    transcript!.close();
    // What follows was written, and stays: what comes next must be the same.
    expect(transcript!.ahead).toBe(10 - step);
    expect(lines()).toEqual(all);
  }
});

test('what comes out otherwise than it is written is an error, and the file stays as it is', async () => {
  const whole = readFileSync(path);
  for (const wrong of [{ ...record(6), loss: bits64(2) }, { ...record(6), stateRoot: digest(7) }, record(7)]) {
    const transcript = (await Transcript.open(path, ORIGIN, 4))!;
    transcript.append(record(5));
    expect(() => transcript.append(wrong)).toThrow(
      expect.objectContaining({ code: 'transcript-differs', input: path, message: expect.stringContaining('step ') }),
    );
    transcript.close();
    expect(readFileSync(path)).toEqual(whole);
  }
});

test('behind the records that are whole and chained the rest is cut off, and written anew', async () => {
  const whole = readFileSync(path);
  writeFileSync(path, whole.toString().replace(digest(8), digest(9)));
  const transcript = (await Transcript.open(path, ORIGIN, 4))!;
  expect(transcript.ahead).toBe(3);
  for (let step = 5; step <= 10; step++) transcript.append(record(step));
  transcript.close();
  expect(readFileSync(path)).toEqual(whole);
});

test('going on gives the same file', async () => {
  const whole = readFileSync(path);
  appendFileSync(path, '{"batch":"00","lo'); // a line that a crash cut off
  const transcript = await Transcript.open(path, ORIGIN, 4);
  for (let step = 5; step <= 10; step++) transcript!.append(record(step));
  transcript!.sync();
  transcript!.close();
  expect(readFileSync(path)).toEqual(whole);
});

test.each<[string, (text: string) => string | Buffer]>([
  ['a value', (text) => text.replace(digest(3), digest(4))],
  ['a link', (text) => text.replace(/"link":"./, '"link":"z')],
  ['a line less', (text) => text.replace(/.*"step":5}\n/, '')],
  ['a line twice', (text) => text.replace(/(.*"step":5}\n)/, '$1$1')],
  ['two lines swapped', (text) => text.replace(/(.*"step":5}\n)(.*"step":6}\n)/, '$2$1')],
  ['a space', (text) => text.replace('"step":5}', '"step": 5}')],
  ['another order of members', (text) => text.replace(/{("batch":"0+5"),(.*),("step":5)}/, '{$3,$2,$1}')],
  ['a member twice', (text) => text.replace('"step":5}', '"step":4,"step":5}')],
  ['an empty line', (text) => text.replace('\n', '\n\n')],
  ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['a byte order mark', (text) => `\ufeff${text}`],
  ['no last newline', (text) => text.slice(0, -1)],
  ['nothing', () => ''],
  ['no JSON', () => 'x\n'.repeat(10)],
  ['values that are no records', () => '1\nnull\n[]\n"x"\n'.repeat(3)],
  ['a line without end', () => '{"step":1,"x":"'.padEnd(1 << 20, 'x')],
  ['nested without end', () => `{"step":1,"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}\n`],
  ['bytes that are not UTF-8', (text) => Buffer.from(text.replace(digest(3), `\xff${digest(3).slice(1)}`), 'latin1')],
])('%s is noticed', async (_, change) => {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  expect(await Transcript.open(path, ORIGIN, 10)).toBeUndefined();
});

test('another beginning, a missing file, a folder', async () => {
  expect(await Transcript.open(path, 'cd'.repeat(32), 10)).toBeUndefined();
  rmSync(path);
  expect(await Transcript.open(path, ORIGIN, 1)).toBeUndefined();
  mkdirSync(path);
  await expect(Transcript.open(path, ORIGIN, 1)).rejects.toMatchObject({ code: 'transcript-unreadable' });
  await expect(Transcript.open(path, ORIGIN, 0)).rejects.toMatchObject({ code: 'transcript-unreadable' });
});

test('numbers by their bits, as a DataView sees them', () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const x of [0, -0, 1, -1.5, 1 / 3, 5e-324, 1.7e308, Number.POSITIVE_INFINITY, 3.4e38, 1e-45]) {
    view.setFloat64(0, x);
    expect(bits64(x)).toBe(view.getBigUint64(0).toString(16).padStart(16, '0'));
    view.setFloat32(0, x);
    expect(bits32(x)).toBe(view.getUint32(0).toString(16).padStart(8, '0'));
  }
});
