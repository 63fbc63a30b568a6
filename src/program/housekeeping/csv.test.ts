// Lines of CSV: read back by an independent reader, and no formula for any spreadsheet.

import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvLine } from './access-record.ts';

const HOSTILE = [
  '=1+1',
  '+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '\u00a0=1',
  '\u200b=1',
  '\ufeff=1',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '=cmd|" /C calc"!A0',
  '=HYPERLINK("http://x","y")',
  '"=1',
];
const PLAIN = ['', 'a', 'kim', '한글', 'a,b', 'say "x"', 'a\r\nb', 'a=b', "o'clock", '2026-01-01T00:00:00.000Z'];

test('what is written is what a reader of CSV reads', () => {
  expect(parse(csvLine(PLAIN))).toEqual([PLAIN]);
  expect(parse(csvLine([1, null, -1]))).toEqual([['1', '', "'-1"]]);
  expect(csvLine(['a', 'b'])).toBe('a,b\r\n');
});

test('no value begins as a formula', () => {
  for (const value of HOSTILE) {
    const [[read]] = parse(csvLine([value])) as [[string]];
    expect(read, JSON.stringify(value)).toMatch(/^['"]/);
    expect(read.replace(/^'/, '')).toBe(value);
    // A spreadsheet may also split the raw line, without the rules of quotes.
    expect(csvLine([value])).toMatch(/^"?['"]/);
  }
});
