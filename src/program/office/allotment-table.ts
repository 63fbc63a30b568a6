// Allotments from a table that somebody typed or a spreadsheet saved: comma-, semicolon- or tab-separated. Cells are text: what looks like a
// formula is text that is no date and no number, and is refused as such.

import { JikjiError } from '../../base/index.ts';
import { csvRows, DataError, type Row } from '../../formats/index.ts';
import { MAX_DEVICE_HOURS } from '../state/index.ts';

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

const broken = (message: string, input: string, hint: string): JikjiError =>
  new JikjiError('allotments-broken', message, input, hint);

const FORMS: Record<Exclude<Column, 'hours'>, [form: RegExp, message: string, hint: string]> = {
  id: [
    /^([a-z0-9][a-z0-9-]{0,63})?$/,
    'is not an id',
    'write lower-case letters, digits and hyphens, or leave it empty',
  ],
  consortium: [/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not the id of a consortium', 'write its id, not its name'],
  cluster: [/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not the id of a cluster', 'write its id, as the catalogue has it'],
  from: [/^\d{4}-\d\d-\d\d$/, 'is not a day', 'write days as 2026-01-15'],
  to: [/^\d{4}-\d\d-\d\d$/, 'is not a day', 'write days as 2026-01-15'],
};

/** Shown in errors: what stands in a cell may be long, and anything. */
const shown = (cell: string): string => JSON.stringify(cell.slice(0, 60));

function cellOf(row: Row, column: Exclude<Column, 'hours'>, place: string): string {
  const cell = String(row[column] ?? '').trim();
  const [form, message, hint] = FORMS[column];
  if (form.test(cell)) return cell;
  throw broken(`${shown(cell)} ${message}`, `${place}, ${column}`, hint);
}

function hoursOf(row: Row, place: string): number {
  const cell = String(row.hours ?? '').trim();
  const hours = /^\d{1,13}(\.\d{1,9})?$/.test(cell) ? Number(cell) : Number.NaN;
  if (hours <= MAX_DEVICE_HOURS) return hours;
  const hint = 'write digits, with a point before decimals and no other signs: 12000.5';
  throw broken(`${shown(cell)} is not a number of hours`, `${place}, hours`, hint);
}

function requireColumns(names: readonly string[]): void {
  const all = COLUMNS.join(', ');
  const other = names.find((name) => !COLUMNS.includes(name as Column));
  if (other !== undefined) throw broken(`there is no column ${shown(other)}`, 'first line', `name the columns: ${all}`);
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) throw broken(`the column ${missing} is missing`, 'first line', `name the columns: ${all}`);
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
    throw broken(
      error.message.slice(0, 300),
      'the table',
      'save it as CSV in UTF-8, with the columns in its first line',
    );
  }
  if (rows.length === 0)
    throw broken('the table has no rows', 'the table', `below its first line, write one row for each`);
  if (rows.length > MAX_ALLOTMENTS)
    throw broken(`the table has ${rows.length} rows`, 'the table', `at most ${MAX_ALLOTMENTS} at once`);
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
