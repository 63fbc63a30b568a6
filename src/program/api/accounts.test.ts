// Accounts over HTTP: links for a new password, roles that change under open streams and uploads, log-ins ended, the password asked for again.

import { expect, test } from 'vitest';
import { Home } from '../runs/testing/home.ts';
import { ORIGIN, TestServer } from './testing/api.ts';

const home = new Home();
const server = TestServer.forAll('beginFilled');

const as = (token: string) => ({ who: 'public' as const, headers: { cookie: `jikji=${token}` } });
/** A new user with a role; the secret of his session. */
async function joined(user: string, role = 'expert', programme: string | null = 'test'): Promise<string> {
  const { body } = await server.post('office', '/api/invitations', { role, programme });
  const who = { token: body.token, user, name: user, password: `password of ${user}` };
  const { headers } = await server.post('public', '/api/invitations/accept', who);
  return /jikji=([^;]+)/.exec(headers.get('set-cookie')!)![1]!;
}
const role = (role: string, programme: string | null = 'test', consortium: string | null = null) => ({
  ...{ role, programme, consortium },
});

test('the office makes a link, its user sets a password by it once, and the office sees that', async () => {
  const before = await joined('reset-1');
  const made = await server.post('office', '/api/users/reset-1/reset');
  expect(made.body.link).toBe(`${ORIGIN}/reset#${made.body.token}`);
  const person = async () =>
    (await server.read('office', '/api/users')).find((one: { user: string }) => one.user === 'reset-1');
  expect((await person()).reset).toMatchObject({ used: null, expires: made.body.expires });
  const { token } = made.body;
  const look = await server.post('public', '/api/resets/look', { token });
  expect(look.body).toEqual({ user: 'reset-1', expires: made.body.expires });
  const use = () => server.post('public', '/api/resets/use', { token, password: 'quite another one' });
  const used = await use();
  expect(used.body).toMatchObject({ viewer: { user: 'reset-1', role: 'expert' } });
  expect(used.headers.get('set-cookie')).toMatch(/^jikji=.*HttpOnly.*SameSite=Strict/);
  expect((await server.read(as(before), '/api/me')).viewer.user).toBeNull();
  const again = await use();
  expect(again.refusal).toEqual([404, 'reset-unknown']);
  expect((await person()).reset.used).not.toBeNull();
  const { body } = await server.get('office', '/api/account-changes');
  expect(body.slice(0, 2)).toMatchObject([
    { user: 'reset-1', by: 'reset-1', what: 'reset-used' },
    { user: 'reset-1', by: 'the-office', what: 'reset-made' },
  ]);
});

test('a foreign page can neither use a link nor ask for one in the name of the office', async () => {
  const foreign = { origin: 'https://evil.example' };
  for (const [who, path, body] of [
    ['office', '/api/users/the-rival/reset', undefined],
    ['public', '/api/resets/use', { token: 'x', password: 'y' }],
    ['office', '/api/programmes/test/backups', { recipient: 'age1x' }],
  ] as const) {
    const { status, body: answer } = await server.post({ who, headers: foreign }, path, body);
    expect([path, status, answer.error.code]).toEqual([path, 403, 'origin']);
  }
});

test('a changed role counts at once: in the next request, for API tokens, and in open streams', {
  timeout: 600_000,
}, async () => {
  const token = await joined('changing', 'office', null);
  const api = await server.post(as(token), '/api/tokens', { name: 'x' });
  home.run('watched', 5);
  const { body: runs } = await server.get('office', '/api/runs');
  const streams = await Promise.all(
    [`/api/runs/${runs[0].id}/events`, '/api/programmes/test/events'].map(async (path) => {
      const headers = { host: 'localhost:1377', cookie: `jikji=${token}` };
      return (await server.application.app.request(`${ORIGIN}${path}`, { headers })).body!.getReader();
    }),
  );
  const stays = await server.application.app.request(`${ORIGIN}/api/programmes/test/events`, {
    headers: { host: 'localhost:1377', cookie: `jikji=${server.sessions.get('office')!.token}` },
  });
  const changed = await server.ask('office', 'put', '/api/users/changing/role', role('auditor'));
  expect([changed.status, changed.body]).toEqual([200, {}]);
  // No beat of a timer is waited for.
  for (const stream of streams) while (!(await stream.read()).done);
  const reader = stays.body!.getReader();
  expect((await reader.read()).done).toBe(false);
  await reader.cancel();
  expect((await server.read(as(token), '/api/me')).viewer).toMatchObject(role('auditor'));
  expect(await server.status(as(token), 'get', '/api/users')).toBe(403);
  const bearer = { authorization: `Bearer ${api.body.token}` };
  expect(await server.status({ who: 'public', headers: bearer }, 'get', '/api/me')).toBe(401);
  const lines = await server.read('auditor', '/account-changes');
  expect(lines[0]).toMatchObject({
    ...{ user: 'changing', by: 'the-office', what: 'role' },
    ...{ before: role('office', null), after: role('auditor') },
  });
});

test('roles that make no sense are refused', async () => {
  await joined('odd');
  const refused = async (body: object, user = 'odd') =>
    (await server.ask('office', 'put', `/api/users/${user}/role`, body)).body.error?.input;
  expect(await refused({ role: 'expert' })).toBe('programme');
  expect(await refused(role('office'))).toBe('programme');
  expect(await refused(role('consortium'))).toBe('consortium');
  expect(await refused(role('consortium', 'test', 'z'))).toBe('z');
  expect(await refused(role('expert', 'nothing'))).toBe('nothing');
  expect(await refused(role('public'))).toBe('role');
  expect(await refused(role('expert'), 'nobody')).toBe('nobody');
  const last = await server.ask('office', 'put', '/api/users/the-office/role', role('expert'));
  expect(last.refusal).toEqual([409, 'last-office-user']);
});

test('nobody enters a programme under the name of somebody in its log; what he gave there before stays his', async () => {
  // "kim" gave a form on the command line. A user of that name of another programme is not he.
  const by = server.sessions.get('office')!.viewer;
  const { token } = await server.users.invite(by, { role: 'expert', programme: 'elsewhere', consortium: null });
  await server.users.accept(token, { user: 'kim', name: 'Kim', password: 'a long enough one' }, '');
  const entering = await server.ask('office', 'put', '/api/users/kim/role', role('expert'));
  expect(entering.refusal).toEqual([409, 'user-taken']);

  // Who gave something here may leave and come back, and it stays his under another role.
  const session = (await server.users.logIn('kim', 'a long enough one', '')).token;
  await server.users.memberships.change('the-office', 'kim', role('evaluator') as never, () => {});
  const given = async () =>
    (await server.read(as(session), '/stages/s1')).forms.map(({ expert }: { expert: string }) => expert);
  expect(await given()).toEqual(['kim']);
  const [entry] = server.programme.tables.of('forms', 'expert', 'kim');
  expect(entry).toMatchObject({ expert: 'kim', stage: 's1' });
  for (const to of [role('auditor'), role('expert')]) {
    expect(await server.status('office', 'put', '/api/users/kim/role', to)).toBe(200);
    expect(await given()).toEqual(['kim']);
  }
});

test('an upload that ends after the role has changed is not taken in', async () => {
  const { body: invited } = await server.post('office', '/api/invitations', role('consortium', 'test', 'b'));
  const who = { token: invited.token, user: 'sender', name: 'Sender', password: 'a long enough one' };
  const accepted = await server.post('public', '/api/invitations/accept', who);
  const token = /jikji=([^;]+)/.exec(accepted.headers.get('set-cookie')!)![1]!;
  const before = server.programme.head.seq;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(new Uint8Array(1024));
      await server.ask('office', 'put', '/api/users/sender/role', role('expert'));
      controller.enqueue(new Uint8Array(1024));
      controller.close();
    },
  });
  const response = await server.application.app.request(
    `${ORIGIN}/api/programmes/test/stages/s1/submissions?consortium=b`,
    {
      method: 'POST',
      headers: {
        host: 'localhost:1377',
        origin: ORIGIN,
        cookie: `jikji=${token}`,
        'content-type': 'application/x-tar',
      },
      body,
      duplex: 'half',
    } as RequestInit,
  );
  const answer = (await response.json()) as { error: { code: string } };
  expect([response.status, answer.error.code]).toEqual([401, 'log-in']);
  expect(server.programme.head.seq).toBe(before);
});

test('own log-ins over HTTP: listed by kind of browser, one ended, all others ended, those of a user ended by the office', async () => {
  const enter = async (agent: string) => {
    const { headers } = await server.post({ who: 'public', headers: { 'user-agent': agent } }, '/api/log-in', {
      user: 'the-second-expert',
      password: 'password of second-expert',
    });
    return as(/jikji=([^;]+)/.exec(headers.get('set-cookie')!)![1]!);
  };
  const one = await enter('Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0');
  const two = await enter('<script>alert(1)</script>');
  const three = await enter('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1');
  const list = await server.read(one, '/api/log-ins');
  const kinds = list.map((log: { current: boolean; browser: string; system: string }) =>
    [log.browser, log.system, log.current].join(' '),
  );
  expect(kinds.sort()).toEqual(['firefox linux true', 'other other false', 'other other false', 'safari ios false']);
  const { id } = list.find(({ browser }: { browser: string }) => browser === 'safari');
  expect((await server.ask('expert', 'delete', `/api/log-ins/${id}`)).body.error.code).toBe('log-in-unknown');
  expect(await server.status(one, 'delete', `/api/log-ins/${id}`)).toBe(200);
  const user = async (who: typeof one) => (await server.read(who, '/api/me')).viewer.user;
  expect(await user(three)).toBeNull();
  await server.ask(one, 'delete', '/api/log-ins');
  expect([await user(one), await user(two)]).toEqual(['the-second-expert', null]);
  expect(await server.status('office', 'delete', '/api/users/the-second-expert/log-ins')).toBe(200);
  expect(await user(one)).toBeNull();
});
