// Entries of a stage's dates: when it opens and closes, and until when teams may appeal. A stage may have dates before it is opened. Dates
// open and close nothing by themselves; the last day of appeals binds teams and office.

import { z } from 'zod';
import { id, title } from './fields.ts';
import { kind } from './kind.ts';
import * as refuse from './refusals/dates.ts';
import { finalStage } from './refusals/stages.ts';
import type { Row } from './rows.ts';
import type { Tables } from './tables.ts';

/** A moment in UTC. */
export const instant = z.iso.datetime();

type Dates = Pick<Row<'stageDates'>, 'opens' | 'closes' | 'appealsUntil'>;

/** The dates of a stage; all null if none were set. */
export const datesOf = (tables: Tables, stage: string): Dates =>
  tables.get('stageDates', stage) ?? { opens: null, closes: null, appealsUntil: null };

/** Whether the announced time for appeals against a decision still runs at `time`. */
export function appealsRun(tables: Tables, stage: string, time: string): boolean {
  const { appealsUntil } = datesOf(tables, stage);
  return appealsUntil !== null && Date.parse(time) <= Date.parse(appealsUntil);
}

export const stageDatesSet = kind({
  shape: z.strictObject({
    stage: id,
    /** Of a stage that is not opened yet. */
    title: title.optional(),
    opens: instant.nullable(),
    closes: instant.nullable(),
    appealsUntil: instant.nullable(),
  }),
  check(tables, data, { time }) {
    const { stage } = data;
    const row = tables.get('stages', stage);
    if (!row && !data.title) throw refuse.untitled(stage);
    if (row && data.title) throw refuse.titled(stage);
    if (row?.status === 'final') throw finalStage(stage);
    const before = datesOf(tables, stage);
    const order = [data.opens, data.closes, data.appealsUntil].filter((one) => one !== null).map(Date.parse);
    if (order.some((one, i) => i > 0 && one <= order[i - 1]!)) throw refuse.order(stage);
    for (const name of ['opens', 'closes', 'appealsUntil'] as const) {
      const date = data[name];
      if (date !== null && date !== before[name] && Date.parse(date) < Date.parse(time)) throw refuse.past(date);
    }
    // What teams were told when the stage was decided is theirs.
    const promised = before.appealsUntil;
    const shorter =
      promised !== null && (data.appealsUntil ?? '') !== promised && !isLater(data.appealsUntil, promised);
    if (row?.status === 'decided' && shorter) throw refuse.shorter(stage);
  },
  apply(tables, { title, ...data }, { seq }) {
    const name = title ?? tables.get('stageDates', data.stage)?.title ?? null;
    tables.put('stageDates', { ...data, title: name, seq });
  },
});

const isLater = (one: string | null, than: string): boolean => one !== null && Date.parse(one) > Date.parse(than);
