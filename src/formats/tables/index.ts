// Tables of data files: comma- or tab-separated, and Parquet. Apart from the other formats, so that a process that reads what strangers
// wrote loads nothing else.

export { csvRows, tsvRows } from './data-table.ts';
export { parquetRows } from './parquet.ts';
export { checkCount, DataError, MAX_DATA_BYTES, type Row } from './rows.ts';
