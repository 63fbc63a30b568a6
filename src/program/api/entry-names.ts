// Names of what an entry is about: its ids and paths as titles, for people who read the log.

import type { Json } from '../../ledger/index.ts';
import { partsOf, type Title } from '../rules/index.ts';
import { bookOf, type Tables } from '../state/index.ts';

/** By member of the entry's data; ids of things that do not exist are left out. */
export function entryNames(tables: Tables, data: Json): Record<string, Title> {
  const said = (data ?? {}) as Record<string, unknown>;
  const idIn = (member: string): string => (typeof said[member] === 'string' ? said[member] : '');
  const stage = tables.get('stages', idIn('stage'));
  const part = stage && partsOf(bookOf(tables, stage.ruleBook)).find(({ path }) => path === idIn('part'));
  const found: Record<string, Title | null | undefined> = {
    stage: stage?.title ?? tables.get('stageDates', idIn('stage'))?.title,
    consortium: tables.get('consortia', idIn('consortium'))?.name,
    application: tables.get('applications', idIn('application'))?.name,
    call: tables.get('calls', idIn('call'))?.title,
    organisation: tables.get('organisations', idIn('organisation'))?.name,
    part: part?.title,
  };
  return Object.fromEntries(Object.entries(found).flatMap(([member, title]) => (title ? [[member, title]] : [])));
}
