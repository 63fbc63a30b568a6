// What the pages of a run and its model ask over HTTP: what it was trained on, its audits, and submissions with its seal, of which the access
// record has a line.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Bench } from '../../audit/testing/run.ts';
import { digestOfFile, sha256Hex } from '../../ledger/index.ts';
import { noteRun } from '../../run-folder/index.ts';
import { BOOK, TEAMS } from '../office/testing/office.ts';
import { TestServer } from './testing/api.ts';

const bench = new Bench();
let server: TestServer;
let run = '';
let path = '';
beforeAll(async () => {
  vi.stubEnv('XDG_STATE_HOME', join(bench.folder, 'state'));
  run = await bench.make(bench.strangersKey('maker'), { train: { steps: 2, checkpointEvery: 1 } });
  noteRun(run);
  server = await new TestServer().begin();
  await server.office.stage('s1', `${BOOK}publication: { audits: at-close }\n`);
  const { body } = await server.get('office', '/api/runs');
  path = `/api/runs/${body[0].id}`;
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  bench.remove();
});
const ask = (what: string) => server.read('office', `${path}/${what}`);

/** A submission of a team, and the office's audit of it, which recorded this seal. */
async function submitted(id: string, consortium: string, seal: string): Promise<void> {
  const digest = sha256Hex(id);
  const stage = server.programme.tables.all('stages')[0]!.id;
  await server.office.say('submission-received', { id, stage, consortium, kind: 'bundle', digest, bytes: 1 });
  const evidence = { genesis: sha256Hex('genesis'), seal, head: sha256Hex('head'), kept: [1] };
  const reach = { extent: 'all', data: 'maker', share: 1, chance: 1, room: null, replayed: [], evidence };
  await server.office.say('submission-audited', {
    submission: id,
    verdict: 'holds',
    maker: sha256Hex(id),
    checks: [],
    reach,
  });
}

test('what it was trained on, and what there is without a corpus folder', async () => {
  expect(await ask('training-data')).toMatchObject({ beganWith: 'drawn', corpus: { standing: 'committed' } });
  cpSync(join(run, 'corpus'), join(run, 'kept'), { recursive: true });
  rmSync(join(run, 'corpus'), { recursive: true });
  expect(await ask('training-data')).toMatchObject({ corpus: null, unreadable: [{ file: 'corpus/manifest.json' }] });
  cpSync(join(run, 'kept'), join(run, 'corpus'), { recursive: true });
});

test('submissions with its seal, and no others; what is sealed is noted', async () => {
  expect(await ask('submissions')).toEqual([]);
  await submitted('own-1', TEAMS[0]!, digestOfFile(join(run, 'seal.json')));
  await submitted('other-1', TEAMS[1]!, sha256Hex('another seal'));
  const found = await ask('submissions');
  expect(found).toMatchObject([{ programme: 'test', submission: 'own-1', consortium: TEAMS[0], comparisons: 0 }]);
  expect(found).toHaveLength(1);
  const { body: seen } = await server.get('office', '/access');
  expect(seen).toContainEqual(expect.objectContaining({ what: 'audit', of: 'own-1' }));
  expect(seen).not.toContainEqual(expect.objectContaining({ of: 'other-1' }));
});

test('its audits: none, one that runs, one that was ended', async () => {
  expect(await ask('audits')).toEqual({ running: null, failed: null, last: null, results: [] });
  const { body: audit } = await server.post('office', `${path}/audits`, { replay: 'all' });
  const { status, body: ended } = await server.ask('office', 'delete', `/api/audits/${audit.id}`);
  expect([status, ended.id, ended.state === 'running']).toEqual([200, audit.id, false]);
  expect((await ask('audits')).running).toBeNull();
  expect((await server.ask('office', 'delete', '/api/audits/none')).body.error.code).toBe('audit-unknown');
});
