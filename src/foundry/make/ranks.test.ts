// A run is the same, file by file, from one process and from ranks, through interruptions after which others go on; and an auditor's
// one process finds that it holds.

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mailboxes } from '../train/testing/threads.ts';
import { bitsOf, jikji, writeTexts } from './testing/cli.ts';
import { type Making, makeOne } from './testing/rank.ts';

const RECIPE = `
corpus:
  sources:
    - { files: texts }
  validation: 0.1
tokenizer: { vocabSize: 500 }
model: { hiddenSize: 30, intermediateSize: 50, numHiddenLayers: 2, numAttentionHeads: 3, numKeyValueHeads: 1 }
train: { steps: 8, batchSize: 8, gradientGroups: 4, sequenceLength: 37, microBatchSize: 2, checkpointEvery: 3, validateEvery: 4, validationTokens: 800, warmupSteps: 3 }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jikji-make-ranks-'));
  for (const name of ['STATE', 'CONFIG']) vi.stubEnv(`XDG_${name}_HOME`, join(folder, name));
  writeTexts(join(folder, 'texts'), 20, 30);
  writeFileSync(join(folder, 'recipe.yaml'), RECIPE);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Threads by rank. Each makes or follows one run after another: to start one takes longer than that. */
const threads: Worker[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread.terminate())));

/** What each rank says at its end. */
async function make(size: number, out: string, more: Partial<Making> = {}): Promise<string[]> {
  const making: Making = { folder, out: join(folder, out), set: [], resume: false, ...more };
  if (size === 1) return [await makeOne(making)];
  const memory = mailboxes(size);
  const ranks = Array.from({ length: size }, async (_, rank) => {
    threads[rank] ??= new Worker(new URL('./testing/rank.ts', import.meta.url), {
      workerData: { waits: true },
      env: { ...process.env },
    });
    const said = once(threads[rank], 'message'); // refused where the thread ends with an error
    threads[rank].postMessage({ making, rank, size, memory });
    return (await said)[0] as string;
  });
  return Promise.all(ranks);
}

test('two ranks and four, and ranks that take turns after interruptions: every file is that of one process', async () => {
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

test('what ends rank 0 ends the others too, before anything is written where it can be known', async () => {
  expect(await make(3, 'uneven')).toEqual(['groups-ranks', 'followed', 'followed']);
  expect(() => readFileSync(join(folder, 'uneven', 'recipe.yaml'))).toThrow(/ENOENT/);
  expect(await make(2, 'short', { set: ['train.batchSize=4000'] })).toEqual(['corpus-too-small', 'followed']);
  // A step that diverges is met by all ranks; the run says so, and they leave.
  const wild = ['learningRate=10', 'weightDecay=100', 'warmupSteps=0', 'steps=200', 'schedule=wsd'];
  const set = wild.map((setting) => `train.${setting}`);
  expect(await make(1, 'diverges-1', { set })).toEqual(['not-finite']);
  expect(await make(2, 'diverges-2', { set })).toEqual(['not-finite', 'followed']);
});
