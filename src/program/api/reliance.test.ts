// Self-reliance over HTTP: the index against values worked out by hand, visible runs among the uses, the history over stages, what if, smallest
// sets, and that it is computed once for a state of the log.

import { beforeAll, expect, test } from 'vitest';
import { BOOK } from '../office/testing/office.ts';
import { catalogueDigest } from '../state/index.ts';
import { OURS, TEXTS } from '../state/testing/catalogue.ts';
import { NOBODY } from '../users/index.ts';
import { type CachedChain, cachedChain, cachedSmallestSets, cachedWhatIf } from './cached-chain.ts';
import { TestServer, type Who } from './testing/api.ts';

const RULES = 'selfReliance: { floors: { memory: 0.1 }, weights: { chip: 40, data-center: 60 } }\n';

const server = TestServer.forAll();
beforeAll(async () => {
  await server.office.stage('s1', `${BOOK}publication: { audits: at-close }\n${RULES}`);
  await server.office.fill();
});

const ask = (path: string, who: Who = 'office') => server.get(who, `/reliance${path}`);
const get = async (path: string, who: Who = 'office') => {
  const { status, body } = await ask(path, who);
  expect([path, status, body.error]).toEqual([path, 200, undefined]);
  return body;
};
const failed = async (path: string) => {
  const { status, body } = await ask(path);
  return [status, body.error?.code, body.error?.hint];
};
type Layer = { layer: string; home: number; abroad: number; unknown: number };
const homes = (layers: Layer[]) => layers.map(({ layer, home, abroad, unknown }) => [layer, home, abroad, unknown]);
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

test('without a catalogue the answers are empty, or the error `no-catalogue`', async () => {
  expect(await get('')).toMatchObject({ home: [], catalogue: null, index: null, uses: [], course: [], components: {} });
  expect(await get('/chain')).toEqual({
    home: [],
    layers: [],
    operated: {},
    picture: { nodes: [], links: [], cut: false },
  });
  expect(await get('/choices')).toEqual({ suppliers: [], countries: [] });
  expect(await failed('/what-if?supplier=x')).toEqual([409, 'no-catalogue', expect.any(String)]);
  expect(await failed('/smallest')).toEqual([409, 'no-catalogue', expect.any(String)]);
});

test('a consortium, by hand', async () => {
  await server.office.chain();
  // a serves on near alone (big could take over): chips, memory, hall, server and cloud of home, the framework from abroad. Its
  // weights are not known. It has made a run on a machine that calls itself Far 9000, on near: the far chip with memory of home, in
  // the hall; Node.js is known, from abroad, V8 and Jikji are not; texts of home and texts of its own; the weights are a's, of XX.
  const { index, components, rules, uses } = await get('?of=consortium&id=a');
  expect(homes(index.layers)).toEqual([
    ['chip', 0.5, 0.5, 0],
    ['memory', 1, 0, 0],
    ['server', 1, 0, 0],
    ['data-center', 1, 0, 0],
    ['cloud', 1, 0, 0],
    ['software', 0, (1 + 1 / 3) / 2, expect.closeTo(1 / 3, 12)],
    ['data', 0.5, 0, 0.5],
    ['weights', 0.5, 0, 0.5],
  ]);
  // 40 % of one half, 60 % of all.
  expect(index.overall).toEqual({ state: 'scored', score: 80, below: [] });
  expect(index.lowest).toEqual(['software']);
  expect(rules).toMatchObject({ stage: 's1', selfReliance: { floors: { memory: 0.1 }, weights: { chip: 40 } } });
  expect(ids(uses)).toEqual(['serve-a', 'submission-s1-a', 'submission-s1-b', 'submission-s1-c']);
  expect(components['far-chip']).toMatchObject({
    name: { en: 'Far chip' },
    of: 'chip',
    supplier: { id: 'far-chips', name: { en: 'Far Chips' }, verified: true },
    country: 'ZZ',
  });
  const parts = index.layers.flatMap((layer: { parts: object[] }) => layer.parts);
  for (const { component } of parts as { component: string | null }[])
    if (component !== null) expect(Object.keys(components)).toContain(component);
});

test('the programme is the mean over its consortia; only the weights of c are known', async () => {
  const { index } = await get('');
  expect(index.of).toEqual({ kind: 'programme', id: 'test' });
  // b: far chip too, on no cluster that was named.
  const b = homes((await get('?of=consortium&id=b')).index.layers);
  expect(b.slice(0, 4)).toEqual([
    ['chip', 0, 1, 0],
    ['memory', 1, 0, 0],
    ['server', 0, 0, 1],
    ['data-center', 0, 0, 1],
  ]);
  const c = homes((await get('?of=consortium&id=c')).index.layers);
  expect(c.map(([, home, abroad]) => [home, abroad])).toEqual([...Array(7).fill([0, 0]), [1, 0]]);
  const third = (x: number) => expect.closeTo(x / 3, 12);
  expect(homes(index.layers).slice(0, 2)).toEqual([
    ['chip', third(0.5), third(1.5), third(1)],
    ['memory', third(2), 0, third(1)],
  ]);
  const use = (await get('?of=use&id=submission-s1-a')).index;
  expect(homes(use.layers)[0]).toEqual(['chip', 0, 1, 0]);
  expect(await failed('?of=use&id=submission-s1')).toEqual([404, 'use-unknown', 'did you mean submission-s1-a?']);
  expect(await failed('?of=consortium&id=z')).toEqual([404, 'consortium-unknown', 'there are: a, b, c']);
  expect((await failed('?of=consortium'))[1]).toBe('consortium-unknown');
  expect((await ask('?of=use')).body.error).toMatchObject({ code: 'use-unknown', input: 'id' });
});

test('viewers of its audit see a run among the uses', async () => {
  const runs = async (who: Who) => ids((await get('', who)).uses).filter((id) => id.startsWith('submission-'));
  expect(await runs('auditor')).toHaveLength(3);
  expect(await runs('consortium')).toEqual(['submission-s1-a']);
  expect(await runs('rival')).toEqual(['submission-s1-b']);
  for (const who of ['public', 'expert', 'outsider'] as const) {
    expect(await runs(who)).toEqual([]);
    for (const path of ['', '?of=consortium&id=b', '/chain', '/what-if?supplier=far-chips', '/smallest', '/choices'])
      expect(JSON.stringify(await get(path, who))).not.toMatch(/s1-[abc]|Far 9000/);
    expect((await ask('?of=use&id=submission-s1-a', who)).status).toBe(404);
  }
  // To them b has nothing, which is not known, and so does c.
  const layers = homes((await get('?of=consortium&id=b', 'public')).index.layers);
  expect(layers.every(([, , , unknown]) => unknown === 1)).toBe(true);
});

test('without the makers of foreign chips runs stop, and serving goes on', async () => {
  const { uses, fallen, about, components, without, consortia, programme } = await get('/what-if?supplier=far-chips');
  // a serves and trains on far software, b trains on far chips; nothing is known of what c trains on.
  const exactly = (share: number) => ({ low: share, high: share });
  const nothing = { now: exactly(0), could: exactly(0) };
  const anything = { now: { low: 0, high: 1 }, could: { low: 0, high: 1 } };
  expect(consortia).toEqual([
    { consortium: 'a', remaining: nothing },
    { consortium: 'b', remaining: nothing },
    { consortium: 'c', remaining: anything },
  ]);
  const third = { low: 0, high: expect.closeTo(1 / 3, 12) };
  expect(programme).toEqual({ now: third, could: third });
  expect(without).toEqual({ suppliers: ['far-chips'], countries: [] });
  const fates = Object.fromEntries(uses.map(({ use, fate }: { use: string; fate: string }) => [use, fate]));
  expect(fates).toMatchObject({ 'submission-s1-a': 'stops', 'submission-s1-b': 'stops' });
  expect(fallen.sort()).toEqual(['far-chip', 'far-framework']);
  expect(ids(about)).toEqual(uses.map(({ use }: { use: string }) => use));
  expect(components['far-chip'].name.en).toBe('Far chip');
  const [served] = uses;
  expect(served).toMatchObject({ use: 'serve-a', fate: 'stops', because: ['serve-a', 'far-framework'] });
  const both = (await get('/what-if?supplier=home-chips&supplier=home-halls&country=ZZ')).without;
  expect(both).toEqual({ suppliers: ['home-chips', 'home-halls'], countries: ['ZZ'] });
  expect(await failed('/what-if?supplier=far-chip')).toEqual([404, 'supplier-unknown', 'did you mean far-chips?']);
  expect((await failed('/what-if?country=QQ')).slice(0, 2)).toEqual([404, 'country-unknown']);
  expect((await failed(`/what-if?${'supplier=x&'.repeat(101)}`))[0]).toBe(422);
});

test('an organisation with an invalid country is refused', async () => {
  const path = '/api/programmes/test/organisations';
  const enter = (country: string) =>
    server.post('office', path, { id: 'british', name: { en: 'B' }, country, roles: [] });
  for (const [country, hint] of [
    ['UK', 'did you mean United Kingdom (GB)?'],
    ['x'.repeat(1000), 'write two capital letters, for example KR'],
  ] as const) {
    const { status, body } = await enter(country);
    expect([status, body.error]).toMatchObject([422, { code: 'request-shape', input: 'country', hint }]);
  }
});

test('the smallest sets of suppliers that need to fall away', async () => {
  const found = await get('/smallest?kind=serving');
  expect(found).toMatchObject({ size: 1, sets: [['far-chips']], exact: true, uses: 1, kind: 'serving', none: null });
  expect(found.suppliers).toEqual({ 'far-chips': { name: { en: 'Far Chips' }, country: 'ZZ' } });
  expect(await get('/smallest?by=country&kind=serving')).toMatchObject({ sets: [['ZZ']], suppliers: {} });
  // The needs of c's run are not known, so no supplier is known to stop it.
  expect(await get('/smallest')).toMatchObject({ size: null, none: 'submission-s1-c', uses: 4 });
});

test('the chain by layer, and its picture: suppliers with place and share, the largest first', async () => {
  const { layers, picture } = await get('/chain');
  expect(homes(layers)).toEqual(homes((await get('')).index.layers));
  type Node = { of: string; column: number; place: string; supplier: { id: string } | null; share: { low: number } };
  const chips = (picture.nodes as Node[]).filter(({ of, column }) => of === 'chip' && column === 3);
  expect(chips.map(({ place, supplier, share }) => [supplier?.id, place, share.low])).toEqual([
    ['far-chips', 'abroad', expect.closeTo(0.5, 12)],
    [undefined, 'unknown', expect.closeTo(1 / 3, 12)],
    ['home-chips', 'home', expect.closeTo(1 / 6, 12)],
  ]);
});

test('the picture without somebody: the fates of its nodes and ribbons come with the what-if', async () => {
  const { picture } = await get('/chain');
  const { picture: fates, uses } = await get('/what-if?supplier=far-chips');
  expect([fates.nodes.length, fates.links.length]).toEqual([picture.nodes.length, picture.links.length]);
  const fateOf = (id: string) =>
    fates.nodes[picture.nodes.findIndex((node: { supplier?: { id: string } }) => node.supplier?.id === id)];
  expect(fateOf('far-chips')).toEqual({ fate: 'stops', fell: true });
  expect(uses.some(({ fate }: { fate: string }) => fate === 'stops')).toBe(true);
  const chip = fates.home.find(({ layer }: { layer: string }) => layer === 'chip');
  expect(chip.before).toEqual({ low: expect.closeTo(1 / 6, 12), high: expect.closeTo(1 / 2, 12) });
  expect(chip.after.low).toBeGreaterThan(chip.before.low);
});

test('the choices of a what-if: suppliers and countries of components', async () => {
  const { suppliers, countries } = await get('/choices', 'public');
  expect(suppliers.map(({ id, components }: { id: string; components: number }) => [id, components])).toEqual([
    ['home-halls', 6],
    ['far-chips', 2],
    ['home-chips', 2],
  ]);
  expect(countries).toEqual([
    { code: 'XX', suppliers: 2 },
    { code: 'ZZ', suppliers: 1 },
  ]);
});

test('computed once for each state of the log and group of viewers', async () => {
  const { programme } = server;
  const viewerOf = (who: Who) => server.sessions.get(who)?.viewer ?? NOBODY;
  const chain = (who: Who) => cachedChain(programme, viewerOf(who)) as Promise<CachedChain>;
  const before = await chain('public');
  expect([await chain('expert'), await chain('evaluator')].map((one) => one === before)).toEqual([true, true]);
  for (const who of ['office', 'auditor', 'consortium', 'rival'] as const) expect(await chain(who)).not.toBe(before);
  const without = (...suppliers: string[]) => cachedWhatIf(before, { suppliers, countries: [] });
  const found = await Promise.all([without('far-chips', 'home-halls'), without('home-halls', 'far-chips')]);
  expect(found[0]).toBe(found[1]);
  expect(await without('far-chips')).not.toBe(found[0]);
  const smallest = () => cachedSmallestSets(before, 'supplier', 'all');
  expect(await smallest()).toBe(await smallest());
  // However many questions are asked, not all answers are kept.
  const last = await without('far-chips', 'home-halls');
  for (let i = 0; i < 120; i++) await without(...Array(i + 1).fill('home-chips'));
  expect(before.answers.size).toBeLessThanOrEqual(100);
  expect(await without('far-chips', 'home-halls')).toEqual(last);
  await expect(without('far-chip')).rejects.toMatchObject({ code: 'supplier-unknown' });

  await server.office.say('organisation-added', { id: 'y', name: { en: 'y' }, country: 'KR', roles: [] });
  expect(await chain('public')).not.toBe(before);
});

test('the history: each stage by its own rules, its own teams and the catalogue of its time', {
  timeout: 600_000,
}, async () => {
  await server.post('office', '/stages/s1/close', { anyway: true });
  const before = (await get('')).index;
  await server.post('office', '/stages/s1/decide', {});
  await server.post('office', '/stages/s1/finish', {});
  const out = server.programme.tables.all('consortia').filter(({ status }) => status !== 'active');
  expect(out).not.toEqual([]);
  // Since then: what a serves on has moved abroad.
  const moved = OURS.replace('version: 1', 'version: 2').replace('near, { id: big, could: 1 }', 'big');
  const texts = [TEXTS[0]!, { file: 'ours.yaml', text: moved }];
  await server.office.say('catalogue-registered', { digest: catalogueDigest(texts), texts });
  const { course, index, catalogue } = await get('', 'public');
  expect(course).toHaveLength(1);
  expect(course[0]).toMatchObject({
    stage: 's1',
    catalogue: [
      { id: 'made-up', version: 1 },
      { id: 'ours', version: 1 },
    ],
    overall: before.overall,
  });
  expect(homes(course[0].layers)).toEqual(homes(before.layers));
  expect(homes(index.layers)).not.toEqual(homes(before.layers));
  expect(catalogue.parts[1].version).toBe(2);
  const ofA = await get('?of=consortium&id=a', 'public');
  expect(homes(ofA.course[0].layers)[0]).toEqual(['chip', 0.5, 0.5, 0]);
  expect(homes(ofA.index.layers)[0]).toEqual(['chip', 0, 1, 0]);
  // A consortium that is out is neither in the programme's index nor among those that stop.
  const { uses } = await get('/what-if?supplier=far-chips', 'public');
  for (const { id } of out) expect(uses.map(({ use }: { use: string }) => use)).not.toContain(`submission-s1-${id}`);
  expect((await get('?of=use&id=serve-a')).course).toEqual([]);
});
