// A backup of version 1, as release 0.1 wrote it of a log with every kind of entry: it restores, and its rows are compared with the log.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { StateOfVersion1 } from '../state/index.ts';
import { emptyDatabase } from './testing/empty.ts';
import { openTested, type Tested } from './testing/harness.ts';

const FILE = join(import.meta.dirname, 'version-1.backup');
const folder = mkdtempSync(join(tmpdir(), 'jikji-version-1-'));
let tested: Tested;
beforeAll(async () => {
  tested = await openTested({ folder: await emptyDatabase(join(folder, 'database')) });
});
afterAll(async () => {
  await tested.store.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => tested.clear());

const restore = (file: string, replay?: StateOfVersion1) => tested.store.restore(file, replay);
const lines = gunzipSync(readFileSync(FILE)).toString().trimEnd().split('\n').slice(0, -1);
const at = (begins: string): number => lines.findIndex((line) => line.startsWith(begins));
/** A backup of these lines, with the counts and the digest that it should have. */
function written(body: readonly string[]): string {
  const count = (member: string) => body.filter((line) => line.startsWith(`{"${member}"`)).length;
  const text = body.map((line) => `${line}\n`).join('');
  const end = { entries: count('entry'), secrets: count('secret'), rows: count('table') };
  const file = join(folder, 'changed');
  writeFileSync(file, gzipSync(`${text}${JSON.stringify({ end, sha256: sha256Hex(text) })}\n`));
  return file;
}

test('a version 1 backup is read as it was written', async () => {
  const state = new StateOfVersion1();
  const contents = await restore(FILE, state);
  expect(contents).toMatchObject({ head: { seq: 42 }, rows: 35, secrets: 1 });
  expect(await tested.store.head()).toEqual(contents.head);
  expect(state.tables.get('submissions', 'a-1')).toMatchObject({ cluster: 'near', status: 'audited' });
  expect(await tested.store.secrets.get('form:x1:abc')).toBe('{"nonce":"00"}');
  // Every table that had rows is in it: what is compared is not nothing.
  const tables = new Set(lines.flatMap((line) => JSON.parse(line).table ?? []));
  for (const table of ['runSteps', 'auditReaches', 'placements']) expect(tables).toContain(table);
  expect(tables.size).toBe(25);
});

const row = (table: string): number => at(`{"table":"${table}"`);
test.each<[what: string, body: () => string[], why: string]>([
  [
    'altered',
    () => lines.with(row('audits'), lines[row('audits')]!.replace('holds', 'refuted')),
    'a row of audits is not what the entries say',
  ],
  [
    'a step of a curve altered',
    () => lines.with(row('runSteps'), lines[row('runSteps')]!.replace('9.25', '9.5')),
    'a row of runSteps is not what the entries say',
  ],
  ['missing', () => lines.toSpliced(row('placements'), 1), 'placements a-1 is missing'],
  [
    'added',
    () => lines.toSpliced(row('calls'), 0, '{"table":"calls","row":{"id":"other","title":{"en":"O"},"status":"open"}}'),
    'a row of calls is not what the entries say',
  ],
  [
    'of no table',
    () => [...lines, '{"table":"others","row":{"id":"x"}}'],
    'a row of others is not what the entries say',
  ],
  [
    'there twice',
    () => lines.toSpliced(row('forms'), 0, lines[row('forms')]!),
    'a row of forms is not what the entries say',
  ],
])('a row that is %s', async (_, body, why) => {
  const changed = body();
  expect(changed).not.toEqual(lines);
  const file = written(changed);
  await expect(restore(file, new StateOfVersion1())).rejects.toMatchObject({
    code: 'backup-broken',
    message: expect.stringContaining(why),
  });
  expect((await tested.store.head()).seq).toBe(0);
});

test('a file of version 2 has no rows', async () => {
  const body = lines.with(0, lines[0]!.replace('"jikjiBackup":1', '"jikjiBackup":2'));
  await expect(restore(written(body))).rejects.toMatchObject({ code: 'backup-broken' });
  const entries = body.filter((line) => !line.startsWith('{"table"'));
  expect(await restore(written(entries), new StateOfVersion1())).toMatchObject({ head: { seq: 42 }, rows: 0 });
});
