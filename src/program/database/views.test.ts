// The views over every database: one view for each kind of entry, with the data of its entries.

import { beforeAll, expect, test } from 'vitest';
import { START } from '../log/index.ts';
import type { KindName } from '../state/index.ts';
import { KINDS } from '../state/kinds.ts';
import { everyEntry } from '../state/testing/every-entry.ts';
import { viewColumns, viewName } from '../state/views.ts';
import { overStores } from './testing/harness.ts';

const VIEWS = (Object.keys(KINDS) as KindName[]).map(viewName);

const entries = everyEntry();

overStores('views', (tested) => {
  beforeAll(() => tested.store.append(START, entries));

  // A kind of entry that has changed needs a migration: scripts/view-statements.ts.
  test('each kind of entry has a view with its columns, and there are no others', async () => {
    const found = await tested.sql(
      `select table_name as view, column_name as name, data_type as type from information_schema.columns
       where table_schema = 'jikji' and table_name in (select table_name from information_schema.views where table_schema = 'jikji')
       order by table_name, ordinal_position`,
    );
    const columns = new Map(VIEWS.map((view) => [view, [] as unknown[]]));
    for (const { view, name, type } of found) {
      if (!columns.has(String(view))) columns.set(String(view), []);
      columns.get(String(view))!.push([name, type]);
    }
    const expected = (Object.keys(KINDS) as KindName[]).map((kind) => [
      viewName(kind),
      [
        ['seq', 'bigint'],
        ['time', 'text'],
        ['actor', 'text'],
        ...viewColumns(kind).map(({ name, type }) => [name, type]),
      ],
    ]);
    expect(Object.fromEntries(columns)).toEqual(Object.fromEntries(expected));
  });

  test('a row holds the data of its entry, null for missing members', async () => {
    for (const kind of Object.keys(KINDS) as KindName[]) {
      const own = entries.filter((entry) => entry.kind === kind);
      const rows = await tested.sql(`select * from jikji.${viewName(kind)} order by seq`);
      expect(rows.map(({ seq }) => Number(seq))).toEqual(own.map(({ seq }) => seq));
      rows.forEach((row, i) => {
        const data = own[i]!.data as Record<string, unknown>;
        const said = viewColumns(kind).map(({ name, member, type }) => {
          const value = row[name] === null || type !== 'bigint' ? row[name] : Number(row[name]);
          return [member, value];
        });
        expect(Object.fromEntries(said)).toEqual({
          ...Object.fromEntries(viewColumns(kind).map(({ member }) => [member, null])),
          ...data,
        });
      });
    }
  });

  test('views are read-only, and have no sealed forms', async () => {
    await tested.store.secrets.put('form:x', 'sealed');
    const read = await tested.sql(
      `select distinct table_schema, table_name from information_schema.view_table_usage where view_schema = 'jikji'`,
    );
    expect(read).toEqual([{ table_schema: 'jikji', table_name: 'entries' }]);
    await expect(tested.sql(`update jikji.call_opened set id = 'other'`)).rejects.toThrow();
  });
});
