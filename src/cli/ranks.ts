// `jikji make` in one of several processes that mpiexec or srun started: the first one makes the run, the others compute with it.

import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../base/index.ts';
import { joinRanks, type MpiRanks } from '../fleet/index.ts';
import type { Output } from './output.ts';
import { WARNING } from './progress.ts';
import { foundry } from './rooms.ts';

/** Milliseconds in which mpiexec passes on what was said. */
const PASSED_ON = 300;

/** What the first process does: `prepare` gives what makes the run, together with the others. */
export type Prepare<T> = () => Promise<(ranks: MpiRanks) => Promise<T>>;

/**
 * Joins the others. In those nothing is given back.
 * @throws JikjiError what making the run throws, once all have ended well; where they cannot, all are ended
 */
export async function runAsRank<T>(output: Output, threads: number, prepare: Prepare<T>): Promise<T | undefined> {
  // Of whatever rank: a rank that is stuck does not say so itself.
  const ranks = await joinRanks((text) => process.stderr.write(`${WARNING}${text}\n`));
  try {
    return ranks.rank === 0 ? await leadRanks(ranks, prepare) : await followRanks(ranks, threads);
  } catch (error) {
    if (error instanceof AllLeft) throw error.cause;
    if (error instanceof JikjiError) output.error(error);
    else output.bug(error);
    // mpiexec ends all at once, also what passes on our words: it is given the time to.
    await setTimeout(PASSED_ON);
    ranks.abort(error instanceof JikjiError ? 2 : 70);
  }
}

/** All ranks have left: there is only the error to tell. */
class AllLeft extends Error {}

async function leadRanks<T>(ranks: MpiRanks, prepare: Prepare<T>): Promise<T> {
  const make = await prepare(); // the others wait for the run to begin: where it does not, they are ended
  let result: T;
  try {
    result = await make(ranks);
  } catch (cause) {
    if (!(cause instanceof JikjiError) || cause.code === 'rank-lost') throw cause;
    ranks.finish();
    throw new AllLeft('', { cause });
  }
  ranks.finish();
  return result;
}

async function followRanks(ranks: MpiRanks, threads: number): Promise<undefined> {
  // When to stop is decided by the first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});
  const { followRun } = await foundry();
  followRun(ranks, threads);
  ranks.finish();
}
