import { expect, test } from 'vitest';
import { type Predicate, parseStatement, type Signer, sha256Hex, signStatement } from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { joinedClaimOf } from '../joined-claim.ts';
import { knownRun } from '../known-run.ts';
import { mergeAudits } from '../merge.ts';
import { signWitnessAudit } from './sign-audit.ts';
import { toyBench } from './testing/toy-bench.ts';
import type { ToyRun } from './testing/toy-run.ts';

const { maker, office, make, audited } = toyBench();
const [one, two, three] = [key(), key(), key()];
const run = make({ office, every: 3 });
const known = await knownRun(run.folder, new AbortController().signal);

const signedAudit = async (signer: Signer, ...[options, of = run]: [Parameters<typeof audited>[1]?, ToyRun?]) =>
  signWitnessAudit(await audited(of, options), 'toy', signer);
const files = (...texts: string[]) => texts.map((text, i) => ({ file: `${i}.json`, text }));
const merge = (...texts: string[]) => mergeAudits(files(...texts), known);

/** Two parts that cover the run; one drawn at random; two in another environment, of all and of a part; one that trained nothing. */
const signed = {
  first: await signedAudit(one, { mode: 'honest', segments: { from: 1, to: 3 } }),
  rest: await signedAudit(two, { mode: 'honest', segments: { from: 3, to: known.kept.length } }),
  drawn: await signedAudit(three, { mode: 'honest' }),
  near: await signedAudit(three, { mode: 'rounds', replay: 'all' }),
  some: await signedAudit(three, { mode: 'rounds' }),
  bare: await signedAudit(three),
};

/** What version 2 signs. */
type Signed = Extract<Predicate<'witness-audit'>, { formatVersion: 2 }>;

/** As version 1 had it: pairs alone where nothing came out to the bit, and nothing of links. */
function inVersion1(text: string): string {
  const { predicate, subjects } = parseStatement(text, 'witness-audit', 'x');
  const { segments: _, links: __, checks, replayed, draw, ...rest } = predicate as Signed;
  const old = {
    ...rest,
    ...{
      formatVersion: 1 as const,
      verdict: rest.verdict as 'consistent',
      auditorKey: two.publicKey.toString('base64'),
    },
    checks: checks.filter(({ name }) => name !== 'segments'),
    replayed: replayed.map(({ to, root }) => ({ to, root })),
    draw: draw && { challenge: draw.challenge, candidates: draw.candidates, drawn: draw.drawn },
  };
  return signStatement('witness-audit', [...subjects], old, two);
}

/** Signed again by `signer` with another predicate. */
function resigned(text: string, signer: Signer, change: Partial<Signed>): string {
  const { predicate, subjects } = parseStatement(text, 'witness-audit', 'x');
  const changed = { ...predicate, ...change, auditorKey: signer.publicKey.toString('base64') } as Signed;
  return signStatement('witness-audit', [...subjects], changed, signer);
}

const said = (texts: string[], lodged: boolean | null = null) => {
  const merged = merge(...texts);
  return (['en', 'ko'] as const).map((lang) => joinedClaimOf(merged, { lodged }, lang));
};

test('parts of two auditors cover the run to the bit', () => {
  const { first, rest } = signed;
  for (const held of [undefined, known]) {
    const merged = mergeAudits(files(first, rest), held);
    expect(merged).toMatchObject({ verdict: 'holds', extent: 'all', excluded: [], steps: 40, trained: 40 });
    expect(merged.standing).toEqual({ data: 'texts', figures: 'none', lodging: 'office' });
    expect(merged.witness).toEqual({
      origin: 'same',
      onlyPairs: false,
      paired: parseStatement(first, 'witness-audit', 'x').predicate.pairs.steps,
      drawnByOffice: parseStatement(first, 'witness-audit', 'x').predicate.pairs.drawnByOffice,
      tolerance: expect.any(Number),
      rounding: null,
      lodging: 'office',
    });
    expect(merged.segments[2]!.by).toEqual([one.fingerprint, two.fingerprint].sort());
    expect(merged.segments[0]!.by).toEqual([one.fingerprint]);
  }
  const [en, ko] = said([first, rest], true);
  expect(en!.word).toBe('Holds (all steps, by 2 auditors)');
  expect(en!.beginning).toMatch(/made again from the seed/);
  expect(en!.data).toMatch(/What the code does, and what else it reads, was not judged/);
  expect(ko!.word).toBe('성립 (모든 스텝, 검증자 2명)');
  for (const claim of [en!, ko!])
    expect(Object.values(claim).join(' ')).not.toMatch(/nothing else|그 밖의 것은 쓰이지/);
});

test('a part alone is a part, without a chance; one that was drawn claims a chance', () => {
  const { first, drawn } = signed;
  const part = merge(first);
  expect(part).toMatchObject({ verdict: 'holds', extent: 'sampled', chance: null, room: null });
  expect(part.trained).toBeLessThan(40);
  expect(said([first])[0]!.word).toBe('Holds (a part, by 1 auditor)');
  expect(said([first])[0]!.reach).toMatch(
    /says nothing about how likely a forgery .* Steps between two recorded states/,
  );
  expect(merge(drawn).chance).toBeGreaterThan(0);
});

test('in another environment it is consistent, and never counted with those who reproduced it', () => {
  const { near, first } = signed;
  expect(merge(near)).toMatchObject({ verdict: 'consistent', extent: 'none', trained: 0 });
  const [en, ko] = said([near], false);
  expect(en!.word).toBe('Consistent (by 1 auditor)');
  expect(en!.headline).toMatch(/Nothing was reproduced to the bit/);
  expect(en!.beginning).toMatch(/but for rounding/);
  expect(en!.data).toMatch(/^No trusted time/);
  expect(Object.values(en!).join(' ')).not.toMatch(/Holds|bit for bit/);
  expect(ko!.word).toBe('오차 범위 안 (검증자 1명)');
  const both = merge(near, first);
  expect(both.auditors).toEqual([one.fingerprint]);
  expect(both.excluded).toEqual([
    {
      file: '0.json',
      reason: expect.stringMatching(/consistent within rounding/),
      ko: expect.stringMatching(/니다\.$/),
    },
  ]);
});

test('a merge states the limits that each report has', async () => {
  const bare = make({ every: 3 });
  const heldBare = await knownRun(bare.folder, new AbortController().signal);
  expect([heldBare.isLodged, known.isLodged]).toEqual([false, true]);
  const audit = (mode: 'rounds' | 'honest') => signedAudit(two, { mode, replay: 'all' }, bare);
  const [near, holds] = [await audit('rounds'), await audit('honest')];
  for (const held of [undefined, heldBare])
    for (const [text, isConsistent] of [
      [near, true],
      [holds, false],
    ] as const)
      for (const lang of ['en', 'ko'] as const) {
        const { headline, reach, data } = joinedClaimOf(mergeAudits(files(text), held), { lodged: null }, lang);
        const has = (of: Record<'en' | 'ko', RegExp>, where: string, is = true) =>
          expect([lang, of[lang].test(where)]).toEqual([lang, is]);
        has({ en: /Whose run this is: not shown/, ko: /누구의 학습인지는 확인되지 않았/ }, headline);
        has({ en: /^No trusted time/, ko: /^믿을 수 있는 시각 없음/ }, data);
        has({ en: /What is no larger than rounding is not seen/, ko: /드러나지 않습니다/ }, data, isConsistent);
        has({ en: /could have been steered unseen by up to/, ko: /들키지 않고 바꿀 수/ }, data, isConsistent);
        has({ en: /Pairs give no chance of detection/, ko: /적발 확률을 주지 않/ }, data, isConsistent);
        has({ en: /The maker drew the pairs himself/, ko: /제작자가 스스로 뽑/ }, data, isConsistent);
        expect(reach).not.toMatch(/No step was trained again|다시 학습한 스텝이 없/);
      }
  // One report without a lodging is enough, and an office that the maker keeps is none.
  const own = (lodging: 'none' | 'own'): string => {
    const { predicate } = parseStatement(signed.near, 'witness-audit', 'x');
    return resigned(signed.near, one, { links: (predicate as Signed).links.map((link) => ({ ...link, lodging })) });
  };
  const dataOf = (...texts: string[]) => joinedClaimOf(mergeAudits(files(...texts)), { lodged: null }, 'en').data;
  expect(dataOf(signed.near)).not.toMatch(/trusted time/);
  expect(dataOf(signed.near, own('none'))).toMatch(/^No trusted time/);
  expect(dataOf(signed.near, own('own'))).toMatch(/^Lodged by the maker himself/);
});

test('what counts for nothing: no training, the maker, a self-audit, another run, another state, missing checks', () => {
  const { first, near, bare } = signed;
  const { predicate } = parseStatement(first, 'witness-audit', 'x');
  const near2 = parseStatement(near, 'witness-audit', 'x').predicate.checks;
  const replayed = (predicate as Signed).replayed.map((at, i) => (i === 0 ? { ...at, root: sha256Hex('other') } : at));
  for (const [text, reason] of [
    [bare, /says that the run is incomplete/],
    [resigned(first, maker, {}), /key of the maker/],
    [resigned(first, two, { extent: 'self' }), /holds the maker's key/],
    [resigned(first, two, { head: sha256Hex('x') }), /of another run/],
    [resigned(first, two, { recorded: predicate.recorded.slice(1) }), /of another run/],
    [resigned(first, two, { replayed }), /another state at step/],
    [resigned(first, two, { replayed: [] }), /trained nothing again/],
    [
      resigned(first, two, { replayed: [{ to: 1377, root: sha256Hex('x'), engine: 'pytorch' }] }),
      /segments that this run does not have/,
    ],
    [resigned(first, two, { origin: 'not-shown' }), /come from the seed/],
    [resigned(first, two, { checks: predicate.checks.filter(({ name }) => name !== 'origin') }), /the check origin/],
    [signed.some, /does not tell whether/],
    [resigned(near, two, { segments: null }), /not all steps within rounding/],
    [resigned(near, two, { segments: { judged: 3, steps: 39, rounding: 1e-7 } }), /not all steps within rounding/],
    [resigned(near, two, { checks: near2.filter(({ name }) => name !== 'segments') }), /the check segments/],
    [resigned(first, two, { links: [] }), /begin its list of runs/],
  ] as const) {
    const merged = merge(text);
    expect([reason, merged.verdict, merged.auditors]).toEqual([reason, 'incomplete', []]);
    expect(merged.excluded[0]!.reason).toMatch(reason);
  }
  const [en] = said([bare]);
  expect(en!.word).toBe('Incomplete');
  expect(Object.values(en!).join(' ')).not.toMatch(/Holds|bit for bit|made again/);
});

test('a report of version 1 counts as before: its standing is not stated, and consistent is said of pairs alone', () => {
  const { first, near } = signed;
  const old = merge(inVersion1(first));
  expect(old).toMatchObject({ verdict: 'holds', standing: null, excluded: [] });
  const merged = merge(inVersion1(near));
  expect(merged).toMatchObject({ verdict: 'consistent', standing: null, witness: { onlyPairs: true } });
  expect(said([inVersion1(near)])[0]!.headline).toMatch(/paired steps are those of the named code/);
  expect(said([near])[0]!.headline).toMatch(/Every segment ends as near/);
});

test('one who refutes it disputes it; the maker cannot', () => {
  const { first } = signed;
  const refuted = resigned(first, two, { verdict: 'refuted', checks: [{ name: 'replay', verdict: 'refuted' }] });
  expect(merge(first, refuted).verdict).toBe('disputed');
  expect(said([first, refuted])[0]!.word).toBe('Disputed');
  expect(merge(first, resigned(refuted, maker, {})).verdict).toBe('holds');
});

test('an audit of a run of ours that names the same files is not one of this run', () => {
  const { first } = signed;
  const { predicate, subjects } = parseStatement(first, 'witness-audit', 'x');
  const { maker: of, head, replayed, recorded: kept } = predicate;
  const ours = signStatement(
    'audit',
    [...subjects],
    {
      ...{ formatVersion: 1, auditorKey: two.publicKey.toString('base64'), maker: of, head, verdict: 'holds' },
      ...{ extent: 'all', checks: predicate.checks, kept, draw: null, movements: [] },
      replayed: replayed.map(({ to, root }) => ({ to, root })),
      ...{ version: '0', time: '2026-01-01T00:00:00.000Z' },
    },
    two,
  );
  const merged = merge(first, ours);
  expect(merged.auditors).toEqual([one.fingerprint]);
  expect(merged.excluded[0]!.reason).toMatch(/of another run/);
});
