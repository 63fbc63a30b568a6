// Joined audits by several keys: which of them cover a run together, and which do not count.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type AuditStatement,
  parseStatement,
  readStatement,
  type Signer,
  sha256Hex,
  signStatement,
} from '../ledger/index.ts';
import type { AuditOptions } from './audit.ts';
import { joinedClaimOf } from './joined-claim.ts';
import { knownRun } from './known-run.ts';
import { type MergedAudits, mergeAudits } from './merge.ts';
import { weakestRoom } from './merged-links.ts';
import { draw } from './segments.ts';
import { signAudit, signableOf } from './signed-audit.ts';
import { auditRun, fromRun, TestBench } from './testing/audit-run.ts';
import type { Changes } from './testing/run.ts';
import { asOwnDraw, asVersion1, CHAIN, chainReports, resigned } from './testing/signed-audit.ts';

const bench = new TestBench();
const { signer: maker } = bench;
const [one, two, three] = [bench.strangersKey('one'), bench.strangersKey('two'), bench.strangersKey('three')] as const;
const keys = { maker, one, two, three };
const run = await bench.make(maker);

const signed = async (signer: Signer, options: Partial<AuditOptions> = {}, folder = run): Promise<string> =>
  signAudit(signableOf(asOwnDraw(await auditRun(folder, options))), signer);
const asFiles = (...texts: string[]) => texts.map((text, i) => ({ file: `${i}.json`, text }));
const merge = (...texts: string[]): MergedAudits => mergeAudits(asFiles(...texts));
const knownOf = (folder: string) => knownRun(folder, new AbortController().signal);
const statementOf = (text: string) => parseStatement(text, 'audit', 'x');

/** Signed audits of the run's 13 segments: three parts that cover it, and one that was drawn. */
const parts = [
  await signed(one, { segments: { from: 1, to: 4 } }),
  await signed(two, { segments: { from: 4, to: 9 } }),
  await signed(three, { segments: { from: 10, to: 13 } }),
] as const;
const drawn = await signed(one, { challenge: '5a'.repeat(32) });
/** An audit with another state than the others. */
const wrong = resigned(parts[1], three, ({ replayed }) => Object.assign(replayed[2]!, { root: 'ab'.repeat(32) }));

test('three auditors together cover a run: the extent is all, and nothing is left to chance', () => {
  const merged = merge(...parts);
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'all', excluded: [], steps: 25, trained: 25 });
  expect(merged.auditors).toEqual([one, two, three].map((key) => key.fingerprint).sort());
  expect(merged.segments[3]!.by).toEqual([one.fingerprint, two.fingerprint].sort());
  expect(merged.segments[12]!.by).toEqual([three.fingerprint]);
  for (const { forged, groups } of merged.room!) {
    expect(forged).toBe(0);
    expect(groups.every(({ ofWay }) => ofWay === 0)).toBe(true);
  }
});

test('a given challenge claims no chance for others: its giver may have tried many', async () => {
  const given = signAudit(signableOf(await auditRun(run, { challenge: '5a'.repeat(32) })), one);
  const merged = merge(given);
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'sampled', chance: null });
  expect(merged.trained).toBe(merge(drawn).trained);
});

test('two parts leave the rest open', () => {
  const merged = merge(parts[0], parts[2]);
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'sampled', trained: 15, chance: null });
  expect(merged.segments.filter(({ by }) => by.length === 0).map(({ index }) => index)).toEqual([4, 5, 6, 7, 8]);
  // Nothing was drawn: any open segment can be forged.
  expect(merged.room![0]!.forged).toBe(5);
});

test('several draws count as one draw of all their segments, for any assignment of challenges', async () => {
  const other = await signed(two, { challenge: '77'.repeat(32), replay: 3 });
  const same = await signed(three, { challenge: '77'.repeat(32), replay: 2 });
  const seal = readStatement(join(run, 'seal.json'), 'seal').digest;
  const candidates = Array.from({ length: 10 }, (_, i) => i + 1);
  const union = (...draws: [string, number][]) =>
    new Set(draws.flatMap(([challenge, count]) => draw(candidates, count, challenge, seal))).size;
  const [first, second] = ['5a'.repeat(32), '77'.repeat(32)] as const;
  expect(merge(drawn).chance).toBeCloseTo(2 / 10, 12);
  expect(merge(drawn, other).chance).toBeCloseTo(union([first, 2], [second, 3]) / 10, 12);
  expect(merge(drawn, other, same).chance).toBeCloseTo(union([first, 2], [second, 3]) / 10, 12);
});

test('challenges chosen to draw segments that were trained anyway add no chance', () => {
  const { predicate } = statementOf(drawn);
  const trained = new Set(predicate.replayed.map(({ to }) => predicate.kept.indexOf(to)));
  const seal = readStatement(join(run, 'seal.json'), 'seal').digest;
  const candidates = Array.from({ length: 10 }, (_, i) => i + 1);
  const ground: string[] = [];
  for (let i = 0; ground.length < 20; i++) {
    const challenge = i.toString(16).padStart(64, '0');
    if (draw(candidates, 2, challenge, seal).every((index) => trained.has(index))) ground.push(challenge);
  }
  const reports = ground.map((challenge) => resigned(drawn, two, ({ draw }) => Object.assign(draw!, { challenge })));
  const merged = merge(...reports);
  expect(merged.excluded).toEqual([]);
  expect(merged.chance).toBeLessThanOrEqual(trained.size / 10);
});

test('compared with the run itself: a wrong state discounts only its auditor, and another plan or maker does not belong to the run', async () => {
  const known = await knownOf(run);
  const merged = mergeAudits(asFiles(...parts, wrong), known);
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'all' });
  expect(merged.excluded).toEqual([
    {
      file: '3.json',
      reason: 'comes to another state at step 12 than the run has',
      ko: '12스텝에서 얻은 상태가 학습의 것과 다릅니다.',
    },
  ]);
  const short = resigned(parts[0], two, (predicate) => {
    predicate.kept = [25];
    predicate.replayed = [{ to: 25, root: 'ab'.repeat(32), engine: 'webassembly' }];
  });
  const own = resigned(parts[0], maker, (predicate) => Object.assign(predicate, { maker: 'ab'.repeat(32) }));
  expect(mergeAudits(asFiles(short, own, parts[0]), known)).toMatchObject({
    auditors: [one.fingerprint],
    excluded: [
      ...['0.json', '1.json'].map((file) => ({
        ...{ file, reason: 'is of another run, though it names the same seal' },
        ko: expect.stringMatching(/니다\.$/),
      })),
    ],
  });
  const copy = bench.forged(run, () => {}, { seal: { time: '2020-01-01T00:00:00.000Z' } });
  await expect(knownOf(copy)).rejects.toMatchObject({ code: 'run-unsound' });
});

test('a report must name its checks, train something, and list possible movements', () => {
  type Change = (predicate: AuditStatement) => Partial<AuditStatement>;
  const moved = ({ movements }: AuditStatement, segments: (of: number[]) => number[]) => ({
    movements: movements.map((one) => ({ ...one, segments: segments(one.segments) })),
  });
  const cases: [Change, RegExp][] = [
    [() => ({ checks: [] }), /does not say what the check structure found/],
    [({ checks }) => ({ checks: checks.filter(({ name }) => name !== 'probe') }), /the check probe/],
    [() => ({ replayed: [], draw: null }), /trained nothing again/],
    [(p) => moved(p, (of) => of.with(1, -1)), /movements that are not those of a run/],
    [(p) => moved(p, (of) => of.slice(1)), /movements that are not those of a run/],
    [() => ({ kept: [25, 2] }), /does not list the segments of a run/],
  ];
  for (const [change, reason] of cases) {
    const merged = mergeAudits(
      asFiles(resigned(drawn, two, (predicate) => void Object.assign(predicate, change(predicate)))),
    );
    expect(merged).toMatchObject({ verdict: 'incomplete', excluded: [{ reason: expect.stringMatching(reason) }] });
  }
});

test("audits that do not count are named: the maker's own, another seal, an altered one, a wrong state, no draw", async () => {
  const elsewhere = await bench.make(maker, { seed: 4711 });
  const altered = parts[2].replace(/"payload":"(.)/, (_, c) => `"payload":"${c === 'e' ? 'f' : 'e'}`);
  const undrawn = resigned(drawn, two, ({ draw }) => Object.assign(draw!, { drawn: 9 }));
  const self = resigned(drawn, two, (predicate) => {
    predicate.extent = 'self';
    predicate.links[0]!.extent = 'self';
  });
  const longer = resigned(drawn, two, ({ replayed }) =>
    replayed.push({ to: 23, root: 'ab'.repeat(32), engine: 'webassembly' }),
  );
  const cases: [string, RegExp][] = [
    [await signed(maker, { replay: 'all' }), /signed with the key of the maker/],
    [await signed(two, { replay: 'all' }, elsewhere), /another seal/],
    [altered, /not a signed audit as it was signed/],
    [undrawn, /does not list the segments that its challenge draws/],
    [self, /holds the maker's key/],
    [longer, /segments that this run does not have/],
  ];
  for (const [text, reason] of cases) {
    const merged = merge(parts[0], parts[2], text);
    const english = merged.excluded.map(({ ko: _, ...one }) => one);
    expect(english).toEqual([{ file: '2.json', reason: expect.stringMatching(reason) }]);
    expect(merged).toMatchObject({ verdict: 'holds', trained: 15 });
  }
  // If two auditors give different states, only the run can show which is wrong: neither counts.
  const torn = merge(...parts, wrong);
  expect(torn.excluded.map(({ file }) => file)).toEqual(['1.json', '3.json']);
  expect(torn.excluded[0]!.reason).toMatch(/another state at step 12 than 3.json/);
  expect(torn.extent).toBe('sampled');
});

test('other auditors do not outvote one who refutes', async () => {
  const records: Changes['records'] = (all) => Object.assign(all[13]!, { loss: '3ff8000000000000' });
  const copy = bench.forged(run, () => {}, { records });
  const refuting = await signed(three, { segments: { from: 7, to: 7 } }, copy);
  const holding = await signed(one, { segments: { from: 1, to: 3 } }, copy);
  const merged = merge(holding, refuting);
  expect(merged).toMatchObject({ verdict: 'disputed', auditors: [one.fingerprint] });
  expect(merged.excluded[0]!.reason).toBe('says that the run is refuted');
});

const claimIn = (merged: MergedAudits): string =>
  Object.values(joinedClaimOf(merged, { lodged: null }, 'en')).join(' ');

test('reports of version 1 merge, and what they do not state is said not to be stated', async () => {
  const old = parts.map((part, i) => asVersion1(part, [one, two, three][i]!));
  const merged = merge(...old);
  expect(merged).toMatchObject({ verdict: 'holds', extent: 'all', excluded: [], beginning: null, standing: null });
  expect(claimIn(merged)).toMatch(/What it began with, these reports do not state/);
  expect(claimIn(merged)).not.toMatch(/random numbers/);
  // With one of version 2, or with the run, it is.
  const known = await knownOf(run);
  for (const one of [merge(...old, parts[0]), mergeAudits(asFiles(...old), known)])
    expect(claimIn(one)).toMatch(/made from random numbers/);
  // Without the run nobody knows whether an office's nonce drew.
  const ofDrawn = asFiles(asVersion1(drawn, one));
  expect(mergeAudits(ofDrawn).chance).toBeNull();
  expect(mergeAudits(ofDrawn, known).chance).toBeCloseTo(2 / 10, 12);
  const nonces = ['5a'.repeat(32)];
  expect(mergeAudits(ofDrawn, { ...known, nonces }).chance).toBeNull();
  expect(mergeAudits(asFiles(drawn), { ...known, nonces }).chance).toBeNull();
});

describe('a run with a parent', () => {
  let child: string;
  let reports: [string, string, string];
  beforeAll(async () => {
    child = await bench.make(maker, { name: 'child', ...fromRun(run), train: { steps: 6 } });
    reports = [
      await signed(one, { replay: 'all', parents: [run] }, child),
      await signed(two, { segments: { from: 1, to: 3 }, parents: [run] }, child),
      await signed(three, { replay: 'all' }, child),
    ];
  });

  /** The report as if the run had drawn weights. */
  const withoutParent = (text: string, signer: Signer): string => {
    const bare = resigned(text, signer, (copy) => {
      copy.links = [{ ...copy.links[0]!, begins: 'drawn', parent: null }];
    });
    const { predicate, subjects } = statementOf(bare);
    const others = [...subjects].filter(([name]) => name !== 'parent');
    return signStatement('audit', others, predicate as AuditStatement, signer);
  };

  test('is as strong as what was trained again of its parent by those who looked at it', () => {
    const whole = merge(reports[0]);
    expect(whole).toMatchObject({ extent: 'all', beginning: { kind: 'run', standing: { extent: 'all' } } });
    expect(claimIn(whole)).toMatch(/was audited too: Holds \(all steps\)/);
    // Where all runs of a chain were trained again by auditors, none is the weakest.
    expect(claimIn(whole)).toMatch(
      /Of each run that was audited here: Every step was trained again by the one auditor/,
    );
    const part = merge(reports[1]);
    expect(part).toMatchObject({ extent: 'sampled', trained: 6, beginning: { standing: { extent: 'sampled' } } });
    expect(claimIn(part)).toMatch(/Holds \(sampled, by 1 auditor\).*weakest link, the run with the seal/);
    // Who looked most closely counts, whoever else looked less.
    expect(merge(...reports.slice(0, 2))).toMatchObject({ extent: 'all' });
    const unseen = merge(reports[2]);
    expect(unseen).toMatchObject({ extent: 'all', beginning: { kind: 'run', standing: null } });
    expect(claimIn(unseen)).toMatch(/How those were made is not a part of these reports/);
    for (const merged of [whole, part, unseen]) expect(claimIn(merged)).not.toMatch(/random numbers/);
  });

  test('the word of the parent’s own maker on it counts for nothing', () => {
    const { predicate } = statementOf(reports[0]);
    const own = resigned(reports[0], two, ({ links }) => Object.assign(links[1]!, { makers: [two.fingerprint] }));
    expect((predicate as AuditStatement).links).toHaveLength(2);
    expect(merge(own)).toMatchObject({ verdict: 'holds', beginning: { kind: 'run', standing: null } });
    const self = resigned(reports[0], two, ({ links }) => Object.assign(links[1]!, { extent: 'self' }));
    expect(merge(self)).toMatchObject({ beginning: { standing: null } });
  });

  test('a maker of the parent who leaves himself out is named by another report, or by the run', async () => {
    const hidden = resigned(reports[0], two, () => {});
    const other = resigned(reports[1], three, ({ links }) => links[1]!.makers.push(two.fingerprint));
    expect(merge(hidden)).toMatchObject({ beginning: { standing: { extent: 'all' } } });
    expect(merge(hidden, other)).toMatchObject({ beginning: { standing: { extent: 'sampled' } } });
    const known = await knownOf(child);
    const elsewhere = resigned(hidden, two, ({ links }) => (links[1]!.makers = [one.fingerprint]));
    const merged = mergeAudits(asFiles(elsewhere), known);
    expect(merged).toMatchObject({ verdict: 'incomplete', excluded: [{ reason: expect.stringContaining('makers') }] });
  });

  test('naming an auditor a maker of the parent does not make his weaker finding disappear', () => {
    const rival = resigned(reports[0], three, ({ links }) => {
      links[1]!.makers.push(two.fingerprint);
      links[1]!.extent = 'self';
    });
    const { beginning } = merge(reports[1], rival);
    expect(beginning).toMatchObject({ standing: { extent: 'sampled' } });
  });

  test('a lodging that genesis does not name is nobody’s', async () => {
    const known = await knownOf(child);
    const lodged = resigned(reports[0], one, ({ links: [own] }) => Object.assign(own!, { lodging: 'register' }));
    expect(mergeAudits(asFiles(lodged), known).excluded).toMatchObject([{ reason: expect.stringContaining('lodged') }]);
  });

  test('a report that leaves the parent out does not count beside the run, and is disputed without it', async () => {
    const bare = withoutParent(reports[2], two);
    const known = await knownOf(child);
    const held = mergeAudits(asFiles(reports[0], bare), known);
    expect(held).toMatchObject({ verdict: 'holds', auditors: [one.fingerprint] });
    expect(held.excluded).toMatchObject([{ reason: expect.stringContaining('than its genesis names') }]);
    const without = merge(reports[0], bare);
    expect(without).toMatchObject({ verdict: 'disputed', beginning: null });
    for (const merged of [held, without]) expect(claimIn(merged)).not.toMatch(/random numbers/);
    // Alone, of version 1: nothing shows what the run began with.
    expect(claimIn(merge(asVersion1(bare, two)))).not.toMatch(/random numbers/);
  });

  test('reports that contradict each other on what a parent began with are disputed; beside the run its own start decides', async () => {
    const other = resigned(reports[0], two, ({ links: [, parent] }) =>
      Object.assign(parent!, { begins: 'model', parent: sha256Hex('files') }),
    );
    const known = await knownOf(child);
    expect(merge(reports[1], other)).toMatchObject({ verdict: 'disputed' });
    const held = mergeAudits(asFiles(reports[1], other), known);
    expect(held.verdict).toBe('holds');
    expect(held.excluded).toMatchObject([{ file: '1.json', reason: expect.stringContaining('list of runs') }]);
  });

  test('a report that refutes the parent disputes the child; the parent’s own maker cannot', () => {
    const refuting = (signer: Signer) =>
      resigned(parts[0], signer, (copy) => {
        copy.verdict = 'refuted';
        copy.checks = [{ name: 'replay', verdict: 'refuted' }];
      });
    expect(merge(reports[2], reports[0], refuting(two))).toMatchObject({ verdict: 'disputed' });
    expect(merge(reports[2], reports[0], refuting(maker))).toMatchObject({ verdict: 'holds' });
  });

  test('a report that refutes a run further up disputes the child where any report or the run leads there, and is named else', async () => {
    const chain = chainReports(keys);
    const merged = (...names: (keyof typeof chain)[]) => merge(...names.map((name) => chain[name]));
    // The reports on the run name its parent alone; one on the parent, which is another run's, leads on.
    expect(merged('child', 'childAgain', 'parent', 'grandparentRefuted')).toMatchObject({
      verdict: 'disputed',
      excluded: [
        { file: '2.json', reason: 'is an audit of another seal' },
        { file: '3.json', reason: 'refutes a run that this one was built on' },
      ],
    });
    expect(merged('child', 'childAgain', 'parentOfVersion1', 'grandparentRefuted').verdict).toBe('disputed');
    expect(merged('childOfVersion1', 'parentRefuted').verdict).toBe('disputed');
    // Nothing leads there.
    expect(merged('child', 'childAgain', 'grandparentRefuted')).toMatchObject({
      verdict: 'holds',
      excluded: [{ file: '2.json', reason: expect.stringContaining('no report shows that this one was built on it') }],
    });
    // A report that does not count says nothing of what the run itself began with.
    expect(merged('child', 'childAgain', 'childOfOther', 'otherRefuted').verdict).toBe('holds');
    // The run has its parent's genesis, which leads one further.
    const known = await knownOf(child);
    const up = {
      ...known,
      parent: { makers: [known.maker!], beginning: { ...known.beginning!, seal: CHAIN.grandparent.seal } },
    };
    const upward = [...asFiles(reports[2]), { file: 'up.json', text: chain.grandparentRefuted }];
    expect(mergeAudits(upward, up as typeof known).verdict).toBe('disputed');
    expect(mergeAudits(upward, known).verdict).toBe('holds');
  });

  test('the room is that of the run or of its parent, whichever is more', () => {
    const merged = merge(reports[1], reports[2]);
    const { standing } = merged.beginning as { standing: { room: number; chance: number | null } };
    expect(standing.room).toBeGreaterThan(0);
    // With the chance of the parent's own draw: the run itself may be trained whole, and then there is none of it.
    expect(merged.chance).not.toBe(standing.chance);
    expect(weakestRoom(merged)).toEqual({ room: standing.room, chance: standing.chance });
    expect(weakestRoom(merge(reports[0]))).toMatchObject({ room: 0 });
  });

  test('a list of runs that does not begin with this one does not count', () => {
    const changes: ((copy: AuditStatement) => void)[] = [
      ({ links }) => links.shift(),
      ({ links }) => links.splice(0),
      ({ links: [own] }) => Object.assign(own!, { parent: null }),
      // What was not followed cannot be listed.
      ({ checks }) =>
        checks.splice(
          checks.findIndex(({ name }) => name === 'parent'),
          1,
        ),
      ({ links: [own] }) => Object.assign(own!, { makers: [two.fingerprint] }),
      // Each link is what the one before it began with, once, and its figures can be of one run.
      ({ links: [own] }) => Object.assign(own!, { begins: 'drawn' }),
      ({ links: [, parent] }) => Object.assign(parent!, { seal: sha256Hex('another') }),
      ({ links }) => links.push({ ...links[0]! }),
      ({ links: [, parent] }) => Object.assign(parent!, { trained: 1 }),
      ({ links: [, parent] }) => Object.assign(parent!, { trained: parent!.steps + 1 }),
      ({ links: [, parent] }) => Object.assign(parent!, { draw: { candidates: 1, drawn: 1000 } }),
      ({ links: [, parent] }) =>
        Object.assign(parent!, { extent: 'sampled', trained: 1, draw: { candidates: 20, drawn: 20 } }),
      ({ links: [, parent] }) => Object.assign(parent!, { makers: [] }),
      ({ links: [own] }) => Object.assign(own!, { steps: 1_000_000, trained: 1_000_000 }),
      // No run begins with itself.
      ({ links: [own, parent] }) => Object.assign(parent!, { begins: 'run', parent: own!.seal }),
    ];
    for (const change of changes)
      expect(merge(resigned(reports[0], one, change))).toMatchObject({
        verdict: 'incomplete',
        excluded: [{ reason: expect.stringContaining('list of runs') }],
      });
  });
});

test('no audits, or unreadable ones, give no statement', () => {
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
