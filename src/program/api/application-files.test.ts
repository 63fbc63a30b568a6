// Files of applications from hostile or unlucky senders: too large, broken off, empty, with names of paths, with wrong digests; and what
// lies in the office's folder afterwards.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { isUpload } from './guard.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const P = '/api/programmes/test';
const LIMIT = 20_000_000;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.say('call-opened', { id: 'call', title: { en: 'Call' } });
  for (const id of ['one', 'two', 'full', 'out'])
    await server.office.say('application-received', { id, call: 'call', name: { en: id }, lead: 'a-org', members: [] });
  await server.office.say('application-reviewed', { application: 'out', step: 'paper', passed: false });
});

type Body = Uint8Array | ReadableStream<Uint8Array>;
async function send(application: string, query: Record<string, string>, body: Body | string) {
  const response = await server.application.app.request(
    `${ORIGIN}${P}/applications/${application}/files?${new URLSearchParams(query)}`,
    {
      method: 'POST',
      headers: {
        host: 'localhost:1377',
        origin: ORIGIN,
        cookie: `jikji=${server.sessions.get('office')!.token}`,
        'content-type': 'application/octet-stream',
      },
      body,
      duplex: 'half',
    } as RequestInit,
  );
  const answer = (await response.json()) as {
    error?: { code: string; message: string; input: string };
    sha256: string;
  };
  // No answer shows where the office keeps its files.
  expect(JSON.stringify(answer)).not.toContain(server.office.folder);
  return { status: response.status, code: answer.error?.code, error: answer.error, answer };
}

const folder = () => join(server.office.folder, 'files');
const lying = () => (existsSync(folder()) ? readdirSync(folder(), { recursive: true }).map(String).sort() : []);
const kept = (...digests: string[]) => ['applications', ...digests.map((one) => join('applications', one))].sort();
const filesOf = (application: string) => server.programme.tables.get('applications', application)!.files;
const download = (digest: string, application = 'one') =>
  server.get('office', `/applications/${application}/files/${digest}`);

/** A body of pieces of a megabyte; `taken`: how many were asked for. */
function pieces(count: number, end: (controller: ReadableStreamDefaultController<Uint8Array>) => void) {
  const sent = { taken: 0, body: undefined as unknown as ReadableStream<Uint8Array> };
  sent.body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent.taken === count) return end(controller);
        sent.taken++;
        controller.enqueue(new Uint8Array(1_000_000));
      },
    },
    { highWaterMark: 0 },
  );
  return sent;
}

test('a file larger than the limit is refused while it comes, and leaves nothing', async () => {
  const endless = pieces(1000, (controller) => controller.close());
  const { status, code } = await send('one', { name: 'big.bin' }, endless.body);
  expect([status, code]).toEqual([413, 'application-file-too-large']);
  expect(endless.taken).toBeLessThanOrEqual(LIMIT / 1_000_000 + 2);
  expect(lying()).toEqual([]);
  expect(filesOf('one')).toEqual([]);
});

test('an upload may take longer than other requests', () => {
  expect(isUpload('POST', `${P}/applications/one/files`)).toBe(true);
  for (const [method, path] of [
    ['GET', `${P}/applications/one/files`],
    ['POST', `${P}/applications/one/reviews`],
    ['POST', `${P}/applications/one/files/x`],
  ] as const)
    expect(isUpload(method, path)).toBe(false);
});

test('a file of exactly the limit is taken', async () => {
  const whole = pieces(20, (controller) => controller.close());
  const { status, answer } = await send('one', { name: 'limit.bin' }, whole.body);
  expect([status, answer.sha256]).toEqual([200, sha256(new Uint8Array(LIMIT))]);
  expect(filesOf('one')).toMatchObject([{ name: 'limit.bin', bytes: LIMIT }]);
  expect(lying()).toEqual(kept(answer.sha256));
});

test('a sender who breaks off, or says nothing more, leaves nothing', async () => {
  const before = lying();
  const broken = pieces(3, (controller) => controller.error(new Error('connection lost')));
  expect(await send('one', { name: 'broken.pdf' }, broken.body)).toMatchObject({ status: 408, code: 'upload-broken' });
  const silent = pieces(3, () => new Promise(() => {}));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const sent = send('one', { name: 'silent.pdf' }, silent.body);
  await vi.waitFor(() => expect(silent.taken).toBe(3));
  let isOver = false;
  void sent.then(() => {
    isOver = true;
  });
  // The sender's time runs from the third piece on, which may still be on its way to the disk.
  await vi.waitFor(() => {
    vi.advanceTimersByTime(60_000);
    expect(isOver).toBe(true);
  });
  expect(await sent).toMatchObject({ status: 408, code: 'upload-broken' });
  vi.useRealTimers();
  expect(lying()).toEqual(before);
  expect(filesOf('one')).toHaveLength(1);
});

test.each([
  ['', 'must not be empty'],
  ['../../etc/passwd', 'folder'],
  ['/etc/passwd', 'folder'],
  ['..\\..\\boot.ini', 'folder'],
  ['..', 'name of a file'],
  ['.', 'name of a file'],
  ['a\u0000b.pdf', 'NUL'],
  ['line\nbreak.pdf', 'folder'],
  ['invoice\u202efdp.exe', 'invisible'],
  [' hidden.pdf', 'name of a file'],
  ['x'.repeat(201), '200'],
])('a file is not called %j', async (name, message) => {
  const before = lying();
  const untouched = pieces(1, (controller) => controller.close());
  const { status, error } = await send('one', { name }, untouched.body);
  expect([status, error?.message]).toEqual([422, expect.stringContaining(message)]);
  expect(untouched.taken).toBe(0);
  expect(lying()).toEqual(before);
});

test('an empty file, and one with another digest than its sender stated, are refused', async () => {
  const before = lying();
  expect(await send('one', { name: 'empty.pdf' }, '')).toMatchObject({ status: 422, code: 'application-file-empty' });
  const stated = { name: 'plan.pdf', sha256: 'a'.repeat(64) };
  expect(await send('one', stated, 'plan')).toMatchObject({ status: 422, code: 'application-file-differs' });
  expect((await send('one', { ...stated, sha256: '../..' }, 'plan')).status).toBe(422);
  expect(lying()).toEqual(before);
  const right = await send('one', { ...stated, sha256: sha256(Buffer.from('plan')) }, 'plan');
  expect(right.status).toBe(200);
});

test('the same bytes are the same file: once in the folder, once in the log of an application', async () => {
  const digest = sha256(Buffer.from('plan'));
  const { head } = server.programme;
  const again = await send('one', { name: 'another-name.pdf' }, 'plan');
  expect(again.answer).toEqual({ name: 'plan.pdf', bytes: 4, sha256: digest });
  expect(server.programme.head).toEqual(head);
  expect((await send('two', { name: 'copied.pdf' }, 'plan')).answer).toMatchObject({
    name: 'copied.pdf',
    sha256: digest,
  });
  expect(lying().filter((name) => name.includes(digest))).toHaveLength(1);
});

test('an application takes 20 files, and none when it is rejected; nothing is read then', async () => {
  for (let i = 0; i < 20; i++) expect((await send('full', { name: `${i}.txt` }, `file ${i}`)).status).toBe(200);
  const before = lying();
  for (const [application, code] of [
    ['full', 'application-files-full'],
    ['out', 'application-closed'],
    ['nobody', 'application-unknown'],
  ] as const) {
    const untouched = pieces(1, (controller) => controller.close());
    expect((await send(application, { name: 'more.txt' }, untouched.body)).code).toBe(code);
    expect(untouched.taken).toBe(0);
  }
  expect(lying()).toEqual(before);
});

test('two uploads for the last place: one is taken, and the other leaves no file', async () => {
  await server.office.say('application-received', {
    id: 'race',
    call: 'call',
    name: { en: 'r' },
    lead: 'a-org',
    members: [],
  });
  for (let i = 0; i < 19; i++) expect((await send('race', { name: `${i}.txt` }, `race ${i}`)).status).toBe(200);
  const before = lying().length;
  const both = await Promise.all(['first', 'second'].map((name) => send('race', { name }, `race of ${name}`)));
  expect(both.map(({ code }) => code).sort()).toEqual(['application-files-full', undefined]);
  expect(filesOf('race')).toHaveLength(20);
  expect(lying()).toHaveLength(before + 1);
});

test('a refused file that another application has stays', async () => {
  expect((await send('full', { name: 'plan.pdf' }, 'plan')).code).toBe('application-files-full');
  expect((await download(sha256(Buffer.from('plan')))).body).toBe('plan');
});

test('only a file of the application is given out, and only as the log names it', async () => {
  const digest = sha256(Buffer.from('plan'));
  for (const [wanted, status] of [
    ['a'.repeat(64), 404],
    [sha256(Buffer.from('file 1')), 404],
    ['..%2f..%2fdatabase', 422],
    [`${digest}/../x`, 422],
    [digest.toUpperCase(), 422],
  ] as const)
    expect([wanted, (await download(wanted)).status]).toEqual([wanted, status]);
  const place = join(folder(), 'applications', digest);
  expect(readFileSync(place, 'utf8')).toBe('plan');
  writeFileSync(place, 'plot');
  expect(await download(digest)).toMatchObject({ status: 503, body: { error: { code: 'application-file-altered' } } });
  expect((await send('two', { name: 'plan.pdf' }, 'plan')).status).toBe(200);
  expect((await download(digest)).body).toBe('plan');
  rmSync(place);
  const gone = await download(digest);
  expect(gone.refusal).toEqual([404, 'application-file-gone']);
  expect(JSON.stringify(gone.body)).not.toContain(server.office.folder);
  // Sent again, it is there again.
  expect((await send('one', { name: 'plan.pdf' }, 'plan')).status).toBe(200);
  expect((await download(digest)).body).toBe('plan');
});
