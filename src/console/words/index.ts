// Words for what the API names.

import { wordFor } from '../../page-kit/index.ts';
import type { RunInfo } from '../types.ts';
import type { Words } from './words.ts';

/** The state of a run. Of a run of another program it is known whether it is sealed, not whether its training is complete. */
export function runStatus({ status }: Words, { state, witnessed }: Pick<RunInfo, 'state' | 'witnessed'>): string {
  if (witnessed && state === 'finished') return status.sealed;
  return witnessed && state === 'unfinished' ? status.unsealed : status[state];
}

/** A consortium's status: `active`, `out: veto`, ... */
export function consortiumStatus(words: Words, status: string): string {
  const { outVeto, outPoints, outWithdrawn } = words.status;
  const outs: Record<string, string> = {
    'out: veto': outVeto,
    'out: points': outPoints,
    'out: withdrawn': outWithdrawn,
  };
  return Object.hasOwn(outs, status) ? outs[status] : wordFor(words.status, status);
}
