// The examples against the published results of stage 1, typed here a second time, and against the rules of a programme's log.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCatalogue, shippedCatalogue } from '../../fleet/index.ts';
import type { Citation } from '../../formats/index.ts';
import { Graph, indexOfUse } from '../../reliance/index.ts';
import { parseRuleBook, partsOf, roundHalfUp } from '../rules/index.ts';
import { State } from '../state/index.ts';
import { EXAMPLES, type Example, loadExample } from './index.ts';
import { exampleOf } from './load.ts';

const TIME = '2026-11-01T00:00:00.000Z';
const korea = loadExample('korea-2025', TIME);
const practice = loadExample('practice', TIME);

// biome-ignore lint/suspicious/noExplicitAny: data of many kinds
const dataOf = (example: Example, kind: string): any[] =>
  example.events.filter((event) => event.kind === kind).map(({ data }) => data);

function stateOf(example: Example): State {
  const state = new State();
  example.events.forEach((event, i) => void state.take({ ...event, seq: i + 1, link: '' }));
  return state;
}

test.each(EXAMPLES)('%s: a log takes in all of it, in this order', (name) => {
  const { events } = loadExample(name, TIME);
  stateOf(loadExample(name, TIME));
  expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
  for (const { time } of events) expect(new Date(time).toISOString()).toBe(time);
});

test('a record is the same whenever it is read', () => {
  expect(loadExample('korea-2025', '2030-01-01T00:00:00.000Z')).toEqual(korea);
});

const scores = dataOf(korea, 'score-entered');
const book = parseRuleBook(dataOf(korea, 'rule-book-registered')[0].text, { file: 'stage-1.yaml' });

test('the published stage 1: LG 33.6 + 31.6 + 25.0 = 90.2', () => {
  const published = scores.filter(({ value }) => typeof value === 'number');
  expect(published.map(({ consortium, part, value, max }) => [consortium, part, value, max])).toEqual([
    ['lg-ai-research', 'blocks.benchmark', 33.6, 40],
    ['lg-ai-research', 'blocks.experts', 31.6, 35],
    ['lg-ai-research', 'blocks.users', 25, 25],
  ]);
  const total = roundHalfUp(
    published.reduce((sum, { value }) => sum + value, 0),
    1,
  );
  expect(total).toBe(90.2);
  expect(korea.facts.find(({ id }) => id === 'lg-total')?.value).toBe(total);
});

test('all else is said not to be published, for every team and part', () => {
  expect(partsOf(book).map(({ path, points }) => [path, points])).toEqual([
    ['blocks.benchmark', 40],
    ['blocks.benchmark.parts.nia', 10],
    ['blocks.benchmark.parts.common', 20],
    ['blocks.benchmark.parts.individual', 10],
    ['blocks.experts', 35],
    ['blocks.users', 25],
  ]);
  expect(scores).toHaveLength(5 * 6);
  expect(scores.filter(({ value }) => value === 'not published')).toHaveLength(5 * 6 - 3);
});

test('the veto takes out a team that points would have kept; another goes by points', () => {
  const { consortia } = dataOf(korea, 'stage-opened')[0];
  const { kept, out } = dataOf(korea, 'decision-recorded')[0];
  expect([...kept, ...out.map((one: { consortium: string }) => one.consortium)].sort()).toEqual([...consortia].sort());
  // Points alone take out one of five; that is the one that went by points, so the other would have stayed.
  const byPoints = out.filter((one: { reason: string }) => one.reason === 'points');
  expect(byPoints).toEqual([{ consortium: 'nc-ai', reason: 'points' }]);
  // How many were to go on was not published: 4 follows from other reports, and says so.
  expect(book.kept).toBeNull();
  const inferred = korea.facts.find(({ id }) => id === 'kept')!;
  expect(inferred).toMatchObject({ value: consortia.length - byPoints.length, verified: false });
  expect(inferred.derived).toContain('top four by points');
  expect(out.filter((one: { reason: string }) => one.reason === 'veto')).toEqual([
    { consortium: 'naver-cloud', reason: 'veto' },
  ]);
  expect(book.originality).toMatchObject({ veto: true, audit: null });
  const [finding] = dataOf(korea, 'finding-signed');
  expect(finding).toMatchObject({ consortium: 'naver-cloud', verdict: 'frozen-foreign' });
  expect(book.originality.components).toContain(finding.component);
  expect(book.originality.excludes).toContain(finding.verdict);
});

test('after all of it: four teams, Motif among them', () => {
  const consortia = [...stateOf(korea).tables.all('consortia')];
  expect(consortia.map(({ id, status }) => [id, status])).toEqual([
    ['sk-telecom', 'active'],
    ['lg-ai-research', 'active'],
    ['naver-cloud', 'out: veto'],
    ['upstage', 'active'],
    ['nc-ai', 'out: points'],
    ['motif', 'active'],
  ]);
  const unknown = consortia.filter(({ members }) => members === 'not recorded').map(({ id }) => id);
  expect(unknown).toEqual(['naver-cloud', 'upstage', 'nc-ai']);
  const membersOf = (id: string) => consortia.find((one) => one.id === id)!.members;
  // Elice came later, and stands there by an entry of that day.
  expect(membersOf('lg-ai-research')).toEqual(['furiosaai', 'elice']);
  expect(korea.events.find(({ kind }) => kind === 'member-joined')).toMatchObject({ time: '2026-02-25T00:00:00.000Z' });
  expect(membersOf('motif')).toHaveLength(16);
  expect(membersOf('motif')).toContain('kaist');
  expect(consortia[0].members).toEqual([
    'rebellions',
    'krafton',
    '42dot',
    'liner',
    'selectstar',
    'seoul-national-university',
    'kaist',
  ]);
});

/** Publisher, item, date, as they are to be cited. */
const CITED = [
  'newsworks|800434|',
  'asiatoday||2025-07-21',
  'Chosun Biz English||2025-08-04',
  'news1|6026672|',
  'fetv|209970|',
  'wowtale|253334|',
  'digitaltoday English|1286|',
  'zdnet Korea||2026-01-14',
  'zdnet Korea||2026-01-15',
  'heraldcorp|10656336|January 2026',
  'heraldcorp|10656477|January 2026',
  'khan||2026-01-24',
  'SBS|N1008449264|',
  'newspim||2026-02-20',
  'SK Telecom newsroom|2865|',
  'asiatoday English||2025-08-05',
  'MENAFN||August 2025',
  'etoday|2548794|',
  'segye|20260115512329|',
  'newsspace|11920|',
  'etnews|20260206000257|',
  'moneytoday via zum|103667808|',
  'Seoul Shinmun|20260220500241|',
  'asiae|2026060506223504794|',
];

test('every figure of the record names a source that is known, or says that there is none', () => {
  const sources: unknown[] = [book.published, book.originality.published, book.target?.published];
  for (const kind of [
    'organisation-added',
    'application-reviewed',
    'score-entered',
    'finding-signed',
    'decision-recorded',
    'consortium-formed',
  ]) {
    const all = dataOf(korea, kind);
    expect(all.length, kind).toBeGreaterThan(0);
    sources.push(...all.map((data) => data.source));
  }
  sources.push(...korea.facts.map((fact) => fact.source));
  const seen = new Set<string>();
  for (const source of sources) {
    if (source === 'not recorded') continue;
    expect(Array.isArray(source) && source.length > 0, JSON.stringify(source)).toBe(true);
    for (const { publisher, item = '', date = '' } of source as { publisher: string; item?: string; date?: string }[]) {
      seen.add(`${publisher}|${item}|${date}`);
    }
  }
  expect([...seen].sort()).toEqual([...CITED].sort());
  // All three parts of the best team were published: none of them is worked out.
  for (const { value, source } of scores)
    if (typeof value === 'number')
      expect(source.map(({ publisher }: Citation) => publisher)).toEqual(['segye', 'newsspace']);
});

test('what a newspaper found out is said to be that, and gives nobody a place', () => {
  const unofficial = korea.facts.filter(({ official }) => !official);
  expect(unofficial.map(({ id }) => id)).toEqual(['places-presentations', 'places-stage-1']);
  for (const { text, source } of unofficial) {
    expect(text.en).toContain('as a newspaper found out');
    expect(text.ko).toContain('신문이 취재한');
    expect(source).toEqual([{ publisher: 'etnews', item: '20260206000257' }]);
  }
  expect(unofficial[1]!.text.en).toContain(
    'LG AI Research, SK Telecom, Upstage, Naver Cloud (out by originality), NC AI',
  );
});

test('the call says until when it took applications, and none of them was late', () => {
  expect(dataOf(korea, 'call-opened')).toMatchObject([{ id: 'call', until: '2025-07-21T00:00:00.000Z' }]);
  const applications = [...stateOf(korea).tables.all('applications')];
  expect(applications.map(({ late }) => late)).toEqual(applications.map(() => false));
  expect(applications).toHaveLength(5);
  // An example whose call had no such day has none.
  for (const data of dataOf(practice, 'call-opened')) expect(data).not.toHaveProperty('until');
});

test('stage 2: planned, and its result not known', () => {
  expect(dataOf(korea, 'stage-opened')).toHaveLength(1);
  const [plan, result] = ['stage-2', 'stage-2-result'].map((id) => korea.facts.find((fact) => fact.id === id)!);
  expect(plan!.text.en).toContain('planned for August 2026');
  expect(result!.text.en).toContain('not known');
  expect(result!.source).toBe('not recorded');
});

test('facts with a value are the published ones', () => {
  const values = korea.facts.filter(({ value }) => value !== null);
  expect(Object.fromEntries(values.map(({ id, value }) => [id, value]))).toEqual({
    applied: 15,
    'after-paper-review': 10,
    selected: 5,
    'lg-total': 90.2,
    'experts-mean': 28.56,
    'users-mean': 20.76,
    'total-mean': 79.7,
    'benchmark-mean': 30.4,
    'nia-best': 9.2,
    'common-best': 14.4,
    'individual-best': 10,
    'extra-gpus': 768,
    kept: 4,
    'data-common': 10_000_000_000,
    'data-per-team': 2_800_000_000,
  });
});

test('no number is invented: each one in the files is one that was published', () => {
  const published = [
    15, 10, 5, 0.95, 6, 40, 20, 35, 25, 49, 90.2, 33.6, 31.6, 28.56, 20.76, 9.2, 14.4, 4, 3, 1, 2, 100, 512, 200, 1024,
    42, 79.7, 30.4, 768,
  ];
  const won = [10_000_000_000, 2_800_000_000, 13];
  const allowed = new Set([...published, ...won]);
  // Of no work: what could do some of it, and is not in use.
  allowed.add(0);
  for (const file of ['programme.yaml', 'stage-1.yaml', 'value-chain.yaml']) {
    const text = readFileSync(new URL(`../../../programs/korea-2025/${file}`, import.meta.url), 'utf8')
      .replace(
        /\b\d{4}-\d\d-\d\d\b|\d{4}년 \d+월( \d+일)?|\b(\d+ )?(August|January|February|November) \d{4}\b|korea-2025|\b(in|2025년) 2025\b|2025년/g,
        '',
      )
      .replace(/item: "?N?\d+"?/g, '')
      .replace(/\b[BH]?(\d+),(\d{3})\b/g, '$1$2')
      .replace(/\b[A-Z](?=\d)/g, '');
    for (const [number] of text.matchAll(/\d+(\.\d+)?/g))
      expect(allowed, `${file}: ${number}`).toContain(Number(number));
  }
});

const catalogueOf = (example: Example) => {
  const [{ texts }] = dataOf(example, 'catalogue-registered');
  expect(texts.slice(0, -1)).toEqual(shippedCatalogue());
  expect(texts.at(-1).file).toBe('value-chain.yaml');
  return readCatalogue(texts);
};

test('the value chain of Korea: everything in it was published by somebody, and much is not known', () => {
  const { suppliers, sites, components, uses, home } = catalogueOf(korea);
  const world = readCatalogue(shippedCatalogue());
  expect(home).toEqual(['KR']);
  const own = [...suppliers, ...components].filter(([id]) => !world.suppliers.has(id) && !world.components.has(id));
  const things = [...own.map(([, thing]) => thing), ...uses];
  expect(things.length).toBeGreaterThan(30);
  // Read later than the programme's own sources: the data center in Ulsan.
  const ulsan = ['Korea Herald|10564870|2025-08-29', 'Korea Herald|10514856|2025-06-22'];
  const cited = [...CITED, 'Rebellions|documentation|', 'FuriosaAI|documentation|', ...ulsan];
  // What nobody published stands for what is not recorded, and says nothing else.
  const unsaid = things.filter(({ source }) => source === 'not recorded');
  expect(unsaid).toMatchObject([{ id: 'other-memory', supplier: null, country: null }]);
  for (const { id, source } of things) {
    if (source === 'not recorded') continue;
    for (const { publisher, item = '', date = '' } of source as Citation[])
      expect(cited, id).toContain(`${publisher}|${item}|${date}`);
  }
  // Of owners and law only one statement was found: whose law binds Amazon, by Amazon itself.
  const stated = [...suppliers, ...sites].flatMap(([id, { owner, jurisdiction }]) =>
    owner || jurisdiction ? [id] : [],
  );
  expect(stated).toEqual(['amazon']);
  expect(suppliers.get('amazon')!.jurisdiction).toMatchObject({
    countries: ['US'],
    source: [{ publisher: 'Amazon Web Services', item: 'CLOUD Act' }],
    verified: true,
  });
  // Every team that ever took part is listed; software and data of no team are known.
  const teams = new Set(uses.map(({ consortium }) => consortium));
  expect([...teams].sort()).toEqual([...stateOf(korea).tables.all('consortia')].map(({ id }) => id).sort());
  for (const use of uses)
    for (const kind of ['software', 'data'])
      expect(
        use.needs.filter((need) => need.of === kind).every(({ anyOf }) => anyOf.length === 0),
        use.id,
      ).toBe(true);
  // Training stays on Nvidia; what domestic chips could serve is not known.
  const chipsOf = (id: string) =>
    components
      .get(id)!
      .needs.flatMap(({ of, anyOf }) => (of === 'chip' ? anyOf.map(({ component }) => component) : []));
  const makers = (kind: string) =>
    uses
      .filter((use) => use.kind === kind)
      .flatMap(({ needs }) => needs.filter(({ of }) => of === 'compute').flatMap(({ anyOf }) => anyOf))
      .map(({ component, share, could }) => [components.get(chipsOf(component)[0]!)!.supplier, share, could]);
  // SK Telecom's on Titan; the others' on machines that are not recorded.
  expect(makers('training').sort()).toEqual([...Array(6).fill(['nvidia', 1, null])]);
  // Two makers of memory are named, both of home; that there is no third in these chips nobody said.
  const graph = new Graph(catalogueOf(korea));
  for (const use of graph.uses.filter(({ kind }) => kind === 'training'))
    expect(indexOfUse(graph, use, null).layers.find(({ layer }) => layer === 'memory')).toMatchObject({
      home: 0,
      abroad: 0,
    });
  expect(makers('serving').sort()).toEqual([
    ['furiosaai', 0, null],
    ['rebellions', 0, null],
  ]);
  expect(dataOf(korea, 'allotment-given')).toEqual([]); // hours were not published
});

test('the value chain of practice: made up, and nothing of it unknown', () => {
  const { suppliers, components, uses, home } = catalogueOf(practice);
  const world = readCatalogue(shippedCatalogue());
  expect(home).toEqual(['XX']);
  const own = [...components.values()].filter(({ id }) => !world.components.has(id));
  for (const { id, name } of [
    ...own,
    ...uses,
    ...[...suppliers.values()].filter((one) => !world.suppliers.has(one.id)),
  ])
    expect([id, name.en, name.ko]).toEqual([id, expect.stringContaining('made up)'), expect.stringContaining('가상)')]);
  for (const { id, supplier, country, needs } of own) {
    expect([id, supplier]).not.toContain(null);
    expect(['XX', 'ZZ', 'QZ']).toContain(country);
    for (const { anyOf } of needs) expect(anyOf.length, id).toBeGreaterThan(0);
  }
  for (const { id, needs } of uses)
    for (const { of, anyOf } of needs) {
      expect(anyOf.length, `${id} ${of}`).toBeGreaterThan(0);
      expect(
        anyOf.reduce((sum, { share }) => sum + share!, 0),
        `${id} ${of}`,
      ).toBeCloseTo(1, 12);
      for (const { component } of anyOf) expect(world.components.has(component), component).toBe(false);
    }
  expect(dataOf(practice, 'allotment-given').length).toBeGreaterThan(2);
  expect(new Set(dataOf(practice, 'usage-reported').map(({ word }) => word))).toEqual(new Set(['maker', 'office']));
});

test('practice has invented teams and no scores', () => {
  expect(dataOf(practice, 'score-entered')).toEqual([]);
  expect(practice.facts).toEqual([]);
  const organisations = dataOf(practice, 'organisation-added');
  for (const { name, country } of organisations) {
    expect(name.en).toContain('(made up)');
    expect(name.ko).toContain('(가상)');
    // Codes that ISO 3166 leaves to users.
    expect(['XX', 'ZZ']).toContain(country);
  }
  // The shipped catalogue comes before the programme's own: real chips, which no team of practice has.
  const world = shippedCatalogue().map((one) => JSON.stringify(one.text).slice(1, -1));
  const text = world.reduce((rest, one) => rest.replace(one, ''), JSON.stringify(practice)).toLowerCase();
  for (const { name } of dataOf(korea, 'organisation-added')) expect(text).not.toContain(name.en.toLowerCase());
  for (const { time } of practice.events) expect(time).toBe(TIME);
});

test('practice: its teams are eligible by its rule book, and one was not selected', () => {
  const rules = parseRuleBook(practice.ruleBooks[0].text, { file: practice.ruleBooks[0].file });
  const { tables } = stateOf(practice);
  const organisations = new Map(dataOf(practice, 'organisation-added').map((one) => [one.id, one]));
  const consortia = tables.all('consortia');
  expect(consortia).toHaveLength(3);
  for (const { lead, members } of consortia) {
    const all = [lead, ...(members as string[])].map((id) => organisations.get(id));
    expect(rules.eligibility?.leadCountries).toContain(all[0].country);
    expect(all.length).toBeGreaterThanOrEqual(rules.eligibility?.minimumMembers ?? 0);
    for (const role of rules.eligibility?.roles ?? []) expect(all.flatMap(({ roles }) => roles)).toContain(role);
  }
  expect(tables.get('applications', 'dandelion')?.status).toBe('rejected');
});

const text = readFileSync(new URL('../../../programs/korea-2025/programme.yaml', import.meta.url), 'utf8');
test.each([
  ['source: [selection, article]', 'source: [selecton]', 'there is no source "selecton"'],
  ['ruleBook: stage-1.yaml', 'ruleBook: stage-7.yaml', 'there is no file stage-7.yaml'],
  ['part: blocks.users', 'part: blocks.usres', 'blocks.usres of lg-ai-research'],
  ['mode: record', 'mode: real', 'programme.mode'],
  ['\nfacts:', '\nfcats:', 'unknown key fcats'],
])('an altered file is told: %s', (from, to, message) => {
  expect(text).toContain(from);
  const altered = text.replace(from, to);
  expect(() => exampleOf(altered, 'p.yaml', korea.ruleBooks, TIME)).toThrow(
    expect.objectContaining({
      name: 'JikjiError',
      input: expect.stringMatching(/^p\.yaml/),
      message: expect.stringContaining(message),
    }),
  );
});

test('the record: what is newest about the programme stands first, and the published places are the first and the last', () => {
  const { facts, events } = loadExample('korea-2025', '2026-11-01T00:00:00.000Z');
  expect(facts.slice(0, 2).map(({ id }) => id)).toEqual(['stage-2-result', 'stage-2']);
  const { data } = events.find(({ kind }) => kind === 'decision-recorded')! as unknown as {
    data: { places: object[] };
  };
  expect(data.places).toMatchObject([
    { consortium: 'lg-ai-research', place: 1 },
    { consortium: 'nc-ai', place: 5, derived: { en: expect.any(String), ko: expect.any(String) } },
  ]);
});
