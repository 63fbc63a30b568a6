// compare and runs --export as people and programs see them: widths, words, JSON, wrong calls.

import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { textWidth } from '../base/index.ts';
import { lossRows, sideBySide } from './compare.ts';
import type { ComparedRun } from './rooms.ts';
import { callsIn, succeed, workFolder } from './testing/bad-input.ts';
import { ends, out } from './testing/screen.ts';

const folder = workFolder();
const { jikji, refused, result } = callsIn(folder);
beforeAll(async () => {
  const make = (...args: string[]) => jikji`make t.yaml ${args}`;
  await succeed(make());
  await succeed(make('--set', 'train.steps=9', '--set', 'seed=5', '--out', 'runs/한글 이름'));
});

const screen = process.stdout as { isTTY?: boolean; columns?: number; rows?: number };
const was = { isTTY: screen.isTTY, columns: screen.columns, rows: screen.rows, folder: process.cwd() };
beforeEach(() => {
  vi.stubEnv('TERM', 'xterm');
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(was.folder);
  vi.unstubAllEnvs();
  Object.assign(screen, { isTTY: was.isTTY, columns: was.columns, rows: was.rows });
});

const RUNS = ['runs/t', 'runs/한글 이름'];

test.each([120, 80, 60, 41, 30, 18])(
  'a terminal of %d columns: nothing is wider, both runs are in it',
  async (columns) => {
    Object.assign(screen, { isTTY: true, columns, rows: 30 });
    await ends(0)`compare ${RUNS}`;
    const lines = stripVTControlCharacters(out).split('\n');
    const words = (line: string) => !line.includes('jikji') && line.length > 0; // a path is not broken
    for (const line of lines.filter(words)) expect(textWidth(line), line).toBeLessThan(columns);
    const recipe = lines
      .slice(
        lines.findIndex((line) => line.startsWith('recipe')),
        lines.indexOf('results'),
      )
      .join('\n');
    for (const text of ['seed', '1377', '5', 'train.st', '12', '9']) expect(recipe).toContain(text);
    expect(recipe).not.toContain('hiddenSize');
    expect(out).toContain('finished');
    const picture = lines.filter((line) => /[│┤]/.test(line)).join('');
    expect(picture).toContain('A');
    expect(picture).toContain('B');
  },
);

test('without a terminal: whole lines, and numbers in place of the picture', async () => {
  await ends(0)`compare ${RUNS} --all`;
  expect(out).not.toMatch(/[\u2800-\u28ff]|…/);
  expect(out).toMatch(/^model\.hiddenSize {2,}32 {2,}32$/m);
  const { stateRoot } = JSON.parse(readFileSync('runs/t/result.json', 'utf8'));
  expect(out).toContain(stateRoot);
  expect(out).toMatch(/^step 1 {2,}\d\.\d{3} {2,}\d\.\d{3}$/m);
  expect(out).toMatch(/^step 12 {2,}\d\.\d{3} {2,}-$/m);
});

test('--json: one object; each run has its side of the differences', async () => {
  const { stdout } = await succeed(jikji`compare ${RUNS}`);
  const { runs } = JSON.parse(stdout);
  const differing = runs.map((r: { recipe: object }) => r.recipe);
  expect(differing).toEqual([
    { seed: 1377, 'train.steps': 12 },
    { seed: 5, 'train.steps': 9 },
  ]);
  expect(runs.map((r: { curve: [] }) => r.curve.length)).toEqual([12, 9]);
  const all = await result`compare ${RUNS} --all`;
  expect(all.runs[0].recipe).toMatchObject({ 'model.hiddenSize': 32, 'corpus.sources.0.files': 'texts.jsonl' });
});

test('wrong calls', async () => {
  expect(await refused`compare runs/t`).toMatchObject({ code: 'usage', input: 'runs/t' });
  expect((await refused`compare runs/t runs/none`).code).toBe('run-missing');
  expect((await refused`compare t.yaml runs/t`).code).toBe('not-a-run');
  expect((await refused`runs runs/t`).code).toBe('usage');
  expect((await refused`runs --export a.csv`).input).toBe('--export a.csv');
  expect((await refused`runs --export t.yaml runs/t`).code).toBe('file-exists');
  renameSync('runs/한글 이름/transcript.jsonl', 'kept');
  expect((await result`compare ${RUNS}`).runs[1]).toMatchObject({ stepsDone: 0 });
  renameSync('kept', 'runs/한글 이름/transcript.jsonl');
});

test('runs --export writes the file that it names', async () => {
  const to = mkdtempSync(join(tmpdir(), 'jikji-compare-'));
  const csv = await jikji`runs --export ${join(to, 'a.csv')} runs/t`;
  expect(JSON.parse(csv.stdout)).toMatchObject({ format: 'csv', steps: 12, validations: 2 });
  expect(readFileSync(join(to, 'a.csv'), 'utf8').split('\r\n')).toHaveLength(14);
  const board = await jikji`runs --export ${join(to, 'logs')} runs/t`;
  expect(JSON.parse(board.stdout).file).toMatch(/logs\/events\.out\.tfevents\.\d{10}\.jikji$/);
  rmSync(to, { recursive: true });
});

test('runs tag and untag: on the list, in JSON, as a filter; never a folder that is not on the list', async () => {
  const listed = async (...args: string[]) => (await result`runs ${args}`).runs;
  const tag = async (...args: string[]) => await result`runs ${args}`;
  expect(await tag('tag', '기준 모델', ...RUNS)).toMatchObject({ tag: '기준 모델', changed: 2 });
  expect(await tag('tag', 'good', 'runs/t', 'runs/t')).toMatchObject({ changed: 1, runs: [join(folder, 'runs/t')] });
  expect((await listed('--tag', 'good')).map((one: { tags: string[] }) => one.tags)).toEqual([['기준 모델', 'good']]);
  expect(await tag('untag', '기준 모델', ...RUNS)).toMatchObject({ changed: 2 });
  expect(await tag('untag', '기준 모델', 'runs/t')).toMatchObject({ changed: 0 });
  expect((await listed()).map((one: { tags: string[] }) => one.tags).sort()).toEqual([[], ['good']]);
  expect(await refused`runs tag a,b runs/t`).toMatchObject({
    code: 'tag-invalid',
    input: 'a,b',
  });
  expect((await refused`runs tag good runs/none`).code).toBe('run-unknown');
  expect((await refused`runs tag good runs/t .`).code).toBe('run-unknown');
});

test('tables with Hangul keep their columns; many runs are listed below each other', () => {
  const head = ['A 가나다라', 'B b'];
  const rows = [
    ['이름', '한국어 아주 긴 값이 여기에 있다', 'x'],
    ['n', '1', '2'],
  ];
  for (const width of [16, 24, 40, 60, 200]) {
    for (const line of sideBySide(head, rows, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  }
  const wide = sideBySide(head, rows, 60);
  const before = (line: string, text: string) => textWidth(line.slice(0, line.lastIndexOf(text)));
  expect(before(wide[1]!, 'x')).toBe(before(wide[2]!, '2'));
  const many = Array.from({ length: 9 }, (_, i) => `run ${i}`);
  expect(sideBySide(many, [['seed', ...many]], 40)).toEqual([
    'seed',
    ...many.map((m, i) => `  ${'ABCDEFGHI'[i]} ${m}`),
  ]);
});

test('losses by step: the first, the last, and none after the end of a run', () => {
  const of = (n: number) => ({
    stepsDone: n,
    curve: Array.from({ length: n }, (_, i) => ({ step: i + 1, loss: n - i })),
  });
  const rows = lossRows([of(100), of(50)] as unknown as ComparedRun[]);
  expect(rows[0]).toEqual(['step 1', '100.000', '50.000']);
  expect(rows.at(-1)).toEqual(['step 100', '1.000', '-']);
  expect(rows.length).toBeLessThan(12);
});
