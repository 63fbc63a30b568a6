// `jikji make` under mpiexec or srun: rank 0 makes the run, the other ranks compute with it.

import { setTimeout } from 'node:timers/promises';
import { JikjiError } from '../base/index.ts';
import { joinRanks, type MpiRanks } from '../fleet/index.ts';
import { SIGNALS } from './interrupt.ts';
import { note, type Output } from './output.ts';
import { WARNING } from './progress.ts';
import { foundry } from './rooms.ts';

/** Milliseconds for mpiexec to forward the last output. */
const FORWARD_MS = 300;

/** Runs on rank 0 only: prepares the run and returns the function that makes it with all ranks. */
export type Prepare<T> = () => Promise<(ranks: MpiRanks) => Promise<T>>;

/**
 * Joins the ranks and does the work of this one. Returns the result on rank 0, undefined on the others.
 * @throws JikjiError what making the run throws, once all ranks have finished; if they cannot finish, all are aborted
 */
export async function runAsRank<T>(output: Output, threads: number, prepare: Prepare<T>): Promise<T | undefined> {
  // Every rank prints such warnings: a stuck rank cannot report itself.
  const ranks = await joinRanks((text) => note(`${WARNING}${text}`));
  try {
    return ranks.rank === 0 ? await leadRanks(ranks, prepare) : await followRanks(ranks, threads);
  } catch (error) {
    if (error instanceof AllLeft) throw error.cause;
    if (error instanceof JikjiError) output.error(error);
    else output.bug(error);
    // Abort also ends the process of mpiexec that forwards the output, so it gets time first.
    await setTimeout(FORWARD_MS);
    ranks.abort(error instanceof JikjiError ? 2 : 70);
  }
}

/** All ranks have finished; `cause` is the error of the run. */
class AllLeft extends Error {}

async function leadRanks<T>(ranks: MpiRanks, prepare: Prepare<T>): Promise<T> {
  const make = await prepare(); // the other ranks wait for the run to start; if this throws, they are aborted
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
  // Rank 0 decides when to stop.
  for (const signal of SIGNALS) process.on(signal, () => {});
  const { followRun } = await foundry();
  followRun(ranks, threads);
  ranks.finish();
}
