// What a page costs does not grow as fast as what the programme holds: the same number of queries for three submissions, or applications, as
// for many; and a long list is compressed.

import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test, vi } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const P = '/api/programmes/test';
const PATHS = [
  '',
  '/stages/s1',
  '/consortia/a',
  '/calls/call',
  '/compute',
  '/reliance',
  '/rule-books',
  '/organisations',
];
const MORE = 40;

const server = TestServer.forAll('beginFilled');
beforeAll(async () => {
  await server.office.say('call-opened', { id: 'call', title: { en: 'Call' } });
});

/** Submissions, and applications. */
async function add(from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++) {
    const id = `more-${i}`;
    const received = { id, stage: 's1', consortium: 'a', kind: 'bundle', digest: sha256Hex(id), bytes: 1 };
    await server.office.say('submission-received', received);
    await server.office.say('submission-audited', { submission: id, verdict: 'holds', maker: null, checks: [] });
    await server.office.say('application-received', { id, call: 'call', name: { en: id }, lead: 'a-org', members: [] });
  }
}

/** Queries of each page, once what can be kept is kept. */
async function queries(): Promise<Record<string, number>> {
  const { store } = server.programme;
  const counted = [vi.spyOn(store, 'page'), vi.spyOn(store, 'entries'), vi.spyOn(store.users, 'ask')];
  const found: Record<string, number> = {};
  for (const path of PATHS) {
    await server.get('office', `${path}`);
    for (const one of counted) one.mockClear();
    const { status } = await server.get('office', `${path}`);
    expect([path, status]).toEqual([path, 200]);
    found[path] = counted.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  }
  vi.restoreAllMocks();
  return found;
}

test('the number of queries of a page does not depend on the number of rows', async () => {
  await add(0, 3);
  const few = await queries();
  // A page asks at least who is asking: otherwise nothing is counted here.
  for (const count of Object.values(few)) expect(count).toBeGreaterThan(0);
  await add(3, MORE);
  expect(await queries()).toEqual(few);
});

test('a long list comes compressed to whoever takes it so, and is the same', async () => {
  const get = (encoding: string, method = 'GET') =>
    server.application.app.request(`${ORIGIN}${P}/stages/s1`, {
      method,
      headers: {
        host: 'localhost:1377',
        cookie: `jikji=${server.sessions.get('office')!.token}`,
        'accept-encoding': encoding,
      },
    });
  const [plain, zipped] = [await get('identity'), await get('br, gzip')];
  expect([plain.headers.get('content-encoding'), zipped.headers.get('content-encoding')]).toEqual([null, 'gzip']);
  for (const { headers } of [plain, zipped]) expect(headers.get('vary')).toBe('Accept-Encoding');
  const text = await plain.text();
  const bytes = Buffer.from(await zipped.arrayBuffer());
  expect(gunzipSync(bytes).toString()).toBe(text);
  // A digest is as random as it looks: no encoding makes it shorter than its 32 bytes.
  const digests = text.match(/"[0-9a-f]{64}"/g)?.length ?? 0;
  expect(bytes.length).toBeLessThan((text.length - 66 * digests) / 10 + 32 * digests);
  // Small answers, and errors, as they are.
  const me = await server.application.app.request(`${ORIGIN}/api/me`, { headers: { 'accept-encoding': 'gzip' } });
  expect([me.status, me.headers.get('content-encoding')]).toEqual([200, null]);
});
