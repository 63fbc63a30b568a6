// Chances of places, counted in draws. Does not know where draws come from.

export interface Chances {
  /** Chance that team t is in place p (from 0): place[t][p]. Equal teams share their places evenly. */
  place: number[][];
  /** Chance that team a is above team b: above[a][b]; a tie counts half. */
  above: number[][];
}

/** How often each team is in each place, and above each other team, in `values` [teams, draws]. */
export function chancesOf(values: Float64Array, teams: number, draws: number): Chances {
  const place = new Float64Array(teams * teams);
  const above = new Float64Array(teams * teams);
  const now = new Float64Array(teams);
  for (let b = 0; b < draws; b++) {
    for (let t = 0; t < teams; t++) now[t] = values[t * draws + b];
    for (let t = 0; t < teams; t++) {
      let better = 0;
      let equal = 0; // itself is one of them
      for (let other = 0; other < teams; other++) {
        if (now[other] > now[t]) better++;
        else if (now[other] < now[t]) above[t * teams + other]++;
        else {
          equal++;
          above[t * teams + other] += 0.5;
        }
      }
      for (let p = better; p < better + equal; p++) place[t * teams + p] += 1 / equal;
    }
  }
  const table = (counts: Float64Array): number[][] =>
    Array.from({ length: teams }, (_, t) =>
      Array.from(counts.subarray(t * teams, (t + 1) * teams), (count) => count / draws),
    );
  return { place: table(place), above: table(above) };
}

/** Chance that each team is among the best `places`. */
export const keptChance = ({ place }: Chances, places: number): number[] =>
  place.map((row) => row.slice(0, places).reduce((sum, p) => sum + p, 0));
