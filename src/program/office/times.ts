// The programme of a database, and what its stages need.

import type { Programme } from '../programme/index.ts';
import type { Row, Tables } from '../state/index.ts';
import * as refuse from './refusals/acts.ts';

/** Tables, and the log behind them. */
export interface Reading {
  tables: Tables;
  store: Pick<Programme['store'], 'page'>;
}

/** The programme that a database holds. @throws JikjiError `programme-missing` */
export function programmeOf(tables: Tables): Row<'programmes'> {
  const [row] = tables.all('programmes');
  if (row) return row;
  throw refuse.noProgramme('the database');
}

/**
 * Every step of a stage needs the office's signature. A record has no office key, so a stage opened in it could never end.
 * @throws JikjiError `no-office-key`
 */
export function requireNotRecord(tables: Tables): void {
  const { id, mode } = programmeOf(tables);
  if (mode !== 'record') return;
  throw refuse.recordOnly(id);
}

/** The day (`2026-01-15`) at which a stage's moving target is looked up: the day on which its rule book was registered. */
export const targetDay = (tables: Tables, stage: Row<'stages'>): string =>
  tables.timeOf(tables.get('ruleBooks', stage.ruleBook)!.registeredSeq).slice(0, 10);
