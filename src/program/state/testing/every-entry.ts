// The log of testing/every-kind.ts with its chain, for tests of code that stores or reads logs.

import { key } from '../../../ledger/testing/register.ts';
import { type Entry, nextEntry, START } from '../../log/index.ts';
import { everyKind } from './every-kind.ts';

export function everyEntry(): Entry[] {
  const entries: Entry[] = [];
  for (const said of everyKind(key())) {
    const about = { time: '2026-01-01T00:00:00.000Z', actor: 'office:kim' };
    entries.push(nextEntry(entries.at(-1) ?? START, { ...about, ...said }));
  }
  return entries;
}
