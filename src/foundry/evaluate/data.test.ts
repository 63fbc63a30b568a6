// Rows from each format. DuckDB 1.5.6 wrote the Parquet files from the rows below.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DataError, MAX_DATA_BYTES } from '../../formats/tables/index.ts';
import { readRows } from './data.ts';

const read = (name: string, text: string | Uint8Array) => readRows(name, Buffer.from(text as string));
const refused = async (name: string, text: string | Uint8Array) => {
  const error = await read(name, text).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
};

describe('JSON Lines', () => {
  const text = '\ufeff{"a":"가\\u2028나","b":[1,{"c":null}]}\r\n\n{"a":2,"__proto__":{"x":1}}';

  test('one row per line, with any values', async () => {
    const rows = await read('a.jsonl', text);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({ a: '가\u2028나', b: [1, { c: null }] });
    expect(Object.keys(rows[1])).toEqual(['a', '__proto__']);
    expect(await read('a.jsonl.gz', gzipSync(text))).toEqual(rows);
  });

  test('invalid lines are refused', async () => {
    expect(await refused('a.jsonl', '{"a":1}\n{"a":')).toBe('line 2 is not JSON');
    expect(await refused('a.jsonl', '[1]')).toBe('line 1 is not an object');
    expect(await refused('a.jsonl', Buffer.from([0x7b, 0xff, 0x7d]))).toBe('not UTF-8 text');
    expect(await refused('a.jsonl.gz', 'no gzip')).toMatch(/^broken gzip/);
    expect(await refused('a.jsonl.gz', gzipSync(Buffer.alloc(MAX_DATA_BYTES + 1, 32)))).toMatch(/more than 64 MiB/);
    expect(await refused('a.txt', 'a')).toMatch(/ending/);
  });
});

describe('tables in text', () => {
  test('CSV by RFC 4180', async () => {
    expect(await read('a.csv', '\ufeffa,b\r\n"1, ""2""","x\ny"\r\n3,\r\n')).toEqual([
      { a: '1, "2"', b: 'x\ny' },
      { a: '3', b: '' },
    ]);
  });

  test('TSV: quotes are characters, except around a whole cell', async () => {
    expect(await read('a.tsv', 'a\tb\n"국제시장"은 영화다\t"그는 ""아니""라 했다"\r\n"x" or "y"\t"\n')).toEqual([
      { a: '"국제시장"은 영화다', b: '그는 "아니"라 했다' },
      { a: '"x" or "y"', b: '"' },
    ]);
  });

  test('invalid tables are refused', async () => {
    expect(await refused('a.csv', '')).toMatch(/empty/);
    expect(await refused('a.tsv', '')).toMatch(/empty/);
    expect(await refused('a.csv', 'a,a\n1,2')).toBe('two columns are called "a"');
    expect(await refused('a.tsv', 'a\tb\n1')).toBe('row 1 has 1 cells, the header 2');
    expect(await refused('a.csv', 'a,b\n1')).toMatch(/Invalid Record Length/);
    expect(await refused('a.csv', 'a\n"x')).toMatch(/^row 1: a quote is not closed$/);
    const [row] = await read('a.csv', '__proto__,constructor\n1,2');
    expect(Object.entries(row)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('Parquet', () => {
  const bytes = (codec: string) => readFileSync(new URL(`./fixtures/rows.${codec}.parquet`, import.meta.url));

  test.each(['snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw'])('%s', async (codec) => {
    const choices = (i: number) => ({ text: [`물 ${i}`, 'stone', 'naïve 😀'], label: ['A', 'B', 'C'] });
    expect(await readRows('rows.parquet', bytes(codec))).toEqual(
      [0, 1, 2].map((i) => ({
        id: `q${i}`,
        question: ['Question 0', '달은 지구를 도는가?', null][i],
        choices: choices(i),
        numbers: i === 2 ? [] : [i, i + 1],
        // JavaScript has no number 2^53 + 1.
        big: [0, '9007199254740993', '18014398509481986'][i],
        flag: i % 2 === 0,
        share: i / 4,
        day: `1377-07-0${i + 1}T00:00:00.000Z`,
        label: i,
      })),
    );
  });

  test('truncated files, and files that are not Parquet', async () => {
    const whole = bytes('zstd');
    for (const at of [0, 4, 7, 12, 200, whole.length - 1]) {
      expect(await refused('a.parquet', whole.subarray(0, at))).toMatch(/^broken Parquet/);
    }
  });
});
