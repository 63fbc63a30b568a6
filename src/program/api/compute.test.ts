// Compute over HTTP: what everybody sees, what the office writes, and that the usage of a submission is withheld together with its audit.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOOK } from '../office/testing/office.ts';
import { OURS, TEXTS } from '../state/testing/catalogue.ts';
import { TestServer, type Who } from './testing/api.ts';

let server: TestServer;
beforeEach(async () => {
  server = await new TestServer().begin();
});
afterEach(() => server.close());

const page = (who: Who) => server.read(who, '/compute');
const begin = async (book?: string) => {
  await server.office.stage('s1', book);
  await server.office.fill();
  await server.office.chain();
};

test('the catalogue in force, allotted and remaining hours', async () => {
  expect(await page('public')).toEqual({
    catalogue: null,
    suppliers: [],
    chips: [],
    sites: [],
    memories: [],
    clusters: [],
    operations: {},
    allotments: [],
    usages: [],
    accounts: [],
    consortia: {},
  });
  await begin();
  const found = await page('public');
  const [row] = server.programme.tables.all('catalogues');
  const entry = (await server.programme.store.page(Number(row!.registeredSeq), 1))[0]!;
  expect(found.catalogue).toEqual({
    digest: row!.digest,
    registered: entry.time,
    parts: [
      { id: 'made-up', version: 1, title: { en: 'World' } },
      { id: 'ours', version: 1, title: { en: 'Ours' } },
    ],
    home: ['XX'],
  });
  expect(found.chips.map(({ id, figures }: { id: string; figures: object }) => [id, figures])).toEqual([
    ['far-chip', { bf16: { value: 989, about: false, verified: true, source: 'not recorded' } }],
    ['home-chip', {}],
  ]);
  expect(found.sites.map(({ id }: { id: string }) => id)).toEqual(['hall']);
  const nothing = { owner: null, laws: null, asOf: null, verified: true };
  expect(found.operations).toEqual({ hall: nothing, near: nothing, big: nothing });
  expect(found.clusters.map(({ id, chips }: { id: string; chips: object }) => [id, chips])).toEqual([
    ['near', [{ chip: 'home-chip', count: 4 }]],
    ['big', [{ chip: 'far-chip', count: 8 }]],
  ]);
  // a: 8.5 of 100 by its word. b: metered 7.5 on a cluster that it was not given; its word of 6.25 does not count beside that.
  expect(
    found.accounts.map((account: Record<string, unknown>) =>
      ['consortium', 'cluster', 'allotted', 'said', 'metered', 'counted', 'left'].map((key) => account[key]),
    ),
  ).toEqual([
    ['a', 'near', 100, 8.5, 0, 8.5, 91.5],
    ['b', 'big', null, 0, 7.5, 7.5, null],
    ['b', null, null, 6.25, 0, 0, null],
  ]);
  expect(found.usages.map(({ id, counted }: { id: string; counted: boolean }) => [id, counted])).toEqual([
    ['s1-a', true],
    ['s1-b', false],
    ['meter-b', true],
  ]);
  expect(found.usages[0].sessions).toEqual({ count: 2, withoutEnd: 1, devices: ['Far 9000'] });
  expect(found.consortia).toEqual({ a: { en: 'a' }, b: { en: 'b' } });
});

test('the office registers, allots and meters; errors are reported', async () => {
  await begin();
  const post = async (path: string, body: object) => {
    const { status, body: answer } = await server.post('office', `/${path}`, body);
    return [status, answer.error?.code ?? null, answer.error?.input ?? null];
  };
  const days = { from: '2026-02-01', to: '2026-02-28' };
  const allotment = { id: 'b-feb', consortium: 'b', cluster: 'big', ...days, deviceHours: 20 };
  const source = { publisher: 'somebody' };
  expect(await post('allotments', { ...allotment, source })).toEqual([200, null, null]);
  expect(await post('allotments', { ...allotment, cluster: 'bgi' })).toEqual([404, 'cluster-unknown', 'bgi']);
  expect(await post('allotments', { ...allotment, to: '2026-01-01' })).toEqual([422, 'period-backwards', 'b-feb']);
  const usage = { id: 'b-power', consortium: 'b', cluster: 'big', ...days, deviceHours: 30 };
  expect(await post('usages', usage)).toEqual([200, null, null]);
  expect(await post('usages', { ...usage, id: 's1-a' })).toEqual([409, 'usage-exists', 's1-a']);
  const texts = (text: string) => ({ alone: true, texts: [TEXTS[0]!, { file: 'ours.yaml', text }] });
  expect(await post('catalogue', texts(OURS))).toEqual([409, 'catalogue-exists', expect.any(String)]);
  const broken = OURS.replace('home-server', 'home-sever');
  expect(await post('catalogue', texts(broken))).toEqual([
    422,
    'catalogue-unknown',
    `ours.yaml:${OURS.split('\n').findIndex((line) => line.includes('home-server')) + 1}`,
  ]);
  const next = OURS.replace('version: 1', 'version: 2').replace('consortium: a', 'consortium: z');
  const { body } = await server.post('office', '/catalogue', texts(next));
  expect(body).toMatchObject({ components: 10, uses: 1, strangers: ['z'] });
  // The one that comes with Jikji is put before what does not say that it stands alone.
  const own = { file: 'own.yaml', text: 'formatVersion: 1\nid: own\nversion: 1\ntitle: { en: Own }\nhome: [KR]\n' };
  expect(await server.status('office', 'post', '/catalogue', { texts: [own] })).toBe(200);
  const found = await page('public');
  expect(found.catalogue.parts.map(({ id }: { id: string }) => id)).toEqual(['world', 'own']);
  expect(found.chips.map(({ id }: { id: string }) => id)).toContain('nvidia-h100-sxm');
  expect(found.allotments.at(-1)).toEqual({ ...allotment, source: [source], seq: expect.any(Number) });
  expect(found.usages.at(-1)).toMatchObject({ ...usage, word: 'office', submission: null, counted: true });
});

test('no answer shows how a cluster is reached, and the log shows it only to the office', async () => {
  await begin();
  const secret = 'login.near.example';
  const text = OURS.replace('version: 1', 'version: 2').replace(
    'site: hall\n',
    `site: hall\n    reached: { scheduler: slurm, slurmrestd: "unix:/run/${secret}", login: ${secret} }\n`,
  );
  expect(text).toContain(secret);
  const body = { alone: true, texts: [TEXTS[0]!, { file: 'ours.yaml', text }] };
  expect(await server.status('office', 'post', '/catalogue', body)).toBe(200);
  const registered = async (who: Who) => {
    const { entries } = await server.read(who, '/log?from=1&count=200');
    return entries.filter(({ kind }: { kind: string }) => kind === 'catalogue-registered');
  };
  for (const who of ['public', 'consortium', 'auditor', 'expert', 'outsider'] as const) {
    for (const path of ['compute', 'reliance?of=programme', 'reliance/chain']) {
      const { status, body } = await server.get(who, `/${path}`);
      expect([path, status]).toEqual([path, 200]);
      expect(JSON.stringify(body)).not.toContain(secret);
    }
    const [before, after] = await registered(who);
    expect([before.withheld, before.data.texts.length]).toEqual([false, 2]);
    expect(after).toMatchObject({ withheld: true, data: null });
  }
  expect(JSON.stringify(await page('office'))).not.toContain(secret);
  expect((await registered('office')).at(-1).data.texts[1].text).toBe(text);
});

test('viewers of its audit see the usage of a submission, in the log too', async () => {
  await begin(`${BOOK}publication: { audits: at-close }\n`);
  const seen = async (who: Who) => {
    const { usages, accounts } = await page(who);
    const { entries } = await server.read(who, '/log?from=1&count=200');
    const told = entries.filter(({ kind }: { kind: string }) => kind === 'usage-reported');
    const logged = told.flatMap(({ data }: { data: { id: string } | null }) => data?.id ?? []);
    for (const { withheld, data, actor } of told) if (withheld) expect([data, actor]).toEqual([null, null]);
    expect(told).toHaveLength(3);
    expect(usages.map(({ id }: { id: string }) => id)).toEqual(logged);
    return [logged, accounts.reduce((sum: number, { counted }: { counted: number }) => sum + counted, 0)];
  };
  for (const who of ['office', 'auditor'] as const) expect(await seen(who)).toEqual([['s1-a', 's1-b', 'meter-b'], 16]);
  expect(await seen('consortium')).toEqual([['s1-a'], 8.5]);
  expect(await seen('rival')).toEqual([['s1-b', 'meter-b'], 7.5]);
  for (const who of ['public', 'expert', 'evaluator', 'outsider'] as const) expect(await seen(who)).toEqual([[], 0]);
  // Usage that belongs to no submission is public.
  const days = { from: '2026-01-01', to: '2026-01-01' };
  const more = {
    id: 'more',
    consortium: 'c',
    cluster: null,
    ...days,
    deviceHours: 1,
    word: 'office',
    submission: null,
  };
  await server.office.say('usage-reported', more);
  expect((await page('public')).usages.map(({ id }: { id: string }) => id)).toEqual(['more']);
  await server.post('office', '/stages/s1/close', { anyway: true });
  expect((await page('public')).usages).toHaveLength(4);
});

test('a checked catalogue shows its differences to the office, and records nothing', async () => {
  await begin();
  const secret = 'login.near.example';
  const head = server.programme.head.seq;
  const check = async (text: string) => {
    const body = { alone: true, texts: [TEXTS[0]!, { file: 'ours.yaml', text }] };
    return (await server.post('office', '/catalogue/check', body)).body;
  };
  const [row] = server.programme.tables.all('catalogues');
  expect(await check(OURS)).toMatchObject({ known: true, before: row!.digest, differences: [], stale: [] });
  const next = OURS.replace('consortium: a', 'consortium: z')
    .replace('count: 4', 'count: 6')
    .replace('site: hall\n', `site: hall\n    reached: { scheduler: slurm, login: ${secret} }\n`)
    .replaceAll('near', 'nearer');
  const found = await check(next);
  expect(found).toMatchObject({
    known: false,
    before: row!.digest,
    ...{ components: 10, uses: 1, added: 1, removed: 1, changed: 1 },
    strangers: ['z'],
    stale: [{ id: 'ours', version: 1, needed: 2 }],
    lost: [{ cluster: 'near', allotments: ['a-q1'] }],
  });
  expect(found.differences.map(({ change, of, id }: Record<string, string>) => [change, of, id])).toEqual([
    ['removed', 'compute', 'near'],
    ['changed', 'use', 'serve-a'],
    ['added', 'compute', 'nearer'],
  ]);
  expect(JSON.stringify(found)).toContain('login.nearer.example');
  expect(await check(OURS.replace('home-server', 'home-sever'))).toMatchObject({
    error: { code: 'catalogue-unknown', input: expect.stringMatching(/^ours\.yaml:\d+$/) },
  });
  expect(server.programme.head.seq).toBe(head);
  for (const who of ['public', 'consortium', 'rival', 'auditor', 'expert', 'evaluator', 'outsider'] as const) {
    const body = { alone: true, texts: [TEXTS[0]!, { file: 'ours.yaml', text: next }] };
    const answer = await server.post(who, '/catalogue/check', body);
    expect(answer.status).toBe(who === 'public' ? 401 : 403);
    expect(JSON.stringify(answer.body)).not.toContain('nearer');
    for (const path of ['compute', 'metering', 'log?from=1&count=200'])
      expect(JSON.stringify(await server.read(who, `/${path}`))).not.toContain('login.near');
  }
});

test('of many who register against the same catalogue one does; the others must look again', async () => {
  await begin();
  const [row] = server.programme.tables.all('catalogues');
  const register = (version: number, against: string | null) =>
    server.post('office', '/catalogue', {
      alone: true,
      against,
      texts: [TEXTS[0]!, { file: 'ours.yaml', text: OURS.replace('version: 1', `version: ${version}`) }],
    });
  const answers = await Promise.all([2, 3, 4, 5].map((version) => register(version, row!.digest)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  for (const { status, body } of answers) if (status === 409) expect(body.error.code).toBe('catalogue-moved');
  expect(server.programme.tables.all('catalogues')).toHaveLength(2);
  expect((await register(9, null)).body.error.code).toBe('catalogue-moved');
});

test('several allotments over HTTP: looked at, then all recorded', async () => {
  await begin();
  const days = { from: '2026-02-01', to: '2026-02-28' };
  const table = `consortium,cluster,from,to,hours\nb,big,2026-02-01,2026-02-28,20\nc,near,2026-02-01,2026-02-28,2688\n`;
  const { body: found } = await server.post('office', '/allotments/check', { table });
  expect(found.changes.map(({ allotment }: { allotment: object }) => allotment)).toEqual([
    { id: 'b-big-2026-02', consortium: 'b', cluster: 'big', ...days, deviceHours: 20 },
    { id: 'c-near-2026-02', consortium: 'c', cluster: 'near', ...days, deviceHours: 2688 },
  ]);
  // Four chips for 28 days of 24 hours, and the hundred hours of a's quarter beside.
  const near = found.clusters.find(({ cluster }: { cluster: string }) => cluster === 'near');
  expect(near).toMatchObject({ before: 100, after: 2788, chips: 4, fullest: days });
  expect(near.fullest.hoursPerDay).toBeCloseTo(96 + 100 / 90, 9);
  const allotments = found.changes.map(({ allotment, replaces }: { allotment: object; replaces: number | null }) => ({
    ...allotment,
    replaces,
  }));
  const recorded = await server.post('office', '/allotments/all', { allotments });
  expect(recorded.body.entries).toHaveLength(2);
  const { allotments: shown } = await page('public');
  expect(shown.map(({ id, seq }: { id: string; seq: number }) => [id, seq > 0])).toEqual([
    ['a-q1', true],
    ['b-big-2026-02', true],
    ['c-near-2026-02', true],
  ]);
  const broken = await server.post('office', '/allotments/check', { table: 'a,b\n=1+1,2\n' });
  expect(broken.refusal).toEqual([422, 'allotments-broken']);
  const large = await server.post('office', '/allotments/check', { table: 'x'.repeat(300_000) });
  expect(large.status).toBe(413);
});
