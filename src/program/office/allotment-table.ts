// Allotments from a table that somebody typed or a spreadsheet saved: comma-, semicolon- or tab-separated. Cells are text: what looks like a
// formula is text that is no date and no number, and is refused as such.

import type { Refusal } from '../../base/index.ts';
import { csvRows, DataError, type Row } from '../../formats/tables/index.ts';
import { MAX_DEVICE_HOURS } from '../state/index.ts';
import * as refuse from './refusals/allotment-table.ts';

export const MAX_ALLOTMENTS = 500;

const NEEDED = ['consortium', 'cluster', 'from', 'to', 'hours'] as const;
const COLUMNS = ['id', ...NEEDED] as const;
type Column = (typeof COLUMNS)[number];

/** A row of the table; without an id one is proposed. */
export interface TableRow {
  id?: string;
  consortium: string;
  cluster: string;
  from: string;
  to: string;
  deviceHours: number;
}

const FORMS: Record<Exclude<Column, 'hours'>, [form: RegExp, refused: Refusal<[cell: string]>]> = {
  id: [/^([a-z0-9][a-z0-9-]{0,63})?$/, refuse.noId],
  consortium: [/^[a-z0-9][a-z0-9-]{0,63}$/, refuse.noConsortium],
  cluster: [/^[a-z0-9][a-z0-9-]{0,63}$/, refuse.noCluster],
  from: [/^\d{4}-\d\d-\d\d$/, refuse.noDay],
  to: [/^\d{4}-\d\d-\d\d$/, refuse.noDay],
};

/** Shown in errors: what stands in a cell may be long, and anything. */
const shown = (cell: string): string => JSON.stringify(cell.slice(0, 60));

function cellOf(row: Row, column: Exclude<Column, 'hours'>, place: string): string {
  const cell = String(row[column] ?? '').trim();
  const [form, refused] = FORMS[column];
  if (form.test(cell)) return cell;
  throw refused(`${place}, ${column}`, shown(cell));
}

function hoursOf(row: Row, place: string): number {
  const cell = String(row.hours ?? '').trim();
  const hours = /^\d{1,13}(\.\d{1,9})?$/.test(cell) ? Number(cell) : Number.NaN;
  if (hours <= MAX_DEVICE_HOURS) return hours;
  throw refuse.noHours(`${place}, hours`, shown(cell));
}

function requireColumns(names: readonly string[]): void {
  const all = COLUMNS.join(', ');
  const other = names.find((name) => !COLUMNS.includes(name as Column));
  if (other !== undefined) throw refuse.noColumn('first line', shown(other), all);
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) throw refuse.columnMissing('first line', missing, all);
}

/**
 * The rows of a table whose first line names the columns: consortium, cluster, from, to, hours, and perhaps id, in any order.
 * @throws JikjiError `allotments-broken`, naming row and column
 */
export function readAllotmentTable(given: string): TableRow[] {
  const text = given.replace(/^\uFEFF/, '');
  const [header = ''] = text.split(/\r?\n/, 1);
  const delimiter = [';', '\t'].find((one) => header.includes(one)) ?? ',';
  let rows: Row[];
  try {
    rows = csvRows(text, { delimiter });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw refuse.noTable('the table', error.message.slice(0, 300));
  }
  if (rows.length === 0) throw refuse.noRows('the table');
  if (rows.length > MAX_ALLOTMENTS) throw refuse.manyRows('the table', rows.length, MAX_ALLOTMENTS);
  requireColumns(Object.keys(rows[0]!).map((name) => name.trim()));
  return rows.map((row, i) => {
    const place = `row ${i + 1}`;
    const named = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name.trim(), cell]));
    const cell = (column: Exclude<Column, 'hours'>) => cellOf(named, column, place);
    const id = cell('id');
    const [consortium, cluster] = [cell('consortium'), cell('cluster')];
    const [from, to] = [cell('from'), cell('to')];
    return { ...(id !== '' && { id }), consortium, cluster, from, to, deviceHours: hoursOf(named, place) };
  });
}
