// Stages with a known truth, for the tests of calibration: teams from one population, items, raters and users drawn; results follow.
// Truth is what endless items, raters and users would give.

import type { Part, Stage } from '../part.ts';
import type { Random } from '../random.ts';

export interface Simulation {
  teams: number;
  /** Standard deviation of the teams' abilities; 1 is about 7 of 100 points. */
  spread: number;
  items: number;
  raters: number;
  users: number;
  judgementsPerUser: number;
  /** Parts of the stage, by their number; default: all. */
  parts?: readonly number[];
  /** Raters mark in steps of so many points, and the statistics know; default: any number. */
  step?: number;
  /** Number of the highest, and of the lowest, ratings that are left out. */
  trim?: number;
  /** Share of judgements that are ties. */
  ties?: number;
  /** Items of the same text share how hard they are for each team: so many items for each. Default 1. */
  itemsPerText?: number;
  /** Whether the statistics know the texts. */
  clustered?: boolean;
  /** Figures from elsewhere take the place of the raters, with this standard error in points. */
  entered?: number;
}

/** Weights: two parts of items, one of raters, one of pairs. */
const WEIGHTS = [20, 20, 35, 25];

/** What a text does to one team beside others: standard deviation. */
const TEXT = 1;
const rounded = (x: number, step: number): number => (step > 0 ? step * Math.round(x / step) : x);

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** A user's taste for a team, beside what all users share: standard deviation. */
const TASTE = 0.5;
/** A rater's severity, and a rater's opinion of one team, in points. */
const SEVERITY = 3;
const OPINION = 2.5;

/** Mean of logistic(x + noise), noise normal of the deviation of two tastes. */
function averaged(x: number): number {
  let sum = 0;
  let all = 0;
  for (let z = -5; z <= 5; z += 0.25) {
    const weight = Math.exp((-z * z) / 2);
    sum += weight * logistic(x + z * TASTE * Math.SQRT2);
    all += weight;
  }
  return sum / all;
}

/** A stage and the true totals of its teams. */
export function simulate(setting: Simulation, random: Random): { stage: Stage; truth: number[] } {
  const { teams, spread, items, raters, users, judgementsPerUser } = setting;
  const { parts = [0, 1, 2, 3], step = 0, trim = 0, ties = 0, itemsPerText = 1, clustered = false, entered } = setting;
  const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
  const ability = list(teams, () => spread * random.normal());
  // Each part adds separate noise to the ability: teams are good at different parts.
  const seen = WEIGHTS.map(() => ability.map((x) => x + 0.3 * spread * random.normal()));
  const tasks = [0, 1].map((part) => {
    const difficulty = list(items, () => 6 * random.uniform() - 3);
    return seen[part].map((x) => {
      let own = 0;
      return difficulty.map((d, i) => {
        if (itemsPerText > 1 && i % itemsPerText === 0) own = TEXT * random.normal();
        return random.uniform() < logistic(0.5 * x + own - d) ? 1 : 0;
      });
    });
  });
  const center = seen[2].map((x) => 25 + 2 * x);
  const ratings = list(raters, () => {
    const severity = SEVERITY * random.normal();
    return center.map((x) => rounded(x + severity + OPINION * random.normal(), step));
  });
  const judgements = list(users, (user) => {
    const taste = seen[3].map((x) => 0.4 * x + TASTE * random.normal());
    return list(judgementsPerUser, () => {
      const a = Math.floor(random.uniform() * teams);
      const b = (a + 1 + Math.floor(random.uniform() * (teams - 1))) % teams;
      if (ties > 0 && random.uniform() < ties) return { user, a, b, score: 0.5 };
      return { user, a, b, score: random.uniform() < logistic(taste[a] - taste[b]) ? 1 : 0 };
    });
  }).flat();
  const truth = ability.map((_, t) => {
    const task = (x: number): number => (softplus(0.5 * x + 3) - softplus(0.5 * x - 3)) / 6;
    const wins = list(teams, (j) => (j === t ? 0 : averaged(0.4 * (seen[3][t] - seen[3][j]))));
    const share = 0.5 * ties + ((1 - ties) * wins.reduce((sum, x) => sum + x, 0)) / (teams - 1);
    const own = [WEIGHTS[0] * task(seen[0][t]), WEIGHTS[1] * task(seen[1][t]), center[t], WEIGHTS[3] * share];
    return parts.reduce((sum, part) => sum + own[part], 0);
  });
  const figures = entered === undefined ? undefined : center.map((x) => x + entered * random.normal());
  const clusters = clustered && { clusters: list(items, (i) => Math.floor(i / itemsPerText)) };
  const all: Part[] = [
    { kind: 'items', weight: WEIGHTS[0], results: tasks[0], ...clusters },
    { kind: 'items', weight: WEIGHTS[1], results: tasks[1], ...clusters },
    figures
      ? { kind: 'fixed', weight: WEIGHTS[2], points: figures, error: entered!, isEntered: true }
      : { kind: 'raters', weight: WEIGHTS[2], points: ratings, trim, rounding: step ** 2 / 12 },
    { kind: 'pairs', weight: WEIGHTS[3], judgements },
  ];
  return { stage: { teams, parts: parts.map((part) => all[part]) }, truth };
}
