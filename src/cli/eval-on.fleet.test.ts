// Tasks scored by a job give the result of one process, to the bit, whatever happens to the job. The Slurm part needs a Slurm: `JIKJI_FLEET=1
// scripts/with-slurm.sh npx vitest run src/cli/eval-on`.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { argv, typed } from '../base/testing/argv.ts';
import { alone, hasSlurm, run, until } from '../fleet/launch/testing/slurm.ts';
import { jikji, jikjiBeside, writeTexts } from '../foundry/make/testing/cli.ts';
import { readStatement } from '../ledger/index.ts';

const RECIPE = `
name: on
seed: 1377
corpus: { sources: [{ files: texts, language: ko, licence: CC0-1.0 }], validation: 0.1 }
tokenizer: { vocabSize: 600 }
model: { hiddenSize: 32, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 2, maxPositionEmbeddings: 64 }
train: { steps: 5, batchSize: 2, sequenceLength: 32, microBatchSize: 2, validationTokens: 300 }
`;
const CHOICE = `
kind: multiple-choice
data: { file: rows.csv }
choices: ["{{ good }}", "{{ bad }}"]
answer: "0"
metrics: [acc, acc_norm]
`;
const PARTS = `
kind: perplexity
data: { file: rows.csv }
text: "{{ good }}"
by: "{{ bad }}"
metrics: [bits_per_byte]
`;
/** Its answer is longer than the model reads; nobody knows that before it is scored. */
const LONG = `
kind: perplexity
data: { file: long.csv }
question: "{{ good }}"
text: "{{ long }}"
metrics: [acc]
`;
/** Takes minutes. */
const SLOW = `
kind: generate
data: { file: slow.csv }
question: "{{ good }}"
answer: "{{ good }}"
stop: [never]
maxTokens: 60
metrics: [contains]
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-eval-on-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  writeTexts(join(folder, 'texts'), 60, 60);
  write('recipe.yaml', RECIPE);
  write('choice.yaml', CHOICE);
  write('parts.yaml', PARTS);
  write('long.yaml', LONG);
  write('slow.yaml', SLOW);
  write('rows.csv', 'good,bad\nthe river,river the\n"a ship, at sea",at a sea ship\n');
  write('slow.csv', `good\n${Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join('')}`);
  const made = await jikji(argv`make recipe.yaml --json --threads 1 --out run`, { cwd: folder });
  expect(made, made.stderr).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const call = typed((args) => {
  const beside = jikjiBeside([...args, '--json'], folder);
  return { ...beside, answer: beside.ended.then(({ stdout }) => JSON.parse(stdout)) };
});
const tasks = (...names: string[]) => names.flatMap((name) => ['--task', name]);
const evaluate = typed((args) => call`eval run --threads 1 ${args}`);
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const json = (...path: string[]) => JSON.parse(read(...path));

test('errors are reported before anything is written', async () => {
  const wrong = typed(async (args) => (await evaluate`${args} --on local --out none`.answer).error);
  expect(await wrong`${tasks('chioce.yaml')}`).toMatchObject({ code: 'file-missing' });
  expect(await wrong`${tasks('choice.yaml', 'choice.yaml')}`).toMatchObject({ code: 'usage' });
  expect(await wrong`--key nobody`).toMatchObject({ code: 'key-missing' });
  expect(await wrong`--time 5`).toMatchObject({ code: 'not-local' });
  expect(await wrong`--gres gpu:1`).toMatchObject({ code: 'not-local' });
  const many = Array.from({ length: 1001 }, (_, i) => `${i}.yaml`);
  expect(await wrong`${tasks(...many)}`).toMatchObject({ code: 'usage', input: '1001 tasks' });
  const file = await evaluate`${tasks('choice.yaml')} --on local --out one.json`.answer;
  expect(file.error).toMatchObject({ code: 'usage', hint: 'name one: --out FOLDER' });
  const alone = await evaluate`--resume`.answer;
  expect(alone.error).toMatchObject({ code: 'usage', message: '--resume belongs to --on' });
  const unsaid = await call`eval run --on slurm`.answer;
  expect(unsaid.error).toMatchObject({ code: 'usage', hint: 'write for example --threads 8' });
  expect(existsSync(join(folder, 'none/job'))).toBe(false);
  expect(existsSync(join(folder, 'run/evaluations/job'))).toBe(false);
});

describe.for([
  ['local', true],
  ['slurm', hasSlurm],
] as const)('by a job: %s', ([name, there]) => {
  if (name === 'slurm') alone();
  const conforms = test.skipIf(!there);
  const on = (out: string, ...more: string[]) => evaluate`--on ${name} --out ${name}-${out} ${more}`;
  const at = (out: string) => `${name}-${out}`;

  conforms('the same results, files and statements as without it', async () => {
    const all = tasks('choice.yaml', 'held-out', 'parts.yaml');
    const here = await evaluate`${all} --out ${at('here')} --peers here.json --items here.jsonl`.answer;
    const call = on('same', ...all, '--peers', 'same.json', '--items', 'same.jsonl');
    const there = await call.answer;
    expect(call.stderr()).toContain('3 of 3 tasks done.');
    const { seconds: _, statements, ...result } = there;
    expect(result).toEqual({ model: here.model, digest: here.digest, results: here.results, tokens: here.tokens });
    expect(result.results).toHaveLength(7);
    expect(read('same.json')).toBe(read('here.json'));
    expect(read('same.jsonl')).toBe(read('here.jsonl'));
    expect(statements.map((path: string) => basename(path))).toEqual(
      here.statements.map((path: string) => basename(path)),
    );
    const signed = (path: string) => {
      const { time: _, ...predicate } = readStatement(join(folder, path), 'evaluation').predicate;
      return predicate;
    };
    expect(statements.map(signed)).toEqual(here.statements.map(signed));
    // All is done: no further job.
    const before = read(at('same'), 'job/job.json');
    expect(await on('same', ...all, '--resume').answer).toEqual(there);
    expect(read(at('same'), 'job/job.json')).toBe(before);
  });

  conforms(
    'an element that fails says why as it would here; the others are kept, and it alone is done again',
    async () => {
      writeFileSync(join(folder, 'long.csv'), `good,long\nthe,${'river '.repeat(200)}\n`);
      const all = tasks('long.yaml', 'choice.yaml');
      const here = await evaluate`${all} --out ${at('fails-here')}`.answer;
      expect(here.error).toMatchObject({ code: 'task-too-long' });
      const failed = on('fails', ...all);
      expect(await failed.answer).toEqual(here);
      expect(await failed.ended).toMatchObject({ code: 2 });
      expect(failed.stderr()).toContain('1 of 2 tasks done; failed: long.');
      writeFileSync(join(folder, 'long.csv'), 'good,long\nthe,river\n');
      const left = await on('fails', ...all, '--resume', '--detach').answer;
      expect(left).toEqual({ model: 'run', launcher: name, job: json(at('fails'), 'job/job.json').id });
      const again = await on('fails', ...all, '--resume').answer;
      expect(json(at('fails'), 'job/job.json').id).toBe(left.job);
      expect(again.results.map(({ task }: { task: string }) => task)).toEqual(['long', 'choice', 'choice']);
      expect(json(at('fails'), 'job/tasks.json').tasks).toMatchObject([{ name: 'long' }]);
    },
  );

  conforms(
    'Ctrl-C only ends the following, --resume follows again, runs cancel ends it; what is done stays',
    async () => {
      const all = tasks('choice.yaml', 'slow.yaml');
      const first = on('left', ...all);
      await until(first.stderr, (text) => text.includes('1 of 2 tasks done; running: slow.'));
      first.kill('SIGINT');
      expect(await first.ended).toMatchObject({ code: 130 });
      const { id } = json(at('left'), 'job/job.json');
      expect((await first.answer).error).toMatchObject({ code: 'interrupted', input: `${name} ${id}` });
      const second = await on('left', ...all).answer;
      expect(second.error).toMatchObject({ code: 'job-runs', message: 'a job evaluates here already' });
      const other = await on('left', ...tasks('parts.yaml'), '--resume').answer;
      expect(other.error).toMatchObject({ code: 'job-runs', message: 'a job evaluates other tasks here' });
      const third = on('left', ...all, '--resume');
      await until(third.stderr, (text) => text.includes('running: slow.'));
      const cancelled = await call`runs cancel ${at('left')}`.answer;
      expect(cancelled).toEqual({ run: at('left'), launcher: name, job: id, state: 'cancelled' });
      expect((await third.answer).error).toMatchObject({ code: 'job-cancelled' });
      expect(readdirSync(join(folder, at('left'), 'parts'))).toEqual([expect.stringMatching(/^choice-/)]);
      const fourth = on('left', ...all, '--resume');
      await until(fourth.stderr, (text) => text.includes('0 of 1 tasks done; running: slow.'));
      await call`runs cancel ${at('left')}`.ended;
      expect((await fourth.answer).error).toMatchObject({ code: 'job-cancelled' });
    },
  );
});

describe.skipIf(!hasSlurm)('slurm', () => {
  alone();

  test('mistakes are told before anything is queued', async () => {
    for (const [args, code] of [
      [['--on', 'slurm:nope'], 'slurm-unknown-partition'],
      [['--on', 'slurm:short', '--time', '3'], 'time-limit-too-long'],
      [['--on', 'slurm', '--threads', '5'], 'too-many-threads'],
      [['--on', 'slurm', '--threads', '1', '--mem', '5G'], 'too-much-memory'],
    ] as const) {
      const { error } = await evaluate`${args} ${tasks('choice.yaml')} --out wrong`.answer;
      expect(error).toMatchObject({ code });
      expect(existsSync(join(folder, 'wrong/job'))).toBe(false);
    }
    expect(run('squeue', '--noheader').trim()).toBe('');
  });

  test('tasks run in parallel; a task that exceeds its time limit is not restarted for ever', async () => {
    // Each takes all processors of a node.
    const more = argv`${tasks('slow.yaml', 'choice.yaml')} --threads 4 --time 30`;
    const beside = evaluate`--on slurm ${more} --out beside`;
    await until(beside.stderr, (text) => text.includes('1 of 2 tasks done; running: slow.'));
    // It runs for Slurm before it listens to signals: one that comes earlier can be lost.
    await until(
      () => read('beside/job/output-0.log'),
      (text) => text.includes('evaluating slow'),
    );
    run('scancel', '--batch', '--signal=USR2', `${json('beside/job/job.json').id}_0`);
    const { error } = await beside.answer;
    expect(error).toMatchObject({ code: 'job-failed', message: expect.stringContaining('time was over') });
  });
});
