// From an empty database to consortia over HTTP: organisations, a call, applications with files, reviewers' points, results, selection;
// and who sees what of it, in the log too.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { link } from '../log/chain.ts';
import { BOOK } from '../office/testing/office.ts';
import { ORIGIN, TestServer, type Who } from './testing/api.ts';

const P = '/api/programmes/korea';
const SELECTION = `
selection:
  paper:
    reviewers: 2
    minimum: 60
    criteria:
      - { id: plan, title: { en: Plan, ko: 계획 }, points: 60 }
      - { id: team, title: { en: Team, ko: 인력 }, points: 40 }
`;
const PLAN = Buffer.from('%PDF-1.7 <script>alert(1)</script>');
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const server = TestServer.forAll('beginEmpty');

async function ok(who: Who, method: string, path: string, body?: unknown) {
  const answer = await server.ask(who, method, path, body);
  expect([path, answer.status, answer.body?.error]).toEqual([path, 200, undefined]);
  return answer.body;
}
async function refused(who: Who, method: string, path: string, body?: unknown) {
  const { status, body: answer } = await server.ask(who, method, path, body);
  return [status, answer.error?.code];
}
const post = (path: string, body: unknown, who: Who = 'office') => ok(who, 'post', `${P}${path}`, body);
const get = (path: string, who: Who) => ok(who, 'get', `${P}${path}`);
const marks = (plan: number, team: number) => ({ step: 'paper', points: { plan, team } });

async function upload(application: string, name: string, body: Uint8Array, who: Who = 'office') {
  const asker = { who, headers: { 'content-type': 'application/octet-stream' } };
  return server.post(asker, `${P}/applications/${application}/files?name=${encodeURIComponent(name)}`, body);
}

async function invite(who: Who, role: 'expert' | 'auditor') {
  const { token } = await ok('office', 'post', '/api/invitations', { role, programme: 'korea', consortium: null });
  await server.join(who, token);
}

/** An expert declares for a call. */
const declare = (call: string, who: Who, organisation: string | null = null, applications: string[] = []) =>
  post(`/calls/${call}/interests`, { organisation, applications }, who);

test('an empty database becomes a programme with organisations and an open call', async () => {
  await ok('office', 'post', '/api/programmes', { id: 'korea', name: { en: 'Korea', ko: '한국' }, mode: 'practice' });
  await invite('expert', 'expert');
  await invite('second-expert', 'expert');
  await invite('auditor', 'auditor');
  for (const id of ['han', 'baram', 'saebit'])
    await post('/organisations', { id, name: { en: id }, country: 'KR', roles: ['model'] });
  const { digest: plain } = await post('/rule-books', { text: BOOK.replace('name: rules', 'name: without') });
  const { digest } = await post('/rule-books', { text: `${BOOK}${SELECTION}` });
  const books = await get('/rule-books', 'public');
  expect(books.map((one: { name: string; selects: boolean }) => [one.name, one.selects])).toEqual([
    ['without', false],
    ['rules', true],
  ]);
  const call = {
    id: 'call-1',
    title: { en: 'First call', ko: '첫 공모' },
    text: 'Apply.',
    until: '2999-01-01T18:00:00+09:00',
  };
  expect(await refused('office', 'post', `${P}/calls`, { ...call, ruleBook: plain })).toEqual([
    422,
    'selection-missing',
  ]);
  expect(await refused('office', 'post', `${P}/calls`, { ...call, until: 'tomorrow' })).toEqual([422, 'request-shape']);
  await post('/calls', { ...call, ruleBook: digest });
  expect(await get('/calls/call-1', 'public')).toMatchObject({
    status: 'open',
    text: 'Apply.',
    until: '2999-01-01T09:00:00.000Z',
    ruleBook: { digest },
    list: [],
    selection: { paper: { reviewers: 2, minimum: 60 } },
  });
});

test('applications name each organisation once, and get files that only office and experts can save', async () => {
  const application = { id: 'han-team', name: { en: 'Han team' }, lead: 'han', members: ['baram', 'han', 'baram'] };
  expect(await refused('office', 'post', `${P}/calls/call-1/applications`, { ...application, lead: 'nobody' })).toEqual(
    [422, 'organisation-unknown'],
  );
  await post('/calls/call-1/applications', application);
  await post('/calls/call-1/applications', { id: 'saebit-team', name: { en: 'Saebit team' }, lead: 'saebit' });
  expect(server.programme.tables.get('applications', 'han-team')).toMatchObject({ members: ['baram'], late: false });

  // Who has not declared sees no file, and gives no points.
  expect(await get('/applications/han-team', 'expert')).toMatchObject({ standing: 'undeclared', files: null });
  const early = await refused('expert', 'post', `${P}/applications/han-team/reviews`, marks(1, 1));
  expect(early).toEqual([422, 'expert-undeclared']);
  await declare('call-1', 'expert');
  await declare('call-1', 'second-expert');

  // macOS sends names decomposed.
  const added = await upload('han-team', '계획서 "1".html'.normalize('NFD'), PLAN);
  expect(added.body).toEqual({ name: '계획서 "1".html', bytes: PLAN.length, sha256: sha256(PLAN) });
  for (const who of ['office', 'expert', 'public', 'auditor'] as const) {
    const page = await get('/applications/han-team', who);
    expect(page).toMatchObject({ status: 'received', members: 2, lead: { id: 'han' } });
    const isIn = who === 'office' || who === 'expert';
    expect(page.files?.map(({ name }: { name: string }) => name) ?? null).toEqual(isIn ? ['계획서 "1".html'] : null);
    expect((await get('/calls/call-1', who)).list[0].files).toBe(isIn ? 1 : null);
    const file = await server.get(who, `${P}/applications/han-team/files/${sha256(PLAN)}`);
    expect(file.status).toBe(isIn ? 200 : who === 'public' ? 401 : 403);
    if (!isIn) continue;
    expect(file.body).toBe(PLAN.toString());
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `attachment; filename="_____1_.html"; filename*=UTF-8''${encodeURIComponent('계획서 "1".html')}`,
    });
  }
  const [entry] = (await get('/log?from=1&count=200', 'public')).entries.slice(-1);
  expect(entry).toMatchObject({ kind: 'application-file-added', withheld: true, data: null });
});

/** All that a viewer can read of the points: pages and the log. */
/** JSON without the seconds of its times, in which points could be read: 12:34:40.250Z. */
const withoutSeconds = (json: unknown) => JSON.stringify(json).replaceAll(/(?<=T\d\d:\d\d):\d\d\.\d{3}Z/g, '');

async function everything(who: Who): Promise<string> {
  const pages = [
    '/applications/han-team',
    '/applications/saebit-team',
    '/calls/call-1',
    '/log?from=1&count=200',
    '/calls',
  ];
  return withoutSeconds(await Promise.all(pages.map((path) => get(path, who))));
}

test('points are seen by the office and their reviewer alone, and cannot be found by hashing candidates', async () => {
  await post('/applications/han-team/reviews', { ...marks(37.125, 21), comment: 'strong data' }, 'expert');
  expect(
    await refused('expert', 'post', `${P}/applications/han-team/reviews`, { ...marks(1, 1), reviewer: 'lee' }),
  ).toEqual([403, 'forbidden']);
  await post('/applications/han-team/reviews', { ...marks(55.625, 36), reviewer: ' 김 교수 ' });
  expect(await everything('office')).toMatch(/37\.125/);
  const own = await get('/applications/han-team', 'expert');
  expect(own.steps[0].reviews).toEqual([
    { reviewer: 'the-expert', points: { plan: 37.125, team: 21 }, total: 58.125, comment: 'strong data', own: true },
  ]);
  expect(own.steps[0].figures).toBeNull();
  expect(await everything('expert')).not.toMatch(/55\.625|김 교수/);
  for (const who of ['second-expert', 'auditor', 'public'] as const)
    expect(await everything(who)).not.toMatch(/37\.125|55\.625|strong data|김 교수|the-expert|74\.8/);

  const entries = (await get('/log?from=1&count=200', 'public')).entries;
  const at = entries.findLastIndex(({ kind }: { kind: string }) => kind === 'review-given');
  const [before, entry] = entries.slice(at - 1, at + 1);
  expect(entry).toMatchObject({ withheld: true, data: null, actor: null });
  const said = { seq: entry.seq, time: entry.time, actor: 'office:the-office', kind: entry.kind };
  const data = { application: 'han-team', ...marks(55.625, 36), reviewer: '김 교수' };
  // Who knows all but the id finds nothing.
  for (const id of ['', 'han-team', '김 교수', entry.seq.toString()])
    expect(link(before.link, { ...said, data: { ...data, id } })).not.toBe(entry.link);
  const known = server.programme.store.page(entry.seq, 1).then(([one]) => one!.data);
  expect(link(before.link, { ...said, data: await known })).toBe(entry.link);
});

test('a reviewer changes his points; the office does not', async () => {
  await post('/applications/han-team/reviews', marks(40.25, 21), 'expert');
  expect((await get('/applications/han-team', 'office')).steps[0].reviews).toHaveLength(2);
  const over = { ...marks(1, 1), reviewer: 'the-expert' };
  expect(await refused('office', 'post', `${P}/applications/han-team/reviews`, over)).toEqual([409, 'review-given']);
  for (const wrong of [
    { step: 'paper', points: { plan: 10 } },
    marks(60.5, 1),
    marks(-1, 1),
    marks(1.0001, 1),
    { step: 'paper', points: { plan: 1, team: 1, charm: 1 } },
  ])
    expect(await refused('expert', 'post', `${P}/applications/saebit-team/reviews`, wrong)).toEqual([
      422,
      'review-broken',
    ]);
  const step = { step: 'presentation', points: { plan: 1 } };
  expect(await refused('expert', 'post', `${P}/applications/saebit-team/reviews`, step)).toEqual([409, 'review-order']);
});

test('a result against the points needs a reason', async () => {
  const { figures } = (await get('/applications/han-team', 'office')).steps[0];
  expect(figures).toEqual({ given: 2, reviewers: 2, mean: (61.25 + 91.625) / 2, minimum: 60, passes: true });
  const results = `${P}/applications/han-team/results`;
  expect(await refused('office', 'post', results, { step: 'paper', passed: false })).toEqual([422, 'review-reason']);
  await post('/applications/han-team/results', { step: 'paper', passed: true });
  // One of two reviewers: neither result follows from the points.
  await post('/applications/saebit-team/reviews', marks(59, 40), 'second-expert');
  const other = `${P}/applications/saebit-team/results`;
  expect(await refused('office', 'post', other, { step: 'paper', passed: true })).toEqual([422, 'review-reason']);
  await post('/applications/saebit-team/results', { step: 'paper', passed: true, note: 'the other reviewer is ill' });
  expect(await refused('expert', 'post', `${P}/applications/han-team/reviews`, marks(1, 1))).toEqual([
    409,
    'review-order',
  ]);
});

test('while the call is open, a result shows nobody the points; after it is closed they follow the rule book', async () => {
  for (const who of ['second-expert', 'public'] as const) {
    expect(await everything(who)).not.toMatch(/40\.25|76\.4375/);
    expect((await get('/applications/han-team', who)).status).toBe('paper');
  }
  await post('/calls/call-1/close', {});
  for (const who of ['second-expert', 'public'] as const) {
    expect(await everything(who)).toMatch(/40\.25/);
    expect((await get('/applications/han-team', who)).steps[0].figures.mean).toBe(76.4375);
  }
  expect(
    await refused('office', 'post', `${P}/calls/call-1/applications`, { id: 'x', name: { en: 'x' }, lead: 'han' }),
  ).toEqual([409, 'call-closed']);
});

test('both steps passed: several consortia are formed at once, or none', async () => {
  for (const application of ['han-team', 'saebit-team'])
    await post(`/applications/${application}/results`, { step: 'presentation', passed: true });
  const both = (second: string) => ({
    selected: [
      { application: 'han-team', consortium: 'han-team' },
      { application: 'saebit-team', consortium: second },
    ],
  });
  expect(await refused('office', 'post', `${P}/calls/call-1/selection`, both('han-team'))).toEqual([
    409,
    'consortium-exists',
  ]);
  expect(server.programme.tables.all('consortia')).toEqual([]);
  expect((await post('/calls/call-1/selection', both('saebit'))).consortia).toEqual(['han-team', 'saebit']);
  expect((await get('/applications/saebit-team', 'public')).consortium).toMatchObject({ id: 'saebit' });
  expect(await get('/organisations', 'public')).toEqual([
    {
      id: 'han',
      name: { en: 'han' },
      country: 'KR',
      roles: ['model'],
      consortia: [{ id: 'han-team', name: { en: 'Han team' } }],
    },
    {
      id: 'baram',
      name: { en: 'baram' },
      country: 'KR',
      roles: ['model'],
      consortia: [{ id: 'han-team', name: { en: 'Han team' } }],
    },
    {
      id: 'saebit',
      name: { en: 'saebit' },
      country: 'KR',
      roles: ['model'],
      consortia: [{ id: 'saebit', name: { en: 'Saebit team' } }],
    },
  ]);
  expect((await upload('han-team', 'more.pdf', PLAN)).body.error.code).toBe('application-closed');
  expect((await get('', 'public')).applications).toEqual({ selected: 2 });
});

test('an application after the time of its call is late, and is received all the same; so is a file', async () => {
  await post('/calls', { id: 'call-2', title: { en: 'Second' }, until: '2020-01-01T00:00:00Z' });
  await declare('call-2', 'expert');
  await post('/calls/call-2/applications', { id: 'late', name: { en: 'Late' }, lead: 'han' });
  expect((await upload('late', 'late.txt', PLAN)).status).toBe(200);
  const page = await get('/applications/late', 'office');
  expect([page.late, page.files[0].late, page.steps[0].rules]).toEqual([true, true, null]);
  // Without a rule book: passed or not, with a note, and no points.
  expect(await refused('expert', 'post', `${P}/applications/late/reviews`, marks(1, 1))).toEqual([
    422,
    'selection-missing',
  ]);
  await post('/applications/late/results', { step: 'paper', passed: false, note: 'too late' });
  expect((await get('/applications/late', 'public')).status).toBe('rejected');
});

test('where the rule book never publishes forms, points stay with the office and their reviewer', async () => {
  const never = `${BOOK.replace('version: 1', 'version: 2')}${SELECTION}publication: { forms: never }\n`;
  const { digest } = await post('/rule-books', { text: never });
  await post('/calls', { id: 'call-3', title: { en: 'Third' }, ruleBook: digest });
  await post('/calls/call-3/applications', { id: 'quiet', name: { en: 'Quiet' }, lead: 'han' });
  await declare('call-3', 'expert');
  await post('/applications/quiet/reviews', marks(33.375, 1), 'expert');
  await post('/applications/quiet/results', { step: 'paper', passed: false, note: 'one reviewer was enough' });
  await post('/calls/call-3/close', {});
  for (const who of ['second-expert', 'auditor', 'public'] as const) {
    const page = await get('/applications/quiet', who);
    expect([page.status, page.steps[0].note]).toEqual(['rejected', 'one reviewer was enough']);
    const log = await get('/log?from=1&count=200', who);
    expect(withoutSeconds([page, log, await get('/calls/call-3', who)])).not.toMatch(/33\.375|34\.375/);
  }
  for (const who of ['office', 'expert'] as const)
    expect((await get('/applications/quiet', who)).steps[0].reviews[0].points.plan).toBe(33.375);
});

test('what an expert declares for a call takes files and points away, of later applications too, and stays between him and the office', async () => {
  const selects = (one: { selects: boolean }) => one.selects;
  await post('/organisations', { id: 'other', name: { en: 'Other' }, country: 'KR', roles: [] });
  const ruleBook = (await get('/rule-books', 'public')).findLast(selects).digest;
  await post('/calls', { id: 'call-5', title: { en: 'Fifth' }, ruleBook });
  await post('/calls/call-5/applications', { id: 'near', name: { en: 'Near' }, lead: 'saebit' });
  await post('/calls/call-5/applications', { id: 'far', name: { en: 'Far' }, lead: 'han' });
  const interests = `${P}/calls/call-5/interests`;
  for (const [wrong, code] of [
    [{ organisation: 'nobody', applications: [] }, 'organisation-unknown'],
    [{ organisation: null, applications: ['nothing'] }, 'application-unknown'],
    [{ organisation: null, applications: ['han-team'] }, 'application-unknown'],
  ] as const)
    expect((await refused('expert', 'post', interests, wrong))[1]).toBe(code);
  await declare('call-5', 'expert', null, ['near']);
  await declare('call-5', 'second-expert', 'other');
  await post('/calls/call-5/applications', { id: 'later', name: { en: 'Later' }, lead: 'han', members: ['other'] });
  for (const id of ['near', 'far', 'later']) await upload(id, 'plan.txt', PLAN);
  const standing = async (who: Who) =>
    Promise.all(
      ['near', 'far', 'later'].map(async (id) => {
        const { standing, files } = await get(`/applications/${id}`, who);
        const [status] = await refused(who, 'post', `${P}/applications/${id}/reviews`, {});
        return [standing, files?.length ?? null, status];
      }),
    );
  const open = ['open', 1, 422];
  const shut = ['interested', null, 422];
  expect(await standing('expert')).toEqual([shut, open, open]);
  expect(await standing('second-expert')).toEqual([open, open, shut]);
  // A later declaration takes nothing back.
  await declare('call-5', 'expert', null, ['far']);
  expect((await get('/calls/call-5', 'expert')).declared).toEqual({ organisations: [], applications: ['near', 'far'] });
  expect(await standing('expert')).toEqual([shut, shut, open]);
  for (const who of ['second-expert', 'auditor', 'public'] as const) {
    const log = JSON.stringify(await get('/log?from=1&count=200', who));
    expect(log).not.toMatch(/"applications":\["near"\]/);
    if (who !== 'second-expert') expect((await get('/calls/call-5', who)).declared).toBeNull();
  }
  expect(JSON.stringify(await get('/log?from=1&count=200', 'office'))).toMatch(/"applications":\["near"\]/);
});

test('an expert of an organisation that applies sees no file of it and gives no points; readings leave a line', async () => {
  await post('/calls', {
    id: 'call-4',
    title: { en: 'Fourth' },
    ruleBook: (await get('/rule-books', 'public')).findLast((one: { selects: boolean }) => one.selects).digest,
  });
  await post('/calls/call-4/applications', { id: 'kin', name: { en: 'Kin' }, lead: 'baram', members: ['han'] });
  await upload('kin', 'plan.txt', PLAN);
  const file = `${P}/applications/kin/files/${sha256(PLAN)}`;
  expect(await refused('second-expert', 'get', file)).toEqual([403, 'not-public']);
  await declare('call-4', 'expert');
  await declare('call-4', 'second-expert');
  expect(await server.status('second-expert', 'get', file)).toBe(200);
  await post('/rule-books', { text: BOOK.replaceAll('XX', 'KR').replace('name: rules', 'name: home') });
  await post('/stages', { id: 's1', title: { en: 'One' } });
  await post('/stages/s1/interests', { organisation: 'han', teams: [] }, 'second-expert');
  expect(await refused('second-expert', 'get', file)).toEqual([403, 'not-public']);
  expect((await get('/applications/kin', 'second-expert')).files).toBeNull();
  expect(await refused('second-expert', 'post', `${P}/applications/kin/reviews`, marks(60, 40))).toEqual([
    422,
    'expert-interested',
  ]);
  expect(await server.status('expert', 'get', file)).toBe(200);
  const lines = await get('/access', 'office');
  const seen = lines.filter(({ what, of }: { what: string; of: string }) => what === 'application' && of === 'kin');
  expect(new Set(seen.map(({ user }: { user: string }) => user)).size).toBe(2);
});

test('an event stream tells numbers of entries, and nothing of them', async () => {
  const controller = new AbortController();
  const { sessions } = server;
  const response = await server.application.app.request(`${ORIGIN}${P}/events?after=0`, {
    headers: { host: 'localhost:1377', cookie: `jikji=${sessions.get('second-expert')!.token}` },
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  let text = '';
  while (!text.includes('data:')) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  controller.abort();
  const [, data] = /data: (.*)/.exec(text)!;
  expect(Object.keys(JSON.parse(data!)).sort()).toEqual(['from', 'to']);
});
