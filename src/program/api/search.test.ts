// What is sealed stays sealed in the search: for each role, a hit only where the thing's own route answers and shows its name; and no name,
// count or order tells a viewer of anything else. Written from the attacker's side: the secrets are looked for, not the hits.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../ledger/index.ts';
import { Home } from '../runs/testing/home.ts';
import { TestServer, type Who } from './testing/api.ts';
import type { SearchAnswer } from './types.ts';

const P = '/api/programmes/test';
const WHO = [
  'office',
  'consortium',
  'rival',
  'expert',
  'second-expert',
  'evaluator',
  'auditor',
  'outsider',
  'public',
] as const;
type Group = SearchAnswer['groups'][number];
type Hit = Group['hits'][number];

const home = new Home();
const server = TestServer.forAll('beginFilled');
beforeAll(async () => {
  const finished = home.run('harp-run', 3);
  mkdirSync(join(finished, 'model'));
  writeFileSync(join(finished, 'model', 'config.json'), '{}');
  home.run('young-run', 2);
  const { office } = server;
  await office.chain();
  await office.say('call-opened', { id: 'call-1', title: { en: 'First call', ko: '첫 공모' } });
  const application = { call: 'call-1', lead: 'a-org', members: [] };
  await office.say('application-received', { id: 'maple', name: { en: 'Maple', ko: '단풍' }, ...application });
  const file = { name: 'zither-plan.pdf', bytes: 3, sha256: sha256Hex('x') };
  await office.say('application-file-added', { application: 'maple', ...file });
  // An expert with an interest: he is of the organisation that applies, and says so.
  await office.say('expert-assigned', { stage: 's1', expert: 'the-expert', part: 'blocks.experts' });
  await office.say('interests-declared', { stage: 's1', expert: 'the-expert', organisation: 'a-org', teams: [] });
  await office.say('stage-dates-set', {
    ...{ stage: 's9', title: { en: 'Later stage', ko: '나중 단계' } },
    ...{ opens: '2999-01-01T00:00:00.000Z', closes: null, appealsUntil: null },
  });
});

async function find(who: Who, q: string, more = ''): Promise<Group[]> {
  const { status, body } = await server.get(who, `/api/search?q=${encodeURIComponent(q)}${more}`);
  expect([q, status, body.error]).toEqual([q, 200, undefined]);
  return body.groups;
}

/** All that a viewer can find by one letter or digit, by every id, and by parts of names. */
async function all(who: Who): Promise<Map<string, { kind: Group['kind']; hit: Hit }>> {
  const found = new Map<string, { kind: Group['kind']; hit: Hit }>();
  const questions = [
    ...'abcdefghijklmnopqrstuvwxyz0123456789',
    ...'ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ',
    's1',
    'test',
    '단',
    'no',
  ];
  for (const q of [...questions, ...Array.from({ length: server.programme.head.seq + 2 }, (_, i) => `#${i}`)])
    for (const { kind, count, hits } of await find(who, q)) {
      expect(count).toBeGreaterThanOrEqual(hits.length);
      expect(hits.length).toBe(Math.min(20, count));
      for (const hit of hits) found.set(JSON.stringify([kind, hit]), { kind, hit });
    }
  return found;
}

/** The API's route behind each page of the console; those of one thing end with its id. */
const ROUTE_OF_PAGE: Record<string, string> = {
  ...{ overview: P, call: '/calls', organisations: '/organisations', compute: '/compute', log: '/log' },
  ...{
    reliance: '/reliance',
    plan: '/plans/choices',
    ruleBooks: '/rule-books',
    register: '/register/entries',
    access: '/access',
  },
  ...{ backup: '/backups', catalogue: '/compute', allotments: '/compute', metering: '/metering' },
  ...{ newRuleBook: '/api/rule-book-templates', runs: '/api/runs', people: '/api/users', account: '/api/tokens' },
  ...{ logIn: '/api/me', stage: '/stages/', consortium: '/consortia/' },
};
const ROUTE_OF: Partial<Record<Group['kind'], (hit: Hit) => string>> = {
  programme: ({ id }) => `/api/programmes/${id}`,
  stage: ({ id, page }) => (page === 'overview' ? P : `/stages/${id}`),
  consortium: ({ of }) => `/consortia/${of}`,
  application: ({ of }) => `/applications/${of}`,
  submission: ({ of }) => `/submissions/${of}`,
  decision: ({ programme, of }) => `/decisions/${programme}/${of}/data.json`,
  call: ({ of }) => `/calls/${of}`,
  organisation: () => '/organisations',
  'rule-book': ({ of }) => `/rule-books/${of}`,
  part: ({ of }) => `/rule-books/${of}`,
  chip: ({ of }) => `/chips/${of}`,
  supplier: () => '/compute',
  run: ({ of }) => `/api/runs/${of}`,
  model: ({ of }) => `/api/runs/${of}/model`,
  person: () => '/api/users',
  entry: ({ of }) => `/log?from=${of}&count=1`,
};

test.each(WHO)(
  '%s: each hit is a thing whose own route answers, and shows its name',
  { timeout: 600_000 },
  async (who) => {
    const found = await all(who);
    expect(found.size).toBeGreaterThan(40);
    const answers = new Map<string, { status: number; text: string }>();
    const read = async (path: string) => {
      const { status, body } = await server.get(who, path);
      return { status, text: JSON.stringify(body) };
    };
    for (const { kind, hit } of found.values()) {
      const path = ROUTE_OF[kind]?.(hit) ?? ROUTE_OF_PAGE[hit.page!]! + (hit.of ?? '');
      const answer = answers.get(path) ?? (await read(path));
      answers.set(path, answer);
      expect([kind, path, answer.status]).toEqual([kind, path, 200]);
      // A model's page has the name of its run from the run's own route.
      if (!['page', 'deed', 'model'].includes(kind)) expect(answer.text).toContain(JSON.stringify(hit.title.en));
      // What is done at a stage is what the stage's page offers, or for the office alone.
      if (kind === 'deed' && hit.page === 'stage' && !['dates', 'assign'].includes(hit.act!))
        expect(JSON.parse(answer.text).mayDo).toContain(hit.act);
      else if (kind === 'deed' && hit.act !== 'key') expect(who).toBe('office');
    }
  },
);

test('kinds that only the office may see are found by nobody else, and it finds them', {
  timeout: 600_000,
}, async () => {
  for (const who of WHO) {
    const kinds = new Set([...(await all(who)).values()].map(({ kind }) => kind));
    for (const kind of ['run', 'model', 'person'] as const)
      expect([who, kind, kinds.has(kind)]).toEqual([who, kind, who === 'office']);
  }
  const [run] = await find('office', 'harp-run');
  expect(run).toMatchObject({ kind: 'run', count: 1 });
  const models = (await find('office', 'run')).find(({ kind }) => kind === 'model');
  expect(models?.hits.map(({ title }) => title.en)).toEqual(['harp-run']); // the other one has none yet
});

test('nobody finds experts, judges, files, comments, verdicts or keys by what the log says of them', async () => {
  const secrets = [
    ...['kim', 'lee', 'u1', 'u2'], // who gave forms and judgements
    ...['zither', 'zither-plan.pdf', 'word that nobody may read'],
    ...['holds', 'refused', 'interests'],
    sha256Hex('key of a').slice(0, 20),
  ];
  for (const who of WHO)
    for (const secret of secrets) {
      const hits = (await find(who, secret)).flatMap(({ kind, hits }) => hits.map(({ id }) => `${kind} ${id}`));
      expect([who, secret, hits]).toEqual([who, secret, []]);
    }
  // Users are the office's to see, an expert with an interest too.
  expect((await find('office', 'the-expert')).map(({ kind }) => kind)).toEqual(['person']);
  expect(await find('rival', 'the-expert')).toEqual([]);
});

test('all who are not of the office get the same answer to a question about things, from the first byte to the last', async () => {
  for (const q of ['s1', 'a', 'maple', '단풍', 'ㄷㅍ', 'home', 'later', '#5']) {
    const things = async (who: Who) => (await find(who, q)).filter(({ kind }) => kind !== 'page' && kind !== 'deed');
    const answer = JSON.stringify(await things('public'));
    for (const who of WHO.filter((one) => one !== 'office')) expect(JSON.stringify(await things(who))).toBe(answer);
  }
});

test('an entry is found by number, by link, and by both; a withheld one shows its kind and nothing more', async () => {
  const entries = await server.programme.store.page(1, 200);
  const form = entries.find(({ kind }) => kind === 'form-committed')!;
  for (const q of [`#${form.seq}`, String(form.seq), form.link, form.link.toUpperCase(), `${form.seq}:${form.link}`]) {
    const [group] = await find('public', q);
    expect(group).toEqual({
      kind: 'entry',
      count: 1,
      hits: [
        {
          ...{ programme: 'test', id: String(form.seq), of: String(form.seq), title: { en: 'form-committed' } },
          ...{ about: [{ en: 'Test' }], act: null, page: null },
        },
      ],
    });
  }
  const { seq } = server.programme.head;
  for (const q of ['#0', `#${seq + 1}`, `${form.seq + 1}:${form.link}`, 'f'.repeat(64), '999999999999999'])
    expect((await find('public', q)).filter(({ kind }) => kind === 'entry')).toEqual([]);
});

test('questions that are too long, missing or odd', async () => {
  const status = async (query: string) => await server.status('public', 'get', `/api/search${query}`);
  expect(await status('')).toBe(422);
  expect(await status(`?q=${'x'.repeat(101)}`)).toBe(422);
  expect(await status('?q=a&q=b')).toBe(422);
  expect(await status('?q=%00')).toBe(422);
  for (const q of ['', ' ', '%', '\\', '.*', '(', "' or 1=1", '\u0001', '\n', 'ﷺ'.repeat(100), 'ㄱ'.repeat(100)])
    expect(Array.isArray(await find('public', q))).toBe(true);
  expect(await find('public', '\u0001')).toEqual([]);
});

test('the named programme brings its pages and deeds; another one brings none', async () => {
  const pages = async (more: string) =>
    (await find('public', 'log', more))
      .flatMap(({ kind, hits }) => (kind === 'page' ? hits : []))
      .map(({ page }) => page);
  expect(await pages('&programme=test')).toEqual(['logIn', 'log', 'catalogue']);
  expect(await pages('&programme=elsewhere')).toEqual(['logIn']);
});

test('a decision is found once everybody may read it; until then its stage is not called decided', async () => {
  const kinds = async (who: Who) => (await find(who, 's1')).map(({ kind }) => kind);
  for (const who of WHO) expect(await kinds(who)).not.toContain('decision');
  const { body } = await server.post('office', '/stages/s1/close', { anyway: true });
  expect(body.error).toBeUndefined();
  expect(await kinds('office')).not.toContain('decision');
  const decided = await server.post('office', '/stages/s1/decide', {});
  expect(decided.body.error).toBeUndefined();
  for (const who of WHO) expect([who, (await kinds(who)).includes('decision')]).toEqual([who, true]);
  expect(await server.status('public', 'get', '/decisions/test/s1')).toBe(200);
  // New names are found as soon as they are in the log.
  expect(await find('public', 'heron')).toEqual([]);
  await server.office.say('organisation-added', {
    ...{ id: 'heron', name: { en: 'Heron', ko: '왜가리' }, country: 'XX', roles: [] },
  });
  expect((await find('public', 'ㅇㄱㄹ'))[0]).toMatchObject({ kind: 'organisation', hits: [{ id: 'heron' }] });
});
