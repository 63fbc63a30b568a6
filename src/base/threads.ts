// The default number of threads.

import { availableParallelism } from 'node:os';

/** All cores, divided among the ranks on this machine. */
export const defaultThreads = (): number => {
  const localRanks = Number(process.env.MPI_LOCALNRANKS ?? 1) || 1;
  return Math.max(1, Math.min(256, Math.floor(availableParallelism() / localRanks)));
};
