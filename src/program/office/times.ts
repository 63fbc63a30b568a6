// When something was said: tables know the numbers of entries, the log knows their times.

import { JikjiError } from '../../base/index.ts';
import type { Programme } from '../programme/index.ts';
import type { Row, Tables } from '../state/index.ts';

/** What a log says, and where it can be looked up. */
export type Reading = Pick<Programme, 'tables' | 'store'>;

/** The programme that a database holds. @throws JikjiError `programme-missing` */
export function programmeOf(tables: Tables): Row<'programmes'> {
  const [row] = tables.all('programmes');
  if (row) return row;
  const hint = 'make one with: jikji program create, or: jikji program example practice';
  throw new JikjiError('programme-missing', 'this database holds no programme yet', 'the database', hint);
}

/** Whether it holds what others did. */
export const isRecord = (tables: Tables): boolean =>
  [...tables.all('programmes')].some(({ mode }) => mode === 'record');

/**
 * What an office does, it signs; a record of what others did has nobody who could, so a stage opened in it could never end.
 * @throws JikjiError `no-office-key`
 */
export function takesNew(tables: Tables): void {
  const { id, mode } = programmeOf(tables);
  if (mode !== 'record') return;
  const hint = 'a record of what others did takes nothing new';
  throw new JikjiError('no-office-key', 'this programme has no key that its office signs with', id, hint);
}

/** The time of entry `seq`. */
export async function timeOf({ store }: Reading, seq: number): Promise<string> {
  const [entry] = await store.page(seq, 1);
  if (entry?.seq !== seq) throw new Error(`there is no entry ${seq}`);
  return entry.time;
}

/** The day (`2026-01-15`) at which a stage's moving target is looked up: that on which its rule book was registered. */
export async function targetDay(reading: Reading, stage: Row<'stages'>): Promise<string> {
  const book = reading.tables.get('ruleBooks', stage.ruleBook)!;
  return (await timeOf(reading, book.registeredSeq)).slice(0, 10);
}
