// Strengths against cases solved by hand, against two other methods (Hunter's MM algorithm, plain gradient ascent), and standard errors
// against the inverse of a Hessian by differences.

import { describe, expect, test } from 'vitest';
import { addPrior, winShares, winsOf } from './bradley-terry.ts';
import { Random } from './random.ts';
import { bradleyTerry, groupsOf, strengthOf, winProbability } from './testing/bradley-terry.ts';

/** A table of wins, written row by row. */
const table = (...rows: number[][]): [Float64Array, number] => [Float64Array.from(rows.flat()), rows.length];

const likelihood = (wins: Float64Array, n: number, s: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum -= wins[i * n + j] * Math.log1p(Math.exp(s[j] - s[i]));
  return sum;
};

const centred = (s: number[]): number[] => s.map((x) => x - s.reduce((a, b) => a + b) / s.length);

/** Hunter (2004), equation 3. */
function mm(wins: Float64Array, n: number): number[] {
  let gamma = new Array<number>(n).fill(1);
  for (let round = 0; round < 20_000; round++) {
    gamma = gamma.map((own, i) => {
      let won = 0;
      let below = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        won += wins[i * n + j];
        below += (wins[i * n + j] + wins[j * n + i]) / (own + gamma[j]);
      }
      return won / below;
    });
    const product = gamma.reduce((a, b) => a * b) ** (1 / n);
    gamma = gamma.map((x) => x / product);
  }
  return centred(gamma.map(Math.log));
}

/** Knows the function only: slopes by differences, steps that are halved until they climb. */
function ascent(f: (x: readonly number[]) => number, n: number): number[] {
  let x = new Array<number>(n).fill(0);
  let step = 1;
  for (let round = 0; round < 5000; round++) {
    const slope = x.map((_, i) => (f(x.with(i, x[i] + 1e-5)) - f(x.with(i, x[i] - 1e-5))) / 2e-5);
    const next = x.map((value, i) => value + step * slope[i]);
    if (f(next) > f(x)) {
      x = next;
      step *= 1.5;
    } else {
      step /= 2;
      if (step < 1e-12) break;
    }
  }
  return centred(x);
}

/** Inverse by Gauss and Jordan's elimination. */
function inverse(a: number[][]): number[][] {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows.findIndex(
      (row, r) => r >= i && Math.abs(row[i]) === Math.max(...rows.slice(i).map((x) => Math.abs(x[i]))),
    );
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    rows[i] = rows[i].map((x) => x / rows[i][i]);
    for (let r = 0; r < n; r++) if (r !== i) rows[r] = rows[r].map((x, c) => x - rows[r][i] * rows[i][c]);
  }
  return rows.map((row) => row.slice(n));
}

/** Random strengths and comparisons that make one group. */
function simulated(n: number, each: number, seed: number): Float64Array {
  const random = new Random(seed, 'comparisons');
  for (let draw = 0; ; draw++) {
    random.at(n, draw);
    const strengths = Array.from({ length: n }, () => random.normal());
    const wins = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        for (let k = 0; k < each; k++) {
          const u = random.uniform();
          const p = 1 / (1 + Math.exp(strengths[j] - strengths[i]));
          if (u < 0.1) {
            wins[i * n + j] += 0.5;
            wins[j * n + i] += 0.5;
          } else if (random.uniform() < p) wins[i * n + j]++;
          else wins[j * n + i]++;
        }
      }
    }
    if (groupsOf(wins, n).length === 1) return wins;
  }
}

describe('by hand', () => {
  test('two items: the logarithm of odds, and its standard error sqrt(1/won + 1/lost)', () => {
    const fit = bradleyTerry(...table([0, 30], [10, 0]));
    expect(fit.strengths[0] - fit.strengths[1]).toBeCloseTo(Math.log(3), 12);
    expect(fit.strengths[0] + fit.strengths[1]).toBeCloseTo(0, 14);
    // Each strength is half the difference.
    expect(fit.standardErrors[0]).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 10) / 2, 12);
    const { value, low, high } = winProbability(fit, 0, 1);
    const margin = 1.959963984540054 * Math.sqrt(1 / 30 + 1 / 10);
    expect(value).toBeCloseTo(0.75, 12);
    expect(Math.log(low / (1 - low))).toBeCloseTo(Math.log(3) - margin, 10);
    expect(Math.log(high / (1 - high))).toBeCloseTo(Math.log(3) + margin, 10);
    expect(strengthOf(fit, 1).low).toBeCloseTo(-Math.log(3) / 2 - margin / 2, 10);
  });

  test('a ring of three that win equally often: equal strengths', () => {
    const fit = bradleyTerry(...table([0, 5, 2], [2, 0, 5], [5, 2, 0]));
    for (const s of fit.strengths) expect(s).toBeCloseTo(0, 12);
    // Information 7/4 a pair: 7/4 (3 I - 11^T), pseudo-inverse 4/21 (I - 11^T / 3).
    expect(fit.covariance[0][0]).toBeCloseTo((4 / 21) * (2 / 3), 12);
    expect(fit.covariance[0][1]).toBeCloseTo((4 / 21) * (-1 / 3), 12);
  });

  test('a chain of three, each pair judged as odds of 2 to 1 say: strengths ln 2 apart', () => {
    const fit = bradleyTerry(...table([0, 4, 4], [2, 0, 2], [1, 1, 0]));
    expect(fit.strengths.map((s) => s / Math.log(2))).toEqual([1, 0, -1].map((x) => expect.closeTo(x, 12)));
  });

  test('a tree of comparisons: each edge is fitted as a separate pair', () => {
    const fit = bradleyTerry(...table([0, 3, 0, 0], [1, 0, 7, 2], [0, 2, 0, 0], [0, 5, 0, 0]));
    const [a, b, c, d] = fit.strengths;
    expect([a - b, b - c, b - d]).toEqual([3, 3.5, 0.4].map((odds) => expect.closeTo(Math.log(odds), 12)));
    const { covariance: v } = fit;
    expect(v[0][0] + v[2][2] - 2 * v[0][2]).toBeCloseTo(1 / 3 + 1 + 1 / 7 + 1 / 2, 8);
  });

  test('all ties: equal', () => {
    const wins = winsOf(3, [
      { a: 0, b: 1, score: 0.5 },
      { a: 2, b: 1, score: 0.5 },
    ]);
    for (const s of bradleyTerry(wins, 3).strengths) expect(s).toBeCloseTo(0, 12);
  });

  test('very one-sided: a million to one', () => {
    const fit = bradleyTerry(...table([0, 1e6], [1, 0]));
    expect(fit.strengths[0] * 2).toBeCloseTo(Math.log(1e6), 9);
  });
});

describe.each([
  [3, 8, 1],
  [5, 6, 2],
  [6, 20, 3],
])('%i items, %i judgements a pair', (n, each, seed) => {
  const wins = simulated(n, each, seed);
  const fit = bradleyTerry(wins, n);

  test('strengths equal those of MM and of gradient ascent', () => {
    const byMm = mm(wins, n);
    const byAscent = ascent((s) => likelihood(wins, n, s), n);
    for (let i = 0; i < n; i++) {
      expect(fit.strengths[i]).toBeCloseTo(byMm[i], 9);
      expect(fit.strengths[i]).toBeCloseTo(byAscent[i], 3);
    }
  });

  test('covariance is the pseudo-inverse of the Hessian by differences', () => {
    const f = (s: readonly number[]): number => likelihood(wins, n, s);
    const h = 1e-3;
    const at = (i: number, di: number, j: number, dj: number): number => {
      const s = [...fit.strengths];
      s[i] += di;
      s[j] += dj;
      return f(s);
    };
    const information = fit.strengths.map((_, i) =>
      fit.strengths.map(
        (_, j) => -(at(i, h, j, h) - at(i, h, j, -h) - at(i, -h, j, h) + at(i, -h, j, -h)) / (4 * h * h),
      ),
    );
    // (H + 11^T / n)^-1 - 11^T / n
    const want = inverse(information.map((row) => row.map((x) => x + 1 / n)));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) expect(fit.covariance[i][j]).toBeCloseTo(want[i][j] - 1 / n, 5);
      expect(fit.standardErrors[i]).toBeCloseTo(Math.sqrt(want[i][i] - 1 / n), 5);
    }
  });

  test('a prior equals that number of additional ties', () => {
    const more = wins.slice();
    addPrior(more, n, 2);
    expect(more.reduce((a, b) => a + b) - wins.reduce((a, b) => a + b)).toBeCloseTo(n, 12);
    const withPrior = bradleyTerry(wins, n, 2).strengths;
    const byMm = mm(more, n);
    for (let i = 0; i < n; i++) expect(withPrior[i]).toBeCloseTo(byMm[i], 9);
  });

  test('shares of wins are means of win probabilities', () => {
    const shares = winShares(fit.strengths);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) if (j !== i) sum += winProbability(fit, i, j).value;
      expect(shares[i]).toBeCloseTo(sum / (n - 1), 12);
    }
  });
});

describe('what cannot be ranked', () => {
  /** Every table of three items with wins 0 or 1, and some of five. */
  const tables: [Float64Array, number][] = [];
  for (let bits = 0; bits < 64; bits++) {
    const b = (k: number): number => (bits >> k) & 1;
    tables.push(table([0, b(0), b(1)], [b(2), 0, b(3)], [b(4), b(5), 0]));
  }
  const random = new Random(5, 'tables');
  for (let k = 0; k < 100; k++) {
    random.at(0, k);
    tables.push([Float64Array.from({ length: 25 }, (_, i) => (i % 6 > 0 && random.uniform() < 0.25 ? 1 : 0)), 5]);
  }

  test('groups are the items that reach each other; an earlier group never lost to a later one', () => {
    for (const [wins, n] of tables) {
      // Warshall's closure.
      const reaches = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => i === j || wins[i * n + j] > 0),
      );
      for (let k = 0; k < n; k++) {
        for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) reaches[i][j] ||= reaches[i][k] && reaches[k][j];
      }
      const groups = groupsOf(wins, n);
      expect(groups.flat().sort()).toEqual(Array.from({ length: n }, (_, i) => i));
      const of = Array.from({ length: n }, (_, i) => groups.findIndex((group) => group.includes(i)));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          expect(of[i] === of[j]).toBe(reaches[i][j] && reaches[j][i]);
          if (of[i] < of[j]) expect(wins[j * n + i]).toBe(0);
        }
      }
    }
  });

  test('a fit without a prior needs one group; with a prior it is always finite', () => {
    for (const [wins, n] of tables) {
      if (groupsOf(wins, n).length > 1) expect(() => bradleyTerry(wins, n)).toThrow(RangeError);
      else expect(bradleyTerry(wins, n).strengths.every(Number.isFinite)).toBe(true);
      const { strengths, standardErrors } = bradleyTerry(wins, n, 1);
      expect([...strengths, ...standardErrors].every(Number.isFinite)).toBe(true);
    }
  });

  test('judgements of unknown items, of an item with itself, or with a score outside 0 to 1', () => {
    for (const judgement of [
      { a: 0, b: 3, score: 1 },
      { a: 1, b: 1, score: 1 },
      { a: 0, b: 1, score: 2 },
      { a: 0, b: 1, score: Number.NaN },
      { a: -1, b: 1, score: 1 },
      { a: 0.5, b: 1, score: 1 },
    ]) {
      expect(() => winsOf(3, [judgement])).toThrow(RangeError);
    }
  });
});
