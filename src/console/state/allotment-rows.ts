// The rows of the table of allotments: those in force, with what the office has typed over them, and new ones. Knows no page and no words.

import type { ComputePage } from '../types.ts';

type Allotment = ComputePage['allotments'][number];

export interface AllotmentRow {
  /** The same while it is edited. */
  key: string;
  /** The one in force; undefined for a new row. */
  was: Allotment | undefined;
  id: string;
  consortium: string;
  cluster: string;
  from: string;
  to: string;
  hours: string;
}

export type RowField = 'id' | 'consortium' | 'cluster' | 'from' | 'to' | 'hours';

/** An allotment as the API takes it. */
export interface AllotmentDraft {
  id?: string;
  consortium: string;
  cluster: string;
  from: string;
  to: string;
  deviceHours: number;
  source?: NonNullable<Allotment['source']>;
  replaces: number | null;
}

const rowOf = (was: Allotment): AllotmentRow => ({ ...was, key: `was ${was.id}`, was, hours: String(was.deviceHours) });

export const rowsOf = (allotments: readonly Allotment[]): AllotmentRow[] => allotments.map(rowOf);

export function isChanged({ was, id, consortium, cluster, from, to, hours }: AllotmentRow): boolean {
  if (!was) return true;
  const [old, now] = [
    [was.id, was.consortium, was.cluster, was.from, was.to, was.deviceHours],
    [id, consortium, cluster, from, to, Number(hours)],
  ];
  return hours.trim() === '' || old.some((value, i) => value !== now[i]);
}

export const isComplete = ({ consortium, cluster, from, to, hours }: AllotmentRow): boolean =>
  [consortium, cluster, from, to].every((text) => text !== '') && hours.trim() !== '' && Number(hours) >= 0;

export const draftOf = ({ was, id, consortium, cluster, from, to, hours }: AllotmentRow): AllotmentDraft => ({
  ...(id.trim() !== '' && { id: id.trim() }),
  ...{ consortium, cluster, from, to, deviceHours: Number(hours), replaces: was?.seq ?? null },
  ...(was?.source && { source: was.source }),
});

/** Ended on a day: its last one, if it has begun. One that would begin later has no hours any more. */
export const endedOn = (row: AllotmentRow, day: string): AllotmentRow =>
  row.from > day ? { ...row, hours: '0' } : { ...row, to: day };

/** The rows over newer allotments: what was typed stays, all else becomes what is in force. */
export function rebased(rows: readonly AllotmentRow[], allotments: readonly Allotment[]): AllotmentRow[] {
  const kept = new Map(rows.map((row) => [row.was?.id, row]));
  return [
    ...allotments.map((now) => {
      const row = kept.get(now.id);
      return row && isChanged(row) && isChanged({ ...row, was: now }) ? row : rowOf(now);
    }),
    ...rows.filter(({ was }) => !was),
  ];
}

/** Rows with those of a table on them: an allotment in force is changed, others are new. */
export function withTable(
  rows: readonly AllotmentRow[],
  given: readonly { allotment: Omit<Allotment, 'seq' | 'source'>; before: unknown }[],
): AllotmentRow[] {
  const all = [...rows];
  for (const { allotment } of given) {
    const at = all.findIndex(({ id }) => id === allotment.id);
    const typed = { ...allotment, hours: String(allotment.deviceHours) };
    if (at >= 0) all[at] = { ...all[at], ...typed };
    else all.push({ ...typed, key: `table ${allotment.id}`, was: undefined });
  }
  return all;
}

/** The table of allotments in force, as it can be read again. Ids, days and numbers need no quotes, and none begins a formula. */
export const csvOf = (allotments: readonly Allotment[]): string =>
  [
    'id,consortium,cluster,from,to,hours',
    ...allotments.map((one) => [one.id, one.consortium, one.cluster, one.from, one.to, String(one.deviceHours)].join()),
    '',
  ].join('\r\n');
