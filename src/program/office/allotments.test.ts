// Several allotments at once: all or none, never over what somebody else changed meanwhile; tables of strangers' cells.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutateBytes, Random } from '../../base/testing/mutate.ts';
import { readAllotmentTable } from './allotment-table.ts';
import { ACTS } from './index.ts';
import { byOffice, Office } from './testing/office.ts';

const office = new Office();
beforeAll(async () => {
  await office.found();
  await office.stage();
  await office.fill();
  await office.chain();
});
afterAll(() => office.close());

const FEBRUARY = { from: '2026-02-01', to: '2026-02-28' };
const one = (id: string, more: object = {}) => ({
  ...{ id, consortium: 'b', cluster: 'big', ...FEBRUARY, deviceHours: 10, replaces: null },
  ...more,
});
type Given = ReturnType<typeof one>;
const by = () => byOffice(office.signer);
const give = (...allotments: Given[]) => ACTS.giveAllotments.run(office.programme, { allotments }, by());
const check = (input: { allotments?: Given[]; table?: string }) =>
  ACTS.checkAllotments.run(office.programme, { allotments: [], ...input }, by());
const rows = () => office.programme.tables.all('allotments').map(({ id, deviceHours }) => [id, deviceHours]);
const seqOf = (id: string) => office.programme.tables.get('allotments', id)!.seq;
const seq = () => office.programme.head.seq;
async function refuses(code: string, input: string, ...allotments: Given[]): Promise<void> {
  const [before, head] = [rows(), seq()];
  await expect(give(...allotments)).rejects.toMatchObject({ code, input });
  expect([rows(), seq()]).toEqual([before, head]);
}

test('several are given at once, changed, and ended', async () => {
  const head = seq();
  const { entries } = await give(one('b-1'), one('b-2', { consortium: 'c' }), one('b-3', { cluster: 'near' }));
  expect(entries.map(({ seq }) => seq)).toEqual([head + 1, head + 2, head + 3]);
  expect(rows()).toEqual([
    ['a-q1', 100],
    ['b-1', 10],
    ['b-2', 10],
    ['b-3', 10],
  ]);
  await give(
    one('b-1', { deviceHours: 20, replaces: seqOf('b-1') }),
    one('b-2', { consortium: 'c', deviceHours: 0, replaces: seqOf('b-2') }),
  );
  expect(rows().slice(1, 3)).toEqual([
    ['b-1', 20],
    ['b-2', 0],
  ]);
});

test('one that is refused refuses all of them, and is named', async () => {
  await refuses('cluster-unknown', 'x-2: bgi', one('x-1'), one('x-2', { cluster: 'bgi' }), one('x-3'));
  await refuses('consortium-unknown', 'x-3: z', one('x-1'), one('x-2'), one('x-3', { consortium: 'z' }));
  await refuses('period-backwards', 'x-1', one('x-1', { to: '2026-01-01' }), one('x-2'));
  await refuses('entry-broken', 'x-2: to', one('x-1'), one('x-2', { to: '2026-02-30' }));
  await refuses('allotment-twice', 'x-1', one('x-1'), one('x-1'));
  await refuses('allotment-exists', 'b-1', one('x-1'), one('b-1'));
  await refuses('allotment-moved', 'b-1', one('x-1'), one('b-1', { replaces: 1 }));
  await refuses('allotment-moved', 'x-2', one('x-1'), one('x-2', { replaces: seqOf('b-1') }));
});

test('of many who change the same allotments at once one does; nobody’s change is lost, and a repeated click writes nothing', async () => {
  await give(one('r-1'), one('r-2'));
  const replaces = { 'r-1': seqOf('r-1'), 'r-2': seqOf('r-2') };
  const ask = (hours: number) =>
    give(
      one('r-1', { deviceHours: hours, replaces: replaces['r-1'] }),
      one('r-2', { deviceHours: hours, replaces: replaces['r-2'] }),
    );
  const head = seq();
  const answers = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => ask(30 + i)));
  const done = answers.flatMap((answer, i) => (answer.status === 'fulfilled' ? 30 + i : []));
  expect(done).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'allotment-moved', input: 'r-1' });
  expect(seq()).toBe(head + 2);
  expect(rows().slice(-2)).toEqual([
    ['r-1', done[0]],
    ['r-2', done[0]],
  ]);
  expect(await ask(done[0]!)).toEqual({ entries: [] });
  expect(seq()).toBe(head + 2);
});

test('a check says what changes, proposes ids, and records nothing', async () => {
  const head = seq();
  const { id: _, ...unnamed } = one('');
  const found = await check({
    allotments: [
      unnamed as Given,
      unnamed as Given,
      one('b-1', { deviceHours: 20, replaces: seqOf('b-1') }),
      one('b-1b', { cluster: 'near', deviceHours: 9.5 }),
      one('odd', { cluster: 'bgi', deviceHours: 1e6 }),
      one('a-q1'),
    ],
  });
  expect(seq()).toBe(head);
  expect(
    found.changes.map(({ allotment: { id }, before, same, problem }) => [id, before?.deviceHours, same, problem?.code]),
  ).toEqual([
    ['b-big-2026-02', undefined, false, undefined],
    ['b-big-2026-02-2', undefined, false, undefined],
    ['b-1', 20, true, undefined],
    ['b-1b', undefined, false, undefined],
    ['odd', undefined, false, 'cluster-unknown'],
    ['a-q1', 100, false, 'allotment-exists'],
  ]);
  // What would be refused does not count. big has eight chips, near four.
  const sumOn = (cluster: string) =>
    office.programme.tables
      .all('allotments')
      .filter((row) => row.cluster === cluster)
      .reduce((sum, { deviceHours }) => sum + deviceHours, 0);
  expect(found.clusters.map(({ cluster, before, after, chips }) => [cluster, before, after, chips])).toEqual([
    ['big', sumOn('big'), sumOn('big') + 20, 8],
    ['near', sumOn('near'), sumOn('near') + 9.5, 4],
  ]);
  expect(found.overlaps.map(({ ids }) => ids.toSorted().join())).toContain('b-big-2026-02,b-big-2026-02-2');
  expect(found.overlaps.flatMap(({ ids }) => ids)).not.toContain('odd');
});

const HEADER = 'id,consortium,cluster,from,to,hours';
const row = 'b-7,b,big,2026-02-01,2026-02-28,12.5';

describe('a table', () => {
  test('gives the same as what is typed; a known id replaces, an empty one is proposed', async () => {
    const replaces = seqOf('b-1');
    const table = `${HEADER}\r\n${row}\r\nb-1,b,big,2026-02-01,2026-02-28,21\r\n,c,near,2026-03-01,2026-03-31,1\r\n`;
    const { changes } = await check({ table });
    expect(changes.map(({ allotment: { id, deviceHours }, replaces }) => [id, deviceHours, replaces])).toEqual([
      ['b-7', 12.5, null],
      ['b-1', 21, replaces],
      ['c-near-2026-03', 1, null],
    ]);
    const allotments = changes.map(({ allotment, replaces }) => ({ ...allotment, replaces })) as Given[];
    expect((await give(...allotments)).entries).toHaveLength(3);
  });

  test.each([
    ['semicolons', HEADER.replaceAll(',', ';'), row.replaceAll(',', ';')],
    ['tabs', HEADER.replaceAll(',', '\t'), row.replaceAll(',', '\t')],
    ['quotes', HEADER.replace('hours', '"hours"'), row.replace('12.5', '"12.5"')],
    ['a mark at its beginning', `\uFEFF${HEADER}`, row],
    ['spaces', HEADER.replaceAll(',', ' , '), row.replaceAll(',', ' , ')],
    ['another order', 'hours,to,from,cluster,consortium,id', row.split(',').reverse().join(',')],
  ])('with %s', (_, header, line) =>
    expect(readAllotmentTable(`${header}\n${line}\n`)).toEqual([
      { id: 'b-7', consortium: 'b', cluster: 'big', from: '2026-02-01', to: '2026-02-28', deviceHours: 12.5 },
    ]),
  );

  const cell = (column: number, text: string) => row.split(',').with(column, text).join(',');
  test.each([
    ['empty', '', 'the table'],
    ['without rows', HEADER, 'the table'],
    ['without a column', HEADER.replace(',hours', ''), 'first line', 'b-7,b,big,2026-02-01,2026-02-28'],
    ['with another column', `${HEADER},cost`, 'first line', `${row},1`],
    ['with a column twice', `${HEADER},id`, 'the table', `${row},b-8`],
    ['named __proto__', HEADER.replace('id', '__proto__'), 'first line', row],
    ['with a short row', HEADER, 'the table', 'b-7,b'],
    ['with an open quote', HEADER, 'the table', cell(0, '"b-7')],
    ['with a formula as id', HEADER, 'row 1, id', cell(0, '"=HYPERLINK(""http://x"")"')],
    ['with a formula as hours', HEADER, 'row 1, hours', cell(5, '=1+1')],
    ['with a formula that begins with @', HEADER, 'row 1, consortium', cell(1, '@SUM(1)')],
    ['with hours in thousands', HEADER, 'row 1, hours', cell(5, '"12,500"')],
    ['with hours below none', HEADER, 'row 1, hours', cell(5, '-1')],
    ['with hours of a machine', HEADER, 'row 1, hours', cell(5, '1e3')],
    ['with hours that are not', HEADER, 'row 1, hours', cell(5, 'NaN')],
    ['with too many hours', HEADER, 'row 1, hours', cell(5, '9999999999999')],
    ['with a day of a spreadsheet', HEADER, 'row 1, from', cell(3, '46054')],
    ['with an American day', HEADER, 'row 1, to', cell(4, '2/28/2026')],
    ['with a name', HEADER, 'row 1, consortium', cell(1, '도라지')],
    ['in a picture', 'PNG\0\u0001', 'first line', 'x'],
    ['with very many rows', HEADER, 'the table', ...Array<string>(501).fill(row)],
  ])('%s is refused, with its place', (_, header, input, ...lines) => {
    expect(() => readAllotmentTable([header, ...lines].join('\n'))).toThrow(
      expect.objectContaining({ code: 'allotments-broken', input }),
    );
  });

  test('altered anyhow is read or refused', () => {
    const random = new Random(3);
    const whole = Buffer.from(`${HEADER}\n${row}\n${row.replace('b-7', 'b-8')}\n`);
    for (let n = 0; n < 300; n++) {
      const text = mutateBytes(whole, random).toString();
      let read: ReturnType<typeof readAllotmentTable>;
      try {
        read = readAllotmentTable(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'allotments-broken' });
        continue;
      }
      for (const { id = 'x', consortium, deviceHours } of read) {
        expect([id, consortium].join()).toMatch(/^[a-z0-9][a-z0-9-]*,[a-z0-9][a-z0-9-]*$/);
        expect(deviceHours).toBeGreaterThanOrEqual(0);
      }
    }
  });
});
