// Are stated chances true? Stages are simulated with a known truth; of all statements made with a chance of about c, a share c must
// hold. Hypothesis: each statement holds with its chance. It is refused where, in any bin of chances, the number that held is more
// than Z deviations from the number expected. All is drawn from fixed seeds: the outcome is the same at every run.
//
// Teams come from one population, as `true-totals.ts` has it, whose spread is itself drawn evenly from nothing to several times the errors.

import { describe, expect, test } from 'vitest';
import { skipped } from '../../base/testing/skipped.ts';
import { Random } from './random.ts';
import { samplerOf } from './resample.ts';
import { standings } from './standings.ts';
import { type Simulation, simulate } from './testing/simulate.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
/** Two-sided, about one in 100 for all 24 bins of a setting together. */
const Z = 3.5;
const EDGES = [0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 1.001];
/** Bins in which fewer than this are expected to hold, or to fail, are too small for the normal approximation. */
const MIN = 5;

interface Statement {
  chance: number;
  holds: boolean;
}

/** Statements by bins of their chance. Those of one stage depend on each other: deviations are summed by stage. */
class Reliability {
  readonly bins = EDGES.slice(1).map(() => ({ count: 0, expected: 0, held: 0, binomial: 0, clustered: 0 }));

  addStage(statements: readonly Statement[]): void {
    const off = new Map<number, number>();
    for (const { chance, holds } of statements) {
      const at = EDGES.findIndex((edge) => chance < edge) - 1;
      const bin = this.bins[at];
      bin.count++;
      bin.expected += chance;
      bin.held += Number(holds);
      bin.binomial += chance * (1 - chance);
      off.set(at, (off.get(at) ?? 0) + Number(holds) - chance);
    }
    for (const [at, sum] of off) this.bins[at].clustered += sum * sum;
  }

  /** Per bin, how many deviations the statements that held are off; the larger of two estimates of the deviation. */
  deviations(): { stated: number; held: number; z: number }[] {
    return this.bins
      .filter(({ count, expected }) => expected >= MIN && count - expected >= MIN)
      .map(({ count, expected, held, binomial, clustered }) => ({
        stated: expected / count,
        held: held / count,
        z: (held - expected) / Math.sqrt(Math.max(binomial, clustered)),
      }));
  }

  /** The largest |z|. */
  worst(): number {
    return Math.max(...this.deviations().map(({ z }) => Math.abs(z)));
  }
}

/** The share of plain resamples in which one is above the other: what `standings` would say without Student's factor and the field. */
function plainChances(stage: Parameters<typeof standings>[0], draws: number, seed: number): number[][] {
  const { teams, parts } = stage;
  const random = new Random(seed, 'plain');
  const totals = Array.from({ length: teams }, () => new Float64Array(draws));
  for (const [at, part] of parts.entries()) {
    const { units, score } = samplerOf(part, teams);
    const counts = new Float64Array(4 * units);
    const out = new Float64Array(teams * draws);
    for (let b = 0; b < draws; b += 4) {
      counts.fill(0);
      for (let k = 0; k < 4; k++) {
        random.at(at, b + k);
        random.tally(counts, k * units, units);
      }
      score(counts, out, draws, b);
    }
    for (let t = 0; t < teams; t++) for (let b = 0; b < draws; b++) totals[t][b] += out[t * draws + b];
  }
  return totals.map((own) => totals.map((other) => own.filter((x, b) => x > other[b]).length / draws));
}

const SIZE = { items: 100, raters: 10, users: 49, judgementsPerUser: 20 };
const DRAWS = TORTURE ? 2000 : 400;

interface Setting {
  teams: number;
  simulations: number;
  /** The largest spread; the smallest is none. */
  spread: number;
  raters?: number;
}

function check({ teams, simulations, spread, raters = SIZE.raters }: Setting, plain = false) {
  const truths = new Random(77, 'truth');
  const above = new Reliability();
  const place = new Reliability();
  const byPlain = new Reliability();
  let inside = 0;
  for (let s = 0; s < simulations; s++) {
    truths.at(teams, s);
    const { stage, truth } = simulate({ teams, ...SIZE, raters, spread: spread * truths.uniform() }, truths);
    const stated = standings(stage, { seed: s, draws: DRAWS });
    const pairs = (chances: number[][]): Statement[] =>
      truth.flatMap((own, a) => truth.slice(0, a).map((other, b) => ({ chance: chances[a][b], holds: own > other })));
    above.addStage(pairs(stated.above));
    place.addStage(
      truth.flatMap((own, t) => {
        const better = truth.filter((x) => x > own).length;
        return stated.place[t].map((chance, p) => ({ chance, holds: p === better }));
      }),
    );
    if (plain) byPlain.addStage(pairs(plainChances(stage, DRAWS, s)));
    inside += stated.totals.filter(({ interval }, t) => interval![0] <= truth[t] && truth[t] <= interval![1]).length;
  }
  return { above, place, byPlain, coverage: inside / (simulations * teams) };
}

describe.each<Setting>([
  { teams: 5, simulations: TORTURE ? 2000 : 400, spread: 1 },
  { teams: 3, simulations: TORTURE ? 2000 : 300, spread: 1 },
  { teams: 12, simulations: TORTURE ? 2000 : 80, spread: 0.6 },
  // Two raters show little of their spread: the prior makes up for it.
  { teams: 5, simulations: TORTURE ? 2000 : 150, spread: 1, raters: 2 },
])('$teams teams, $simulations simulated stages', (setting) => {
  let done: ReturnType<typeof check> | undefined;
  const checked = () => {
    done ??= check(setting);
    return done;
  };

  test('the chance that one team is truly above another is calibrated', () => {
    const { above } = checked();
    expect(above.deviations().length).toBeGreaterThan(5);
    expect(above.worst()).toBeLessThan(Z);
  });

  test('the chance of each place is calibrated', () => {
    const { place } = checked();
    expect(place.deviations().length).toBeGreaterThan(5);
    expect(place.worst()).toBeLessThan(Z);
  });

  test('95% intervals hold the true total in 94% to 97%', () => {
    const { coverage } = checked();
    expect(coverage).toBeGreaterThan(0.94);
    expect(coverage).toBeLessThan(0.97);
  });
});

/** Stages in which a figure is printed: each by its own seed, in full counts only. */
const HONEST: [name: string, of: Partial<Simulation>, vetoed?: boolean][] = [
  ...[2, 3, 5, 10].map((raters): (typeof HONEST)[number] => [`${raters} experts`, { raters }]),
  ...[4, 5, 10, 20, 49].map((users): (typeof HONEST)[number] => [`${users} users`, { users }]),
  ['3 experts, 5 users with 10 votes', { raters: 3, users: 5, judgementsPerUser: 10 }],
  ['5 experts, 20 users with 10 votes', { raters: 5, users: 20, judgementsPerUser: 10 }],
  ['5 experts without the highest and the lowest', { raters: 5, trim: 1 }],
  ['marks in steps of 5', { step: 5 }],
  ['3 of 10 judgements are ties', { ties: 0.3 }],
  ['entered with an error of 3', { entered: 3 }],
  ['100 items on 10 texts', { itemsPerText: 10, clustered: true }],
  ['one of five teams out by a veto', {}, true],
  ['5 experts alone', { raters: 5, parts: [2] }],
  ['10 experts alone', { parts: [2] }],
  ['20 users with 10 votes alone', { users: 20, judgementsPerUser: 10, parts: [3] }],
  ['100 items alone', { parts: [0] }],
];

const isLeftOut = skipped(
  'chances in 21 kinds of stages',
  TORTURE ? undefined : 'it takes half a minute',
  'npm run torture',
);

test.skipIf(isLeftOut).each(HONEST)('honest within 5 points: %s', (name, of, vetoed = false) => {
  const truths = new Random(79, 'truth');
  /** From one half, from .7 and from .9: count, sum of what was said, how many are true. */
  const bins = [0.5, 0.7, 0.9].map((from) => ({ from, count: 0, said: 0, held: 0 }));
  let width = 0;
  const simulations = 1000;
  const running = vetoed ? [0, 1, 2, 3] : [0, 1, 2, 3, 4];
  for (let s = 0; s < simulations; s++) {
    truths.at(5, s);
    const { stage, truth } = simulate({ teams: 5, ...SIZE, ...of, spread: truths.uniform() }, truths);
    const { above, totals } = standings({ ...stage, running }, { seed: s, draws: 400 });
    for (const { interval } of totals.slice(0, running.length)) width += interval![1] - interval![0];
    for (const a of running)
      for (const b of running.slice(0, a)) {
        const isAhead = above[a][b] >= 0.5;
        const said = isAhead ? above[a][b] : 1 - above[a][b];
        const bin = bins.findLast(({ from }) => said >= from)!;
        bin.count++;
        bin.said += said;
        bin.held += Number(isAhead === truth[a] > truth[b]);
      }
  }
  const shown = bins.map(({ count, said, held }) => `${(said / count).toFixed(2)}, ${(held / count).toFixed(2)}`);
  console.log(`| ${name} | ${shown.join(' | ')} | ${(width / simulations / running.length).toFixed(1)} |`);
  // Beside the 5 points: three deviations of a share of so many statements.
  for (const { count, said, held } of bins)
    expect(Math.abs(said - held) / count, name).toBeLessThan(0.05 + 3 * Math.sqrt(0.25 / count));
});

test('two truly equal teams: the stated chance is uniform from 0 to 1, as a p-value is', () => {
  const simulations = TORTURE ? 2000 : 300;
  const truths = new Random(78, 'truth');
  const tenths = new Array<number>(10).fill(0);
  for (let s = 0; s < simulations; s++) {
    truths.at(2, s);
    const { stage } = simulate({ teams: 2, ...SIZE, spread: 0 }, truths);
    tenths[Math.min(9, Math.floor(10 * standings(stage, { seed: s, draws: DRAWS }).above[0][1]))]++;
  }
  // Chi-square with 9 degrees: 27.9 at one in a thousand.
  const want = simulations / 10;
  expect(tenths.reduce((sum, x) => sum + (x - want) ** 2 / want, 0)).toBeLessThan(27.9);
});

test('the check can fail: shares of plain resamples, taken for chances, are rejected', () => {
  const { above, byPlain } = check({ teams: 12, simulations: 80, spread: 0.4 }, true);
  expect(above.worst()).toBeLessThan(Z);
  expect(byPlain.worst()).toBeGreaterThan(Z);
});
