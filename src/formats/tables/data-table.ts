// Reads tables: comma-separated by RFC 4180, and tab-separated with one row per line. The first row names the columns; every cell is
// text.

import { CsvError, parse } from 'csv-parse/sync';
import { checkCount, DataError, type Row } from './rows.ts';

const QUOTING = 'a cell with a comma, a quote or a line end stands in quotes, and a quote in it is written twice: ""';

/** What is wrong with a table, with the row: csv-parse counts lines, and a cell may have several. */
function csvError(cause: CsvError): DataError {
  const row = cause.records === 0 ? 'the header' : `row ${cause.records}`;
  const what = cause.code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is not closed' : cause.message;
  return new DataError(`${row}: ${what}`, QUOTING, { cause });
}

/** @throws DataError */
export function csvRows(text: string, { delimiter = ',' }: { delimiter?: string } = {}): Row[] {
  let records: string[][];
  try {
    records = parse(text, { delimiter, skip_empty_lines: true, max_record_size: 16 << 20 });
  } catch (error) {
    if (error instanceof CsvError) throw csvError(error);
    throw error;
  }
  return named(records);
}

/**
 * Unquotes a cell in quotes whose inner quotes are all doubled, as spreadsheets write it. Any other quote is an ordinary character.
 * @throws DataError
 */
export function tsvRows(text: string): Row[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return named(lines.map((line) => line.split('\t').map(unquoted)));
}

function unquoted(cell: string): string {
  return /^"(?:[^"]|"")*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

function named([header, ...records]: string[][]): Row[] {
  if (!header) throw new DataError('the file is empty: its first line must name the columns');
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw new DataError(`two columns are called ${JSON.stringify(twice)}`);
  checkCount(records.length);
  return records.map((record, i) => {
    if (record.length !== header.length) {
      throw new DataError(`row ${i + 1} has ${record.length} cells, the header ${header.length}`);
    }
    return Object.fromEntries(header.map((name, column) => [name, record[column]]));
  });
}
