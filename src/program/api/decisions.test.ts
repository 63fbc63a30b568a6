// A decision at its own address: nothing before it is made, the same for everybody afterwards, and page, JSON and CSV say the same.

import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { BOOK } from '../office/testing/office.ts';
import { TestServer } from './testing/api.ts';

const STAGE = '/api/programmes/test/stages/s1';
const AT = '/decisions/test/s1';

const server = TestServer.forAll('beginFilled');
beforeAll(async () => {
  const name = { what: 'consortium', id: 'a', name: { en: '=HYPERLINK("http://x")', ko: '진달래' } };
  await server.post('office', '/names', name);
});

const get = (path: string, who: 'office' | 'public' = 'public', headers: Record<string, string> = {}) =>
  server.get({ who, headers }, path);

test('before the decision there is nothing, for the office neither', async () => {
  for (const who of ['office', 'public'] as const)
    for (const path of [AT, `${AT}/data.json`, `${AT}/data.csv`]) {
      const { status, body } = await get(path, who);
      expect([path, status, body.error.code]).toEqual([path, 404, 'decision-unknown']);
    }
  expect((await get('/decisions/test/none')).body.error.code).toBe('stage-unknown');
  expect((await get('/decisions/nowhere/s1')).body.error.code).toBe('programme-unknown');
});

test('the end of appeals is announced with the decision, or neither is recorded', async () => {
  expect(await server.status('office', 'post', '/stages/s1/close', {})).toBe(200);
  const decide = (appealsUntil: string) => server.post('office', '/stages/s1/decide', { appealsUntil });
  const late = await decide('2026-01-01T00:00:00.000Z');
  expect(late.refusal).toEqual([422, 'dates-past']);
  expect((await get(STAGE)).body).toMatchObject({ status: 'closed', dates: { appealsUntil: null } });
  expect((await decide('2099-01-01T00:00:00.000Z')).status).toBe(200);
  const { body } = await get(STAGE);
  expect(body).toMatchObject({ status: 'decided', dates: { closes: null, appealsUntil: '2099-01-01T00:00:00.000Z' } });
  expect(body.report.stage.appealsUntil).toBe('2099-01-01T00:00:00.000Z');
});

test('after it everybody gets the same page, in the language that is asked for', async () => {
  const english = await get(AT);
  expect([english.status, english.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  expect(english.headers.get('content-security-policy')).toContain('sandbox');
  expect(english.body).toContain('&quot;http://x&quot;');
  expect((await get(AT, 'office')).body).toBe(english.body);
  const korean = await get(AT, 'public', { 'accept-language': 'ko-KR,ko;q=0.9,en;q=0.8' });
  expect(korean.body).toContain('진달래');
  expect((await get(`${AT}?lang=ko`)).body).toBe(korean.body);
  expect((await get(`${AT}?lang=fr`)).status).toBe(422);
});

test('a browser that opens a wrong address gets a page in both languages, a program gets JSON', async () => {
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const path of ['/decisions/test/stage-2', '/decisions/nowhere/s1', '/decisions/%3Cb%3E/s1']) {
    const page = await get(path, 'public', html);
    expect([path, page.headers.get('content-type')]).toEqual([path, expect.stringContaining('text/html')]);
    expect(page.status).toBe((await get(path)).status);
    expect(page.body).toMatch(/There is no decision at this address.*이 주소에는 공개된 결정이 없습니다/s);
    expect(page.body).not.toContain('<b>');
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
  }
  expect((await get('/decisions/test/stage-2', 'public', html)).status).toBe(404);
  for (const accept of ['*/*', 'application/json'])
    expect((await get('/decisions/test/stage-2', 'public', { accept })).body.error.code).toBe('stage-unknown');
  const data = await get('/decisions/test/stage-2/data.json', 'public', html);
  expect(data.body.error.code).toBe('stage-unknown');
  const found = await get(`${AT}?lang=ko`, 'public', html);
  expect(found.body).toContain('href="/p/test/stages/s1"');
  expect(found.body).toContain('href="?lang=en"');
});

test('its data: JSON is what the public sees, with the signed document; CSV has the same figures and runs nothing', async () => {
  const { body: json } = await get(`${AT}/data.json`);
  const { report } = (await get(STAGE)).body;
  expect(json).toMatchObject({ formatVersion: 1, teams: report.teams, statistics: report.statistics });
  expect(sha256Hex(json.signed.document)).toBe(json.signed.digest);
  expect(JSON.parse(json.signed.document).out.length + JSON.parse(json.signed.document).kept.length).toBeGreaterThan(1);
  const csv = await get(`${AT}/data.csv`);
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="decision-s1.csv"');
  const rows: Record<string, string>[] = parse(csv.body, { columns: true, bom: true });
  expect(rows).toHaveLength(report.teams.length);
  for (const [i, team] of report.teams.entries()) {
    expect(rows[i]).toMatchObject({ team: team.id, outcome: team.outcome, points: String(team.total.value) });
    for (const [path, { value }] of Object.entries<{ value: number }>(team.figures))
      expect([path, rows[i]![path]]).toEqual([path, String(value)]);
  }
  expect(rows.find(({ team }) => team === 'a')!.name_en).toBe('\'=HYPERLINK("http://x")');
});

test('an upheld appeal: the team goes on with its reason, and no move of weights is given', async () => {
  const before = (await get(`${AT}/data.json`)).body;
  const out = before.teams.find(({ outcome }: { outcome: string }) => outcome === 'out');
  expect(out).toMatchObject({ overturned: null, reason: expect.any(String) });
  await server.office.say('appeal-filed', { id: 'x', stage: 's1', consortium: out.id, text: 'why' });
  await server.office.say('appeal-answered', { appeal: 'x', outcome: 'upheld', answer: 'so' });
  const { body: json } = await get(`${AT}/data.json`);
  expect(json).toMatchObject({ appealUpheld: true, moves: null });
  const team = json.teams.find(({ id }: { id: string }) => id === out.id);
  expect(team).toMatchObject({ outcome: 'kept', reason: null, overturned: out.reason });
  const rows: Record<string, string>[] = parse((await get(`${AT}/data.csv`)).body, { columns: true, bom: true });
  expect(rows.find((row) => row.team === out.id)).toMatchObject({ outcome: 'kept', overturned: out.reason });
  const page = (await get(AT)).body;
  expect(page).toContain('An appeal was upheld: all 3 teams go on.');
  expect(page).not.toContain('By the rule book 2 of 3');
  const { stages } = await server.read('public', `/consortia/${out.id}`);
  expect(stages[0]).toMatchObject({ outcome: 'kept', overturned: out.reason });
});

describe.each(['forms', 'scores', 'judgements', 'audits'])('where the rule book never publishes %s', (what) => {
  let sealed: TestServer;
  beforeAll(async () => {
    sealed = new TestServer();
    await sealed.begin();
    await sealed.office.stage('s1', `${BOOK}publication: { ${what}: never }\n`);
    await sealed.office.fill();
    for (const act of ['close', 'decide'])
      expect((await sealed.ask('office', 'post', `${STAGE}/${act}`, {})).status).toBe(200);
  });
  afterAll(() => sealed.close());

  test('its decision hands out no signed document, which cites them; without scores there is no page and no data', async () => {
    for (const path of [AT, `${AT}/data.json`, `${AT}/data.csv`])
      for (const who of ['public', 'consortium', 'office'] as const) {
        const { status, body } = await sealed.ask(who, 'get', path);
        if (what === 'scores') expect([path, who, status, body.error.code]).toEqual([path, who, 403, 'not-public']);
        else expect([path, who, status]).toEqual([path, who, 200]);
        if (what !== 'scores' && path.endsWith('.json')) expect(body.signed).toBeNull();
      }
  });
});
