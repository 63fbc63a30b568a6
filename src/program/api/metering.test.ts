// Metering over HTTP: with a fake sacct that writes down what it was asked, and with uploaded answers, honest and hostile. Registered is what
// was looked at, signed, once.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { verifyLog } from '../programme/index.ts';
import { OURS, TEXTS } from '../state/testing/catalogue.ts';
import { TestServer } from './testing/api.ts';

const JANUARY = { cluster: 'near', from: '2026-01-01', to: '2026-01-31' };

const server = TestServer.forAll();
let bin: string;
beforeAll(async () => {
  await server.office.stage('s1');
  await server.office.fill();
  await server.office.chain();
  const text = OURS.replace('version: 1', 'version: 2').replace(
    'site: hall\n',
    'site: hall\n    reached: { scheduler: slurm, accounts: { a: a-gpu } }\n',
  );
  const body = { alone: true, texts: [TEXTS[0]!, { file: 'ours.yaml', text }] };
  expect(await server.status('office', 'post', '/catalogue', body)).toBe(200);
  bin = join(server.office.folder, 'bin');
  mkdirSync(bin);
});
beforeEach(() => {
  rmSync(join(bin, 'asked'), { force: true });
  vi.stubEnv('SLURM_CONF', '');
});
afterEach(() => vi.unstubAllEnvs());

/** A command sacct that runs this script of a shell. */
function sacct(script: string): void {
  writeFileSync(join(bin, 'sacct'), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${join(bin, 'asked')}\n${script}\n`);
  chmodSync(join(bin, 'sacct'), 0o755);
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
}
const answers = (text: string): void => {
  writeFileSync(join(bin, 'answer'), text);
  sacct(`cat ${join(bin, 'answer')}`);
};

const at = (time: string) => Date.parse(time) / 1000;
const job = (job_id: number, account: string, start: string, hours: number, more: object = {}) => ({
  ...{ job_id, account, cluster: 'titan' },
  time: { start: at(start), end: at(start) + 3600 * hours, elapsed: 3600 * hours },
  tres: {
    allocated: [
      { type: 'gres', name: 'gpu', count: 4 },
      { type: 'node', count: 1 },
    ],
  },
  ...more,
});
const JOBS = [
  job(1, 'a-gpu', '2026-01-05T00:00:00Z', 2),
  job(2, 'a-gpu', '2026-01-06T00:00:00Z', 3),
  job(3, 'b', '2026-01-07T00:00:00Z', 5),
];
const ANSWER = JSON.stringify({ jobs: JOBS });

const post = (path: string, body: unknown) => server.post('office', `/metering${path}`, body);
const begin = (more: object = {}) =>
  post('', { ...JANUARY, accounts: { a: ['a-gpu'], b: ['b'] }, by: 'sacct', ...more });
const look = (id: string) => server.read('office', `/metering/${id}`);
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const reading = await look(id);
      expect(['read', 'failed']).toContain(reading.state);
      return reading;
    },
    { timeout: 30_000, interval: 50 },
  );
async function uploaded(text: string, more: object = {}) {
  const { body } = await begin({ by: 'file', ...more });
  expect(body).toMatchObject({ state: 'waiting', command: expect.stringMatching(/^sacct --json .* > sacct\.json$/) });
  const asker = { who: 'office', headers: { 'content-type': 'application/json' } } as const;
  const { status, body: answer } = await server.post(asker, `/metering/${body.id}/file`, text);
  expect([status, answer.error]).toEqual([200, undefined]);
  return ended(body.id);
}
const usages = () =>
  server.programme.tables
    .all('usages')
    .filter(({ source }) => JSON.stringify(source).includes('Slurm'))
    .map(({ consortium, submission, deviceHours }) => [consortium, submission, deviceHours]);

test('the office reads, looks at what would be recorded, and records it signed, once', {
  timeout: 600_000,
}, async () => {
  answers(ANSWER);
  const { body: choices } = await server.get('office', '/metering');
  expect(choices.clusters).toEqual([
    { id: 'near', by: 'sacct', accounts: { a: 'a-gpu', b: 'b', c: 'c' } },
    { id: 'big', by: 'file', accounts: { a: 'a', b: 'b', c: 'c' } },
  ]);
  const { body: begun } = await begin();
  expect(begun).toMatchObject({ state: 'reading', of: 2 });
  const reading = await ended(begun.id);
  expect(reading).toMatchObject({
    state: 'read',
    done: 2,
    jobs: { a: 2, b: 1 },
    slurm: ['titan'],
    devices: ['gres/gpu', 'node'],
  });
  // Each account is asked for alone, with no other option than these.
  const asked = ['a-gpu', 'b'].flatMap((account) => [
    ...['--json', '--allocations', '--allusers', '--duplicates'],
    ...[`--accounts=${account}`, '--starttime=2025-12-31', '--endtime=2026-02-02'],
  ]);
  expect(readFileSync(join(bin, 'asked'), 'utf8').trim().split('\n')).toEqual(asked);

  const wanted = { device: 'gres/gpu', submissions: { 's1-a': ['2'] } };
  const head = server.programme.head.seq;
  const { body: preview } = await post(`/${begun.id}/preview`, wanted);
  expect(server.programme.head.seq).toBe(head);
  expect(
    preview.usages.map((one: Record<string, unknown>) =>
      ['consortium', 'submission', 'before', 'deviceHours', 'jobs', 'fresh'].map((key) => one[key]),
    ),
  ).toEqual([
    ['a', null, null, 8, 1, true],
    ['a', 's1-a', null, 12, 1, true],
    ['b', null, null, 20, 1, true],
  ]);
  expect(preview.loose.map(({ id, hours }: { id: string; hours: number }) => [id, hours])).toEqual([
    ['3', 20],
    ['1', 8],
  ]);
  const seen = Object.fromEntries(preview.usages.map(({ id, seq }: { id: string; seq: number | null }) => [id, seq]));
  // Two at once: what was looked at is recorded once.
  const both = await Promise.all([1, 2].map(() => post(`/${begun.id}/register`, { ...wanted, seen })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(both.find(({ status }) => status === 409)!.body.error.code).toBe('usage-moved');
  expect(usages()).toEqual([
    ['a', null, 8],
    ['a', 's1-a', 12],
    ['b', null, 20],
  ]);
  expect(server.programme.head.seq).toBe(head + 3);
  expect((await verifyLog(server.programme.store, () => {})).altered).toBeUndefined();
  const { body: again } = await post(`/${begun.id}/preview`, wanted);
  expect(again.usages.map(({ before, fresh }: { before: number; fresh: boolean }) => [before, fresh])).toEqual([
    [8, false],
    [12, false],
    [20, false],
  ]);
  expect((await post(`/${begun.id}/preview`, { ...wanted, submissions: {} })).body.error.code).toBe('metered-already');
  expect((await post(`/${begun.id}/preview`, { ...wanted, submissions: { 's1-a': ['9'] } })).body.error.code).toBe(
    'job-unknown',
  );
  expect((await post(`/${begun.id}/preview`, { ...wanted, device: 'gres/npu' })).body.error.code).toBe(
    'device-not-held',
  );
});

test('no text of a request becomes an option or another command', async () => {
  answers(ANSWER);
  for (const name of ['--help', '-Sx', 'a,b', 'a b', 'a;touch x', '$(id)', 'a\nb', '', '../a', 'ä', 'a'.repeat(65)])
    expect([name, (await begin({ accounts: { a: [name] } })).status]).toEqual([name, 422]);
  for (const day of ['2026-02-30', '--json', '2026-01-01;id', ''])
    expect([day, (await begin({ from: day })).status]).toEqual([day, 422]);
  for (const [more, code] of [
    [{ from: '2026-02-01' }, 'period-backwards'],
    [{ accounts: {} }, 'metering-accounts'],
    [{ accounts: { a: ['x'], b: ['x'] } }, 'account-twice'],
    [{ accounts: { z: ['x'] } }, 'consortium-unknown'],
    [{ cluster: 'bgi' }, 'cluster-unknown'],
    [{ cluster: 'big' }, 'cluster-not-reached'],
  ] as const)
    expect((await begin(more)).body.error.code).toBe(code);
  expect(existsSync(join(bin, 'asked'))).toBe(false);
  vi.stubEnv('PATH', '/nowhere');
  expect((await begin()).body.error.code).toBe('cluster-not-reached');
  expect((await server.read('office', '/metering')).clusters[0].by).toBe('file');
});

test('what sacct says of itself is told, and the server goes on', async () => {
  sacct('echo "sacct: error: Slurm accounting storage is disabled" >&2; exit 1');
  const { body } = await begin();
  expect((await begin()).body.error.code).toBe('metering-busy');
  const failed = await ended(body.id);
  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'slurm-no-accounting' } });
  expect((await post(`/${body.id}/preview`, { device: 'node' })).body.error.code).toBe('metering-unread');
  expect(await server.status('office', 'get', `/metering/${'0'.repeat(24)}`)).toBe(404);
  answers('not JSON');
  expect(await ended((await begin()).body.id)).toMatchObject({ failure: { code: 'slurm-strange-answer' } });
});

test('an uploaded answer gives the same hours, and its digest is in the log', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const days = { from: '2026-02-01', to: '2026-02-28' };
  const twice = job(7, 'b', '2026-02-03T00:00:00Z', 1);
  const text = JSON.stringify({
    jobs: [twice, twice, job(8, 'stranger', '2026-02-03T00:00:00Z', 9), job(9, 'b', '2026-03-05T00:00:00Z', 9)],
  });
  const reading = await uploaded(text, days);
  // The same run twice counts once; accounts that nobody asked for, and other days, do not count.
  expect(reading).toMatchObject({ state: 'read', jobs: { a: 0, b: 1 }, digest: sha256Hex(text) });
  const { body: preview } = await post(`/${reading.id}/preview`, { device: 'gres/gpu' });
  const seen = Object.fromEntries(preview.usages.map(({ id, seq }: { id: string; seq: number | null }) => [id, seq]));
  expect((await post(`/${reading.id}/register`, { device: 'gres/gpu', seen })).body.recorded).toBe(1);
  const [row] = server.programme.tables.all('usages').slice(-1);
  expect(row).toMatchObject({ consortium: 'b', deviceHours: 4, from: '2026-02-01' });
  expect(JSON.stringify(row!.source)).toContain(sha256Hex(text));
  expect((await verifyLog(server.programme.store, () => {})).altered).toBeUndefined();
});

test('hostile answers are refused, and change nothing', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const head = server.programme.head.seq;
  const odd = (more: object) => JSON.stringify({ jobs: [job(1, 'a-gpu', '2026-01-05T00:00:00Z', 2, more)] });
  for (const text of [
    '',
    '\0\0\0\0',
    'JobID|Account|Elapsed\n1|a-gpu|01:00:00\n',
    '{"jobs":{}}',
    '{"jobs":[{"job_id":1}]}',
    odd({ time: { start: -5, end: 1, elapsed: 1 } }),
    odd({ time: { start: 1, end: 1e300, elapsed: 1 } }),
    odd({ tres: { allocated: [{ type: 'node', count: 'two' }] } }),
    odd({ job_id: '1; rm -rf /' }),
    '['.repeat(200_000),
  ]) {
    const reading = await uploaded(text);
    expect([text.slice(0, 40), reading.state, reading.jobs]).toEqual([text.slice(0, 40), 'failed', { a: 0, b: 0 }]);
    expect(JSON.stringify(reading)).not.toContain(server.office.folder);
    expect(reading.failure.message).not.toMatch(/\/tmp/);
  }
  expect(server.programme.head.seq).toBe(head);
  // A file that failed can be given again.
  const failed = await uploaded('no');
  const asker = { who: 'office', headers: { 'content-type': 'application/json' } } as const;
  expect(await server.status(asker, 'post', `/metering/${failed.id}/file`, ANSWER)).toBe(200);
  expect(await ended(failed.id)).toMatchObject({ state: 'read', jobs: { a: 2, b: 1 } });
  expect((await server.post(asker, `/metering/${failed.id}/file`, ANSWER)).body.error.code).toBe('metering-busy');
});

test('an answer that is too large is not stored whole', async () => {
  const { body } = await begin({ by: 'file' });
  const asker = { who: 'office', headers: { 'content-type': 'application/json' } } as const;
  const { status, body: answer } = await server.post(asker, `/metering/${body.id}/file`, ' '.repeat((64 << 20) + 1));
  expect([status, answer.error.code]).toEqual([413, 'metering-too-large']);
  expect((await look(body.id)).state).toBe('waiting');
});
