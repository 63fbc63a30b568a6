// A log that was written long ago, with every kind of entry of its time: it restores, and gives the state that it gave then.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { State } from '../state/index.ts';
import type { TableName } from '../state/rows.ts';
import { emptyDatabase } from './testing/empty.ts';
import { openTested, type Tested } from './testing/harness.ts';

const FILE = join(import.meta.dirname, 'old-log.backup');
/** By table: the rows that the log gives. Columns that came later are not among theirs. */
const ROWS: Record<TableName, object[]> = JSON.parse(readFileSync(join(import.meta.dirname, 'old-log.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'jikji-old-log-'));
let tested: Tested;
beforeAll(async () => {
  tested = await openTested({ folder: await emptyDatabase(join(folder, 'database')) });
});
afterAll(async () => {
  await tested.store.close();
  rmSync(folder, { recursive: true });
});

test('an old log is restored, and gives its rows', async () => {
  const state = new State();
  const { head, secrets } = await tested.store.restore(FILE, state);
  expect(head).toEqual({ seq: 42, link: 'f53d3ada8d90935eb48f24a264ef22b11f7f5a59a5d4995e6204f21fdb1befbd' });
  expect(secrets).toBe(1);
  expect(await tested.store.head()).toEqual(head);
  expect(await tested.store.secrets.get('form:x1:abc')).toBe('{"nonce":"00"}');
  const tables = Object.keys(ROWS) as TableName[];
  expect(tables).toHaveLength(22);
  for (const table of tables) expect(JSON.parse(JSON.stringify(state.tables.all(table)))).toMatchObject(ROWS[table]);
  expect(state.tables.size).toBe(Object.values(ROWS).flat().length);
});
