// A stage from its close to a final decision, as its viewers see it: what is not known, what is due, who is out where, and the names of all.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { BOOK, TEAMS } from '../office/testing/office.ts';
import { TestServer } from './testing/api.ts';

const HERE = '/api/programmes/test';
const STAGE = `${HERE}/stages/s1`;

let server: TestServer;
beforeAll(async () => {
  server = await new TestServer().beginFilled();
});
afterAll(() => server.close());

// biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
type Body = any;
const overview = async (who: 'office' | 'public' = 'office'): Promise<Body> =>
  (await server.ask(who, 'get', HERE)).body;
const office = (path: string, body: object = {}) => server.ask('office', 'post', path, body);

test('an unpublished figure: its team has no total, and no team has a place or a chance', async () => {
  const other = await new TestServer().begin();
  try {
    // Sealed forms would make every total unknown while the stage is open.
    const text = BOOK.replace(/forms: .*/, 'entered: { by: { en: somebody } }');
    await other.office.stage('s1', text);
    const enter = (consortium: string, part: string, value: number | 'not published') =>
      other.ask('office', 'post', `${STAGE}/scores`, { consortium, part, value, source: 'not recorded' });
    for (const [i, team] of TEAMS.entries()) {
      await enter(team, 'blocks.given', 5 + i);
      await enter(team, 'blocks.experts', 20 + i);
      const submission = { id: `s1-${team}`, stage: 's1', consortium: team, kind: 'bundle' };
      await other.office.say('submission-received', { ...submission, digest: sha256Hex(team), bytes: 1 });
      const audit = { submission: submission.id, verdict: 'holds', maker: sha256Hex(`key of ${team}`), checks: [] };
      await other.office.say('submission-audited', audit);
      const result = { task: 't', metric: 'acc', value: 0.5, stderr: null, n: 2, items: [0, 1] };
      await other.office.say('submission-evaluated', { id: `v-${team}`, submission: submission.id, ...result });
    }
    const pair = { stage: 's1', judge: 'u1', a: 'a', b: 'b', choice: 'a', item: '1' };
    await other.office.say('judgement-given', { id: 'j', ...pair });
    const report = async () => (await other.ask('office', 'get', STAGE)).body.report;
    expect((await report()).teams.map(({ place }: Body) => place)).toEqual([1, 2, 3]);
    expect((await enter('c', 'blocks.given', 'not published')).status).toBe(200);
    const hidden = await report();
    expect(hidden).toMatchObject({ statistics: null, moves: null });
    for (const { id, place, places, keptChance, total } of hidden.teams) {
      expect([place, places, keptChance, total.interval]).toEqual([null, null, null, null]);
      expect(typeof total.value).toBe(id === 'c' ? 'string' : 'number');
    }
  } finally {
    await other.close();
  }
});

test('the next step, from close to finality, and excluded teams before it', async () => {
  const due = async (who?: 'public') => (await overview(who)).due.map(({ text, at }: Body) => [text.en, at.of, at.act]);
  expect(await due()).toEqual([['s1 has all that its rules ask for, and can be closed', 's1', 'close']]);
  expect(await due('public')).toEqual([]);
  expect((await office(`${STAGE}/close`)).body).toMatchObject({ lacking: [], unknown: [] });
  expect(await due()).toEqual([['s1 is closed, and not decided', 's1', 'decide']]);
  const opening = { id: 's2', title: { en: 's2' } };
  expect((await office(`${HERE}/stages`, opening)).body.error.code).toBe('stage-not-final');
  const { body: decided } = await office(`${STAGE}/decide`);
  const out = decided.out[0].consortium;
  expect(decided).toMatchObject({ kept: [expect.any(String), expect.any(String)], undecided: [] });

  const seen = await overview('public');
  expect(seen.stages[0]).toMatchObject({ status: 'decided', outcomes: { [out]: 'out' } });
  // Not out of the programme yet: it may appeal.
  expect(seen.consortia.find(({ id }: Body) => id === out).status).toBe('active');
  expect(await due()).toEqual([['s1 is decided, and the decision is not final', 's1', 'finish']]);
  const { status, body: refusedOpening } = await office(`${HERE}/stages`, opening);
  expect([status, refusedOpening.error.code]).toEqual([409, 'stage-not-final']);

  expect((await office(`${STAGE}/finish`)).body).toEqual({ dropped: [out] });
  const last = await overview();
  expect(last).toMatchObject({ due: [], stages: [{ status: 'final', outcomes: { [out]: 'out' } }] });
  expect((await server.ask('office', 'get', STAGE)).body.mayDo).toEqual([]);
  const page = (await server.ask('public', 'get', `${HERE}/consortia/${out}`)).body;
  expect(page.stages).toEqual([
    {
      ...{ id: 's1', title: { en: 's1' }, status: 'final', outcome: 'out' },
      ...{ reason: decided.out[0].reason, overturned: null, lacks: [], findings: [] },
    },
  ]);
  const key = await server.ask('office', 'put', `${HERE}/consortia/${out}/key`, { makerKey: 'e'.repeat(64) });
  expect([key.status, key.body.error.code]).toEqual([409, 'consortium-out']);
  expect((await office(`${HERE}/stages`, opening)).status).toBe(200);
  expect((await overview()).stages[1].consortia).not.toContain(out);
});

test('only the office corrects a name, by an entry with both names', async () => {
  const mending = { what: 'consortium', id: 'a', name: { en: 'Azalea', ko: '진달래' }, reason: 'a typing error' };
  for (const who of ['consortium', 'auditor', 'public'] as const)
    expect((await server.ask(who, 'post', `${HERE}/names`, mending)).status, who).toBeGreaterThanOrEqual(401);
  const { body } = await office(`${HERE}/names`, mending);
  const log = (await server.ask('public', 'get', `${HERE}/log?from=${body.seq}&count=1`)).body;
  expect(log.entries[0]).toMatchObject({
    kind: 'name-mended',
    actor: 'office',
    data: { ...mending, before: { en: 'a' } },
  });
  expect((await office(`${HERE}/names`, mending)).body.error.code).toBe('name-known');
  expect((await server.ask('public', 'get', `${HERE}/submissions/s1-a`)).body.consortiumName).toEqual(mending.name);
  const users = (await server.ask('office', 'get', '/api/users')).body;
  expect(users.find(({ user }: Body) => user === 'the-consortium').consortiumName).toEqual(mending.name);
  expect(users.find(({ user }: Body) => user === 'the-expert').consortiumName).toBeNull();
});

test('an organisation joins a consortium that takes part', async () => {
  const add = { id: 'new', name: { en: 'New' }, country: 'XX', roles: ['chip'] };
  await office(`${HERE}/organisations`, add);
  expect((await office(`${HERE}/consortia/a/members`, { organisation: 'new' })).status).toBe(200);
  const { members } = (await server.ask('public', 'get', `${HERE}/consortia/a`)).body;
  expect(members).toEqual([add]);
});

test('an error in the form of an entry names the member of the request', async () => {
  const { status, body } = await office(`${HERE}/organisations`, { id: 'x', name: { en: 'X\nY' }, country: 'KR' });
  expect([status, body.error]).toEqual([
    422,
    expect.objectContaining({
      code: 'entry-broken',
      input: 'name.en',
      message: expect.stringContaining('line'),
    }),
  ]);
});
