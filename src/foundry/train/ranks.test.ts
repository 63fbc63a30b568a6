// Ranks change no bit: the same records, roots and files from one process, two ranks and four, and after a kill and a resume with another
// number. All ranks report a failure of one, and none waits forever.

import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { checkpointName } from '../../run-folder/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { TrainConfig } from './index.ts';
import { type Job, type Outcome, outcomeOf, type RankResult, work } from './testing/rank.ts';
import { smallModel, smallTraining } from './testing/small.ts';
import { mailboxes } from './testing/threads.ts';

const root = temporaryFolder();
let folders = 0;
const folder = () => join(root, `${folders++}`);

/** The outcome of each rank; one rank is a process alone. */
async function outcomes(size: number, job: Job) {
  return size === 1 ? [await outcomeOf(work(job))] : onThreads<Outcome>(size, job);
}

/** Threads by rank. Each does several jobs, because to start a thread takes longer than most jobs. */
const threads: (Worker | undefined)[] = [];
afterAll(() => Promise.all(threads.map((thread) => thread?.terminate())));

function threadOf(rank: number) {
  const thread = new Worker(new URL('./testing/rank.ts', import.meta.url), { workerData: { waits: true } });
  thread.once('exit', () => {
    threads[rank] = undefined;
  });
  threads[rank] = thread;
  return thread;
}

function onThreads<T>(size: number, job: Job | 'exchanges'): Promise<T[]> {
  const memory = mailboxes(size);
  const ranks = Array.from({ length: size }, (_, rank) => {
    const thread = threads[rank] ?? threadOf(rank);
    const answer = new Promise<T>((resolve, reject) => {
      const gone = () => reject(new Error(`rank ${rank} ended without a message`));
      thread.once('error', reject);
      thread.once('exit', gone);
      thread.once('message', (outcome) => {
        thread.off('error', reject);
        thread.off('exit', gone);
        resolve(outcome);
      });
    });
    thread.postMessage({ job, rank, size, memory });
    return answer;
  });
  return Promise.all(ranks);
}

async function done(size: number, job: Job) {
  const [first, ...rest] = await outcomes(size, job);
  for (const other of rest) expect(other).toEqual({ done: undefined });
  if (!first || !('done' in first) || !first.done) throw new Error(JSON.stringify(first));
  return first.done;
}

const stateOf = (path: string, step: number) => readFileSync(join(path, checkpointName(step), 'state.safetensors'));

test.each([2, 3, 4])('%s threads: messages arrive whole and in order', async (size) => {
  expect(await onThreads(size, 'exchanges')).toEqual(Array(size).fill([]));
});

const shapes: [string, Partial<ModelConfig>, Partial<TrainConfig>, Partial<Job>?][] = [
  ['a tied head', { hiddenSize: 36, numAttentionHeads: 6, numKeyValueHeads: 3 }, { sequenceLength: 49 }],
  ['an untied head', { tieWordEmbeddings: false, vocabSize: 131 }, { sequenceLength: 21, gradClip: 0.1 }],
  [
    'Muon: a matrix is updated by one rank',
    { hiddenSize: 100, intermediateSize: 2700, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 },
    { optimizer: 'muon', momentum: 0.95, sequenceLength: 20 },
  ],
  [
    'groups of several micro-batches, two rounds with four ranks',
    { numKeyValueHeads: 2 },
    { batchSize: 24, gradientGroups: 8, microBatchSize: 2, sequenceLength: 9 },
  ],
  [
    'conversations beside text, groups of several micro-batches',
    { numKeyValueHeads: 2 },
    { batchSize: 24, gradientGroups: 8, microBatchSize: 2, sequenceLength: 19 },
    { of: 'talks' },
  ],
  [
    'pairs, two rounds with four ranks',
    { numKeyValueHeads: 2 },
    { batchSize: 16, gradientGroups: 8, sequenceLength: 29, dpoBeta: 0.3 },
    { of: 'pairs' },
  ],
  [
    'tensors of several pieces',
    {
      hiddenSize: 24,
      intermediateSize: 40,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      numKeyValueHeads: 1,
      vocabSize: 40_001,
    },
    { sequenceLength: 11, steps: 2 },
  ],
];

test.each(shapes)('%s: the same bits from one process, two ranks and four', async (_, model, train, rest = {}) => {
  const job = { model: smallModel(model), train: smallTraining({ gradientGroups: 4, ...train }), ...rest };
  const paths = [folder(), folder(), folder()];
  const [alone, two, four] = [
    await done(1, { ...job, folder: paths[0] }),
    await done(2, { ...job, folder: paths[1] }),
    await done(4, { ...job, folder: paths[2] }),
  ];
  expect({ two, four }).toEqual({ two: alone, four: alone });
  const { steps } = job.train;
  expect(JSON.parse(alone.records)).toHaveLength(steps);
  const [file, ...others] = paths.map((path) => stateOf(path, steps));
  for (const other of others) expect(other.equals(file)).toBe(true);
  // The comparison can tell: other groups are other chains.
  const ungrouped = await done(1, { ...job, train: { ...job.train, gradientGroups: 1 } });
  expect(ungrouped.stateRoot).not.toBe(alone.stateRoot);
});

test.each([true, false])('resuming with another number of ranks (tied head: %s)', async (tieWordEmbeddings) => {
  const job = {
    model: smallModel({ tieWordEmbeddings }),
    train: smallTraining({ steps: 5, gradientGroups: 4, sequenceLength: 17 }),
  };
  const straight = await done(1, job);
  const path = folder();
  const records: unknown[] = [];
  let last: RankResult | undefined;
  for (const [i, size] of [4, 1, 2, 4, 2].entries()) {
    const from = i === 0 ? {} : { from: i };
    last = await done(size, { ...job, folder: path, ...from, until: i + 1 });
    records.push(...JSON.parse(last.records));
  }
  expect({ ...last, records: JSON.stringify(records) }).toEqual(straight);
});

test('a step that is not finite: the same error and the same state, for any rank that finds it', async () => {
  const train = smallTraining({
    gradientGroups: 4,
    learningRate: 1e20,
    warmupSteps: 0,
    gradClip: 0,
    sequenceLength: 9,
  });
  const job = { model: smallModel(), train };
  const [alone, two, four] = [await done(1, job), await done(2, job), await done(4, job)];
  expect(alone.notFinite).toMatchObject({ of: 'gradient' });
  expect({ two, four }).toEqual({ two: alone, four: alone });
});

test('ranks continue after a partly read state, an incomplete one and one that is not finite', async () => {
  const path = folder();
  const job: Job = { model: smallModel(), train: smallTraining({ gradientGroups: 2, sequenceLength: 9 }) };
  const straight = await done(1, job);
  const file = join(path, checkpointName(1), 'state.safetensors');
  const goesOn = async (mishap: NonNullable<Job['mishap']>, found: string, prepare = () => {}) => {
    for (const size of [1, 2]) {
      await done(1, { ...job, folder: path, until: 1 });
      prepare();
      const { mishap: met, ...rest } = await done(size, { ...job, mishap, folder: path });
      expect([met, rest]).toEqual([found, straight]);
    }
  };
  await goesOn('stops', 'true');
  await goesOn('infinite', 'adamw.exp_avg_sq.model.norm.weight');
  await goesOn('broken', 'checkpoint-broken', () => truncateSync(file, stateOf(path, 1).length - 1));
  await goesOn('cut off', 'weights-broken'); // what was read by then is with its owners
  // Every byte is there, but some have changed: known only when all owners have hashed their parts.
  await goesOn('broken', 'checkpoint-broken', () => {
    const bytes = readFileSync(file);
    bytes[bytes.length - 7] ^= 1;
    writeFileSync(file, bytes);
  });
});

test('all ranks learn that one of them cannot continue, and none waits', async () => {
  const job = { model: smallModel(), train: smallTraining({ gradientGroups: 4 }) };
  const codes = async (size: number, job: Job) =>
    (await outcomes(size, job)).map((outcome) => ('error' in outcome ? outcome.error : outcome));
  const followed = { done: undefined };
  expect(await codes(3, job)).toMatchObject([{ code: 'groups-ranks' }, followed, followed]);
  expect(await codes(1, { ...job, train: smallTraining() })).toMatchObject([{ done: {} }]);
  expect(await codes(4, { ...job, greedy: 2 })).toMatchObject([
    { code: 'too-large', input: expect.stringMatching(/rank 2 on /) },
    followed,
    followed,
    followed,
  ]);
  const differ = { code: 'ranks-differ', message: expect.stringMatching(/version is 0.0.2 here and 0.0.1 on rank 0/) };
  expect(await codes(2, { ...job, odd: 1 })).toMatchObject([differ, differ]);
});
