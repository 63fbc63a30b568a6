// Tables of conversations or pairs: Parquet, and comma- or tab-separated text whose first line names the columns. A table is read whole:
// Parquet's description stands at its end, and a cell in quotes may hold lines.

import { JikjiError } from '../../../base/index.ts';
import { csvRows, DataError, MAX_DATA_BYTES, parquetRows, type Row, tsvRows } from '../../../formats/tables/index.ts';
import type { DocumentKind } from '../../conversation/index.ts';
import { textOf } from '../text.ts';
import { takeConversation } from './conversations.ts';
import type { ReaderContext } from './reader.ts';

const FORMATS = ['parquet', 'csv', 'tsv'] as const;
type Format = (typeof FORMATS)[number];

/** By the ending of a file's name; undefined where it is no table. */
export const tableFormat = (name: string): Format | undefined =>
  FORMATS.find((format) => name.toLowerCase().endsWith(`.${format}`));

/** Reads the rows of a table, in order. `context.label` is the file's name. @throws JikjiError */
export async function readConversationTable(
  kind: DocumentKind,
  raw: AsyncIterable<Buffer>,
  context: Pick<ReaderContext, 'label' | 'document'>,
): Promise<void> {
  try {
    const rows = tableFormat(context.label) === 'parquet' ? await packedRows(raw) : await textRows(raw, context.label);
    for (const [i, row] of rows.entries()) takeConversation(row, `row ${i + 1}`, { ...context, kind });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const hint = error.hint ?? 'write it again, in files of less than 64 MiB, or as .jsonl';
    throw new JikjiError('source-broken', error.message, context.label, hint, { cause: error });
  }
}

async function packedRows(raw: AsyncIterable<Buffer>): Promise<Row[]> {
  const pieces: Buffer[] = [];
  for await (const piece of raw) pieces.push(Buffer.from(piece));
  return pieces.length === 0 ? [] : await parquetRows(Buffer.concat(pieces));
}

async function textRows(raw: AsyncIterable<Buffer>, label: string): Promise<Row[]> {
  let text = '';
  for await (const piece of textOf(raw, label)) {
    text += piece;
    if (text.length > MAX_DATA_BYTES) throw new DataError(`more than ${MAX_DATA_BYTES >> 20} MiB`);
  }
  if (text.trim() === '') return [];
  if (tableFormat(label) === 'tsv') return tsvRows(text);
  checkCommas(text);
  return csvRows(text);
}

/** Spreadsheets of some countries divide the columns of a .csv by semicolons. @throws DataError */
function checkCommas(text: string): void {
  const header = /^[^\r\n]*/.exec(text)![0];
  if (header.includes(',')) return;
  const by = header.includes(';') ? '";"' : header.includes('\t') ? 'tabs' : undefined;
  if (by === undefined) return;
  const hint = by === 'tabs' ? 'call the file .tsv' : 'save it with commas between the columns, or with tabs as .tsv';
  throw new DataError(`its columns are divided by ${by}, those of a .csv by ","`, hint);
}
