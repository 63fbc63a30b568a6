// Audits add up in a programme: a real, submitted run is audited by the office and then, part by part, by a rival and an auditor, each with a
// separate key. Also: which audits are refused, and which do not count.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { worksRunHere } from '../../apart/testing/works-here.ts';
import { audit, signAudit, signableOf } from '../../audit/index.ts';
import { Bench } from '../../audit/testing/run.ts';
import { type Predicate, parseStatement, type Signer, signStatement } from '../../ledger/index.ts';
import { submit, work } from '../intake/index.ts';
import { BOOK } from '../office/testing/office.ts';
import { TestServer, type Who } from './testing/api.ts';

worksRunHere();

const LIMITS =
  'limits: { bundleBytes: 1.0e+8, trainingFlops: 1.0e+12, parameters: 1000000, steps: 100, auditSeconds: 300, evalSeconds: 300 }\n';
const SEGMENTS = 13;

const bench = new Bench();
const keys = {} as Record<'maker' | 'rival' | 'auditor' | 'other', Signer>;
let server: TestServer;
let run: string;
let elsewhere: string;
let submission: string;
let path: string;

beforeAll(async () => {
  for (const name of ['maker', 'rival', 'auditor', 'other'] as const) keys[name] = bench.strangersKey(name);
  run = await bench.make(keys.maker);
  elsewhere = await bench.make(keys.maker, { seed: 4711 });
  server = await new TestServer().begin();
  await server.office.stage('s1', `${BOOK}${LIMITS}`);
  const { programme, office } = server;
  await office.say('consortium-key-named', { consortium: 'a', key: keys.maker.fingerprint });
  const files = `${office.folder}/files`;
  const given = { path: run, stage: 's1', consortium: 'a', actor: 'consortium:somebody' };
  ({ submission } = await submit(programme, files, given));
  await work(programme, files, { untilEmpty: true, signer: async () => office.signer });
  path = `/api/programmes/test/submissions/${submission}`;
});
afterAll(async () => {
  await server.close();
  bench.remove();
});

const page = (who: Who = 'office') => server.read(who, path);
const hand = (who: Who, report: string, more: object = {}) => server.post(who, `${path}/audits`, { report, ...more });
const ask = (who: Who, share: number) => server.post(who, `${path}/audit-parts`, { share });
const signed = async (signer: Signer, from: number, to: number, folder = run): Promise<string> =>
  signAudit(signableOf(await audit({ folder, threads: 1, segments: { from, to } })), signer);

/** The statement with its predicate changed and signed again by `signer`. */
function resigned(text: string, signer: Signer, change: (predicate: Predicate<'audit'>) => void): string {
  const { predicate, subjects } = parseStatement(text, 'audit', 'x');
  const copy = structuredClone(predicate);
  copy.auditorKey = signer.publicKey.toString('base64');
  change(copy);
  return signStatement('audit', [...subjects], copy, signer);
}

test("the office's own audit is recorded with its reach, signed with the office's key, and joins the others", async () => {
  const { audit: found, joined, maker } = await page();
  expect(found).toMatchObject({ verdict: 'holds', extent: 'sampled', data: 'texts' });
  expect(found.share).toBeGreaterThan(0);
  expect(found.chance).toBeGreaterThan(0.05);
  expect(found.claim.ko.word).toBe('성립 (표본)');
  expect(maker).toBe(keys.maker.fingerprint);
  expect(joined.auditors).toEqual([
    { key: server.office.signer.fingerprint, by: 'office', segments: expect.any(Number), steps: expect.any(Number) },
  ]);
  expect(joined.claim.en.word).toBe('Holds (sampled, by 1 auditor)');
  expect(joined.trained / joined.steps).toBeCloseTo(found.share, 12);
  expect(joined.chance).toBeCloseTo(found.chance, 12);
  expect(joined.room).toBeCloseTo(found.room, 12);
  const spans: { from: number; to: number; steps: number }[] = joined.spans;
  expect(spans.reduce((sum, { steps }) => sum + steps, 0)).toBe(joined.steps);
  expect([spans[0]!.from, spans.at(-1)!.to]).toEqual([1, SEGMENTS]);
});

test('audits of another submission, or by the maker, are refused', async () => {
  const good = await signed(keys.rival, 2, 2);
  const altered = good.replace(/"payload":"(.)/, (_, c) => `"payload":"${c === 'e' ? 'f' : 'e'}`);
  const forged = (change: (predicate: Predicate<'audit'>) => void) => resigned(good, keys.rival, change);
  const cases: [string, string][] = [
    ['no statement', 'audit-report-broken'],
    [altered, 'audit-report-broken'],
    [await signed(keys.rival, 2, 2, elsewhere), 'audit-report-other'],
    [await signed(keys.maker, 2, 2), 'audit-report-maker'],
    // The maker's name changed in it, so that his own key would count.
    [resigned(good, keys.maker, (predicate) => (predicate.maker = 'ab'.repeat(32))), 'audit-report-other'],
    [forged((predicate) => (predicate.head = 'ab'.repeat(32))), 'audit-report-other'],
    [forged((predicate) => predicate.kept.pop()), 'audit-report-other'],
    ['x'.repeat((1 << 19) + 1), 'request-shape'],
  ];
  for (const [text, code] of cases) expect([code, (await hand('rival', text)).body.error?.code]).toEqual([code, code]);
  expect((await hand('consortium', good)).body.error.code).toBe('audit-own');
  expect((await hand('rival', good, { by: 'auditor:kim' })).body.error.code).toBe('forbidden');
  expect((await hand('office', good, { by: 'consortium:a' })).body.error.code).toBe('audit-own');
  expect((await hand('office', good, { by: 'consortium:nobody' })).body.error.code).toBe('consortium-unknown');
  for (const who of ['expert', 'evaluator', 'public', 'outsider'] as const)
    expect([401, 403]).toContain((await hand(who, good)).status);
  expect((await page()).joined.reports).toHaveLength(1);
});

test('a key belongs to one party, and a party has one key: the number of keys is the number of auditors', async () => {
  const text = await signed(keys.rival, 2, 3);
  expect((await hand('rival', text)).status).toBe(200);
  expect((await hand('rival', text)).body.error.code).toBe('audit-report-known');
  expect((await hand('rival', await signed(keys.other, 4, 4))).body.error.code).toBe('audit-report-key');
  expect((await hand('auditor', await signed(keys.rival, 4, 4))).body.error.code).toBe('audit-report-key');
  const { joined } = await page();
  expect(joined.auditors.map(({ by }: { by: string }) => by).sort()).toEqual(['consortium:b', 'office']);
});

describe('parts', () => {
  test('a party gets its unfinished part again; other parties get other parts, never a finished one', async () => {
    const { joined } = await page();
    const done = new Set<number>();
    for (const { from, to, by } of joined.spans) if (by.length > 0) for (let i = from; i <= to; i++) done.add(i);
    const first = (await ask('rival', 0.1)).body;
    expect((await ask('rival', 0.5)).body).toEqual(first);
    const second = (await ask('auditor', 0.1)).body;
    expect(first.command).toBe(
      `jikji audit ${submission}.tar --segments ${name(first.part)} --sign ${submission}-${name(first.part)}.json`,
    );
    expect(first.bundle).toBe((await page()).digest);
    const numbers = [first, second].flatMap(({ part: { from, to } }) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((i) => done.has(i))).toEqual([]);
    expect((await ask('consortium', 0.1)).body.error.code).toBe('audit-own');
    for (const share of [0, -1, 1.5]) expect((await ask('rival', share)).status).toBe(422);
  });

  test('requested and audited in turn, the parts cover the run: all of it, by three auditors', {
    timeout: 600_000,
  }, async () => {
    for (let i = 0; i < SEGMENTS; i++)
      for (const who of ['rival', 'auditor'] as const) {
        const { part } = (await ask(who, 0.15)).body;
        if (part === null) continue;
        const { status, body } = await hand(who, await signed(keys[who], part.from, part.to));
        expect(status, JSON.stringify(body)).toBe(200);
      }
    expect((await ask('auditor', 0.1)).body).toMatchObject({ part: null, command: null });
    const { joined, audit: own } = await page('public');
    expect(joined).toMatchObject({ verdict: 'holds', extent: 'all', trained: joined.steps, room: 0 });
    expect(joined.claim.en.word).toBe('Holds (all steps, by 3 auditors)');
    expect(joined.claim.ko.word).toBe('성립 (모든 스텝, 검증자 3명)');
    expect(joined.claim.en.headline).toMatch(/^By what 3 auditors signed: The claim holds: .* nothing else\.$/);
    // What the office itself found reaches no further for that.
    expect(own).toMatchObject({ extent: 'sampled', claim: { en: { word: 'Holds (sampled)' } } });
  });
});

test('reports that do not count are accepted and named, and a contradicting report is not outvoted', {
  timeout: 600_000,
}, async () => {
  const good = await signed(keys.other, 2, 2);
  const own = resigned(good, keys.other, (predicate) => {
    predicate.extent = 'self';
    if (predicate.formatVersion === 2) predicate.links[0]!.extent = 'self';
  });
  const { body } = await hand('office', own, { by: 'auditor:kim' });
  const named = body.reports.filter(({ reason }: { reason: string | null }) => reason !== null);
  expect(named).toMatchObject([{ by: 'auditor:kim', reason: "was made on a machine that holds the maker's key" }]);
  expect(body.auditors).toHaveLength(3);
  const against = resigned(good, keys.other, (predicate) => {
    predicate.verdict = 'refuted';
  });
  const disputed = (await hand('office', against, { by: 'auditor:kim' })).body;
  expect(disputed).toMatchObject({ verdict: 'disputed', claim: { en: { word: 'Disputed', room: null } } });
  expect(JSON.stringify(disputed.claim)).not.toMatch(/Holds|nothing else|그 밖의/);
  // No points and no veto follow from what others say: the office looks at the run.
  expect((await page()).audit.verdict).toBe('holds');
});

test('reports and parts are in the log, with the claim beside the verdict, and follow from the log alone', async () => {
  const { entries } = await server.read('public', '/log?count=200');
  const of = (kind: string) => entries.filter((entry: { kind: string }) => entry.kind === kind);
  expect(of('submission-audited')[0].claim.en).toMatch(/^Holds \(sampled\)\. Where the texts come from/);
  expect(of('audit-reported').length).toBeGreaterThan(3);
  expect(of('audit-part-given')[0].data).toMatchObject({ submission, by: 'consortium:b' });
  const before = (await page()).joined;
  await server.programme.close();
  await server.office.open();
  await server.open();
  expect((await page()).joined).toEqual(before);
});

const name = ({ from, to }: { from: number; to: number }): string => (from === to ? `${from}` : `${from}-${to}`);
