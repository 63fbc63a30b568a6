// Every route with every role, against a table for people to read. A route without a line in the table fails, and so does a line without a
// route.

import { beforeAll, expect, test } from 'vitest';
import { TestServer, type Who } from './testing/api.ts';
import { Generator, operationsOf } from './testing/generate.ts';

/** office, consortium, expert, evaluator, auditor, public (not logged in); - for those who are turned away. */
const TABLE = `
get    /api/openapi.json                                                    ocevap
get    /api/countries                                                       ocevap
get    /api/me                                                              ocevap
post   /api/log-in                                                          ocevap
post   /api/log-out                                                         ocevap
post   /api/password                                                        oceva-
post   /api/invitations/look                                                ocevap
post   /api/invitations/accept                                              ocevap
get    /api/invitations                                                     o-----
post   /api/invitations                                                     o-----
delete /api/invitations/{id}                                                o-----
get    /api/users                                                           o-----
patch  /api/users/{user}                                                    o-----
put    /api/users/{user}/role                                               o-----
post   /api/users/{user}/reset                                              o-----
delete /api/users/{user}/log-ins                                            o-----
post   /api/resets/look                                                     ocevap
post   /api/resets/use                                                      ocevap
post   /api/confirm                                                         oceva-
get    /api/log-ins                                                         oceva-
delete /api/log-ins                                                         oceva-
delete /api/log-ins/{id}                                                    oceva-
get    /api/account-changes                                                 o-----
get    /api/mail                                                            oceva-
put    /api/mail/choice                                                     oceva-
post   /api/mail/address                                                    oceva-
delete /api/mail/address                                                    oceva-
post   /api/mail/verify                                                     ocevap
get    /api/mail/outbox                                                     o-----
post   /api/mail/invitations                                                o-----
get    /api/openid                                                          ocevap
post   /api/openid/begin                                                    ocevap
post   /api/openid/finish                                                   ocevap
get    /api/openid/identities                                               oceva-
delete /api/openid/identities                                               oceva-
get    /api/tokens                                                          oceva-
post   /api/tokens                                                          oceva-
delete /api/tokens/{id}                                                     oceva-
post   /api/programmes                                                      o-----
get    /api/programmes/{programme}                                          ocevap
get    /api/programmes/{programme}/events                                   ocevap
get    /api/programmes/{programme}/log                                      ocevap
get    /api/programmes/{programme}/organisations                            ocevap
post   /api/programmes/{programme}/organisations                            o-----
get    /api/programmes/{programme}/calls                                    ocevap
post   /api/programmes/{programme}/calls                                    o-----
get    /api/programmes/{programme}/calls/{call}                             ocevap
post   /api/programmes/{programme}/calls/{call}/close                       o-----
post   /api/programmes/{programme}/calls/{call}/applications                o-----
post   /api/programmes/{programme}/calls/{call}/interests                   --e---
post   /api/programmes/{programme}/calls/{call}/selection                   o-----
get    /api/programmes/{programme}/applications/{application}               ocevap
post   /api/programmes/{programme}/applications/{application}/reviews       o-e---
post   /api/programmes/{programme}/applications/{application}/results       o-----
post   /api/programmes/{programme}/applications/{application}/files         o-----
get    /api/programmes/{programme}/applications/{application}/files/{digest}  o-e---
post   /api/programmes/{programme}/consortia                                o-----
get    /api/programmes/{programme}/consortia/{consortium}                   ocevap
post   /api/programmes/{programme}/consortia/{consortium}/members           o-----
put    /api/programmes/{programme}/consortia/{consortium}/key               oc----
post   /api/programmes/{programme}/names                                    o-----
get    /api/programmes/{programme}/rule-books                               ocevap
post   /api/programmes/{programme}/rule-books                               o-----
get    /api/programmes/{programme}/rule-books/{digest}                      ocevap
post   /api/programmes/{programme}/rule-books/check                         o-----
post   /api/programmes/{programme}/rule-books/rehearse                      o-----
get    /api/rule-book-templates                                             o-----
get    /api/programmes/{programme}/compute                                  ocevap
get    /api/programmes/{programme}/chips/{chip}                             ocevap
post   /api/programmes/{programme}/catalogue                                o-----
post   /api/programmes/{programme}/catalogue/check                          o-----
post   /api/programmes/{programme}/allotments                               o-----
post   /api/programmes/{programme}/allotments/check                         o-----
post   /api/programmes/{programme}/allotments/all                           o-----
post   /api/programmes/{programme}/usages                                   o-----
get    /api/programmes/{programme}/metering                                 o-----
post   /api/programmes/{programme}/metering                                 o-----
get    /api/programmes/{programme}/metering/{reading}                       o-----
post   /api/programmes/{programme}/metering/{reading}/file                  o-----
post   /api/programmes/{programme}/metering/{reading}/preview               o-----
post   /api/programmes/{programme}/metering/{reading}/register              o-----
get    /api/programmes/{programme}/reliance                                 ocevap
get    /api/programmes/{programme}/reliance/chain                           ocevap
get    /api/programmes/{programme}/reliance/choices                         ocevap
get    /api/programmes/{programme}/reliance/what-if                         ocevap
get    /api/programmes/{programme}/reliance/smallest                        ocevap
get    /api/programmes/{programme}/plans/choices                            ocevap
post   /api/programmes/{programme}/plans                                    ocevap
post   /api/programmes/{programme}/stages                                   o-----
get    /api/programmes/{programme}/opening                                  o-----
get    /api/programmes/{programme}/stages/{stage}                           ocevap
get    /api/programmes/{programme}/stages/{stage}/report                    ocevap
get    /api/programmes/{programme}/stages/{stage}/explain/{consortium}      ocevap
put    /api/programmes/{programme}/stages/{stage}/dates                     o-----
get    /decisions/{programme}/{stage}                                       ocevap
get    /decisions/{programme}/{stage}/data.json                             ocevap
get    /decisions/{programme}/{stage}/data.csv                              ocevap
post   /api/programmes/{programme}/stages/{stage}/close                     o-----
post   /api/programmes/{programme}/stages/{stage}/decide                    o-----
post   /api/programmes/{programme}/stages/{stage}/finish                    o-----
post   /api/programmes/{programme}/stages/{stage}/scores                    o-----
post   /api/programmes/{programme}/stages/{stage}/findings                  o-----
post   /api/programmes/{programme}/stages/{stage}/proposals/{proposal}/reject  o-----
post   /api/programmes/{programme}/stages/{stage}/appeals                   -c----
post   /api/programmes/{programme}/stages/{stage}/appeals/{appeal}          o-----
post   /api/programmes/{programme}/stages/{stage}/experts                   o-----
post   /api/programmes/{programme}/stages/{stage}/experts/{expert}/release  o-----
post   /api/programmes/{programme}/stages/{stage}/interests                 --e---
get    /api/programmes/{programme}/stages/{stage}/form                      --e---
post   /api/programmes/{programme}/stages/{stage}/forms                     --e---
post   /api/programmes/{programme}/stages/{stage}/questions                 ---v--
post   /api/programmes/{programme}/questions/{question}                     ---v--
post   /api/programmes/{programme}/stages/{stage}/submissions               oc----
post   /api/programmes/{programme}/stages/{stage}/submissions/run           o-----
get    /api/programmes/{programme}/submissions/{submission}                 ocevap
get    /api/programmes/{programme}/submissions/{submission}/curve           ocevap
post   /api/programmes/{programme}/submissions/{submission}/audits          oc--a-
post   /api/programmes/{programme}/submissions/{submission}/audit-parts     oc--a-
post   /api/programmes/{programme}/submissions/{submission}/completions     ocevap
post   /api/programmes/{programme}/lodgings                                 oc----
get    /api/programmes/{programme}/lodgings                                 ocevap
get    /api/programmes/{programme}/register                                 ocevap
get    /api/programmes/{programme}/register/entries                         ocevap
get    /api/programmes/{programme}/register/heads/{head}                    ocevap
get    /api/programmes/{programme}/account-changes                          o---a-
get    /api/programmes/{programme}/access                                   o---a-
get    /api/programmes/{programme}/access.csv                               o---a-
post   /api/programmes/{programme}/backups                                  o-----
get    /api/programmes/{programme}/backups                                  o-----
get    /api/programmes/{programme}/backups/{backup}                         o-----
post   /api/programmes/{programme}/verification                             o-----
get    /api/programmes/{programme}/verification                             ocevap
get    /api/programmes/{programme}/verification/events                      ocevap
get    /api/runs/{run}/lodgings                                             o-----
get    /api/runs                                                            o-----
get    /api/run-table                                                      o-----
post   /api/run-tags                                                       o-----
get    /api/run-curves                                                     o-----
get    /api/run-differences                                                o-----
get    /api/runs/{run}                                                      o-----
get    /api/runs/{run}/curve                                                o-----
get    /api/runs/{run}/events                                               o-----
get    /api/runs/{run}/evidence                                             o-----
get    /api/runs/{run}/family                                             o-----
get    /api/runs/{run}/model                                                o-----
get    /api/runs/{run}/training-data                                        o-----
get    /api/runs/{run}/submissions                                          o-----
get    /api/runs/{run}/audits                                               o-----
post   /api/runs/{run}/completions                                          o-----
post   /api/runs/{run}/chat/completions                                     o-----
post   /api/runs/{run}/audits                                               o-----
get    /api/runs/{run}/receipts/{receipt}                                   o-----
post   /api/runs/{run}/receipt-checks                                       o-----
get    /api/search                                                          ocevap
get    /api/audits/{audit}                                                  o-----
delete /api/audits/{audit}                                                  o-----
get    /api/audits/{audit}/events                                           o-----
`;

const ROLES = ['office', 'consortium', 'expert', 'evaluator', 'auditor', 'public'] as const satisfies Who[];
const TURNED_AWAY = ['log-in', 'forbidden'];

const server = TestServer.forAll('beginFilled');
beforeAll(async () => {
  await server.office.chain();
});

const table = new Map<string, boolean[]>(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [method, path, who] = line.split(/\s+/) as [string, string, string];
      return [`${method} ${path}`, ROLES.map((_, i) => who[i] !== '-')] as const;
    }),
);

const NAMES: Record<string, string> = {
  programme: 'test',
  stage: 's1',
  consortium: 'a',
  submission: 's1-a',
  user: 'the-rival',
  question: 'abcd',
  digest: 'a'.repeat(64),
};

test('the table names exactly the routes', () => {
  const routes = operationsOf(server.application.document).map(({ method, path }) => `${method} ${path}`);
  expect(routes.filter((route) => !table.has(route))).toEqual([]);
  expect([...table.keys()].filter((route) => !routes.includes(route))).toEqual([]);
});

test('a consortium cannot reach data of another', async () => {
  const stage = '/api/programmes/test/stages/s1';
  const key = { makerKey: 'b'.repeat(64) };
  for (const [method, path, body] of [
    ['put', '/api/programmes/test/consortia/b/key', key],
    ['post', `${stage}/submissions?consortium=b`, 'x'],
    ['post', '/api/programmes/test/submissions/s1-b/completions', { prompt: 'x' }],
  ] as const) {
    const { status } = await server.ask('consortium', method, path, body);
    expect([path, status]).toEqual([path, 403]);
  }
  // Its own data it may reach.
  const own = await server.ask('consortium', 'put', '/consortia/a/key', key);
  expect([own.status, own.body.error]).toEqual([200, undefined]);
  expect(server.programme.tables.get('consortia', 'a')?.makerKey).toBe(key.makerKey);
});

test('each route admits the roles of the table', async () => {
  const generator = new Generator(server.application.document, ['a', 'b', 'c'], 1);
  const wrong: string[] = [];
  // Log-out ends sessions, close ends stages: these routes come last.
  const ends = ['/close', '/decide', '/finish', '/password', '/log-out'];
  const last = (path: string) => ends.findIndex((end) => path.endsWith(end));
  const operations = operationsOf(server.application.document).sort((a, b) => last(a.path) - last(b.path));
  for (const { method, path, parameters, body, binary } of operations) {
    // Where a role may reach only its own data, the request asks for that.
    const query = parameters
      .filter((one) => one.in === 'query' && one.required)
      .map(({ name }) => `${name}=${NAMES[name] ?? 'x'}`);
    const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? 'none');
    const given = binary ? 'no archive' : body && generator.value(body, 0);
    // A reviewer other than the expert who asks is somebody else's data.
    if (path.endsWith('/reviews')) delete (given as { reviewer?: unknown }).reviewer;
    for (const [i, role] of ROLES.entries()) {
      const url = query.length > 0 ? `${asked}?${query.join('&')}` : asked;
      const asker = binary ? { who: role, headers: { 'content-type': 'application/x-tar' } } : role;
      const { status, body: answer } = await server.ask(asker, method, url, given);
      const away = TURNED_AWAY.includes(answer?.error?.code);
      const expected = table.get(`${method} ${path}`)![i];
      if (away === expected || status >= 500)
        wrong.push(`${method} ${path} as ${role}: ${status} ${answer?.error?.code ?? ''}`);
      if (away) expect(status).toBe(role === 'public' ? 401 : 403);
    }
    // A user with a role in another programme is public here.
    if (!path.includes('{programme}')) continue;
    const elsewhere = await server.ask('outsider', method, asked, given);
    if (TURNED_AWAY.includes(elsewhere.body?.error?.code) === table.get(`${method} ${path}`)!.at(-1))
      wrong.push(`${method} ${path} as somebody of another programme: ${elsewhere.status}`);
  }
  expect(wrong).toEqual([]);
});
