// A run that several ranks make: rank 0 makes it and writes its folder, the others compute. They must be one and the same program.

import { JikjiError, packageVersion } from '../../base/index.ts';
import { agree, follow, type Machines, type Ranks } from '../train/index.ts';
import { ARITHMETIC_VERSION, codeDigest } from './evidence.ts';

/** @throws JikjiError `ranks-differ`, in all ranks */
export const agreeOnProgram = (ranks: Ranks): Machines =>
  agree(ranks, { version: packageVersion(), arithmetic: `version ${ARITHMETIC_VERSION}`, code: codeDigest() });

/**
 * The work of a rank other than 0, from the start of rank 0's `makeRun` to its end. It needs no recipe and no run folder. What
 * all ranks know, rank 0 says; here it is only the end.
 * @throws JikjiError `rank-lost`
 */
export function followRun(ranks: Ranks, threads: number): void {
  try {
    agreeOnProgram(ranks);
  } catch (error) {
    if (error instanceof JikjiError && error.code === 'ranks-differ') return;
    throw error;
  }
  follow(ranks, threads);
}
