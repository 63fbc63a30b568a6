// Whether a folder holds a run that another program trained, by the kind that its genesis states, unverified.

import { JikjiError } from '../../base/index.ts';
import { kindOf } from '../../ledger/index.ts';
import { GENESIS } from '../../run-folder/index.ts';
import { RunFolder } from '../folder.ts';

const MAX_GENESIS = 32 << 20;

export function isWitnessed(path: string): boolean {
  const folder = new RunFolder(path);
  try {
    return folder.has(GENESIS) && kindOf(folder.text(GENESIS, MAX_GENESIS)) === 'witness-genesis';
  } catch (error) {
    if (error instanceof JikjiError) return false;
    throw error;
  }
}
