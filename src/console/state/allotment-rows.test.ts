// The rows of the table of allotments: what counts as changed, what is sent, and that newer allotments take no typed text away.

import { expect, test } from 'vitest';
import { csvOf, draftOf, endedOn, isChanged, isComplete, rebased, rowsOf, withTable } from './allotment-rows.ts';

const was = (id: string, more: object = {}) => ({
  ...{ id, consortium: 'han', cluster: 'titan', from: '2026-01-01', to: '2026-03-31', deviceHours: 50.5 },
  ...{ source: null, seq: 7 },
  ...more,
});

test('a row is changed by each of its fields, and not by the same number in other digits', () => {
  const [row] = rowsOf([was('q1')]);
  expect(isChanged(row)).toBe(false);
  expect(isChanged({ ...row, hours: '50.50' })).toBe(false);
  for (const more of [
    { consortium: 'x' },
    { cluster: 'x' },
    { from: '2026-01-02' },
    { to: '2026-04-01' },
    { hours: '51' },
  ])
    expect([more, isChanged({ ...row, ...more })]).toEqual([more, true]);
  // An emptied field is a change that cannot be sent, not a zero.
  expect([isChanged({ ...row, hours: '' }), isComplete({ ...row, hours: '' })]).toEqual([true, false]);
  expect(isComplete({ ...row, from: '' })).toBe(false);
  expect(isComplete({ ...row, hours: '-1' })).toBe(false);
});

test('what is sent names the entry that it replaces, and keeps the source', () => {
  const source = [{ publisher: 'A paper' }];
  const [row] = rowsOf([was('q1', { source })]);
  const { seq: _, ...rest } = was('q1', { source });
  expect(draftOf({ ...row, hours: '80' })).toEqual({ ...rest, deviceHours: 80, replaces: 7 });
  const fresh = { ...row, was: undefined, id: ' ' };
  expect(draftOf(fresh)).toEqual({
    ...{ consortium: 'han', cluster: 'titan', from: '2026-01-01', to: '2026-03-31', deviceHours: 50.5, replaces: null },
  });
});

test('one that has begun ends on the day, one that has not has no hours', () => {
  const [row] = rowsOf([was('q1')]);
  expect(endedOn(row, '2026-02-15')).toMatchObject({ to: '2026-02-15', hours: '50.5' });
  expect(endedOn(row, '2025-12-31')).toMatchObject({ to: '2026-03-31', hours: '0' });
});

test('newer allotments: typed rows stay with what they replace, all others are as in force', () => {
  const rows = rowsOf([was('a'), was('b'), was('c')]);
  const typed = [
    rows[0],
    { ...rows[1], hours: '99' },
    { ...rows[2], hours: '70' },
    { ...rows[0], key: 'new', was: undefined, id: '' },
  ];
  const now = [
    was('a', { deviceHours: 60, seq: 8 }),
    was('b', { deviceHours: 61, seq: 9 }),
    was('c', { deviceHours: 70, seq: 10 }),
    was('d'),
  ];
  expect(rebased(typed, now).map(({ id, hours, was }) => [id, hours, was?.seq])).toEqual([
    ['a', '60', 8],
    ['b', '99', 7], // the server refuses it: somebody else changed it
    ['c', '70', 10], // that was recorded
    ['d', '50.5', 7],
    ['', '50.5', undefined],
  ]);
});

test('a table changes rows that are there, and adds others', () => {
  const rows = rowsOf([was('a')]);
  const { seq: _, source: __, ...allotment } = was('a', { deviceHours: 1 });
  const all = withTable(rows, [
    { allotment, before: null },
    { allotment: { ...allotment, id: 'z' }, before: null },
  ]);
  expect(all.map(({ id, hours, was }) => [id, hours, was?.seq])).toEqual([
    ['a', '1', 7],
    ['z', '1', undefined],
  ]);
});

test('what is saved as a table is what the office would upload', () => {
  expect(csvOf([was('a')])).toBe('id,consortium,cluster,from,to,hours\r\na,han,titan,2026-01-01,2026-03-31,50.5\r\n');
});
