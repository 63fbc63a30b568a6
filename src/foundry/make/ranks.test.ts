// A run has the same files from one process and from ranks, also if other ranks resume it after interruptions; and an audit by one process
// holds.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryHome } from '../../base/testing/temporary-folder.ts';
import { Tokenizer } from '../tokenizer/index.ts';
import { mailboxes } from '../train/testing/threads.ts';
import { bitsOf, jikji, writeTexts } from './testing/cli.ts';
import { type Making, makeOne } from './testing/rank.ts';

const RECIPE = `
seed: 1377
corpus:
  sources:
    - { files: texts }
  validation: 0.1
tokenizer: { vocabSize: 500 }
model: { hiddenSize: 30, intermediateSize: 50, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1 }
train: { steps: 8, batchSize: 8, gradientGroups: 4, sequenceLength: 37, microBatchSize: 2, checkpointEvery: 3, validateEvery: 4, validationTokens: 800, warmupSteps: 3 }
`;

const folder = temporaryHome();
beforeAll(() => {
  writeTexts(join(folder, 'texts'), 20, 30);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
});

/** Threads by rank. Each makes or follows several runs, because to start a thread takes longer than a run. */
const threads: Worker[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.terminate())));

/** Makes a run; gives the message of each rank at its end. */
async function make(size: number, out: string, more: Partial<Making> = {}) {
  const making = { folder, out, ...more };
  if (size === 1) return [await makeOne(making)];
  const memory = mailboxes(size);
  const ranks = Array.from({ length: size }, async (_, rank) => {
    threads[rank] ??= new Worker(new URL('./testing/rank.ts', import.meta.url), {
      workerData: { waits: true },
      env: { ...process.env },
    });
    const message = once(threads[rank], 'message'); // rejects if the thread ends with an error
    threads[rank].postMessage({ making, rank, size, memory });
    return (await message)[0] as string;
  });
  return Promise.all(ranks);
}

test('two ranks, four ranks, and changing ranks after interruptions: every file is the same as from one process', async () => {
  expect(await make(1, 'alone')).toEqual(['made']);
  const bits = bitsOf(join(folder, 'alone'));
  expect(await make(2, 'two')).toEqual(['made', 'followed']);
  expect(bitsOf(join(folder, 'two'))).toEqual(bits);
  expect(await make(4, 'four')).toEqual(['made', 'followed', 'followed', 'followed']);
  expect(bitsOf(join(folder, 'four'))).toEqual(bits);

  expect(await make(2, 'turns', { stopAfter: 2 })).toEqual(['interrupted', 'followed']);
  expect(await make(1, 'turns', { resume: true, stopAfter: 5 })).toEqual(['interrupted']);
  expect(await make(4, 'turns', { resume: true })).toEqual(['made', 'followed', 'followed', 'followed']);
  expect(bitsOf(join(folder, 'turns'))).toEqual(bits);

  const sessions = (out: string) =>
    readFileSync(join(folder, out, 'sessions.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'start')
      .map(({ threads, ranks }) => ({ threads, ranks }));
  expect(sessions('turns')).toEqual([
    { threads: 1, ranks: 2 },
    { threads: 1, ranks: undefined },
    { threads: 1, ranks: 4 },
  ]);

  const audit = await jikji(['audit', join(folder, 'turns'), '--replay', 'all', '--json'], { cwd: folder });
  expect(JSON.parse(audit.stdout)).toMatchObject({ verdict: 'holds' });
  expect(audit.code).toBe(0);
});

/** Its embedding has more than 1 MiB: the first leaf of the state ends within a new row. */
const PARENT = RECIPE.replace('hiddenSize: 30', 'hiddenSize: 480').replace('numHiddenLayers: 2', 'numHiddenLayers: 1');
const CHILD = `
from: { run: parent }
seed: 1377
corpus: { sources: [{ files: texts }], validation: 0.1 }
tokenizer: { vocabSize: 620 }
train: { steps: 4, batchSize: 4, gradientGroups: 2, sequenceLength: 37, microBatchSize: 1, checkpointEvery: 3, validateEvery: 4, validationTokens: 800 }
`;

test('a run with more entries than its parent: the same files from one process, two threads and two ranks, and resumed', async () => {
  writeFileSync(join(folder, 'parent.yaml'), PARENT);
  writeFileSync(join(folder, 'child.yaml'), CHILD);
  expect(await make(1, 'parent', { recipe: 'parent.yaml', set: ['train.steps=2'] })).toEqual(['made']);
  const recipe = 'child.yaml';
  expect(await make(1, 'child', { recipe })).toEqual(['made']);
  const bits = bitsOf(join(folder, 'child'));
  const { vocabSize } = Tokenizer.load(join(folder, 'child', 'tokenizer/tokenizer.json'));
  expect([vocabSize, 480 * 4 * 500 < 2 ** 20, 480 * 4 * vocabSize > 2 ** 20]).toEqual([620, true, true]);
  expect(await make(2, 'child-2', { recipe })).toEqual(['made', 'followed']);
  expect(bitsOf(join(folder, 'child-2'))).toEqual(bits);
  expect(await make(2, 'child-turns', { recipe, stopAfter: 1 })).toEqual(['interrupted', 'followed']);
  expect(await make(1, 'child-turns', { recipe, resume: true })).toEqual(['made']);
  expect(bitsOf(join(folder, 'child-turns'))).toEqual(bits);
  expect(await make(1, 'child-threads', { recipe, threads: 2 })).toEqual(['made']);
  expect(bitsOf(join(folder, 'child-threads'))).toEqual(bits);
});

test('an error that ends rank 0 ends the other ranks too, before any file is written if it is known then', async () => {
  expect(await make(3, 'uneven')).toEqual(['groups-ranks', 'followed', 'followed']);
  expect(() => readFileSync(join(folder, 'uneven', 'recipe.yaml'))).toThrow(/ENOENT/);
  expect(await make(2, 'short', { set: ['train.batchSize=4000'] })).toEqual(['corpus-too-small', 'followed']);
  // All ranks meet a diverging step; the run reports it, and the other ranks end.
  const wild = ['learningRate=10', 'weightDecay=100', 'warmupSteps=0', 'steps=200', 'schedule=wsd'];
  const set = wild.map((setting) => `train.${setting}`);
  expect(await make(1, 'diverges-1', { set })).toEqual(['not-finite']);
  expect(await make(2, 'diverges-2', { set })).toEqual(['not-finite', 'followed']);
});
