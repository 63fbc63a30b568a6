// Log-ins by a provider over HTTP, with a real provider: by invitation only, by issuer and subject, once, and in the browser that began.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenId } from '../openid/index.ts';
import { beginProvider, type TestProvider } from '../openid/testing/provider.ts';
import { type Answer, type Asker, ORIGIN, TestServer, type Who } from './testing/api.ts';

let provider: TestProvider;
let server: TestServer;
const clock = { now: Date.now() };
const openid = (users: ConstructorParameters<typeof OpenId>[1]['tables']) =>
  new OpenId(provider.settings, { tables: users, origin: ORIGIN, now: () => new Date(clock.now) });
beforeAll(async () => {
  provider = await beginProvider(`${ORIGIN}/openid`);
  server = await new TestServer(({ store }) => ({ openid: openid(store.users) })).begin();
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

/** A browser's cookies of this server. */
type Jar = Map<string, string>;
const cookieOf = (jar: Jar): string => [...jar].map((pair) => pair.join('=')).join('; ');

async function send(
  jar: Jar,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const asker: Asker = { who: 'public', headers: { cookie: cookieOf(jar), ...headers } };
  const answer = await server.ask(asker, method, path, body);
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
    if (/max-age=0/i.test(cookie)) jar.delete(name!);
    else jar.set(name!, value!);
  }
  return answer;
}

const begin = (jar: Jar, what: object = { purpose: 'log-in' }) => send(jar, 'post', '/api/openid/begin', what);
/** What the page hands in. */
const returned = (url: URL): Record<string, string> => Object.fromEntries(url.searchParams);
const finish = (jar: Jar, body: object) => send(jar, 'post', '/api/openid/finish', body);

/** All of a log-in in one browser. */
async function whole(
  jar: Jar,
  person: string,
  what: object = { purpose: 'log-in' },
  more: object = {},
): Promise<Answer> {
  const { body } = await begin(jar, what);
  return finish(jar, { ...returned(await provider.visit(body.url, person)), ...more });
}
const sessionOf = (who: Who): Jar => new Map([['jikji', server.sessions.get(who)!.token]]);
const invite = async (): Promise<string> =>
  (await server.post('office', '/api/invitations', { role: 'expert', programme: 'test' })).body.token;
const me = async (jar: Jar) => (await send(jar, 'get', '/api/me')).body.viewer;
const failed = ({ status, body }: Answer) => [status, body.error?.code];

test('the page knows the button; a browser is sent to the provider with PKCE, state and nonce', async () => {
  expect((await send(new Map(), 'get', '/api/openid')).body).toEqual({
    label: { en: 'Ministry log-in', ko: '부처 로그인' },
  });
  const jar: Jar = new Map();
  const { body, headers } = await begin(jar);
  const url = new URL(body.url);
  expect(url.origin).toBe(provider.issuer);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'jikji',
    response_type: 'code',
    redirect_uri: `${ORIGIN}/openid`,
    scope: 'openid',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  });
  // The secret of the browser is neither in the address nor for any script.
  const [cookie] = headers.getSetCookie();
  expect(cookie).toMatch(/^jikji-openid=[\w-]{43}; Max-Age=600; Path=\/api\/openid; HttpOnly; SameSite=Strict$/);
  expect(body.url).not.toContain(jar.get('jikji-openid'));
});

test('an identity alone makes no user, whatever its e-mail or name', async () => {
  for (const person of ['stranger', 'the-office', 'the-expert']) {
    const jar: Jar = new Map();
    expect(failed(await whole(jar, person))).toEqual([404, 'identity-unknown']);
    expect((await me(jar)).user).toBeNull();
    expect(jar.has('jikji')).toBe(false);
  }
});

test('an invitation is accepted with an identity, which then logs in; no password does', async () => {
  const token = await invite();
  const jar: Jar = new Map();
  const accept = { token, user: 'park', name: 'Park' };
  const done = await whole(jar, 'p1', { purpose: 'accept', invitation: token }, { accept });
  expect([done.status, done.body]).toMatchObject([
    200,
    { purpose: 'accept', viewer: { user: 'park', role: 'expert', programme: 'test' } },
  ]);
  expect((await me(jar)).user).toBe('park');
  const elsewhere: Jar = new Map();
  expect((await whole(elsewhere, 'p1')).body).toMatchObject({ purpose: 'log-in', viewer: { user: 'park' } });
  expect((await me(elsewhere)).user).toBe('park');
  for (const password of ['', ' ', 'x'.repeat(20)])
    expect((await send(new Map(), 'post', '/api/log-in', { user: 'park', password })).status).toBeGreaterThan(400);
  expect((await send(elsewhere, 'get', '/api/openid/identities')).body).toEqual([
    { issuer: provider.issuer, subject: 'p1', only: true, linked: expect.any(String), used: expect.any(String) },
  ]);
  // Without it he could not log in any more.
  const unlink = `/api/openid/identities?issuer=${encodeURIComponent(provider.issuer)}`;
  expect(failed(await send(elsewhere, 'delete', unlink))).toEqual([409, 'identity-only']);
  // He can make API tokens like others.
  expect((await send(elsewhere, 'post', '/api/tokens', { name: 'x', days: 1 })).status).toBe(200);
});

test('an invitation is used once, by one identity, and not by one that another user has', async () => {
  const token = await invite();
  const what = { purpose: 'accept', invitation: token };
  const accept = { token, user: 'choi', name: 'Choi' };
  expect(failed(await whole(new Map(), 'p1', what, { accept }))).toEqual([409, 'identity-taken']);
  // Nothing of it was left: neither the user nor the used invitation.
  expect((await whole(new Map(), 'p2', what, { accept: { ...accept, user: 'park' } })).body.error.code).toBe(
    'user-taken',
  );
  const another = await invite();
  // The log-in was begun for one invitation, and cannot use up another one.
  const swapped = await whole(new Map(), 'p2', what, { accept: { ...accept, token: another } });
  expect(failed(swapped)).toEqual([401, 'openid-refused']);
  expect(failed(await whole(new Map(), 'p2', what))).toEqual([401, 'openid-refused']);
  expect((await whole(new Map(), 'p2', what, { accept })).status).toBe(200);
  expect(failed(await begin(new Map(), what))).toEqual([404, 'invitation-unknown']);
  expect(failed(await begin(new Map(), { purpose: 'accept', invitation: 'x' }))).toEqual([404, 'invitation-unknown']);
});

test('two browsers with one invitation: one of them gets it', async () => {
  const token = await invite();
  const run = async (person: string, user: string) => {
    const jar: Jar = new Map();
    const { body } = await begin(jar, { purpose: 'accept', invitation: token });
    const back = returned(await provider.visit(body.url, person));
    return () => finish(jar, { ...back, accept: { token, user, name: user } });
  };
  const both = [await run('p3', 'jung'), await run('p4', 'han')];
  const ends = await Promise.all(both.map((end) => end()));
  expect(ends.map(({ status }) => status).sort()).toEqual([200, 404]);
});

test('a user with a password links an identity and unlinks it; nobody else can link it meanwhile', async () => {
  const jar = sessionOf('auditor');
  expect((await whole(jar, 'aud', { purpose: 'link' })).body).toMatchObject({
    purpose: 'link',
    viewer: { user: 'the-auditor' },
  });
  expect(jar.get('jikji')).toBe(server.sessions.get('auditor')!.token);
  expect((await whole(new Map(), 'aud')).body.viewer.user).toBe('the-auditor');
  expect(failed(await whole(sessionOf('evaluator'), 'aud', { purpose: 'link' }))[1]).toBe('identity-taken');
  // One at each provider.
  expect(failed(await whole(sessionOf('auditor'), 'aud2', { purpose: 'link' }))[1]).toBe('identity-taken');
  const unlink = `/api/openid/identities?issuer=${encodeURIComponent(provider.issuer)}`;
  expect((await send(sessionOf('evaluator'), 'delete', unlink)).status).toBe(404);
  expect((await send(jar, 'delete', unlink)).status).toBe(200);
  expect(failed(await whole(new Map(), 'aud'))).toEqual([404, 'identity-unknown']);
});

test('linking takes the log-in that began it: no API token, no other user, nobody', async () => {
  const { body: made } = await server.post('evaluator', '/api/tokens', { name: 'for a script', days: 1 });
  const bearer = await send(
    new Map(),
    'post',
    '/api/openid/begin',
    { purpose: 'link' },
    { authorization: `Bearer ${made.token}` },
  );
  expect(failed(bearer)).toEqual([401, 'log-in']);
  expect(failed(await begin(new Map([['jikji', made.token]]), { purpose: 'link' }))).toEqual([401, 'log-in']);
  expect(failed(await begin(new Map(), { purpose: 'link' }))).toEqual([401, 'log-in']);
  // Begun by one, finished when another is logged in, or nobody.
  for (const other of [server.sessions.get('rival')!.token, undefined]) {
    const jar = sessionOf('evaluator');
    const { body } = await begin(jar, { purpose: 'link' });
    if (other === undefined) jar.delete('jikji');
    else jar.set('jikji', other);
    const back = returned(await provider.visit(body.url, 'eve'));
    expect(failed(await finish(jar, back))).toEqual([401, 'openid-refused']);
  }
  expect(failed(await whole(new Map(), 'eve'))).toEqual([404, 'identity-unknown']);
});

test('login CSRF: what one browser was sent back with is worth nothing in another', async () => {
  const attacker: Jar = new Map();
  const { body } = await begin(attacker);
  const back = returned(await provider.visit(body.url, 'p1'));
  const victim: Jar = new Map();
  expect(failed(await finish(victim, back))).toEqual([401, 'openid-refused']);
  // Not even if the victim has begun a log-in of his own.
  await begin(victim);
  expect(failed(await finish(victim, back))).toEqual([401, 'openid-refused']);
  expect((await me(victim)).user).toBeNull();
  // It was not used up by that.
  expect((await finish(attacker, back)).status).toBe(200);
});

test('state and code are used once', async () => {
  const jar: Jar = new Map();
  const { body } = await begin(jar);
  const secret = jar.get('jikji-openid')!;
  const back = returned(await provider.visit(body.url, 'p1'));
  const both = await Promise.all([1, 2].map(() => finish(new Map([['jikji-openid', secret]]), back)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  expect(failed(await finish(new Map([['jikji-openid', secret]]), back))).toEqual([401, 'openid-refused']);
  // The code of one log-in with the state of another.
  const other: Jar = new Map();
  const second = await begin(other);
  const fresh = returned(await provider.visit(second.body.url, 'p1'));
  const third: Jar = new Map();
  const { url } = (await begin(third)).body;
  const state = new URL(url).searchParams.get('state')!;
  expect(failed(await finish(third, { ...fresh, state }))).toEqual([401, 'openid-refused']);
});

test('a log-in that takes too long, is given up at the provider, or comes from another issuer is refused', async () => {
  const jar: Jar = new Map();
  const { body } = await begin(jar);
  const back = returned(await provider.visit(body.url, 'p1'));
  clock.now += 10 * 60_000;
  expect(failed(await finish(jar, back))).toEqual([401, 'openid-refused']);
  for (const change of [
    { error: 'access_denied', code: undefined },
    { iss: 'https://evil.example' },
    { iss: undefined },
    { code: undefined },
    { code: 'made-up' },
  ]) {
    const one: Jar = new Map();
    const begun = await begin(one);
    const came = returned(await provider.visit(begun.body.url, 'p1'));
    expect(failed(await finish(one, { ...came, ...change })), JSON.stringify(change)).toEqual([401, 'openid-refused']);
    expect((await me(one)).user).toBeNull();
  }
});

test('fixation: a log-in has a new session, whatever cookie was there; log-out ends it here', async () => {
  const planted = server.sessions.get('evaluator')!.token;
  for (const before of [planted, 'made-up', '']) {
    const jar: Jar = new Map([['jikji', before]]);
    const done = await whole(jar, 'p1');
    expect(done.body.viewer.user).toBe('park');
    expect(jar.get('jikji')).not.toBe(before);
    expect(jar.has('jikji-openid')).toBe(false);
    const token = jar.get('jikji')!;
    expect((await me(jar)).user).toBe('park');
    await send(jar, 'post', '/api/log-out');
    expect((await me(new Map([['jikji', token]]))).user).toBeNull();
  }
});

test('a page of another site can neither begin nor finish a log-in', async () => {
  const headers = { origin: 'https://evil.example' };
  expect(failed(await send(new Map(), 'post', '/api/openid/begin', { purpose: 'log-in' }, headers))).toEqual([
    403,
    'origin',
  ]);
  const jar: Jar = new Map();
  const { body } = await begin(jar);
  const back = returned(await provider.visit(body.url, 'p1'));
  expect(failed(await send(jar, 'post', '/api/openid/finish', back, headers))).toEqual([403, 'origin']);
});

test('no answer redirects, and the provider sends browsers to this server alone', async () => {
  const jar: Jar = new Map();
  const begun = await begin(jar);
  const url = new URL(begun.body.url);
  url.searchParams.set('redirect_uri', 'https://evil.example/openid');
  await expect(provider.visit(url.href, 'p1')).rejects.toThrow('the provider answers 400');
  for (const next of ['https://evil.example', '//evil.example'])
    for (const answer of [
      begun,
      await finish(jar, { state: 'x', next }),
      await begin(jar, { purpose: 'log-in', next }),
    ]) {
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.status < 300 || answer.status >= 400).toBe(true);
    }
});

test('a blocked user is not let in, and his identity is free for nobody', async () => {
  expect(await server.status('office', 'patch', '/api/users/park', { blocked: true })).toBe(200);
  expect(failed(await whole(new Map(), 'p1'))).toEqual([404, 'identity-unknown']);
  expect(failed(await whole(sessionOf('expert'), 'p1', { purpose: 'link' }))[1]).toBe('identity-taken');
  await server.ask('office', 'patch', '/api/users/park', { blocked: false });
  expect((await whole(new Map(), 'p1')).body.viewer.user).toBe('park');
});

test('the database holds no secret of a log-in that could be used by a reader', async () => {
  const jar: Jar = new Map();
  const { body } = await begin(jar);
  const state = new URL(body.url).searchParams.get('state')!;
  const rows = await server.programme.store.users.ask(
    async (database) => (await database.execute('select * from jikji.openid_flows')).rows,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const secret of [state, jar.get('jikji-openid')!]) expect(JSON.stringify(rows)).not.toContain(secret);
});

test('one network begins few log-ins at a time, and others go on', async () => {
  const { store } = server.programme;
  const made = openid(store.users);
  const what = { purpose: 'log-in' as const };
  for (let i = 0; i < 100; i++) await made.begin(what, `2001:db8:1:2::${i.toString(16)}`);
  await expect(made.begin(what, '2001:db8:1:2:ffff::1')).rejects.toMatchObject({ code: 'too-many' });
  expect((await made.begin(what, '2001:db8:1:3::1')).url).toContain('http');
});

test('a server without a provider', async () => {
  const plain = await new TestServer().begin();
  try {
    expect((await plain.ask('public', 'get', '/api/openid')).body).toEqual({ label: null });
    expect(failed(await plain.ask('public', 'post', '/api/openid/begin', { purpose: 'log-in' }))).toEqual([
      409,
      'openid-off',
    ]);
    expect(failed(await plain.ask('public', 'post', '/api/openid/finish', { state: 'x' }))).toEqual([
      409,
      'openid-off',
    ]);
    expect((await plain.ask('expert', 'get', '/api/mail')).body).toMatchObject({ on: false, address: null });
    expect(failed(await plain.ask('expert', 'post', '/api/mail/address', { address: 'a@b.kr', lang: 'en' }))).toEqual([
      409,
      'mail-off',
    ]);
  } finally {
    await plain.close();
  }
});
