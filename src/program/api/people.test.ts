// People over HTTP: an invitation used once, sessions and tokens that end, failed log-ins that are rate-limited.

import { expect, test } from 'vitest';
import { type Asker, TestServer } from './testing/api.ts';

const server = TestServer.forAll();

test('an invitation can be read, is used once, and gives its user exactly the role', async () => {
  const invite = { role: 'consortium', programme: 'test', consortium: 'b', note: 'for B' };
  const made = await server.post('office', '/api/invitations', invite);
  expect(made.body.link).toMatch(/^http:\/\/localhost:1377\/invitation#/);
  const { token } = made.body;
  const look = await server.post('public', '/api/invitations/look', { token });
  expect(look.body).toMatchObject({ role: 'consortium', consortium: 'b', note: 'for B', usedBy: null });
  const who = { token, user: 'park', name: 'Park', password: 'a long enough one' };
  const common = await server.post('public', '/api/invitations/accept', { ...who, password: 'Password123!' });
  expect(common.refusal).toEqual([422, 'password-common']);
  const accepted = await server.post('public', '/api/invitations/accept', who);
  expect(accepted.body.viewer).toEqual({
    user: 'park',
    name: 'Park',
    role: 'consortium',
    programme: 'test',
    consortium: 'b',
  });
  const [cookie, ...attributes] = accepted.headers.get('set-cookie')!.split('; ') as [string, ...string[]];
  expect(attributes).toContain(`Max-Age=${30 * 86_400}`);
  expect((await server.read({ who: 'public', headers: { cookie } }, '/api/me')).viewer.user).toBe('park');
  const again = await server.post('public', '/api/invitations/accept', { ...who, user: 'choi' });
  expect(again.refusal).toEqual([404, 'invitation-unknown']);

  // Blocked, his session is at its end, and so is his password.
  await server.ask('office', 'patch', '/api/users/park', { blocked: true });
  expect((await server.read({ who: 'public', headers: { cookie } }, '/api/me')).viewer.role).toBe('public');
  const logIn = { user: 'park', password: who.password };
  expect(await server.status('public', 'post', '/api/log-in', logIn)).toBe(401);
});

test('a new user cannot take a name that has forms or judgements in the log', async () => {
  await server.office.stage();
  await server.office.fill();
  const { body } = await server.post('office', '/api/invitations', { role: 'expert', programme: 'test' });
  const who = { token: body.token, name: 'Kim', password: 'a long enough one' };
  for (const user of ['kim', 'u1']) {
    const taken = await server.post('public', '/api/invitations/accept', { ...who, user });
    expect(taken.refusal).toEqual([409, 'user-taken']);
  }
  expect(await server.status('public', 'post', '/api/invitations/accept', { ...who, user: 'kim-2' })).toBe(200);
});

test('invitations that make no sense are refused', async () => {
  const refused = async (what: object) => (await server.post('office', '/api/invitations', what)).body.error?.input;
  expect(await refused({ role: 'expert' })).toBe('programme');
  expect(await refused({ role: 'office', programme: 'test' })).toBe('programme');
  expect(await refused({ role: 'consortium', programme: 'test' })).toBe('consortium');
  expect(await refused({ role: 'consortium', programme: 'test', consortium: 'z' })).toBe('z');
  expect(await refused({ role: 'expert', programme: 'nothing' })).toBe('nothing');
  expect(await refused({ role: 'public', programme: 'test' })).toBe('role');
});

test("a token has its owner's rights until it is dropped; an unknown token is refused, not treated as public", async () => {
  const { body } = await server.post('expert', '/api/tokens', { name: 'script' });
  const bearer = { authorization: `Bearer ${body.token}` };
  expect((await server.read({ who: 'public', headers: bearer }, '/api/me')).viewer.role).toBe('expert');
  // It does not need an origin of ours, and has only the rights of its owner.
  const elsewhere: Asker = { who: 'public', headers: { ...bearer, origin: 'http://localhost:1377' } };
  expect(await server.status(elsewhere, 'post', '/api/invitations', {})).toBe(403);
  await server.ask('expert', 'delete', `/api/tokens/${body.id}`);
  const gone = await server.get({ who: 'public', headers: bearer }, '/api/me');
  expect(gone.refusal).toEqual([401, 'log-in']);
  for (const header of [`bearer ${body.token}`, 'Bearer', 'Bearer not a token', `Bearer ${'x'.repeat(600)}`]) {
    const { status } = await server.get({ who: 'public', headers: { authorization: header } }, '/api/me');
    expect([header.slice(0, 12), status]).toEqual([header.slice(0, 12), 401]);
  }
  // The answer does not show whether another user has such a token.
  const other = await server.post('office', '/api/tokens', { name: 'own' });
  expect(await server.status('expert', 'delete', `/api/tokens/${other.body.id}`)).toBe(404);
});

test('log-out ends the session for every holder of its cookie', async () => {
  const logIn = { user: 'the-rival', password: 'password of rival' };
  const { headers } = await server.post('public', '/api/log-in', logIn);
  const cookie = headers.get('set-cookie')!.split(';')[0]!;
  expect((await server.read({ who: 'public', headers: { cookie } }, '/api/me')).viewer.user).toBe('the-rival');
  await server.post({ who: 'public', headers: { cookie } }, '/api/log-out');
  expect((await server.read({ who: 'public', headers: { cookie } }, '/api/me')).viewer.user).toBeNull();
});

test('of a hundred wrong log-ins in a minute most are refused unchecked; the browser of an earlier log-in is let in', async () => {
  const right = { user: 'the-auditor', password: 'password of auditor' };
  const { headers } = await server.post('public', '/api/log-in', right);
  const known = headers.getSetCookie().find((cookie) => cookie.startsWith('jikji-known='))!;
  expect(known).toMatch(/; Max-Age=31536000; Path=\/api\/log-in; HttpOnly; SameSite=Strict$/);
  const statuses: number[] = [];
  for (let i = 0; i < 100; i++) {
    const answer = await server.post('public', '/api/log-in', { user: 'the-auditor', password: `wrong ${i}` });
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(80);
  const from = async (headers: Record<string, string>) =>
    await server.status({ who: 'public', headers }, 'post', '/api/log-in', right);
  expect(await from({})).toBe(429);
  expect(await from({ cookie: known.split(';')[0]! })).toBe(200);
});
