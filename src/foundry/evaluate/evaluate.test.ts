// Evaluates a run from end to end: its own sets and task files, the statements written, and refusals.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { loadSigner, newKey, readStatement } from '../../ledger/index.ts';
import { openModel } from '../load/index.ts';
import { makeIn } from '../make/testing/make-in.ts';
import { type EvaluateOptions, evaluateModel, leavePart, splitEvaluation } from './index.ts';
import { clusteredError } from './metrics.ts';

worksRunHere();

const RECIPE = `
seed: 1377
corpus:
  sources: [{ files: en.jsonl, language: en }, { files: ko.jsonl, language: ko }, { files: data.noun, read: wordnet, language: en }]
  validation: 0.5
tokenizer: { vocabSize: 400 }
model: { hiddenSize: 24, intermediateSize: 40, numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2 }
train: { steps: 10, batchSize: 4, sequenceLength: 32, checkpointEvery: 10, learningRate: 0.01 }
`;
const TASK = `kind: multiple-choice
data: { file: rows.jsonl }
description: "Colours.\\n\\n"
fewshot: 2
question: "{{ q }}은"
choices: "{{ c }}"
answer: "{{ a }}"
metrics: [acc, acc_norm, f1]
`;

const root = temporaryFolder();
const at = (name: string) => join(root, name);
const run = at('run');

beforeAll(async () => {
  const words = 'river winter school window garden letter summer market forest island'.split(' ');
  const ends = '갔습니다 먹었습니다 보았습니다 읽었습니다 잤습니다 걸었습니다 웃었습니다 울었습니다'.split(' ');
  const lines = (text: (i: number) => string, n = 120) =>
    Array.from({ length: n }, (_, i) => `${JSON.stringify({ text: text(i) })}\n`).join('');
  writeFileSync(
    at('en.jsonl'),
    lines((i) => `On day ${i} they all went to see the old ${words[i % 10]}.`),
  );
  writeFileSync(
    at('ko.jsonl'),
    lines((i) => `그 사람은 ${i} 번째 날에 작은 마을에서 ${ends[i % 8]}.`),
  );
  const synset = (i: number) =>
    `${String(i).padStart(8, '0')} 03 n 01 word${i} 0 000 | the ${words[i % 10]} that has number ${i}  `;
  writeFileSync(at('data.noun'), Array.from({ length: 120 }, (_, i) => `${synset(i)}\n`).join(''));
  writeFileSync(at('recipe.yaml'), RECIPE);
  await makeIn(root, 'run');
  newKey('evaluator');
  mkdirSync(at('tasks'));
  writeFileSync(at('tasks/colours.yaml'), TASK);
  const rows = ['하늘', '풀', '눈', '밤', '피'].map((q, i) => ({ q, c: ['blue', '초록 색', 'white'], a: i % 3 }));
  writeFileSync(at('tasks/rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});

const evaluate = (options: Partial<EvaluateOptions> = {}) =>
  evaluateModel({ model: run, tasks: [], threads: 1, signer: async () => loadSigner('evaluator'), ...options });

test("a run's own sets: figures, and a signed statement of each", async () => {
  const progress: number[] = [];
  const result = await evaluate({ onProgress: ({ number, fraction }) => progress.push(number + fraction) });
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(5);
  const named = result.results.filter(({ part }) => part === undefined).map(({ task, metric }) => `${task} ${metric}`);
  expect(named).toEqual([
    'held-out bits_per_byte',
    'cloze-en acc',
    'cloze-ko acc',
    'definitions acc',
    'definitions acc_norm',
  ]);
  expect(result.results.filter(({ part }) => part !== undefined).map(({ part }) => part)).toEqual([
    '1 en.jsonl',
    '2 ko.jsonl',
    '3 data.noun',
  ]);
  for (const { value, stderr, n } of result.results) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(stderr).toBeGreaterThanOrEqual(0);
    expect(n).toBeGreaterThan(10);
  }

  const model = openModel(run);
  expect(result.digest).toBe(model.digest());
  model.close();
  expect(result.statements.map((path) => path.slice(run.length + 1)).sort()).toEqual(
    readdirSync(join(run, 'evaluations')).map((name) => join('evaluations', name)),
  );
  const [first] = result.statements;
  const { predicate, subjects, keyid } = readStatement(first, 'evaluation');
  expect(keyid).toBe(loadSigner('evaluator').fingerprint);
  expect(first).toBe(join(run, 'evaluations', `held-out-${predicate.task.slice(0, 8)}.json`));
  expect(Object.fromEntries(subjects)).toEqual({ model: result.digest, task: predicate.task });
  expect(predicate).toMatchObject({ name: 'held-out', model: result.digest, fewshot: 0 });
  expect(predicate.n).toBe(predicate.of);
  expect(predicate.results.map(({ part, metric, value, stderr, n }) => ({ part, metric, value, stderr, n }))).toEqual(
    result.results
      .filter(({ task }) => task === 'held-out')
      .map(({ part, metric, value, stderr, n }) => ({ part: part ?? null, metric, value, stderr, n })),
  );
});

test('threads and other tasks in the same call change no bit', async () => {
  const { results } = await evaluate();
  const two = await evaluate({ threads: 2, tasks: ['cloze-ko', 'held-out'] });
  for (const figure of two.results) {
    expect(results).toContainEqual(figure);
  }
});

test('a copy of the finished model gets the same scores', async () => {
  cpSync(join(run, 'model'), at('copied'), { recursive: true });
  const notes: string[] = [];
  const task = at('tasks/colours.yaml');
  const own = await evaluate({ tasks: [task] });
  const copied = await evaluate({
    model: at('copied'),
    tasks: [task],
    onNote: (note) => notes.push(note),
    signer: async () => expect.unreachable(),
  });
  expect(copied).toMatchObject({ digest: own.digest, results: own.results, statements: [] });
  expect(notes).toEqual([expect.stringContaining('No statement is written')]);
});

test('a task file: examples first, the other rows scored; the digest covers the file and its data', async () => {
  const out = at('one.json');
  const before = await evaluate({ tasks: [at('tasks/colours.yaml')], out });
  expect(before.results.map(({ metric, n }) => [metric, n])).toEqual([
    ['acc', 3],
    ['acc_norm', 3],
    ['f1', 3],
  ]);
  expect(before.statements).toEqual([out]);
  const statement = readStatement(out, 'evaluation');
  expect(statement.predicate).toMatchObject({ name: 'colours', n: 3, of: 3, fewshot: 2 });
  await evaluate({ tasks: [at('tasks/colours.yaml')], out: at('some'), limit: 2 });
  const [name] = readdirSync(at('some'));
  expect(name).toBe(`colours-${statement.predicate.task.slice(0, 8)}-first-2.json`);
  expect(readStatement(join(at('some'), name), 'evaluation').predicate).toMatchObject({
    n: 2,
    of: 3,
    task: statement.predicate.task,
  });
  writeFileSync(at('tasks/rows.jsonl'), readFileSync(at('tasks/rows.jsonl'), 'utf8').replace('blue', 'grey'));
  await evaluate({ tasks: [at('tasks/colours.yaml')], out });
  expect(readStatement(out, 'evaluation').predicate.task).not.toBe(statement.predicate.task);
});

test("lm-evaluation-harness's form", async () => {
  const peers = at('peers.json');
  const { results } = await evaluate({ tasks: [at('tasks/colours.yaml'), 'held-out'], peers, limit: 2 });
  const said = JSON.parse(readFileSync(peers, 'utf8'));
  const acc = results.find(({ metric }) => metric === 'acc')!;
  expect(said.results.colours).toMatchObject({
    alias: 'colours',
    'acc,none': acc.value,
    'acc_stderr,none': acc.stderr,
  });
  expect(said).toMatchObject({
    'n-shot': { colours: 2, 'held-out': 0 },
    'n-samples': { colours: { original: 3, effective: 2 } },
    higher_is_better: { colours: { acc: true, f1: true }, 'held-out': { bits_per_byte: false } },
    configs: {
      colours: { output_type: 'multiple_choice', num_fewshot: 2 },
      'held-out': { output_type: 'loglikelihood_rolling' },
    },
    config: { limit: 2 },
  });
  expect(Object.keys(said.versions)).toEqual(Object.keys(said.results));
  // One item has no standard error.
  await evaluate({ tasks: [at('tasks/colours.yaml')], peers, limit: 1 });
  expect(JSON.parse(readFileSync(peers, 'utf8')).results.colours['acc_stderr,none']).toBe('N/A');
});

test('refusals before any work', async () => {
  const task = at('tasks/colours.yaml');
  const refused = async (options: Partial<EvaluateOptions>, code: string, hint: RegExp) =>
    expect(
      await evaluate({ signer: async () => expect.unreachable(), ...options }).catch((e: unknown) => e),
    ).toMatchObject({
      name: 'JikjiError',
      code,
      hint: expect.stringMatching(hint),
    });
  await refused({ model: at('copied') }, 'usage', /--task/);
  await refused({ model: at('copied'), tasks: ['held-out'] }, 'usage', /another/);
  await refused({ tasks: ['cloze-kr'] }, 'task-not-found', /cloze-ko/);
  await refused({ tasks: ['kobest_copa'] }, 'task-data-missing', /put it at .*kobest_copa\.test\.jsonl .*CC BY-SA/);
  await refused({ tasks: [at('nothing.yaml')] }, 'file-missing', /./);
  await refused({ tasks: [root] }, 'file-unreadable', /./);
  await refused({ tasks: [task, task] }, 'usage', /./);
  await refused({ tasks: ['held-out', 'cloze-ko'], out: at('x.json') }, 'usage', /folder/);
  await refused({ model: at('none') }, 'model-missing', /./);
  await refused({ tasks: [task], out: at('recipe.yaml/x.json') }, 'not-writable', /--out/);
  await refused({ tasks: [task], peers: root }, 'not-writable', /--peers/);
  expect(existsSync(at('x.json'))).toBe(false);
});

test('a stopped evaluation reports it, and leaves no partial files', async () => {
  const controller = new AbortController();
  const stopped = evaluate({ out: at('stopped'), signal: controller.signal, onProgress: () => controller.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  expect(readdirSync(at('stopped'))).toEqual([]);
});

test('values of items are returned and written; without a signer nothing is signed', async () => {
  const before = readdirSync(join(run, 'evaluations'));
  const options = { model: run, tasks: [at('tasks/colours.yaml'), 'held-out'], threads: 1 };
  const { results, statements } = await evaluateModel({ ...options, items: true, itemsOut: at('items.jsonl') });
  expect(statements).toEqual([]);
  expect(readdirSync(join(run, 'evaluations'))).toEqual(before);
  const lines = readFileSync(at('items.jsonl'), 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line));
  expect(rows.map(({ task, item }) => `${task} ${item}`)).toEqual(['colours 1', 'colours 2', 'colours 3']);
  for (const metric of ['acc', 'acc_norm']) {
    const { value, n, items } = results.find((result) => result.metric === metric)!;
    expect(items).toEqual(rows.map((row) => row[metric]));
    expect(value).toBeCloseTo(items!.reduce((a, b) => a + b, 0) / n, 15);
  }
  expect(results.filter(({ items }) => items === undefined).map(({ metric }) => metric)).toContain('f1');
  expect((await evaluateModel(options)).results.some((result) => 'items' in result)).toBe(false);
});

test('a task names what its items are about: they are numbered, and counted as units in the error', async () => {
  writeFileSync(at('tasks/about.yaml'), `${TASK}cluster: "{{ a % 2 }}"\n`);
  const { results } = await evaluateModel({ model: run, tasks: [at('tasks/about.yaml')], threads: 1, items: true });
  const { items, clusters, stderr } = results.find(({ metric }) => metric === 'acc')!;
  const answers = readFileSync(at('tasks/rows.jsonl'), 'utf8').trimEnd().split('\n').slice(2);
  const about = answers.map((line) => String(JSON.parse(line).a % 2));
  expect(clusters!.map((cluster) => about[clusters!.indexOf(cluster)])).toEqual(about);
  expect(new Set(clusters).size).toBe(new Set(about).size);
  expect(stderr).toBe(clusteredError(items!, clusters!));
});

test('a task must have the requested digest', async () => {
  const tasks = [at('tasks/colours.yaml')];
  const { statements } = await evaluate({ tasks, out: at('digest') });
  const { task } = readStatement(statements[0], 'evaluation').predicate;
  expect((await evaluate({ tasks, out: at('digest'), taskDigest: task })).results).toHaveLength(3);
  await expect(evaluate({ tasks, taskDigest: '00'.repeat(32) })).rejects.toMatchObject({
    code: 'task-differs',
    input: 'colours',
  });
});

test('parts scored separately and merged equal one call; a part counts only if it is complete and matches', async () => {
  const signer = async () => loadSigner('evaluator');
  const all = {
    model: run,
    tasks: ['held-out', at('tasks/colours.yaml'), 'cloze-en'],
    threads: 1,
    signer,
    items: true,
  };
  const once = await evaluateModel({ ...all, out: at('once'), peers: at('once.json'), itemsOut: at('once.jsonl') });
  const options = { ...all, out: at('apart'), peers: at('apart.json'), itemsOut: at('apart.jsonl') };
  const plan = await splitEvaluation(options);
  const names = () => plan.missing().map(({ name }) => name);
  expect(plan.folder).toBe(at('apart'));
  expect(names()).toEqual(['held-out', 'colours', 'cloze-en']);
  const score = async (task: string) => leavePart(await evaluateModel({ ...all, tasks: [task], out: at('apart') }));
  for (const { task } of plan.tasks.toReversed()) await score(task);
  expect(names()).toEqual([]);
  const { seconds: _, statements, ...together } = plan.together();
  const { seconds: __, statements: ___, ...here } = once;
  expect(together).toEqual(here);
  expect(statements.every((path) => existsSync(path))).toBe(true);
  for (const end of ['json', 'jsonl']) {
    expect(readFileSync(at(`apart.${end}`), 'utf8')).toBe(readFileSync(at(`once.${end}`), 'utf8'));
  }

  const part = join(at('apart/parts'), basename(statements[1]));
  const whole = readFileSync(part, 'utf8');
  // Nor does a part that was changed after its statement.
  const changed = whole.replace(/"value":[^,]+/, '"value":0.987');
  const damaged = [whole.slice(0, -9), '', 'null', whole.replace('"n":', '"m":'), whole.replace('"acc"', '"a"')];
  for (const wrong of [...damaged, changed]) {
    expect(wrong).not.toBe(whole);
    writeFileSync(part, wrong);
    expect(names(), wrong).toEqual(['colours']);
  }
  writeFileSync(part, whole);
  expect(names()).toEqual([]);
  // A part by another evaluator is not passed on as ours.
  newKey('other');
  const other = await splitEvaluation({ ...options, signer: async () => loadSigner('other') });
  expect(other.missing()).toHaveLength(3);
  rmSync(statements[0]);
  expect(names()).toEqual(['held-out']);
  // Fewer items are other statements.
  expect((await splitEvaluation({ ...options, limit: 2 })).missing()).toHaveLength(3);
  plan.forget();
  expect(names()).toHaveLength(3);
  for (const out of [at('one.json'), undefined]) {
    await expect(
      splitEvaluation({ ...options, model: join(run, 'model'), tasks: options.tasks.slice(1, 2), out }),
    ).rejects.toMatchObject({ code: 'usage', hint: 'name one: --out FOLDER' });
  }
});
