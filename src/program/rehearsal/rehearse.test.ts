// Rehearsals against chances that are computed in another way, and against the log that decides real stages.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decideStage } from '../decision/index.ts';
import { Log } from '../decision/testing/stage.ts';
import { parseRuleBook } from '../rules/index.ts';
import { commitmentOf } from '../state/index.ts';
import { type AssumptionsGiven, assumptionsShape } from './assumptions.ts';
import { Drawer, STAGE } from './draw.ts';
import { planRehearsal } from './plan.ts';
import { type Rate, type Rehearsal, rehearse } from './rehearse.ts';

const DAY = '2026-01-15';
const head = (more: string) => `
name: test
version: 1
title: { en: Test }
originality: { veto: true, components: [weights], audit: { holds: false, makerKey: false } }
${more}
`;
const block = (source: string, points = 100) => `blocks: [{ id: a, title: { en: A }, points: ${points}, ${source} }]`;
const ENTERED = 'entered: { by: { en: somebody } }';
const book = (source: string, { kept = 1, decimals = 6, tie = 'equal' } = {}) =>
  head(`kept: ${kept}\nrounding: { decimals: ${decimals} }\ntieBreak: [${tie}]\n${block(source)}`);

const planOf = (text: string, given: AssumptionsGiven) =>
  planRehearsal({ text, file: 'rules.yaml', assumptions: assumptionsShape.parse({ seed: 1, ...given }) }, DAY);
const run = (text: string, given: AssumptionsGiven): Promise<Rehearsal> => rehearse(planOf(text, given), () => {});

/** Within four standard errors of the expected chance. */
function expectRate({ share }: Rate, chance: number, of: number): void {
  expect(Math.abs(share - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / of) + 1e-9);
}

/** The normal distribution by the rule of Simpson. */
function phi(x: number): number {
  const density = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const [from, steps] = [-10, 4000];
  const h = (x - from) / steps;
  let sum = density(from) + density(x);
  for (let i = 1; i < steps; i++) sum += density(from + i * h) * (i % 2 === 1 ? 4 : 2);
  return (sum * h) / 3;
}

/** Chances of 0 to n successes. */
function binomial(n: number, p: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++)
    row = Array.from({ length: row.length + 1 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p);
  return row;
}

const REPETITIONS = 4000;

test('two teams with normal figures: the closed form', async () => {
  const { bestOut, bestStay, border, interval } = await run(book(ENTERED), {
    qualities: [55, 60],
    entered: 5,
    repetitions: REPETITIONS,
  });
  const wrong = phi(-5 / (5 * Math.SQRT2));
  expectRate(bestOut!, wrong, REPETITIONS);
  expectRate(bestStay!, 1 - wrong, REPETITIONS);
  expect(border.total.share).toBe(1);
  // Figures that are entered are not resampled.
  expect(interval).toBeNull();
  expect(bestOut!.standardError).toBeCloseTo(Math.sqrt((wrong * (1 - wrong)) / REPETITIONS), 3);
});

test('two teams with right and wrong answers: the binomial distribution, ties included', async () => {
  const task = 'tasks: [{ task: t, metric: acc, scale: { floor: 0, ceiling: 1 } }]';
  const found = await run(book(task), { qualities: [60, 50], items: 20, repetitions: REPETITIONS });
  const [better, worse] = [binomial(20, 0.6), binomial(20, 0.5)];
  const chance = (holds: (a: number, b: number) => boolean): number =>
    better.reduce((sum, p, a) => sum + worse.reduce((inner, q, b) => inner + (holds(a, b) ? p * q : 0), 0), 0);
  expectRate(
    found.bestOut!,
    chance((a, b) => b > a),
    REPETITIONS,
  );
  expectRate(
    found.border.undecided,
    chance((a, b) => a === b),
    REPETITIONS,
  );
  expectRate(
    found.border.total,
    chance((a, b) => a !== b),
    REPETITIONS,
  );
  // Teams that are equal across the border stay.
  expectRate(
    found.teams[0]!.stays,
    chance((a, b) => a >= b),
    REPETITIONS,
  );
});

test('experts: their severity cancels, their opinions do not', async () => {
  const forms =
    'forms: { experts: 4, criteria: [{ id: x, title: { en: X }, points: 60 }, { id: y, title: { en: Y }, points: 40 }] }';
  const given = { qualities: [50, 47], markStep: 0, opinion: 6, severity: 3, repetitions: REPETITIONS };
  const { bestOut } = await run(book(forms), given);
  expectRate(bestOut!, phi((-3 * Math.sqrt(4)) / (6 * Math.SQRT2)), REPETITIONS);
});

test('the width of an interval is that of Student for ten experts', async () => {
  const forms = 'forms: { experts: 10, criteria: [{ id: x, title: { en: X }, points: 100 }] }';
  const given = { qualities: [50, 40, 30], markStep: 0, opinion: 5, severity: 0, repetitions: 50 };
  const { interval } = await run(book(forms), given);
  // t of 9 degrees at 97.5%, and the mean of a standard deviation of ten.
  const expected = (2 * 2.262 * 0.9727 * 5) / Math.sqrt(10);
  expect(interval!.repetitions).toBe(20);
  expect(Math.abs(interval!.mean / expected - 1)).toBeLessThan(0.08);
});

test('users who judge once each: the better team wins as often as the model says', async () => {
  const judgements = 'judgements: { users: 9, minimumPerPair: 9 }';
  const given = { qualities: [75, 65], preference: 0.7, repetitions: REPETITIONS };
  const { bestOut, border } = await run(book(judgements), given);
  // Odds at ten points, and two tastes of deviation 0.5: the mean over the normal distribution.
  let chance = 0;
  const steps = 4000;
  for (let i = 0; i < steps; i++) {
    const z = -8 + (16 * (i + 0.5)) / steps;
    const density = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * (16 / steps);
    chance += density / (1 + Math.exp(-(Math.log(0.7 / 0.3) + z * 0.5 * Math.SQRT2)));
  }
  const wins = binomial(9, chance);
  expectRate(
    bestOut!,
    wins.slice(0, 5).reduce((a, b) => a + b),
    REPETITIONS,
  );
  expect(border.undecided.share).toBe(0);
});

test('equal scores: a lot takes each team equally often, and without a lot nothing is decided', async () => {
  const given: AssumptionsGiven = { teams: 4, spread: 'equal', entered: 0, repetitions: 2000 };
  const lot = await run(book(ENTERED, { kept: 2, tie: 'lot' }), given);
  expect(lot.border.lot.share).toBe(1);
  for (const { stays } of lot.teams) expectRate(stays, 0.5, 2000);
  // Of equal teams none is truly the best.
  expect([lot.bestOut, lot.bestStay]).toEqual([null, null]);
  const equal = await run(book(ENTERED, { kept: 2 }), given);
  expect(equal.border.undecided.share).toBe(1);
  for (const { stays } of equal.teams) expect(stays.share).toBe(1);
  // A share of one has an error too.
  expect(equal.border.undecided.standardError).toBeGreaterThan(0);
});

test('rounding makes ties, and a tie-break that tells teams apart resolves them', async () => {
  const two = (tie: string) =>
    head(
      `kept: 1\nrounding: { decimals: 0 }\ntieBreak: [${tie}]\nblocks: [{ id: a, title: { en: A }, points: 50, parts: [{ id: x, title: { en: X }, points: 50, ${ENTERED} }] }, { id: b, title: { en: B }, points: 50, ${ENTERED} }]`,
    );
  const given = { qualities: [60, 59], entered: 4, repetitions: 1000 };
  const plain = await run(two('equal'), given);
  const broken = await run(two('a, equal'), given);
  expect(plain.border.undecided.share).toBeGreaterThan(0.05);
  const { tieBreak, undecided } = broken.border;
  expect(tieBreak.share + undecided.share).toBeCloseTo(plain.border.undecided.share, 9);
  expect(undecided.share).toBeLessThan(tieBreak.share);
});

test('vetoes: each team by itself', async () => {
  const given = { qualities: [80, 70, 60, 50], veto: 0.3, entered: 0, repetitions: REPETITIONS };
  const { teams, border, bestOut, bestStay } = await run(book(ENTERED, { kept: 2 }), given);
  for (const { vetoed } of teams) expectRate(vetoed, 0.3, REPETITIONS);
  expectRate(teams[0]!.stays, 0.7, REPETITIONS);
  // The second stays unless it fails; the third only if one of the first two fails.
  expectRate(teams[2]!.stays, 0.7 * (1 - 0.49), REPETITIONS);
  expectRate(
    border.open,
    binomial(4, 0.7)
      .slice(0, 3)
      .reduce((a, b) => a + b),
    REPETITIONS,
  );
  // Without noise the best of those that are left always stay.
  expect([bestOut!.share, bestStay!.share]).toEqual([0, 1]);
  const none = await run(book(ENTERED).replace('veto: true', 'veto: false'), { qualities: [80, 70], veto: 1 });
  expect(none.teams.map(({ vetoed }) => vetoed.share)).toEqual([0, 0]);
});

test('a single team, judged by users: its total is not known, and it stays', async () => {
  const { teams, border } = await run(book('judgements: { users: 3, minimumPerPair: 2 }'), {
    teams: 1,
    repetitions: 50,
  });
  expect(teams[0]!.stays.share).toBe(1);
  expect(border.unknown.share).toBe(1);
});

test('a seed gives the same result; another seed another one', async () => {
  const practice = readFileSync(new URL('../../../programs/practice/stage-1.yaml', import.meta.url), 'utf8');
  const one = await run(practice, { seed: 5, repetitions: 60 });
  expect(await run(practice, { seed: 5, repetitions: 60 })).toEqual(one);
  expect((await run(practice, { seed: 6, repetitions: 60 })).teams).not.toEqual(one.teams);
});

/** The rows of a drawn stage as entries of a log, which checks them as those of a real stage. */
function logOf(drawer: Drawer, repetition: number, text: string, teams: string[]): Log {
  const { tables } = drawer.stage(repetition);
  const log = new Log().open(teams, text);
  for (const row of tables.all('enteredScores')) {
    const { consortium, part, value, max } = row;
    log.entered(consortium, part, value as number, max);
  }
  for (const { id, consortium } of tables.all('submissions')) {
    const about = { id, stage: 's1', consortium, kind: 'bundle', digest: 'a'.repeat(63) + consortium.at(-1), bytes: 1 };
    log.add('submission-received', about);
    log.add('submission-audited', { submission: id, verdict: 'holds', maker: 'b'.repeat(64), checks: [] });
  }
  tables
    .all('evaluations')
    .forEach(({ seq: _, ...row }, i) => void log.add('submission-evaluated', { ...row, id: `v${i}` }));
  for (const { part, expert, form } of tables.all('forms')) {
    const id = `${part.replaceAll('.', '-')}-${expert}`;
    const nonce = 'c'.repeat(64);
    log.add('form-committed', { id, stage: 's1', part, expert, commitment: commitmentOf(form!, nonce) });
    log.add('form-revealed', { id, form, nonce });
  }
  for (const { seq, stage: _, ...row } of tables.all('judgements'))
    log.add('judgement-given', { ...row, id: `j${seq}`, stage: 's1', item: String(seq) });
  return log;
}

test('a drawn stage goes through the log, and is decided as it is rehearsed', () => {
  const text = readFileSync(new URL('../../../programs/practice/stage-1.yaml', import.meta.url), 'utf8')
    .replace('veto: true', 'veto: false')
    .replace(/ {2}lineage:\n.*\n/, '');
  const { assumptions } = planOf(text, { items: 10 });
  const drawer = new Drawer({ book: parseRuleBook(text, { file: 'x' }), text, day: DAY, assumptions });
  const teams = ['team-1', 'team-2', 'team-3', 'team-4'];
  for (const repetition of [0, 1, 2]) {
    const seed = drawer.seedOf(repetition);
    const real = decideStage(logOf(drawer, repetition, text, teams).tables, { stage: 's1', day: DAY, seed });
    const tried = decideStage(drawer.stage(repetition).tables, { stage: STAGE, day: DAY, seed, draws: 0 });
    expect(tried.totals).toEqual(real.totals);
    expect(tried.kept).toEqual(real.kept);
    expect(tried.places).toEqual(real.places);
    expect(real.unknown).toEqual([]);
  }
});
