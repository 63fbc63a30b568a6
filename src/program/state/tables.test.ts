// Rows by their key and by the value of a column, as they are added and change.

import { expect, test } from 'vitest';
import { State, Tables } from './index.ts';
import { ROW, type TableName } from './rows.ts';
import { everyEntry } from './testing/every-entry.ts';

test('rows are added and changed; of several with one key the last counts, at the position of the first', () => {
  const tables = new Tables();
  const call = (id: string, status: 'open' | 'closed' = 'open') => ({ id, title: { en: id }, status });
  for (const id of ['b', 'a', 'c']) tables.put('calls', call(id));
  expect(tables.of('calls', 'status', 'open')).toEqual(['b', 'a', 'c'].map((id) => call(id)));
  tables.put('calls', call('a', 'closed'));
  tables.update('calls', 'c', { status: 'closed' });
  tables.put('calls', call('d', 'closed'));
  expect(tables.all('calls')).toEqual([call('b'), call('a', 'closed'), call('c', 'closed'), call('d', 'closed')]);
  expect(tables.of('calls', 'status', 'open')).toEqual([call('b')]);
  expect(tables.of('calls', 'status', 'closed').map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  expect([tables.get('calls', 'c'), tables.get('calls', 'e'), tables.size]).toEqual([
    call('c', 'closed'),
    undefined,
    4,
  ]);
  expect(() => tables.update('calls', 'e', { status: 'open' })).toThrow('no row e in calls');
});

test('every table has rows of its declared form', () => {
  const state = new State();
  for (const entry of everyEntry()) state.take(entry);
  for (const table of Object.keys(ROW) as TableName[]) {
    const rows = state.tables.all(table);
    expect(rows.length, table).toBeGreaterThan(0);
    for (const row of rows) expect(row, table).toMatchObject(ROW[table].parse(row));
  }
});
