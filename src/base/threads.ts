// How many threads work takes where nobody says.

import { availableParallelism } from 'node:os';

/** All cores; of ranks on one machine each takes its part. */
export const defaultThreads = (): number => {
  const beside = Number(process.env.MPI_LOCALNRANKS ?? 1) || 1;
  return Math.max(1, Math.min(256, Math.floor(availableParallelism() / beside)));
};
