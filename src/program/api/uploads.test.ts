// Bundles over HTTP: what is refused before it is sent, interrupted senders, parallel uploads; and that no answer shows where files are stored.

import { readdirSync } from 'node:fs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { BOOK } from '../office/testing/office.ts';
import { catalogueDigest } from '../state/index.ts';
import { TEXTS } from '../state/testing/catalogue.ts';
import { ORIGIN, TestServer, type Who } from './testing/api.ts';

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage('s1', `${BOOK}limits: { bundleBytes: 100000 }\n`);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A body that comes piece by piece, and how much of it was taken. */
class Sending {
  taken = 0;
  end!: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        this.#controller = controller;
        this.end = () => controller.close();
      },
      pull: () => {
        this.taken++;
        this.#controller.enqueue(new Uint8Array(1000));
        return this.taken < 3 ? undefined : new Promise(() => {}); // then it says nothing more
      },
    },
    { highWaterMark: 0 },
  );
}

const send = async (who: Who, consortium: string, body: RequestInit['body'], stage = 's1') => {
  const response = await server.application.app.request(
    `${ORIGIN}/api/programmes/test/stages/${stage}/submissions?consortium=${consortium}`,
    {
      method: 'POST',
      headers: {
        host: 'localhost:1377',
        origin: ORIGIN,
        cookie: `jikji=${server.sessions.get(who)!.token}`,
        'content-type': 'application/x-tar',
      },
      body,
      duplex: 'half',
    } as RequestInit,
  );
  return {
    status: response.status,
    error: ((await response.json()) as { error: { code: string; input: string } }).error,
  };
};
const lying = () => readdirSync(`${server.office.folder}/files`);

test("an upload that is not a bundle is refused, and no text shows the office's folder", async () => {
  for (const body of ['no archive', new Uint8Array(5000), 'x'.repeat(200_000)]) {
    const { status, error } = await send('consortium', 'a', body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(error)).not.toContain(server.office.folder);
  }
  expect(lying()).toEqual([]);
});

test('a consortium has one upload at a time; an interrupted one leaves nothing', async () => {
  const first = new Sending();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const sent = send('consortium', 'a', first.body);
  await vi.waitFor(() => expect(first.taken).toBe(3));
  expect((await send('consortium', 'a', 'x')).error).toMatchObject({ code: 'too-many', input: 'a' });
  expect((await send('rival', 'b', 'no archive')).error.code).not.toBe('too-many');
  let isOver = false;
  void sent.then(() => {
    isOver = true;
  });
  // The sender's time runs from the third piece on, which may still be on its way to the disk.
  await vi.waitFor(() => {
    vi.advanceTimersByTime(60_000);
    expect(isOver).toBe(true);
  });
  const { status, error } = await sent;
  expect([status, error.code]).toEqual([408, 'upload-broken']);
  expect(lying()).toEqual([]);
  expect((await send('consortium', 'a', 'no archive')).error.code).not.toBe('too-many');
});

test('an upload that the log would refuse is refused before it is read', async () => {
  await server.office.say('organisation-added', { id: 'z-org', name: { en: 'z' }, country: 'XX', roles: ['model'] });
  await server.office.say('consortium-formed', { id: 'z', name: { en: 'z' }, lead: 'z-org', members: [] });
  const outside = new Sending();
  expect((await send('office', 'z', outside.body)).error.code).toBe('not-in-stage');
  expect(outside.taken).toBe(0);
  const somewhere = new Sending();
  expect((await send('consortium', 'a&cluster=titan', somewhere.body)).error.code).toBe('no-catalogue');
  await server.office.say('catalogue-registered', { digest: catalogueDigest(TEXTS), texts: TEXTS });
  const refused = { code: 'cluster-unknown', input: 'titan' };
  expect((await send('consortium', 'a&cluster=titan', somewhere.body)).error).toMatchObject(refused);
  expect(somewhere.taken).toBe(0);
  expect((await send('consortium', 'a&cluster=near', 'no archive')).error.code).not.toBe('cluster-unknown');
  await server.post('office', '/stages/s1/close', { anyway: true });
  const late = new Sending();
  expect((await send('consortium', 'a', late.body)).error.code).toBe('stage-closed');
  expect(late.taken).toBe(0);
});
