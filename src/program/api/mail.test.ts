// Notices by e-mail over HTTP, with a mail server: who is told what about a stage from its opening to its end, addresses that must be verified
// first, invitations by mail, the outbox of the office.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Mail } from '../mail/index.ts';
import { type Arrived, MailServer } from '../mail/testing/mail-server.ts';
import { ACTS } from '../office/index.ts';
import { BOOK, byOffice } from '../office/testing/office.ts';
import { ORIGIN, TestServer, type Who } from './testing/api.ts';

const clock = { now: Date.now() };
let smtp: MailServer;
let mail: Mail;
let server: TestServer;
const PEOPLE = [
  'office',
  'consortium',
  'rival',
  'expert',
  'second-expert',
  'evaluator',
  'auditor',
  'outsider',
] as const satisfies Who[];
const addressOf = (who: Who) => `${who}@people.example`;

beforeAll(async () => {
  smtp = await MailServer.begin();
  server = await new TestServer(({ store }) => {
    mail = new Mail({ store, settings: smtp.settings(), origin: ORIGIN, now: () => new Date(clock.now) });
    return { mail };
  }).begin();
  await mail.follow(server.programme, 'test'); // begins here
});
afterAll(async () => {
  await server.close();
  await smtp.close();
});
beforeEach(() => {
  smtp.arrived.length = 0;
});

const ask = (who: Who, method: string, path: string, body?: unknown) => server.ask(who, method, path, body);
const linksOf = ({ mail: { text = '' } }: Arrived): string[] => text.match(/\S*:\/\/\S*/g) ?? [];
const tokenIn = (arrived: Arrived): string =>
  linksOf(arrived)
    .find((link) => link.includes('#'))!
    .split('#')[1]!;

/** Everything that was written and is new, sent. */
async function delivered(): Promise<Arrived[]> {
  smtp.arrived.length = 0;
  await mail.follow(server.programme, 'test');
  await mail.sendDue();
  return [...smtp.arrived];
}
const recipients = (arrived: Arrived[]): string[] =>
  arrived.flatMap(({ to }) => to.map((one) => one.split('@')[0]!)).sort();

async function confirm(who: Who, lang: 'en' | 'ko' = 'en'): Promise<void> {
  expect((await ask(who, 'post', '/api/mail/address', { address: addressOf(who), lang })).status).toBe(200);
  const [arrived] = await delivered();
  expect((await ask('public', 'post', '/api/mail/verify', { token: tokenIn(arrived!) })).status).toBe(200);
}

test('an address gets nothing but its link before that is opened; the link works once', async () => {
  expect((await ask('expert', 'get', '/api/mail')).body).toEqual({
    on: true,
    address: null,
    pending: null,
    lang: 'en',
    kinds: ['stages', 'submissions', 'appeals', 'reminders'],
  });
  await ask('expert', 'post', '/api/mail/address', { address: addressOf('expert'), lang: 'ko' });
  const [arrived, ...more] = await delivered();
  expect(more).toEqual([]);
  expect(arrived).toMatchObject({ to: [addressOf('expert')], mail: { subject: '주소를 확인해 주십시오' } });
  expect((await ask('expert', 'get', '/api/mail')).body).toMatchObject({ address: null, pending: addressOf('expert') });
  await mail.remind(() => [
    { user: 'the-expert', programme: { id: 'test', title: { en: 'T' } }, text: { en: 'x', ko: 'x' } },
  ]);
  expect(
    await mail.sendPasswordReset('the-expert', {
      page: '/reset',
      token: 'x',
      expires: new Date(clock.now + 1000).toISOString(),
    }),
  ).toBe(false);
  expect(await delivered()).toEqual([]);
  const token = tokenIn(arrived!);
  for (const wrong of ['x', `${token}x`, token.slice(1)])
    expect((await ask('public', 'post', '/api/mail/verify', { token: wrong })).body.error.code).toBe(
      'verification-unknown',
    );
  expect((await ask('public', 'post', '/api/mail/verify', { token })).status).toBe(200);
  expect((await ask('public', 'post', '/api/mail/verify', { token })).status).toBe(404);
  expect((await ask('expert', 'get', '/api/mail')).body).toMatchObject({
    address: addressOf('expert'),
    pending: null,
    lang: 'ko',
  });
});

test('a link for a new password goes to a confirmed address too; without one the office hands it over', async () => {
  const made = await ask('office', 'post', '/api/users/the-expert/reset');
  expect([made.status, made.body.mailed]).toEqual([200, true]);
  const arrived = await delivered();
  expect(recipients(arrived)).toEqual(['expert']);
  expect(linksOf(arrived[0]!).filter((link) => link.includes('#'))).toEqual([made.body.link]);
  expect((await ask('office', 'post', '/api/users/the-auditor/reset')).body.mailed).toBe(false);
  expect(await delivered()).toEqual([]);
});

test('a link that was replaced or has expired confirms nothing; another address is told to the one before', async () => {
  clock.now += 86_400_000;
  const ask2 = (address: string) => ask('expert', 'post', '/api/mail/address', { address, lang: 'en' });
  await ask2('first@people.example');
  const [first] = await delivered();
  await ask2('second@people.example');
  const [second] = await delivered();
  expect((await ask('public', 'post', '/api/mail/verify', { token: tokenIn(first!) })).status).toBe(404);
  clock.now += 86_400_000;
  expect((await ask('public', 'post', '/api/mail/verify', { token: tokenIn(second!) })).status).toBe(404);
  expect((await ask('expert', 'get', '/api/mail')).body).toMatchObject({ address: addressOf('expert'), pending: null });
  await ask2('third@people.example');
  const [third] = await delivered();
  await ask('public', 'post', '/api/mail/verify', { token: tokenIn(third!) });
  const [told] = await delivered();
  expect(told).toMatchObject({ to: [addressOf('expert')], mail: { subject: 'Your address for notices has changed' } });
  expect(told!.raw).not.toContain('third@');
  clock.now += 86_400_000;
  await confirm('expert', 'ko');
  await delivered();
});

test('nobody floods a stranger: few mails for a user, for an address, and none to what is no address', async () => {
  clock.now += 2 * 86_400_000;
  const wanted = (who: Who, address: string) => ask(who, 'post', '/api/mail/address', { address, lang: 'en' });
  const statuses = [];
  for (const who of ['rival', 'auditor', 'evaluator', 'consortium'] as const)
    statuses.push((await wanted(who, 'victim@stranger.example')).status);
  // In other letters it is the same mailbox.
  statuses.push((await wanted('consortium', 'VICTIM@Stranger.example')).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  const parallel = await Promise.all(
    Array.from({ length: 12 }, (_, i) => wanted('rival', `other-${i}@stranger.example`)),
  );
  expect(parallel.filter(({ status }) => status === 200)).toHaveLength(4);
  const refused = parallel.find(({ status }) => status === 429)!;
  expect([refused.body.error.code, refused.headers.get('retry-after')]).toEqual(['too-many', '86400']);
  for (const address of ['x', 'a@b.kr\r\nBcc: c@d.kr', 'a@b.kr,c@d.kr', 'a@localhost'])
    expect((await wanted('auditor', address)).body.error.code).toBe('address-unfit');
  // Only the last link of each is still good; the rest is not even sent.
  const arrived = await delivered();
  expect(arrived.filter(({ to }) => to[0]!.startsWith('other-'))).toHaveLength(1);
  clock.now += 86_400_000 + 1;
  expect((await wanted('rival', 'victim@stranger.example')).status).toBe(200);
  await delivered();
});

test('an API token changes no address', async () => {
  const { body } = await ask('auditor', 'post', '/api/tokens', { name: 'for a script', days: 1 });
  for (const headers of [{ authorization: `Bearer ${body.token}` }, { cookie: `jikji=${body.token}` }]) {
    const asker = { who: 'public' as const, headers };
    const changed = await server.post(asker, '/api/mail/address', { address: 'eve@evil.example', lang: 'en' });
    expect(changed.refusal).toEqual([401, 'log-in']);
    expect(await server.status(asker, 'delete', '/api/mail/address')).toBe(401);
    expect(await server.status(asker, 'get', '/api/mail')).toBe(200);
  }
});

test('a stage from its opening to its end: each is told what is his, in his language, without what is sealed', async () => {
  clock.now += 86_400_000;
  for (const who of PEOPLE) await confirm(who, who === 'rival' || who === 'expert' ? 'ko' : 'en');
  await delivered();
  const { office, programme } = server;
  const by = byOffice(office.signer, { actor: 'office:the-office' });
  const sealed = `${BOOK}publication: { scores: never, forms: never, judgements: never, audits: never }\n`;
  clock.now = Date.now();
  await ACTS.registerRuleBook.run(programme, { text: sealed, file: 'rules.yaml' }, by);
  const title = { en: 'Stage one https://evil.example', ko: '1단계' };
  await ACTS.openStage.run(programme, { id: 's1', title, consortia: ['a', 'b', 'c'] }, by);
  const opened = await delivered();
  // Not the one who did it, and nobody of another programme.
  expect(recipients(opened)).toEqual(['auditor', 'consortium', 'evaluator', 'expert', 'rival', 'second-expert']);
  const subjects = Object.fromEntries(opened.map(({ to, mail: { subject } }) => [to[0]!.split('@')[0], subject]));
  expect(subjects).toMatchObject({
    consortium: 'Stage opened: s1',
    rival: '단계 시작: 1단계',
    expert: '단계 시작: 1단계',
  });

  await office.fill();
  const during = await delivered();
  // Both teams have an audit of their own; nobody else hears of either.
  expect(during.map(({ to, mail: { subject } }) => [to[0], subject]).sort()).toEqual([
    [addressOf('consortium'), 'Submission audited: s1-a'],
    [addressOf('rival'), '제출물 검증 종료: s1-b'],
  ]);
  await office.say('submission-received', {
    id: 's1-a2',
    stage: 's1',
    consortium: 'a',
    kind: 'bundle',
    digest: 'a'.repeat(64),
    bytes: 1,
  });
  await office.say('submission-refused', { submission: 's1-a2', code: 'secret-code', reason: 'a secret reason' });
  const refusedOne = await delivered();
  expect(recipients(refusedOne)).toEqual(['consortium']);

  await ACTS.closeStage.run(programme, { stage: 's1', anyway: true }, byOffice(office.signer));
  const closed = await delivered();
  expect(recipients(closed)).toEqual([
    'auditor',
    'consortium',
    'evaluator',
    'expert',
    'office',
    'rival',
    'second-expert',
  ]);
  await ACTS.decide.run(programme, { stage: 's1' }, by);
  const decided = await delivered();
  await ACTS.fileAppeal.run(
    programme,
    { stage: 's1', id: 'a1', text: 'a secret appeal' },
    { ...by, role: 'consortium', user: 'the-consortium', consortium: 'a' },
  );
  expect(await delivered()).toEqual([]);
  await ACTS.answerAppeal.run(
    programme,
    { stage: 's1', appeal: 'a1', outcome: 'rejected', answer: 'a secret answer' },
    by,
  );
  const answered = await delivered();
  expect(recipients(answered)).toEqual(['consortium']);
  await ACTS.finishStage.run(programme, { stage: 's1' }, by);
  const final = await delivered();
  expect(recipients(final)).toEqual(recipients(decided));

  for (const arrived of [opened, during, refusedOne, closed, decided, answered, final].flat()) {
    const text = `${arrived.mail.subject}\n${arrived.mail.text}`;
    expect(text).not.toMatch(/secret|nobody may read|holds|refuted|veto|rejected|\b\d+(\.\d+)? points|evil/i);
    for (const link of linksOf(arrived)) expect(new URL(link).origin).toBe(ORIGIN);
  }
  // All of it once.
  expect(await delivered()).toEqual([]);
});

test('people choose kinds; without an address they get nothing', async () => {
  const choice = { lang: 'ko', kinds: ['submissions'] };
  expect((await ask('evaluator', 'put', '/api/mail/choice', choice)).status).toBe(200);
  expect((await ask('evaluator', 'get', '/api/mail')).body).toMatchObject(choice);
  expect((await ask('evaluator', 'put', '/api/mail/choice', { lang: 'ko', kinds: ['all'] })).status).toBe(422);
  expect((await ask('auditor', 'delete', '/api/mail/address')).status).toBe(200);
  await ACTS.openStage.run(server.programme, { id: 's2', title: { en: 's2' } }, byOffice(server.office.signer));
  expect(recipients(await delivered())).toEqual(['consortium', 'expert', 'office', 'rival', 'second-expert']);
});

test('an invitation goes to its address alone, and its link opens an account', async () => {
  const what = { role: 'expert', programme: 'test', address: 'choi@people.example', lang: 'ko' };
  const made = await ask('office', 'post', '/api/mail/invitations', what);
  expect(made.body).toEqual({ id: expect.any(String), address: 'choi@people.example', expires: expect.any(String) });
  const [arrived, ...more] = await delivered();
  expect([arrived!.to, more]).toEqual([['choi@people.example'], []]);
  const who = { user: 'choi', name: 'Choi', password: 'a long enough one' };
  const joined = await ask('public', 'post', '/api/invitations/accept', { token: tokenIn(arrived!), ...who });
  expect(joined.body.viewer).toMatchObject({ user: 'choi', role: 'expert', programme: 'test' });
  // The office may have typed another's address: it is not taken for the new user's.
  const own = await server.get(
    { who: 'public', headers: { cookie: joined.headers.get('set-cookie')!.split(';')[0]! } },
    '/api/mail',
  );
  expect(own.body).toMatchObject({ address: null, pending: null });
  const before = (await ask('office', 'get', '/api/invitations')).body.length;
  expect((await ask('office', 'post', '/api/mail/invitations', { ...what, address: 'choi' })).body.error.code).toBe(
    'address-unfit',
  );
  for (let i = 0; i < 6; i++) await ask('office', 'post', '/api/mail/invitations', what);
  // What was withdrawn before it went out does not go out.
  const [{ id }] = (await ask('office', 'get', '/api/invitations')).body.slice(-1);
  expect((await ask('office', 'delete', `/api/invitations/${id}`)).status).toBe(200);
  expect(recipients(await delivered())).toEqual(['choi', 'choi', 'choi']);
  // A link that nobody gets is not there.
  expect((await ask('office', 'get', '/api/invitations')).body.length).toBe(before + 3);
});

test('a link for a new password goes to the verified address alone', async () => {
  const link = { page: '/reset', token: 'one-time', expires: new Date(clock.now + 60_000).toISOString() } as const;
  expect(await mail.sendPasswordReset('the-expert', link)).toBe(true);
  expect(await mail.sendPasswordReset('the-auditor', link)).toBe(false);
  await delivered();
  expect(smtp.arrived.filter((one) => one.mail.text?.includes('one-time')).map(({ to }) => to)).toEqual([
    [addressOf('expert')],
  ]);
  // A new address takes nothing that was written before.
  await mail.sendPasswordReset('the-expert', link);
  await server.programme.store.users.ask(async (database) => {
    await database.execute("update jikji.addresses set address = 'eve@evil.example' where user_id = 'the-expert'");
  });
  expect(await delivered()).toEqual([]);
});

test('the office sees what became of each notice, and no text, link or secret', async () => {
  const { body } = await ask('office', 'get', '/api/mail/outbox');
  expect(body.length).toBeGreaterThan(20);
  expect(body[0]).toEqual({
    id: expect.any(Number),
    kind: 'password-reset',
    user: 'the-expert',
    address: addressOf('expert'),
    status: 'failed',
    attempts: 1,
    created: expect.any(String),
    due: null,
    ended: expect.any(String),
    error: { why: 'withdrawn', reply: null },
  });
  expect(JSON.stringify(body)).not.toMatch(/one-time|https?:|#/);
  for (const who of ['consortium', 'expert', 'evaluator', 'auditor'] as const)
    expect((await ask(who, 'get', '/api/mail/outbox')).status).toBe(403);
});

test('a log that is another one is not told again', async () => {
  await server.programme.store.users.ask(async (database) => {
    await database.execute("update jikji.mail_cursors set seq = 3, link = 'of another log'");
  });
  expect(await delivered()).toEqual([]);
  await server.office
    .say('name-mended', { of: 'stage', id: 's2', name: { en: 'Two' }, before: { en: 's2' }, reason: 'x' })
    .catch(() => {});
  expect(await delivered()).toEqual([]);
});

test('what is older than three days is not told', async () => {
  const mended = clock.now;
  await ACTS.closeStage.run(server.programme, { stage: 's2', anyway: true }, byOffice(server.office.signer));
  clock.now = Date.now() + 4 * 86_400_000;
  expect(await delivered()).toEqual([]);
  clock.now = mended;
  expect(await delivered()).toEqual([]);
});
