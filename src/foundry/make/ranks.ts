// A run that several ranks make: rank 0 makes it and writes its folder, the other ranks only compute. All must run the same program.

import { JikjiError, packageVersion } from '../../base/index.ts';
import { agree, follow, type Machines, type Ranks } from '../train/index.ts';
import { ARITHMETIC_VERSION, codeDigest } from './evidence.ts';

/** Checks that all ranks run the same program; gives their machines. @throws JikjiError `ranks-differ`, in all ranks */
export const agreeOnProgram = (ranks: Ranks): Machines =>
  agree(ranks, { version: packageVersion(), arithmetic: `version ${ARITHMETIC_VERSION}`, code: codeDigest() });

/**
 * The work of a rank other than 0, from the start of rank 0's `makeRun` to its end. It needs no recipe and no run folder. Where the
 * programs differ it returns silently: rank 0 reports that.
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
