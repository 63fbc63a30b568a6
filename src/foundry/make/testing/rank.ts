// One rank of a make, as a thread of a test: rank 0 makes the run, the others follow.

import { parentPort, workerData } from 'node:worker_threads';
import { JikjiError } from '../../../base/index.ts';
import { readRecipe } from '../../recipe/index.ts';
import { ThreadRanks } from '../../train/testing/threads.ts';
import { followRun, type MakeOptions, makeRun, parentShape } from '../index.ts';

/** The run that rank 0 makes, and the step after which it is interrupted. */
export interface Making {
  folder: string;
  /** Its name in the folder; by default recipe.yaml. */
  file?: string;
  out: string;
  set: string[];
  resume: boolean;
  stopAfter?: number;
  threads?: number;
}

/** Makes a run, alone or with ranks. Gives `made`, or the code of the error that ended it. */
export async function makeOne(
  { folder, file, out, set, resume, stopAfter, threads = 1 }: Making,
  ranks?: MakeOptions['ranks'],
) {
  const stop = new AbortController();
  try {
    await makeRun({
      recipe: readRecipe(`${folder}/${file ?? 'recipe.yaml'}`, set, parentShape(folder)),
      recipeFolder: folder,
      out,
      threads,
      ranks,
      resume,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'step' && event.step === stopAfter) stop.abort();
      },
    });
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
    if (rank === 0) port.postMessage(await makeOne(making, ranks));
    else {
      followRun(ranks, 1);
      port.postMessage('followed');
    }
  });
}
