// Reads the rows of a task's data file in any of its formats: bytes in, plain JSON values out. Runs in a process that can be killed.
// Knows nothing of the meaning of columns.

import { gunzipSync } from 'node:zlib';
import { isObject, parseJson } from '../../base/index.ts';
import {
  checkCount,
  csvRows,
  DataError,
  MAX_DATA_BYTES,
  parquetRows,
  type Row,
  tsvRows,
} from '../../formats/tables/index.ts';

/** Bytes of a file on disk. */
export const MAX_FILE_BYTES = 64 << 20;

/** Endings of the formats, in the order of search. */
export const ENDINGS = ['.jsonl', '.jsonl.gz', '.parquet', '.tsv', '.csv'] as const;

export const endingOf = (name: string): (typeof ENDINGS)[number] | undefined =>
  ENDINGS.find((ending) => name.endsWith(ending));

/**
 * The rows of a file; the ending of its name gives the format.
 * @throws DataError
 */
export async function readRows(name: string, bytes: Uint8Array): Promise<Row[]> {
  switch (endingOf(name)) {
    case '.jsonl':
      return linesRows(textOf(bytes));
    case '.jsonl.gz':
      return linesRows(textOf(gunzip(bytes)));
    case '.parquet':
      return await parquetRows(bytes);
    case '.tsv':
      return tsvRows(textOf(bytes));
    case '.csv':
      return csvRows(textOf(bytes));
    default:
      throw new DataError(`its ending is not one of ${ENDINGS.join(' ')}`);
  }
}

function gunzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_DATA_BYTES });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataError(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `more than ${MAX_DATA_BYTES >> 20} MiB when unpacked`
        : `broken gzip: ${message}`,
    );
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_DATA_BYTES) throw new DataError(`more than ${MAX_DATA_BYTES >> 20} MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // removes a byte order mark
  } catch {
    throw new DataError('not UTF-8 text');
  }
}

// Reads JSON Lines: one object per line.

/** @throws DataError */
function linesRows(text: string): Row[] {
  const rows: Row[] = [];
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf('\n', from);
    const end = at < 0 ? text.length : at;
    const line = text.slice(from, end);
    from = end + 1;
    number++;
    if (line.trim() === '') continue;
    const value = parseJson(line, () => new DataError(`line ${number} is not JSON`));
    if (!isObject(value)) throw new DataError(`line ${number} is not an object`);
    rows.push(value as Row);
    checkCount(rows.length);
  }
  return rows;
}
