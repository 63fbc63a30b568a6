// One rank of a test: does a job and tells what came of it. As a thread it gets its mailboxes from the test, as a process of
// its own it asks MPI. Both do the same jobs.

import { openSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { JikjiError } from '../../../base/index.ts';
import { joinRanks } from '../../../fleet/index.ts';
import type { ModelConfig } from '../../model/index.ts';
import {
  agree,
  Batches,
  conduct,
  follow,
  loadCheckpoint,
  NotFinite,
  type Ranks,
  saveCheckpoint,
  score,
  type TrainConfig,
  Trainer,
} from '../index.ts';
import { pairFiles, randomTalks, smallPairs, smallTalks, talkFiles } from './conversations.ts';
import { checkExchanges } from './exchanges.ts';
import { randomTokens, reader, smallText } from './small.ts';
import { ThreadRanks } from './threads.ts';

/** What all ranks of a test are given. */
export interface Job {
  model: ModelConfig;
  train: TrainConfig;
  /** Trains and validates on conversations beside text, or on pairs. */
  of?: 'talks' | 'pairs';
  /** Folder of checkpoints: goes on from `from`, writes one after each step. */
  folder?: string;
  from?: number;
  /** Steps to come to; else all. */
  until?: number;
  /** Differs from what the other ranks say. */
  odd?: number;
  /** Takes memory that there is not. */
  greedy?: number;
  /** This rank gets a signal when it has begun so many exchanges of gradients: in the middle of a step. */
  signal?: { rank: number; after: number; name: 'SIGKILL' | 'SIGSTOP' };
  /** What goes wrong on the way: somebody stops listening to a state; a state is not whole, or ends midway; its values are not finite. */
  mishap?: 'stops' | 'broken' | 'infinite' | 'cut off';
}

export interface RankResult {
  stateRoot: string;
  /** The step records as JSON: binary64 numbers print with all their bits. */
  records: string;
  /** What a validation gives. */
  scored: object;
  notFinite?: { step: number; tensor: string; of: string };
  /** The mishap's error or finding. */
  mishap?: string;
}

export type Outcome = { done: RankResult | undefined } | { error: { code: string; message: string; input: string } };

const SEED = 1377;
const THREADS = 1;

/** One process alone, or rank 0 of several, or another rank, which has nothing to tell. */
export async function work(job: Job, given?: Ranks): Promise<RankResult | undefined> {
  if (!given) return carryOut(job);
  const ranks = job.signal?.rank === given.rank ? signalled(given, job.signal) : given;
  agree(ranks, { version: job.odd === ranks.rank ? '0.0.2' : '0.0.1', code: 'c0de' });
  const threads = job.greedy === ranks.rank ? 1 << 20 : THREADS;
  if (ranks.rank > 0) {
    follow(ranks, threads, { tile: 16 });
    return undefined;
  }
  return conduct(ranks, async () => carryOut(job, ranks, threads));
}

/** What a job trains on, and what it validates on. */
const TEXTS = {
  text: {
    train: (model: ModelConfig, train: TrainConfig) => [smallText(model, train)],
    held: (T: number, vocabSize: number) => ({ tokens: reader(randomTokens(7 * T + 5, vocabSize, 2)) }),
  },
  talks: {
    train: smallTalks,
    held: (T: number, vocabSize: number) => talkFiles(randomTalks(15, T + 1, vocabSize, 2)),
  },
  pairs: {
    train: smallPairs,
    held: (T: number, vocabSize: number) => pairFiles(randomTalks(14, Math.floor(T / 2) + 1, vocabSize, 3)),
  },
};

function carryOut(job: Job, ranks?: Ranks, threads = THREADS): RankResult {
  const { model, train, folder, from, until, mishap } = job;
  const T = train.sequenceLength;
  const texts = TEXTS[job.of ?? 'text'];
  const batches = new Batches(texts.train(model, train), SEED, T);
  const trainer = new Trainer(model, train, { threads, tile: 16, ranks });
  try {
    if (from === undefined) trainer.initialise(SEED);
    else loadCheckpoint(folder!, from, trainer);
    const happened = mishap && meet(mishap, trainer, folder);
    const records = [];
    let notFinite: RankResult['notFinite'];
    while (!notFinite && trainer.step < (until ?? train.steps)) {
      try {
        records.push(trainer.next(batches));
      } catch (error) {
        if (!(error instanceof NotFinite)) throw error;
        notFinite = { step: error.step, tensor: error.tensor, of: error.of };
      }
      if (folder !== undefined) saveCheckpoint(folder, trainer.stateRoot(), trainer);
    }
    const stateRoot = trainer.stateRoot();
    const held = texts.held(T, model.vocabSize);
    const scored = score(trainer, held, new Uint32Array(model.vocabSize).fill(1), held.tokens.length);
    const found = { stateRoot, records: JSON.stringify(records), scored };
    return { ...found, ...(notFinite && { notFinite }), ...(happened !== undefined && { mishap: happened }) };
  } finally {
    trainer.close();
  }
}

function signalled(ranks: Ranks, { after, name }: NonNullable<Job['signal']>): Ranks {
  let begun = 0;
  return {
    rank: ranks.rank,
    size: ranks.size,
    start(what, sends, receives) {
      const exchange = ranks.start(what, sends, receives);
      if (what === 'gradients' && ++begun === after) process.kill(process.pid, name);
      return exchange;
    },
  };
}

/** The trainer must go on from any of these as if nothing had been. */
function meet(mishap: NonNullable<Job['mishap']>, trainer: Trainer, folder: string | undefined) {
  if (mishap === 'stops') {
    for (const piece of trainer.stateBytes()) return `${piece.length > 0}`;
    return 'no state';
  }
  let found = 'nothing';
  try {
    if (mishap === 'broken') loadCheckpoint(folder!, 1, trainer);
    else if (mishap === 'cut off')
      trainer.takeState(1, (name) => {
        if (name === 'model.norm.weight') throw new JikjiError('weights-broken', 'the file ends here', name, 'none');
      });
    else {
      trainer.takeState(0, (name, target) => target.fill(name === 'adamw.exp_avg_sq.model.norm.weight' ? 0xff : 0));
      found = `${trainer.notFinite()}`;
    }
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    found = error.code;
  }
  trainer.initialise(SEED);
  return found;
}

/** The same, with errors that people can cause as an outcome. */
export async function outcomeOf(run: Promise<RankResult | undefined>): Promise<Outcome> {
  try {
    return { done: await run };
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { error: { code: error.code, message: error.message, input: error.input } };
  }
}

/** A job, or a trial of the ranks' messages. */
const tell = async (ranks: Ranks, job: Job | 'exchanges') =>
  job === 'exchanges' ? checkExchanges(ranks) : outcomeOf(work(job, ranks));

if (!isMainThread && parentPort && workerData?.waits) {
  const port = parentPort;
  port.on('message', async ({ job, rank, size, memory }) => {
    port.postMessage(await tell(new ThreadRanks(rank, size, memory), job));
  });
}

if (isMainThread && import.meta.main) {
  const [job, pipe] = process.argv.slice(2);
  const told = openSync(pipe, 'w');
  let ranks: Awaited<ReturnType<typeof joinRanks>> | undefined;
  try {
    ranks = await joinRanks();
  } catch (error) {
    const { code, message } = error as JikjiError;
    writeSync(told, `${JSON.stringify({ rank: 0, outcome: { error: { code, message } } })}\n`);
    throw error;
  }
  const outcome = await tell(ranks, JSON.parse(job));
  writeSync(told, `${JSON.stringify({ rank: ranks.rank, outcome })}\n`); // in one piece: lines of ranks do not mix
  if ('error' in outcome && outcome.error.code === 'rank-lost') ranks.abort(2);
  ranks.finish();
}
