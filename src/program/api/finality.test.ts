// A stage from its close to a final decision, as its viewers see it: what is not known, what is due, who is out where, and the names of all.

import { expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { BOOK, TEAMS } from '../office/testing/office.ts';
import { TestServer } from './testing/api.ts';

const STAGE = '/stages/s1';

const server = TestServer.forAll('beginFilled');

// biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
type Body = any;
const overview = async (who: 'office' | 'public' = 'office'): Promise<Body> => server.read(who, '/api/programmes/test');
const office = (path: string, body: object = {}) => server.post('office', path, body);

test('an unpublished figure: its team has no total, and no team has a place or a chance', async () => {
  const other = await new TestServer().begin();
  try {
    // Sealed forms would make every total unknown while the stage is open.
    const text = BOOK.replace(/forms: .*/, 'entered: { by: { en: somebody } }');
    await other.office.stage('s1', text);
    const enter = (consortium: string, part: string, value: number | 'not published') =>
      other.post('office', '/stages/s1/scores', { consortium, part, value, source: 'not recorded' });
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
    const report = async () => (await other.read('office', STAGE)).report;
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
  expect((await office('/stages/s1/close')).body).toMatchObject({ lacking: [], unknown: [] });
  expect(await due()).toEqual([['s1 is closed, and not decided', 's1', 'decide']]);
  const opening = { id: 's2', title: { en: 's2' } };
  expect((await office('/stages', opening)).body.error.code).toBe('stage-not-final');
  const { body: decided } = await office('/stages/s1/decide');
  const out = decided.out[0].consortium;
  expect(decided).toMatchObject({ kept: [expect.any(String), expect.any(String)], undecided: [] });

  const seen = await overview('public');
  expect(seen.stages[0]).toMatchObject({ status: 'decided', outcomes: { [out]: 'out' } });
  // Not out of the programme yet: it may appeal.
  expect(seen.consortia.find(({ id }: Body) => id === out).status).toBe('active');
  expect(await due()).toEqual([['s1 is decided, and the decision is not final', 's1', 'finish']]);
  const { status, body: refusedOpening } = await office('/stages', opening);
  expect([status, refusedOpening.error.code]).toEqual([409, 'stage-not-final']);

  expect((await office('/stages/s1/finish')).body).toEqual({ dropped: [out] });
  const last = await overview();
  expect(last).toMatchObject({ due: [], stages: [{ status: 'final', outcomes: { [out]: 'out' } }] });
  expect((await server.read('office', STAGE)).mayDo).toEqual([]);
  const page = await server.read('public', `/consortia/${out}`);
  expect(page.stages).toEqual([
    {
      ...{ id: 's1', title: { en: 's1' }, status: 'final', outcome: 'out' },
      ...{ reason: decided.out[0].reason, overturned: null, lacks: [], findings: [] },
    },
  ]);
  const key = await server.ask('office', 'put', `/consortia/${out}/key`, { makerKey: 'e'.repeat(64) });
  expect(key.refusal).toEqual([409, 'consortium-out']);
  expect((await office('/stages', opening)).status).toBe(200);
  expect((await overview()).stages[1].consortia).not.toContain(out);
});

test('only the office corrects a name, by an entry with both names', async () => {
  const mending = { what: 'consortium', id: 'a', name: { en: 'Azalea', ko: '진달래' }, reason: 'a typing error' };
  for (const who of ['consortium', 'auditor', 'public'] as const)
    expect(await server.status(who, 'post', '/names', mending), who).toBeGreaterThanOrEqual(401);
  const { body } = await office('/names', mending);
  const log = await server.read('public', `/log?from=${body.seq}&count=1`);
  expect(log.entries[0]).toMatchObject({
    kind: 'name-mended',
    actor: 'office',
    data: { ...mending, before: { en: 'a' } },
  });
  expect((await office('/names', mending)).body.error.code).toBe('name-known');
  expect((await server.read('public', '/submissions/s1-a')).consortiumName).toEqual(mending.name);
  const users = await server.read('office', '/api/users');
  expect(users.find(({ user }: Body) => user === 'the-consortium').consortiumName).toEqual(mending.name);
  expect(users.find(({ user }: Body) => user === 'the-expert').consortiumName).toBeNull();
});

test('an organisation joins a consortium that takes part', async () => {
  const add = { id: 'new', name: { en: 'New' }, country: 'XX', roles: ['chip'] };
  await office('/organisations', add);
  expect((await office('/consortia/a/members', { organisation: 'new' })).status).toBe(200);
  const { members } = await server.read('public', '/consortia/a');
  expect(members).toEqual([add]);
});

test('an error in the form of an entry names the member of the request', async () => {
  const { status, body } = await office('/organisations', { id: 'x', name: { en: 'X\nY' }, country: 'KR' });
  expect([status, body.error]).toEqual([
    422,
    expect.objectContaining({
      code: 'entry-broken',
      input: 'name.en',
      message: expect.stringContaining('line'),
    }),
  ]);
});
