// The verbs, with the rooms below replaced: what they pass on, what they print, which exit code.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { JikjiError } from '../base/index.ts';
import { argv } from '../base/testing/argv.ts';
import { en } from '../console/words/en/index.ts';
import type { SampleOptions } from '../foundry/index.ts';
import { parseRecipe } from '../foundry/recipe/index.ts';
import type { MakeOptions } from './rooms.ts';
import { ends, err, out } from './testing/screen.ts';
// The verbs whose modules are replaced below: Vitest replaces what is imported before the first test only.
import './audit.ts';
import './start-verb.ts';

const rooms = vi.hoisted(() => ({
  readRun: vi.fn(),
  makeRun: vi.fn(),
  sampleModel: vi.fn(),
  benchShape: vi.fn(),
  measureStep: vi.fn(),
  machineReport: vi.fn(),
  auditWithProgress: vi.fn(),
  lastAudit: vi.fn(),
  noteAudit: vi.fn(),
  describeAudit: vi.fn(),
  takeExample: vi.fn(),
  open: vi.fn(),
  serve: vi.fn(),
}));
vi.mock('./audit.ts', async (original) => ({
  ...(await original<typeof import('./audit.ts')>()),
  auditWithProgress: rooms.auditWithProgress,
  describeAudit: rooms.describeAudit,
}));
vi.mock('./rooms.ts', () => ({
  foundry: async () => ({ ...(await import('../foundry/index.ts')), ...rooms }),
  audit: async () => ({
    ...(await import('../audit/index.ts')),
    lastAudit: rooms.lastAudit,
    noteAudit: rooms.noteAudit,
  }),
  runFolder: async () => ({ ...(await import('../run-folder/index.ts')), readRun: rooms.readRun }),
  engine: async () => rooms,
  program: async () => ({
    Programme: { open: rooms.open },
    ACTS: { takeExample: { run: rooms.takeExample } },
    officeActor: () => 'office',
  }),
  api: async () => ({ serve: rooms.serve }),
  runId: async (folder: string) => (await import('../program/runs/index.ts')).runIdOf(folder),
}));

const RESULT = {
  run: 'runs/t',
  steps: 20,
  tokens: 81_920,
  parameters: 1_900_000,
  stateRoot: 'ab'.repeat(32),
  head: null,
  valBitsPerByte: 2.5,
  tokensPerSecond: 2950,
  seconds: 112,
};

/** As much of an audit as is said of it. */
const audited = (verdict: 'holds' | 'refuted') => ({
  verdict,
  extent: 'self',
  ...{ checks: [], replayed: [], register: null, room: null, figures: 'computed' },
  run: { segments: [], maker: null, office: null, lodgedAt: null },
  data: { standing: 'texts', sources: [] },
  cost: { share: 0.24 },
  detection: { claimed: false, reason: 'self-audit, no detection claimed', chances: [] },
});

let folder: string;
beforeEach(() => {
  rooms.auditWithProgress.mockReset().mockResolvedValue(audited('holds'));
  rooms.lastAudit.mockReset();
  rooms.noteAudit.mockReset();
  folder = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  writeFileSync(join(folder, 't.yaml'), 'corpus:\n  sources:\n    - { files: a.txt }\n');
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
  rooms.makeRun.mockReset().mockImplementation(async ({ onEvent }: MakeOptions) => {
    onEvent({ kind: 'stage', stage: 'corpus', state: 'start' });
    return RESULT;
  });
  rooms.sampleModel.mockReset().mockImplementation(async ({ onText, onSeconds }: SampleOptions) => {
    onText(' there was');
    onText(' a ship');
    const one = { text: ' there was a ship', tokenIds: [5, 6, 7] };
    onSeconds?.(0.5);
    return { ...one, samples: [one] };
  });
  rooms.takeExample.mockReset().mockResolvedValue({});
  rooms.open.mockReset().mockResolvedValue({ tables: { all: () => [] }, close: async () => {} });
  rooms.serve.mockReset();
  rooms.benchShape
    .mockReset()
    .mockResolvedValue({ tokensPerSecond: 3000, gflops: 110, peakGflops: 200, utilisation: 0.55 });
  rooms.machineReport.mockReset().mockResolvedValue({ fusedMultiplyAdd: true, fastestTile: '6x16', peakGflops: 200 });
});

afterEach(() => vi.unstubAllEnvs());

test('make reads the recipe with its overrides and passes on the other options', async () => {
  const file = join(folder, 't.yaml');
  await ends(0)`make ${file} --set train.steps=20 --set seed=7 --threads 3 --resume`;
  const options = rooms.makeRun.mock.calls[0][0];
  expect(options).toMatchObject({ recipeFolder: folder, out: join('runs', 't'), threads: 3, resume: true });
  expect(options.recipe).toMatchObject({ name: 't', seed: 7, train: { steps: 20 } });
  expect(options.signal.aborted).toBe(false);
  expect(out).toContain('Made t in 1m 52s, 2.500 bits per byte');
  expect(out).toContain('ab'.repeat(32));
  expect(err).toBe('');
});

test('make of a run with conversations leads to its playground by the names of the English console', async () => {
  const file = join(folder, 'talks.yaml');
  writeFileSync(file, 'corpus: { sources: [{ files: t.jsonl, read: conversations }] }\n');
  await ends(0)`make ${file}`;
  const { nav, playground } = en;
  expect(out).toContain(`jikji console   (in the browser: ${nav.runs}, talks, ${playground.open})\n`);
});

test('--json: one object on stdout, progress on stderr', async () => {
  await ends(0)`make ${join(folder, 't.yaml')} --json --out ${join(folder, 'r')}`;
  expect(JSON.parse(out)).toEqual(RESULT);
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  expect(err).toContain('reading the texts');
});

test.each([
  ['interrupted', 130, 'It stopped'],
  ['disk-full', 2, 'error: it stopped'],
] as const)('a JikjiError %s from below is two lines and exit code %d: %s', async (code, exit, begins) => {
  rooms.makeRun.mockRejectedValue(new JikjiError(code, 'it stopped', 'runs/t', 'go on with --resume'));
  await ends(exit)`make ${join(folder, 't.yaml')} --json`;
  expect(err).toBe(`${begins} (runs/t)\n  go on with --resume\n`);
  expect(JSON.parse(out)).toEqual({
    error: { code, message: 'it stopped', input: 'runs/t', hint: 'go on with --resume' },
  });
});

test('npm start that is stopped says that npm start goes on; what goes wrong keeps its own hint', async () => {
  rooms.readRun.mockReturnValue({ state: 'gone' });
  const stopped = new JikjiError('interrupted', 'stopped after step 4 of 9', 'runs/hello', 'go on with --resume');
  rooms.makeRun.mockRejectedValue(stopped);
  await ends(130)`start`;
  expect(err).toBe('Stopped after step 4 of 9 (runs/hello)\n  npm start goes on\n');
  const full = new JikjiError('disk-full', 'the disk is full', 'runs/hello', 'free some space');
  rooms.makeRun.mockRejectedValue(full);
  await ends(2)`start`;
  expect(err).toBe('error: the disk is full (runs/hello)\n  free some space\n');
});

test('make of a run that went on says what its last session took', async () => {
  const made = join(folder, 'r');
  mkdirSync(made);
  const line = (event: string, from: number, more: object) => JSON.stringify({ event, from, ...more });
  const time = '2026-01-01T00:00:00.000Z';
  const lines = [
    line('start', 0, { start: time }),
    line('end', 0, { end: time, to: 6 }),
    line('start', 6, { start: time }),
    line('end', 6, { end: time, to: 20 }),
  ];
  rooms.makeRun.mockResolvedValue({ ...RESULT, run: made });
  const said = async (n: number): Promise<string> => {
    writeFileSync(join(made, 'sessions.jsonl'), lines.slice(0, n).join('\n'));
    await ends(0)`make ${join(folder, 't.yaml')} --resume`;
    return out;
  };
  expect(await said(2)).toContain('Made t in 1m 52s, 2.500 bits');
  expect(await said(4)).toContain('Made t, the last 14 of 20 steps in 1m 52s, 2.500 bits');
});

test('an error that ends a sweep says how the sweep goes on', async () => {
  const error = new JikjiError(
    'disk-full',
    'the disk is full',
    'out/seed-1',
    'free some space, then go on with --resume',
  );
  rooms.makeRun.mockRejectedValue(error);
  await ends(2)`sweep ${join(folder, 't.yaml')} --over seed=1,2 --out ${join(folder, 'out')}`;
  expect(err).toBe('error: the disk is full (out/seed-1)\n  free some space, then go on with the same call\n');
  expect(rooms.makeRun).toHaveBeenCalledTimes(1);
});

test('anything else is a bug: its stack and exit code 70', async () => {
  rooms.makeRun.mockRejectedValue(new TypeError('x is not a function'));
  await ends(70)`make ${join(folder, 't.yaml')}`;
  expect(err).toMatch(/bug[\s\S]*TypeError: x is not a function\n\s+at /);
});

test('sample prints prompt and text as tokens arrive, or JSON', async () => {
  await ends(0)`sample m --prompt Once --top-k 9 --temperature 0 --threads 1`;
  expect(out).toBe('Once there was a ship\n');
  expect(err).toContain('3 tokens, 6.00 tokens/s');
  expect(rooms.sampleModel.mock.calls[0][0]).toMatchObject({
    model: 'm',
    prompt: 'Once',
    maxTokens: 100,
    temperature: 0,
    topK: 9,
    topP: 0.95,
    seed: 1377,
    threads: 1,
  });
  await ends(0)`sample m --prompt Once --json`;
  expect(JSON.parse(out)).toEqual({ text: ' there was a ship', tokenIds: [5, 6, 7] });
  expect(err).not.toContain('tokens/s');
});

test.each([
  [['sample', 'm'], '--prompt'],
  [argv`sample m --prompt x --top-p 1.5`, '--top-p 1.5'],
  [argv`sample m --prompt x --temperature hot`, '--temperature hot'],
  [argv`sample m --prompt x --seed -1`, '--seed'],
  [argv`sample m --prompt x --seed 1e3`, '--seed 1e3'],
  [argv`bench --shape xl`, '--shape'],
  [['make', 'a.yaml', 'b.yaml'], 'too many arguments'],
  [argv`make a.yaml --set`, '--set'],
  [['nope'], 'nope'],
])('%j is a wrong call', async (args, message) => {
  await ends(2)`${args}`;
  expect(err).toMatch(/^error: .*\n {2}\S.*\n$/);
  expect(err).toContain(message);
  expect(out).toBe('');
  await ends(2)`${args[0]} --json ${args.slice(1)}`;
  expect(JSON.parse(out).error.code).toBe('usage');
});

test('bench and doctor print the results of the engine; a failed check is exit code 1', async () => {
  await ends(0)`bench --json`;
  expect(JSON.parse(out)).toMatchObject({ tokensPerSecond: 3000, utilisation: 0.55 });
  await ends(0)`doctor --json`;
  const names = JSON.parse(out).checks.map((c: { name: string }) => c.name);
  expect(names).toEqual(
    expect.arrayContaining(['node', 'memory', 'disk', 'cores', 'fused multiply-add', 'fastest tile']),
  );
  rooms.machineReport.mockResolvedValue({ fusedMultiplyAdd: false, fastestTile: '6x8', peakGflops: 50 });
  await ends(1)`doctor`;
  expect(out).toContain('✗  fused multiply-add');
});

test('init writes a valid recipe, once', async () => {
  const texts = join(folder, 'My Texts');
  mkdirSync(join(texts, 'ko'), { recursive: true });
  writeFileSync(
    join(texts, 'en.txt'),
    'The people went to the river and it was as cold as in the winter. '.repeat(3000),
  );
  writeFileSync(join(texts, 'ko/a.md'), '나랏말이 중국과 달라 문자와 서로 통하지 아니하므로. '.repeat(3000));
  rooms.measureStep.mockReturnValue({ idle: 0.05, clock: 0.05 });
  await ends(0)`init ${texts} --json --minutes 1`;
  const result = JSON.parse(out);
  expect(result.heldOutBytes / result.textBytes).toBeCloseTo(0.1, 5); // a hundredth of so little would be next to nothing
  expect(result.trainingBytes + result.heldOutBytes).toBe(result.textBytes);
  expect(result.diskBytes).toBeLessThan(2e9);
  expect(result.recipe).toBe(join(texts, 'recipe.yaml'));
  expect(result.notes.join()).toContain('licence');
  // Sentences said three thousand times: no such text was measured.
  expect(result.expected).toEqual({ unknown: expect.stringContaining('repeats itself') });
  const text = readFileSync(result.recipe, 'utf8');
  const recipe = parseRecipe(text, { file: 'recipe.yaml' });
  expect(recipe.name).toBe('my-texts');
  expect(recipe.seed).toBe(result.seed);
  expect(text).toMatch(/^# The seed was drawn for this recipe/m);
  expect(recipe.corpus.sources).toMatchObject([
    { files: '*.txt', language: 'en', licence: 'unknown' },
    { files: 'ko/**/*.md', language: 'ko' },
  ]);
  // The estimate is the measured step of this shape, for all steps: not a share of some other shape's speed.
  expect(result.seconds).toBeCloseTo((result.steps * result.secondsPerStep) / 0.9, 9);
  const kept = Math.ceil(recipe.train.steps / (recipe.train.checkpointEvery * recipe.train.keepEvery));
  expect(result.states).toBe(kept);
  await ends(2)`init ${texts}`;
  expect(err).toContain('there is a recipe already');
  expect(readFileSync(result.recipe, 'utf8')).toBe(text);
});

test('init --chat writes a recipe for conversations, with the run to tune or the place to name one', async () => {
  const talks = join(folder, 'talks');
  mkdirSync(talks);
  const file = join(talks, 'all.jsonl');
  const line = (i: number) =>
    JSON.stringify({ instruction: `What is the number of ${i}?`, output: `It is ${i}, as it was in the list.` });
  writeFileSync(file, Array.from({ length: 120 }, (_, i) => line(i)).join('\n'));
  rooms.measureStep.mockReturnValue({ idle: 0.05, clock: 0.5 });
  await ends(0)`init --chat ${file} --json --licence CC0-1.0`;
  const result = JSON.parse(out);
  expect(result).toMatchObject({ recipe: join(talks, 'recipe.yaml'), name: 'all', count: 120, language: 'en' });
  // The measured step, for all steps; tenfold with what else ran while it was measured.
  expect(result.secondsNow / result.seconds).toBeCloseTo(10, 9);
  expect(result.seconds).toBeCloseTo((result.steps * result.secondsPerStep) / 0.9, 9);
  expect(result.diskBytes).toBeGreaterThan(result.states * 4 * result.parameters);
  expect(result.expected).toEqual({ unknown: 'only trainings on text alone were measured' });
  expect(result.notes).toEqual([expect.stringContaining('no model to tune is named')]);
  const text = readFileSync(result.recipe, 'utf8');
  expect(text).toContain('# from: { run: RUN }');
  const recipe = parseRecipe(text, { file: 'recipe.yaml' });
  expect(recipe.corpus.sources).toEqual([
    { files: 'all.jsonl', read: 'conversations', language: 'en', licence: 'CC0-1.0', weight: 1 },
  ]);
  expect(recipe.chat?.tokens).toContain('<|end|>');
  expect(recipe.seed).toBe(result.seed);
  expect(recipe.train.steps).toBe(result.steps);
  // So few conversations have fewer windows than a usual batch: make must be able to begin.
  const { steps, batchSize, sequenceLength } = recipe.train;
  const windows = (0.9 * result.bytes) / 3 / sequenceLength;
  expect(batchSize).toBe(Math.max(1, Math.min(16, Math.floor(windows), Math.floor((5 * windows) / 80))));
  expect(text).toContain(`about ${Math.round((steps * batchSize) / windows)} times read`);
  await ends(2)`init --chat ${file}`;
  expect(err).toContain('there is a recipe already');
  unlinkSync(result.recipe);
  await ends(2)`init --chat ${file} --from ${join(folder, 'no-run')}`;
  expect(err).toContain('no-run');
  writeFileSync(file, `${line(1)}\n{"messages":[{"role":"user","content":"a"}]}\n`);
  await ends(2)`init --chat ${file}`;
  expect(err).toContain('line 2: has no answer');
  // "가나다 라마" in CP949.
  writeFileSync(
    file,
    Buffer.from('{"instruction":"\xb0\xa1\xb3\xaa","output":"\xb4\xd9 \xb6\xf3\xb8\xb6"}\n', 'latin1'),
  );
  await ends(2)`init --chat ${file}`;
  expect(err).toContain('it seems to be CP949: iconv -f CP949 -t UTF-8');
  expect(existsSync(result.recipe)).toBe(false);
  for (const args of [['init'], argv`init ${talks} --chat ${file}`, argv`init ${talks} --from x`])
    await ends(2)`${args}`;
});

test('init prints the held-out text, the disk space and how the time was measured; --disk sets how many states are kept', async () => {
  const states = async (disk: string): Promise<number> => {
    const texts = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
    writeFileSync(join(texts, 'a.txt'), 'A line of text that says next to nothing at all.\n'.repeat(40_000));
    rooms.measureStep.mockReturnValue({ idle: 0.05, clock: 0.05 });
    await ends(0)`init ${texts} --disk ${disk}`;
    expect(out).toMatch(/About 1\.91 MB to train on, 51 kB held out \(2\.6%\), duplicates counted\./);
    expect(out).toMatch(/Training will take about \d+s\.\n/);
    expect(out).toContain('What it will reach is not known: the text repeats itself more than any that was measured');
    const found = /about ([\d.]+ [MG]B) of disk: (\d+) states of ([\d.]+ [MG]B) stay/.exec(out);
    return Number(found![2]);
  };
  expect(await states('2')).toBeGreaterThan(await states('0.05'));
});

test('init finds files that are not UTF-8, and names their likely encoding', async () => {
  const texts = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  writeFileSync(join(texts, 'good.txt'), '좋은 글');
  // "가나다 라마" in CP949, after a MiB that is UTF-8 as well: a look at the start would not see it.
  const korean = Buffer.from([0xb0, 0xa1, 0xb3, 0xaa, 0xb4, 0xd9, 0x20, 0xb6, 0xf3, 0xb8, 0xb6]);
  writeFileSync(join(texts, 'old.txt'), korean);
  writeFileSync(join(texts, 'late.txt'), Buffer.concat([Buffer.alloc(1 << 20, 'a\n'), korean]));
  await ends(2)`init ${texts}`;
  expect(err).toContain('late.txt');
  expect(err).toContain('not valid UTF-8 at byte 1048576, nor is 1 other of 3 files');
  unlinkSync(join(texts, 'late.txt'));
  await ends(2)`init ${texts}`;
  expect(err).toContain('it seems to be CP949');
  writeFileSync(join(texts, 'old.txt'), Buffer.from('\ufeffÉté\n', 'utf16le'));
  await ends(2)`init ${texts}`;
  expect(err).toContain('it seems to be UTF-16LE');
  expect(existsSync(join(texts, 'recipe.yaml'))).toBe(false);
});

test('init refuses files of NUL bytes, and UTF-16 that is also valid UTF-8', async () => {
  const texts = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  writeFileSync(join(texts, 'good.txt'), 'A text with one NUL \0 in it is a text.\n'.repeat(20));
  writeFileSync(join(texts, 'sparse.txt'), '');
  truncateSync(join(texts, 'sparse.txt'), 3 << 20);
  await ends(2)`init ${texts}`;
  expect(err).toContain('not text: 100% of its first 65,536 characters are NUL');
  expect(err).toContain('sparse.txt');
  writeFileSync(join(texts, 'sparse.txt'), Buffer.from('no mark at the start\n'.repeat(9), 'utf16le'));
  await ends(2)`init ${texts}`;
  expect(err).toContain('it seems to be UTF-16LE');
  expect(existsSync(join(texts, 'recipe.yaml'))).toBe(false);
});

test('init --chat reads a table of questions and answers, names the run after it, and CP949 by its name', async () => {
  const talks = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  const file = join(talks, 'FAQ 2026.csv');
  const rows = Array.from({ length: 60 }, (_, i) => `${i}번은 무엇인가요?,"그것은 ""${i}""입니다, 목록에서 보았듯이."`);
  writeFileSync(file, `\ufeff질문,답변\r\n${rows.join('\r\n')}\r\n`);
  rooms.measureStep.mockReturnValue({ idle: 30, clock: 60 });
  await ends(0)`init --chat ${file} --minutes 1 --disk 0.01`;
  expect(out).toContain('60 conversations');
  expect(out).toMatch(/Training will take \S+ \S+ if nothing else runs, \S+ \S+ with what runs beside it now\./);
  expect(out).toMatch(/it takes more than --minutes 1: train\.steps \d+ read every conversation/);
  expect(out).toMatch(/one state takes .* more than --disk 0\.01/);
  const recipe = parseRecipe(readFileSync(join(talks, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
  expect(recipe.name).toBe('faq-2026');
  expect(recipe.corpus.sources).toMatchObject([{ files: 'FAQ 2026.csv', read: 'conversations', language: 'ko' }]);
  unlinkSync(join(talks, 'recipe.yaml'));
  // A sequence is as long as the longest conversation needs, as far as one can be.
  for (const [letters, length, note] of [
    [3000, 1536, false],
    [30_000, 2048, true],
  ] as const) {
    writeFileSync(file, `Q,A\nWhy?,Because.\nHow?,${'so '.repeat(letters / 3)}\n`);
    await ends(0)`init --chat ${file}`;
    expect(readFileSync(join(talks, 'recipe.yaml'), 'utf8')).toContain(`sequenceLength: ${length}\n`);
    expect(/the longest conversation may have 1\d{4} tokens, and 2048 fit/.test(out)).toBe(note);
    unlinkSync(join(talks, 'recipe.yaml'));
  }
  writeFileSync(file, Buffer.from('Q,A\n\xb0\xa1,\xb3\xaa\n', 'latin1'));
  await ends(2)`init --chat ${file}`;
  expect(err).toContain('it seems to be CP949: iconv -f CP949 -t UTF-8');
});

test('init says what no reader takes, and refuses what is too short to train on', async () => {
  const texts = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  writeFileSync(join(texts, 'a.txt'), 'thirteen byte');
  writeFileSync(join(texts, 'scan.pdf'), '%PDF');
  await ends(2)`init ${texts}`;
  expect(err).toContain('about 13 bytes of text are less than one step of a training reads');
  expect(existsSync(join(texts, 'recipe.yaml'))).toBe(false);
  writeFileSync(join(texts, 'a.txt'), 'A line of text that says next to nothing at all.\n'.repeat(400));
  rooms.measureStep.mockReturnValue({ idle: 30, clock: 30 });
  await ends(0)`init ${texts} --minutes 1`;
  expect(out).toContain('note: not read: 1 .pdf');
  expect(out).toContain('it takes more than --minutes 1: fewer steps would teach next to nothing');
});

test('init without any text writes nothing', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'jikji-cli-'));
  await ends(2)`init ${empty}`;
  await ends(2)`init ${join(empty, 'none')}`;
  expect(existsSync(join(empty, 'recipe.yaml'))).toBe(false);
});

test('runs lists the noted runs', async () => {
  await ends(0)`runs`;
  expect(out).toContain('Nothing was made');
  mkdirSync(join(folder, 'state/jikji'), { recursive: true });
  writeFileSync(join(folder, 'state/jikji/runs.jsonl'), `${JSON.stringify({ folder: join(folder, 'gone') })}\n`);
  await ends(0)`runs --json`;
  expect(JSON.parse(out).runs).toMatchObject([{ name: 'gone', state: 'gone' }]);
  // Days are those of the place; runs of one day have their times too.
  const begun = async (...times: string[]) => {
    const lines = times.map((noted, i) => JSON.stringify({ folder: join(folder, `gone${i}`), noted }));
    writeFileSync(join(folder, 'state/jikji/runs.jsonl'), `${lines.join('\n')}\n`);
    await ends(0)`runs`;
    return [...out.matchAll(/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g)].map(([text]) => text);
  };
  vi.stubEnv('TZ', 'Asia/Seoul');
  expect(await begun('2026-12-01T16:00:00Z', '2026-12-03T01:00:00Z')).toEqual(['2026-12-03', '2026-12-02']);
  expect(await begun('2026-12-01T16:05:00Z', '2026-12-02T01:00:00Z')).toEqual(['2026-12-02 10:00', '2026-12-02 01:05']);
});

test('every verb has --json and an example in its help; no arguments give the help', async () => {
  await ends(0)`${[]}`;
  const listed = () => [...out.matchAll(/^ {2}(\w+) \[options\]/gm)].map((match) => match[1]!);
  const verbs = listed();
  expect(verbs).toEqual([
    ...['make', 'sweep', 'init', 'sample', 'chat', 'serve', 'eval', 'export', 'inspect', 'runs', 'compare'],
    ...[
      'audit',
      'bundle',
      'lodge',
      'key',
      'lineage',
      'reliance',
      'sites',
      'plan',
      'bench',
      'program',
      'console',
      'fleet',
      'doctor',
    ],
  ]);
  const calls = [...out.matchAll(/^ {2}(\w+ \[options\].*?) {2,}/gm)].map((match) => match[1]!);
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const verb of verbs) expect(readme).toMatch(new RegExp(`^\\| \`${verb}\\b.*\\| \\S`, 'm'));
  await ends(0)`program --help`;
  const ofProgram = listed();
  expect(ofProgram.length).toBeGreaterThan(30);
  for (const verb of [...verbs.map((verb) => [verb]), ...ofProgram.map((verb) => ['program', verb])]) {
    await ends(0)`${verb} --help`;
    expect(out).toContain('--json');
    expect(out).toMatch(/Example:\n {2}\$ \S+/);
  }
  for (const listed of calls) {
    await ends(0)`help ${listed.split(' ')[0]!}`;
    expect(out.replace(' [command]', '')).toContain(`Usage: jikji ${listed}\n`);
  }
});

test.each([
  ['gone', false, 'Making a language model'],
  ['unfinished', true, 'Going on with'],
])('npm start with a run that is %s makes it', async (state, resume, words) => {
  rooms.readRun.mockReturnValue({ state, stepsDone: 7, valBitsPerByte: null });
  await ends(0)`start --threads 2`;
  const options = rooms.makeRun.mock.calls[0][0];
  expect(options).toMatchObject({ resume, threads: 2, recipe: { name: 'hello' } });
  expect(options.out).toMatch(/runs\/hello$/);
  expect(rooms.auditWithProgress).toHaveBeenCalledWith(expect.anything(), options.out, {
    threads: 2,
    fetch: true,
  });
  expect(out).toContain(words);
});

test('npm start with a finished run says so, shows three continuations and what to type next', async () => {
  rooms.readRun.mockReturnValue({ state: 'finished', stepsDone: 190, valBitsPerByte: 2.25 });
  await ends(0)`start`;
  expect(rooms.makeRun).not.toHaveBeenCalled();
  expect(out).toContain('is finished already: 190 steps, 2.250 bits per byte');
  expect(out.match(/there was a ship/g)).toHaveLength(3);
  expect(out).toMatch(/^ {2}[가-힣].* there was/m);
  // Nobody sits here: it says how the console is opened, with both examples, and waits for nobody.
  expect(out).toMatch(
    /Next:\n {2}\S*jikji console --database \S*practice --database \S*korea-2025 .*\n {2}\S*jikji sample /,
  );
  expect(rooms.takeExample.mock.calls.map(([, { example }]) => example)).toEqual(['practice', 'korea-2025']);
  expect(rooms.serve).not.toHaveBeenCalled();
  await ends(0)`start --json`;
  const told = JSON.parse(out);
  expect(told.continuations).toHaveLength(3);
  expect(told.audit).toMatchObject({ verdict: 'holds', extent: 'self', data: 'texts', share: 0.24, chance: null });
  expect(told.audit.claim.word).toBe('Holds (self-audit)');
  // What holds is noted for the next start, nothing else.
  expect(rooms.noteAudit).toHaveBeenLastCalledWith(expect.stringMatching(/runs\/hello$/), told.audit);
  rooms.noteAudit.mockReset();
  rooms.auditWithProgress.mockResolvedValue(audited('refuted'));
  await ends(1)`start`;
  expect(rooms.noteAudit).not.toHaveBeenCalled();
});

test('npm start with a run that held at an earlier start says when and what, and does not audit it again', async () => {
  rooms.readRun.mockReturnValue({ state: 'finished', stepsDone: 190, valBitsPerByte: 2.25 });
  const earlier = { verdict: 'holds', claim: { word: 'Holds (sampled)' }, time: '2026-03-01T12:00:00.000Z' };
  rooms.lastAudit.mockReturnValue(earlier);
  await ends(0)`start`;
  expect(rooms.lastAudit).toHaveBeenCalledWith(expect.stringMatching(/runs\/hello$/));
  expect(rooms.auditWithProgress).not.toHaveBeenCalled();
  expect(out).toContain('Its audit of 2026-03-01: Holds (sampled). Nothing was checked now.');
  expect(out).toMatch(/^ {2}\S*jikji audit \S*runs\/hello --fetch audits it again/m);
  await ends(0)`start --json`;
  expect(JSON.parse(out).audit).toEqual(earlier);
});

test('npm start at a terminal opens the playground of the model until it is stopped; an open console is reported', async () => {
  rooms.readRun.mockReturnValue({ state: 'finished', stepsDone: 190, valBitsPerByte: 2.25 });
  const terminal = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  vi.stubEnv('CI', '');
  vi.stubEnv('DISPLAY', '');
  vi.stubEnv('WAYLAND_DISPLAY', '');
  try {
    const close = vi.fn();
    rooms.serve.mockImplementation(async () => {
      setImmediate(() => process.emit('SIGINT'));
      return { url: 'http://127.0.0.1:1377', first: 'http://127.0.0.1:1377/invitation#once', close };
    });
    await ends(0)`start`;
    const [{ places, pages, orNext }] = rooms.serve.mock.calls[0];
    expect(places.map(({ where }: { where: { folder: string } }) => where.folder)).toEqual([
      expect.stringMatching(/console\/practice\/database$/),
      expect.stringMatching(/console\/korea-2025\/database$/),
    ]);
    expect([typeof pages, orNext]).toEqual(['string', true]);
    // The first page is the playground; for somebody new, after the invitation.
    expect(out).toMatch(
      /go on with a sentence, at \S*http:\/\/127\.0\.0\.1:1377\/runs\/hello-[0-9a-f]{12}\/playground\b/,
    );
    expect(out).toMatch(/1377\/invitation\?next=%2Fruns%2Fhello-[0-9a-f]{12}%2Fplayground#once$/m);
    expect(out).toContain('each start prints a new one');
    expect(out).not.toContain('password-link');
    expect(close).toHaveBeenCalledOnce();

    // Somebody of the office can log in: there is no link, and the way to a new password names the database with the users.
    rooms.serve.mockImplementation(async () => {
      setImmediate(() => process.emit('SIGINT'));
      return { url: 'http://127.0.0.1:1377', first: undefined, close };
    });
    await ends(0)`start`;
    expect(out).toContain('shown after log-in');
    expect(out).toMatch(/jikji program password-link USER --database \S*console\/practice$/m);
    expect(out).not.toContain('/invitation');

    rooms.serve.mockClear();
    rooms.open.mockRejectedValue(new JikjiError('locked', 'another process has it open', 'x', 'end it'));
    await ends(0)`start`;
    expect(out).toContain('The console is open already');
    expect(rooms.serve).not.toHaveBeenCalled();
    // Where pages are not wanted, it does not wait.
    vi.stubEnv('CI', 'true');
    await ends(0)`start`;
  } finally {
    if (terminal) Object.defineProperty(process.stdout, 'isTTY', terminal);
    else delete (process.stdout as { isTTY?: boolean }).isTTY;
  }
});
