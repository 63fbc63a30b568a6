// Reads Parquet. The numbers in its headers are checked against limits before use: rows, values, unpacked bytes of a page.

import { setImmediate } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { count } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import { checkCount, DataError, MAX_DATA_BYTES, type Row } from './rows.ts';

const MAX_VALUES = 20_000_000;
const MAX_COLUMNS = 1000;
const MAX_DEPTH = 16;

/** @throws DataError */
export async function parquetRows(bytes: Uint8Array): Promise<Row[]> {
  const file = {
    byteLength: bytes.length,
    slice: (from: number, to?: number) => new Uint8Array(bytes.subarray(from, to)).buffer,
  };
  // Columns are read concurrently. After one has failed nothing awaits the other columns, and their rejections, all in the same turn of
  // the event loop, would end the process.
  const ignore = (): void => {};
  process.on('unhandledRejection', ignore);
  try {
    // Loaded when it is needed: most work reads no Parquet.
    const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(file);
    checkCount(Number(metadata.num_rows));
    let values = 0;
    for (const { columns } of metadata.row_groups) {
      if (columns.length > MAX_COLUMNS) throw new DataError(`more than ${MAX_COLUMNS} columns`);
      for (const column of columns) values += Math.abs(Number(column.meta_data?.num_values ?? 0));
    }
    if (!(values <= MAX_VALUES)) throw new DataError(`more than ${count(MAX_VALUES)} values`);
    const rows = await parquetReadObjects({ file, metadata, compressors: await bounded() });
    checkCount(rows.length);
    return rows.map((row) => plain(row, 0) as Row);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`broken Parquet: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await setImmediate();
    process.off('unhandledRejection', ignore);
  }
}

type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** Node's decompressors where it has them: they stop at a length. The package's write into as many bytes as the page claims. */
const NODES: Record<string, Unpack> = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length }),
};

/** Decompressors that limit the bytes which all pages together may claim. */
async function bounded(): Promise<Compressors> {
  const { compressors } = await import('hyparquet-compressors');
  let total = 0;
  const checked =
    (unpack: Unpack): Unpack =>
    (input, length) => {
      total += length;
      if (!(length > 0) || !(total <= 2 * MAX_DATA_BYTES)) throw new DataError(`a page claims ${length} bytes`);
      return unpack(input, length);
    };
  const all: Record<string, Unpack> = { ...(compressors as Record<string, Unpack>), ...NODES };
  return Object.fromEntries(Object.entries(all).map(([codec, unpack]) => [codec, checked(unpack)]));
}

/** A value as JSON; bytes that are not text become null. */
function plain(value: unknown, depth: number): Json {
  if (depth > MAX_DEPTH) throw new DataError('nested too deeply');
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
    case 'object':
      if (value === null || value instanceof Uint8Array) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (Array.isArray(value)) return Array.from(value, (item) => plain(item, depth + 1));
      if (ArrayBuffer.isView(value))
        return Array.from(value as unknown as ArrayLike<number | bigint>, (item) => plain(item, depth + 1));
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
    default:
      return null;
  }
}
