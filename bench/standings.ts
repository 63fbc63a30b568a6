// Standings of 50 teams with 10,000 draws: three parts of 1,000 items, 10 raters, 49 users who judged 100 pairs each. One process,
// one core.
// usage: npm run bench:standings; exit code 1 where the limit is not kept

import { type Part, standings } from '../src/program/statistics/index.ts';

const MAX_SECONDS = 2;
const TEAMS = 50;
const DRAWS = 10_000;

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const list = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
const ability = list(TEAMS, () => 0.5 + 0.2 * random());
const items = (weight: number): Part => ({
  kind: 'items',
  weight,
  results: list(TEAMS, (t) => list(1000, () => (random() < ability[t] ? 1 : 0))),
});
const parts: Part[] = [
  items(10),
  items(20),
  items(10),
  {
    kind: 'raters',
    weight: 35,
    points: list(10, () => list(TEAMS, (t) => 35 * (ability[t] + 0.2 * random()))),
  },
  {
    kind: 'pairs',
    weight: 25,
    judgements: list(49 * 100, (i) => {
      const a = Math.floor(random() * TEAMS);
      const b = (a + 1 + Math.floor(random() * (TEAMS - 1))) % TEAMS;
      return { user: i % 49, a, b, score: random() < 0.5 + ability[a] - ability[b] ? 1 : 0 };
    }),
  },
];

const seconds = list(3, () => {
  const begun = performance.now();
  standings({ teams: TEAMS, parts }, { seed: 1377, draws: DRAWS });
  return (performance.now() - begun) / 1000;
}).sort((a, b) => a - b);
const kept = seconds[1] <= MAX_SECONDS;
console.log(
  `${TEAMS} teams, ${DRAWS} draws: ${seconds[1].toFixed(2)} s (median of ${seconds.map((s) => s.toFixed(2)).join(', ')}), at most ${MAX_SECONDS} s: ${kept ? 'kept' : 'NOT KEPT'}`,
);
if (!kept) process.exitCode = 1;
