// A whole run, from texts to the model's files, has the same bits for 1, 2 and 3 threads and for every micro-batch.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { canonicalJson, nextLink } from '../../ledger/index.ts';
import { readRecipe } from '../recipe/index.ts';
import { checkpointPlan, type MakeEvent } from './index.ts';
import { bitsOf, writeTexts } from './testing/cli.ts';
import { makeIn } from './testing/make-in.ts';

const RECIPE = `
seed: 1377
corpus:
  sources:
    - { files: texts, language: ko, weight: 2 }
    - { files: "more/*.txt" }
  validation: 0.1
tokenizer: { vocabSize: 500 }
model: { hiddenSize: 30, intermediateSize: 50, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1, tieWordEmbeddings: false }
train: { steps: 12, batchSize: 4, sequenceLength: 53, microBatchSize: 4, checkpointEvery: 5, validateEvery: 4, validationTokens: 800, warmupSteps: 3 }
`;

const folder = temporaryHome();
beforeAll(() => {
  writeTexts(join(folder, 'texts'), 30, 30);
  writeTexts(join(folder, 'more'), 3, 50);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
});

async function run(out: string, threads: number, set: string[] = []) {
  const events: MakeEvent[] = [];
  const made = await makeIn(folder, out, { threads, set, onEvent: (event) => events.push(event) });
  const { run: path, seconds: __, tokensPerSecond: ___, ...result } = made;
  // The recipe's file contains the micro-batch.
  const { 'recipe.yaml': _, ...bits } = bitsOf(path);
  return { bits, result, events };
}

let first: Awaited<ReturnType<typeof run>>;

test('a run writes the promised files', async () => {
  first = await run('first', 1);
  const path = join(folder, 'first');
  const lines = readFileSync(join(path, 'transcript.jsonl'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map((r) => r.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(records.filter((r) => r.stateRoot).map((r) => r.step)).toEqual([5, 10, 12]);
  for (const [i, { link, ...record }] of records.entries()) {
    if (i > 0) expect(nextLink(records[i - 1].link, canonicalJson(record))).toBe(link);
  }
  expect(first.result).toMatchObject({ stateRoot: records[11].stateRoot, head: records[11].link, steps: 12 });
  const validations = readFileSync(join(path, 'validation.jsonl'), 'utf8').trimEnd().split('\n');
  expect(validations.map((line) => JSON.parse(line).step)).toEqual([4, 8, 12]);
  expect(first.events.filter((e) => e.kind === 'validation').map((e) => e.step)).toEqual([4, 8, 12]);
  expect(checkpointPlan(readRecipe(join(folder, 'recipe.yaml')).train)).toEqual({
    steps: [5, 10, 12],
    kept: [5, 10, 12],
  });
  expect(Object.keys(first.bits).filter((name) => /^checkpoints\/[^/]*\/$/.test(name))).toHaveLength(3);
});

test.each([
  [2, 4],
  [3, 4],
  [1, 1],
  [2, 2],
  [3, 1],
])('%d threads, micro-batch %d: every file is the same', async (threads, microBatchSize) => {
  const other = await run(`${threads}-${microBatchSize}`, threads, [`train.microBatchSize=${microBatchSize}`]);
  expect(other.bits).toEqual(first.bits);
  expect(other.result).toEqual(first.result);
});

test('a run that goes on says how many of the steps its session took', async () => {
  const events: MakeEvent[] = [];
  const onEvent = (event: MakeEvent) => events.push(event);
  const stopped = makeIn(folder, 'sessions', { stopAfter: 5, onEvent });
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  await makeIn(folder, 'sessions', { resume: true, onEvent });
  const details = (all: MakeEvent[]) =>
    all.flatMap((e) => (e.kind === 'stage' && e.stage === 'train' && e.state === 'done' ? [e.detail] : []));
  expect(details(events)).toEqual(['12 steps, 7 of them in this session']);
  expect(details(first.events)).toEqual(['12 steps']);
});

test('gradient groups give another run, the same for each micro-batch', async () => {
  const one = await run('groups-1', 2, ['train.gradientGroups=2', 'train.microBatchSize=1']);
  const two = await run('groups-2', 3, ['train.gradientGroups=2', 'train.microBatchSize=2']);
  expect(two.bits).toEqual(one.bits);
  expect(one.result.stateRoot).not.toBe(first.result.stateRoot);
});

test('the comparison can fail: another seed gives other files', async () => {
  const other = await run('seed', 1, ['seed=2']);
  for (const name of ['commitment', 'transcript.jsonl', 'model/model.safetensors']) {
    expect(other.bits[name]).not.toEqual(first.bits[name]);
  }
  expect(other.bits['corpus/tokens.json']).toBe(first.bits['corpus/tokens.json']);
});
