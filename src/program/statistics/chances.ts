// Chances of places, counted in draws. Knows nothing of where draws come from.

export interface Chances {
  /** Chance that team t is in place p (from 0): place[t][p]. Equal ones share their places evenly. */
  place: number[][];
  /** Chance that team a is above team b: above[a][b]; equal ones count half. */
  above: number[][];
}

/** How often each team is in each place, and above each other one, in draws [teams, draws]. */
export function chancesOf(values: Float64Array, teams: number, draws: number): Chances {
  const place = new Float64Array(teams * teams);
  const above = new Float64Array(teams * teams);
  const now = new Float64Array(teams);
  const better = new Int32Array(teams);
  const equal = new Int32Array(teams);
  for (let b = 0; b < draws; b++) {
    for (let t = 0; t < teams; t++) now[t] = values[t * draws + b];
    better.fill(0);
    equal.fill(0);
    for (let i = 0; i < teams; i++) {
      const own = now[i];
      for (let j = 0; j < i; j++) {
        if (own > now[j]) {
          better[j]++;
          above[i * teams + j]++;
        } else if (own < now[j]) {
          better[i]++;
          above[j * teams + i]++;
        } else {
          equal[i]++;
          equal[j]++;
          above[i * teams + j] += 0.5;
          above[j * teams + i] += 0.5;
        }
      }
    }
    for (let t = 0; t < teams; t++) {
      const shared = equal[t] + 1;
      for (let p = better[t]; p < better[t] + shared; p++) place[t * teams + p] += 1 / shared;
    }
  }
  for (let t = 0; t < teams; t++) above[t * teams + t] = draws / 2;
  const table = (counts: Float64Array): number[][] =>
    Array.from({ length: teams }, (_, t) =>
      Array.from(counts.subarray(t * teams, (t + 1) * teams), (count) => count / draws),
    );
  return { place: table(place), above: table(above) };
}

/** Chance that each team is among the best `places`. */
export const keptChance = ({ place }: Chances, places: number): number[] =>
  place.map((row) => row.slice(0, places).reduce((sum, p) => sum + p, 0));
