// Audits of several keys, joined: what covers a run together, and what does not count.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Predicate, parseStatement, type Signer, signStatement } from '../ledger/index.ts';
import { type AuditOptions, audit } from './audit.ts';
import { chanceOfDetection } from './chance.ts';
import { mergeAudits } from './merge.ts';
import { Bench, redo } from './run.testing.ts';
import { signAudit } from './signed.ts';

const bench = new Bench();
const keys = {} as Record<'maker' | 'one' | 'two' | 'three', Signer>;
let run: string;
/** Signed audits of the run's 13 segments: three parts that cover it, and one that was drawn. */
const parts: string[] = [];
let drawn: string;

const signed = async (signer: Signer, options: Partial<AuditOptions> = {}, folder = run): Promise<string> =>
  signAudit(await audit({ folder, threads: 1, ...options }), signer);
const asFiles = (...texts: string[]) => texts.map((text, i) => ({ file: `${i}.json`, text }));

/** The statement with its predicate changed and signed again by `signer`. */
function resigned(text: string, signer: Signer, change: (predicate: Predicate<'audit'>) => void): string {
  const { predicate, subjects } = parseStatement(text, 'audit', 'x');
  const copy = structuredClone(predicate);
  copy.auditorKey = signer.publicKey.toString('base64');
  change(copy);
  return signStatement('audit', [...subjects], copy, signer);
}

afterAll(() => bench.remove());
beforeAll(async () => {
  for (const name of ['maker', 'one', 'two', 'three'] as const) keys[name] = bench.strangersKey(name);
  run = await bench.make(keys.maker);
  parts.push(
    await signed(keys.one, { segments: { from: 1, to: 4 } }),
    await signed(keys.two, { segments: { from: 4, to: 9 } }),
    await signed(keys.three, { segments: { from: 10, to: 13 } }),
  );
  drawn = await signed(keys.one, { challenge: '5a'.repeat(32) });
});

test('three auditors cover a run: all, by three, and nothing is left to chance', () => {
  const merged = mergeAudits(asFiles(...parts));
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'all', excluded: [], steps: 25, trained: 25 });
  expect(merged.auditors).toEqual([keys.one, keys.two, keys.three].map((key) => key.fingerprint).sort());
  expect(merged.segments[3]!.by).toEqual([keys.one.fingerprint, keys.two.fingerprint].sort());
  expect(merged.segments[12]!.by).toEqual([keys.three.fingerprint]);
  for (const { forged, groups } of merged.room!) {
    expect(forged).toBe(0);
    expect(groups.every(({ ofWay }) => ofWay === 0)).toBe(true);
  }
});

test('two parts leave the rest open', () => {
  const merged = mergeAudits(asFiles(parts[0]!, parts[2]!));
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'sampled', trained: 15, chance: null });
  expect(merged.segments.filter(({ by }) => by.length === 0).map(({ index }) => index)).toEqual([4, 5, 6, 7, 8]);
  // Nothing was drawn: whatever is open can have been forged.
  expect(merged.room![0]!.forged).toBe(5);
});

test('draws of different challenges add up; one challenge is one draw, whoever used it', async () => {
  const other = await signed(keys.two, { challenge: '77'.repeat(32), replay: 3 });
  const same = await signed(keys.three, { challenge: '77'.repeat(32), replay: 2 });
  const unseen = (drawnOf: number) => 1 - chanceOfDetection(10, 1, drawnOf);
  expect(mergeAudits(asFiles(drawn)).chance).toBeCloseTo(1 - unseen(2), 12);
  expect(mergeAudits(asFiles(drawn, other)).chance).toBeCloseTo(1 - unseen(2) * unseen(3), 12);
  expect(mergeAudits(asFiles(drawn, other, same)).chance).toBeCloseTo(1 - unseen(2) * unseen(3), 12);
});

test("what does not count is named: the maker's own, another seal, altered, a wrong state, no draw", async () => {
  const elsewhere = await bench.make(keys.maker, { seed: 4711 });
  const altered = parts[2]!.replace(/"payload":"(.)/, (_, c) => `"payload":"${c === 'e' ? 'f' : 'e'}`);
  const wrong = resigned(parts[1]!, keys.three, (predicate) => {
    predicate.replayed[2]!.root = 'ab'.repeat(32);
  });
  const undrawn = resigned(drawn, keys.two, (predicate) => {
    predicate.draw!.drawn = 9;
  });
  const self = resigned(drawn, keys.two, (predicate) => {
    predicate.extent = 'self';
  });
  const longer = resigned(drawn, keys.two, (predicate) => {
    predicate.replayed.push({ to: 23, root: 'ab'.repeat(32) });
  });
  const cases: [string, RegExp][] = [
    [await signed(keys.maker, { replay: 'all' }), /signed with the key of the maker/],
    [await signed(keys.two, { replay: 'all' }, elsewhere), /another seal/],
    [altered, /not a signed audit as it was signed/],
    [undrawn, /does not list the segments that its challenge draws/],
    [self, /holds the maker's key/],
    [longer, /segments that this run does not have/],
  ];
  for (const [text, reason] of cases) {
    const merged = mergeAudits(asFiles(parts[0]!, parts[2]!, text));
    expect(merged.excluded).toEqual([{ file: '2.json', reason: expect.stringMatching(reason) }]);
    expect(merged).toMatchObject({ verdict: 'holds', trained: 15 });
  }
  // Which of two who came to different states is wrong only the run can tell: neither counts for it.
  const torn = mergeAudits(asFiles(...parts, wrong));
  expect(torn.excluded.map(({ file }) => file)).toEqual(['1.json', '3.json']);
  expect(torn.excluded[0]!.reason).toMatch(/another state at step 12 than 3.json/);
  expect(torn.extent).toBe('sampled');
});

test('an auditor who refutes is not outvoted', async () => {
  const copy = bench.copy(run);
  redo(copy, keys.maker, {
    records: (records) => {
      records[13]!.loss = '3ff8000000000000';
    },
  });
  const refuting = await signed(keys.three, { segments: { from: 7, to: 7 } }, copy);
  const holding = await signed(keys.one, { segments: { from: 1, to: 3 } }, copy);
  const merged = mergeAudits(asFiles(holding, refuting));
  expect(merged).toMatchObject({ verdict: 'disputed', auditors: [keys.one.fingerprint] });
  expect(merged.excluded[0]!.reason).toBe('says that the run is refuted');
});

test('of nothing, and of what cannot be read, nothing is said', () => {
  for (const files of [[], asFiles('{}', '', 'no json')]) {
    expect(mergeAudits(files)).toMatchObject({
      verdict: 'incomplete',
      seal: null,
      auditors: [],
      trained: 0,
      room: null,
    });
  }
});
