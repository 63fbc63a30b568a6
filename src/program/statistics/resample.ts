// Resamples one part of a stage with replacement: items, raters or users, the same ones for all teams. Knows no other part, no totals and
// no chances.

import { addPrior, Newton, winShares, winsOf } from './bradley-terry.ts';
import type { PairsPart, Part, RatersPart } from './part.ts';
import type { Random } from './random.ts';

/** A part that can be resampled. */
export interface Sampler {
  /** Number of items, raters or users; as many are drawn. */
  units: number;
  /** Degrees of freedom for Student's t; below 1 the certainty of the points is unknown. */
  degrees: number;
  /** Points without resampling. [teams] */
  points: Float64Array;
  /**
   * Points of BLOCK draws in which each unit was drawn `counts` times: counts [BLOCK, units], out[team * stride + from + draw].
   */
  score(counts: Float64Array, out: Float64Array, stride: number, from: number): void;
}

/** Draws that are scored together. */
export const BLOCK = 4;

/** Sets `sums` [3, 4] to the dot products of four rows of `counts` with three rows of `results`, from `row` on, all of length `n`. */
function tile(
  counts: Float64Array,
  { results, n, row }: { results: Float64Array; n: number; row: number },
  sums: Float64Array,
): void {
  const x0 = row * n;
  const x1 = x0 + n;
  const x2 = x1 + n;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  for (let i = 0; i < n; i++) {
    const x = results[x0 + i];
    const y = results[x1 + i];
    const z = results[x2 + i];
    const a = counts[i];
    s00 += a * x;
    s01 += a * y;
    s02 += a * z;
    const b = counts[n + i];
    s10 += b * x;
    s11 += b * y;
    s12 += b * z;
    const c = counts[2 * n + i];
    s20 += c * x;
    s21 += c * y;
    s22 += c * z;
    const d = counts[3 * n + i];
    s30 += d * x;
    s31 += d * y;
    s32 += d * z;
  }
  sums.set([s00, s10, s20, s30, s01, s11, s21, s31, s02, s12, s22, s32]);
}

/**
 * The number of rows that fit into one: if results are integers from 0, their sums are below `base`, and a row of
 * x + base * y + base^2 * z + ... is summed exactly while no sum reaches 2^53.
 */
function lanesOf(rows: readonly ArrayLike<number>[], units: number): { base: number; lanes: number } {
  let largest = 0;
  for (const row of rows) {
    for (let i = 0; i < units; i++) {
      if (!(row[i] >= 0 && Number.isInteger(row[i]))) return { base: 1, lanes: 1 };
      if (row[i] > largest) largest = row[i];
    }
  }
  const base = units * largest + 1;
  let lanes = 1;
  for (let size = base * base; size <= 2 ** 53 && lanes < rows.length; size *= base) lanes++;
  return { base, lanes };
}

/** Means of rows [teams, units], weighted by counts. */
function means(rows: readonly ArrayLike<number>[], points: (mean: number) => number): Sampler {
  const teams = rows.length;
  const units = rows[0].length;
  const { base, lanes } = lanesOf(rows, units);
  const packed = Math.ceil(teams / lanes);
  const table = new Float64Array(Math.ceil(packed / 3) * 3 * units);
  for (let t = teams - 1; t >= 0; t--) {
    const at = Math.floor(t / lanes) * units;
    for (let i = 0; i < units; i++) table[at + i] = table[at + i] * base + rows[t][i];
  }
  const sums = new Float64Array(12);
  return {
    units,
    degrees: units - 1,
    points: Float64Array.from(rows, (row) => {
      let sum = 0;
      for (let i = 0; i < units; i++) sum += row[i];
      return points(sum / units);
    }),
    score(counts, out, stride, from) {
      for (let row = 0; row < packed; row += 3) {
        tile(counts, { results: table, n: units, row }, sums);
        for (let r = row; r < row + 3 && r < packed; r++) {
          for (let k = 0; k < BLOCK; k++) {
            let rest = sums[(r - row) * BLOCK + k];
            for (let t = r * lanes; t < (r + 1) * lanes && t < teams; t++) {
              const above = lanes === 1 ? 0 : Math.floor(rest / base);
              out[t * stride + from + k] = points((rest - above * base) / units);
              rest = above;
            }
          }
        }
      }
    },
  };
}

/** Means of rows [teams, items] whose items come in clusters: clusters are drawn whole, so a draw may have more or fewer items. */
function clustered(
  rows: readonly ArrayLike<number>[],
  clusters: ArrayLike<number>,
  points: (mean: number) => number,
): Sampler {
  const numbers = new Map<number, number>();
  const own = Int32Array.from(clusters, (cluster) => {
    if (!numbers.has(cluster)) numbers.set(cluster, numbers.size);
    return numbers.get(cluster)!;
  });
  const units = numbers.size;
  const sizes = new Float64Array(units);
  for (const unit of own) sizes[unit]++;
  const sums = rows.map((row) => {
    const of = new Float64Array(units);
    for (let i = 0; i < own.length; i++) of[own[i]] += row[i];
    return of;
  });
  const dot = (a: Float64Array, base: number, b: Float64Array): number => {
    let sum = 0;
    for (let u = 0; u < units; u++) sum += a[base + u] * b[u];
    return sum;
  };
  const once = new Float64Array(units).fill(1);
  return {
    units,
    degrees: units - 1,
    points: Float64Array.from(sums, (of) => points(dot(once, 0, of) / own.length)),
    score(counts, out, stride, from) {
      for (let k = 0; k < BLOCK; k++) {
        const items = dot(counts, k * units, sizes);
        for (const [t, of] of sums.entries()) out[t * stride + from + k] = points(dot(counts, k * units, of) / items);
      }
    },
  };
}

const column = (rows: readonly ArrayLike<number>[], t: number): Float64Array =>
  Float64Array.from(rows, (row) => row[t]);

/** Means of each team's ratings without the `trim` highest and the `trim` lowest. */
function trimmed(rows: readonly ArrayLike<number>[], teams: number, trim: number): Sampler {
  const units = rows.length;
  const keep = units - 2 * trim;
  // Each team's ratings in rising order, and their raters: counts of a draw are then read in this order.
  const ratings = new Float64Array(teams * units);
  const raters = new Int32Array(teams * units);
  for (let t = 0; t < teams; t++) {
    const all = column(rows, t);
    const order = Int32Array.from(all.keys()).sort((a, b) => all[a] - all[b] || a - b);
    raters.set(order, t * units);
    for (let i = 0; i < units; i++) ratings[t * units + i] = all[order[i]];
  }
  const mean = (counts: Float64Array, base: number, t: number): number => {
    let skip = trim;
    let left = keep;
    let sum = 0;
    for (let i = t * units; left > 0; i++) {
      let times = counts[base + raters[i]];
      const skipped = Math.min(times, skip);
      skip -= skipped;
      times -= skipped;
      if (times > left) times = left;
      sum += times * ratings[i];
      left -= times;
    }
    return sum / keep;
  };
  const once = new Float64Array(units).fill(1);
  return {
    units,
    degrees: keep - 1,
    points: Float64Array.from({ length: teams }, (_, t) => mean(once, 0, t)),
    score(counts, out, stride, from) {
      for (let t = 0; t < teams; t++) {
        for (let k = 0; k < BLOCK; k++) out[t * stride + from + k] = mean(counts, k * units, t);
      }
    },
  };
}

function raters({ points, trim = 0 }: RatersPart, teams: number): Sampler {
  if (trim > 0) return trimmed(points, teams, trim);
  const byTeam = Array.from({ length: teams }, (_, t) => column(points, t));
  return means(byTeam, (mean) => mean);
}

/** Tolerance of a draw's fit (`Newton.fit`): the error is far below the effect of a single user. */
const TOLERANCE = 0.05;

/** Bradley-Terry strengths fitted to each draw, starting from the fit to all judgements. */
function pairs(part: PairsPart, teams: number): Sampler {
  const points = part.points ?? ((strengths) => winShares(strengths).map((share) => share * part.weight));
  const byUser = Map.groupBy(part.judgements, ({ user }) => user);
  const units = byUser.size;
  // The non-zero cells of each user's table of wins, one user after another.
  const cells: [cell: number, value: number][] = [];
  const ends: number[] = [];
  for (const judgements of byUser.values()) {
    for (const [cell, value] of winsOf(teams, judgements).entries()) if (value !== 0) cells.push([cell, value]);
    ends.push(cells.length);
  }
  const cell = Int32Array.from(cells, ([at]) => at);
  const value = Float64Array.from(cells, ([, wins]) => wins);
  const prior = new Float64Array(teams * teams);
  addPrior(prior, teams, part.prior ?? 1);
  const wins = winsOf(teams, part.judgements);
  addPrior(wins, teams, part.prior ?? 1);
  const newton = new Newton(teams);
  const all = new Float64Array(teams);
  newton.fit(wins, all, 1e-8);
  const strengths = new Float64Array(teams);
  return {
    units,
    degrees: units - 1,
    points: Float64Array.from(points(all)),
    score(counts, out, stride, from) {
      for (let k = 0; k < BLOCK; k++) {
        wins.set(prior);
        for (let u = 0, i = 0; u < units; u++) {
          const times = counts[k * units + u];
          const end = ends[u];
          if (times === 0) i = end;
          for (; i < end; i++) wins[cell[i]] += times * value[i];
        }
        strengths.set(all);
        newton.fit(wins, strengths, TOLERANCE);
        const drawn = points(strengths);
        for (let t = 0; t < teams; t++) out[t * stride + from + k] = drawn[t];
      }
    },
  };
}

/** The sampler of a part; a fixed part has no units. Given points of a team are the same in every draw. */
export function samplerOf(part: Part, teams: number): Sampler {
  const sampler = samplerOfKind(part, teams);
  const { given } = part;
  if (!given?.some((points) => points !== undefined)) return sampler;
  return {
    ...sampler,
    points: sampler.points.map((own, t) => given[t] ?? own),
    score(counts, out, stride, from) {
      sampler.score(counts, out, stride, from);
      given.forEach((points, t) => {
        if (points !== undefined) out.fill(points, t * stride + from, t * stride + from + BLOCK);
      });
    },
  };
}

function samplerOfKind(part: Part, teams: number): Sampler {
  switch (part.kind) {
    case 'fixed':
      return { units: 0, degrees: 0, points: Float64Array.from(part.points), score: () => {} };
    case 'items': {
      const { results, clusters, points = (mean) => mean * part.weight } = part;
      return clusters ? clustered(results, clusters, points) : means(results, points);
    }
    case 'raters':
      return raters(part, teams);
    case 'pairs':
      return pairs(part, teams);
  }
}

/** The points of each team in a part, without resampling. */
export const pointsOf = (part: Part, teams: number): number[] => [...samplerOf(part, teams).points];

/** Sets `counts` [BLOCK, units] to how often each unit is drawn, for BLOCK draws from `from`. */
export function drawCounts(random: Random, part: number, from: number, counts: Float64Array): void {
  const units = counts.length / BLOCK;
  counts.fill(0);
  for (let k = 0; k < BLOCK; k++) {
    random.at(part, from + k);
    random.tally(counts, k * units, units);
  }
}
