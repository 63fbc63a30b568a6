// One rank of a make, as a thread of a test: rank 0 makes the run, the others follow.

import { parentPort, workerData } from 'node:worker_threads';
import { JikjiError } from '../../../base/index.ts';
import { ThreadRanks } from '../../train/testing/threads.ts';
import { followRun } from '../index.ts';
import { type MakeInOptions, makeIn } from './make-in.ts';

/** The run that rank 0 makes. */
export interface Making extends MakeInOptions {
  folder: string;
  out: string;
}

/** Makes a run, alone or with ranks. Gives `made`, or the code of the error that ended it. */
export async function makeOne({ folder, out, ...options }: Making) {
  try {
    await makeIn(folder, out, options);
    return 'made';
  } catch (error) {
    if (error instanceof JikjiError) return error.code;
    throw error;
  }
}

if (parentPort && workerData?.waits) {
  const port = parentPort;
  port.on('message', async ({ making, rank, size, memory }) => {
    const ranks = new ThreadRanks(rank, size, memory);
    if (rank === 0) port.postMessage(await makeOne({ ...making, ranks }));
    else {
      followRun(ranks, 1);
      port.postMessage('followed');
    }
  });
}
