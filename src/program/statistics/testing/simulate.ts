// Stages with a known truth, for the tests of calibration: teams from one population, items, raters and users drawn; results follow.
// Truth is what endless items, raters and users would give.

import type { Stage } from '../part.ts';
import type { Random } from '../random.ts';

export interface Simulation {
  teams: number;
  /** Standard deviation of the teams' abilities; 1 is about 7 of 100 points. */
  spread: number;
  items: number;
  raters: number;
  users: number;
  judgementsPerUser: number;
}

/** Weights: two parts of items, one of raters, one of pairs. */
const WEIGHTS = [20, 20, 35, 25];

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
  const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
  const ability = list(teams, () => spread * random.normal());
  // Each part adds separate noise to the ability: teams are good at different parts.
  const seen = WEIGHTS.map(() => ability.map((x) => x + 0.3 * spread * random.normal()));
  const tasks = [0, 1].map((part) => {
    const difficulty = list(items, () => 6 * random.uniform() - 3);
    return seen[part].map((x) => difficulty.map((d) => (random.uniform() < logistic(0.5 * x - d) ? 1 : 0)));
  });
  const center = seen[2].map((x) => 25 + 2 * x);
  const ratings = list(raters, () => {
    const severity = SEVERITY * random.normal();
    return center.map((x) => x + severity + OPINION * random.normal());
  });
  const judgements = list(users, (user) => {
    const taste = seen[3].map((x) => 0.4 * x + TASTE * random.normal());
    return list(judgementsPerUser, () => {
      const a = Math.floor(random.uniform() * teams);
      const b = (a + 1 + Math.floor(random.uniform() * (teams - 1))) % teams;
      return { user, a, b, score: random.uniform() < logistic(taste[a] - taste[b]) ? 1 : 0 };
    });
  }).flat();
  const truth = ability.map((_, t) => {
    const task = (x: number): number => (softplus(0.5 * x + 3) - softplus(0.5 * x - 3)) / 6;
    const wins = list(teams, (j) => (j === t ? 0 : averaged(0.4 * (seen[3][t] - seen[3][j]))));
    const share = wins.reduce((sum, x) => sum + x, 0) / (teams - 1);
    return WEIGHTS[0] * task(seen[0][t]) + WEIGHTS[1] * task(seen[1][t]) + center[t] + WEIGHTS[3] * share;
  });
  return {
    stage: {
      teams,
      parts: [
        { kind: 'items', weight: WEIGHTS[0], results: tasks[0] },
        { kind: 'items', weight: WEIGHTS[1], results: tasks[1] },
        { kind: 'raters', weight: WEIGHTS[2], points: ratings },
        { kind: 'pairs', weight: WEIGHTS[3], judgements },
      ],
    },
    truth,
  };
}
