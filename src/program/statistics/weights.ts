// The smallest change of a stage's weights that changes which teams are kept. Exact, by closed forms. Knows no errors.

/** Weights at which a kept team and an excluded team have equal totals. */
interface Move {
  kept: number;
  out: number;
  /** Size of the change: points of weight, or a share of each weight. */
  far: number;
  /** By part, at least zero, with the same sum as the given weights. */
  weights: number[];
}

export interface Sensitivity {
  /** The fewest points of weight moved between parts; undefined if no weights do it. */
  points: Move | undefined;
  /** The smallest share that bounds the change of every weight; undefined if even changes by whole weights do not do it. */
  share: Move | undefined;
}

/**
 * The smallest changes of weights after which one of `kept` and one of `out` are equal, so that any larger change decides otherwise.
 * `shares[part][team]`: points divided by the part's weight. `weights`: by part, at least zero.
 */
export function weightsToChange(
  shares: readonly ArrayLike<number>[],
  weights: readonly number[],
  kept: readonly number[],
  out: readonly number[],
): Sensitivity {
  if (shares.length !== weights.length) throw new RangeError(`${weights.length} weights for ${shares.length} parts`);
  if (!weights.every((w) => w >= 0 && w < Infinity)) throw new RangeError(`weights of ${weights.join(', ')}`);
  const best: Sensitivity = { points: undefined, share: undefined };
  for (const a of kept) {
    for (const b of out) {
      // The lead of the kept team in each part, as a share of its weight.
      const ahead = shares.map((part) => part[a] - part[b]);
      for (const [name, move] of [
        ['points', fewestPoints(ahead, weights)],
        ['share', smallestShare(ahead, weights)],
      ] as const) {
        if (move && !(best[name] && best[name].far <= move.far)) best[name] = { kept: a, out: b, ...move };
      }
    }
  }
  return best;
}

type Change = Pick<Move, 'far' | 'weights'> | undefined;

const lead = (ahead: readonly number[], weights: readonly number[]): number =>
  ahead.reduce((sum, x, p) => sum + x * weights[p], 0);

/**
 * Moves weight to the part with the smallest lead of the kept team, from the parts with the largest leads first: each point moved in this
 * order reduces the total lead more than any other point could, and only a part's weight limits what it gives.
 */
function fewestPoints(ahead: readonly number[], weights: readonly number[]): Change {
  let rest = lead(ahead, weights);
  const moved = [...weights];
  if (rest <= 0) return { far: 0, weights: moved };
  const smallest = ahead.reduce((a, b) => Math.min(a, b), Infinity);
  const to = ahead.indexOf(smallest);
  if (smallest > 0) return undefined;
  let far = 0;
  for (const p of [...ahead.keys()].sort((x, y) => ahead[y] - ahead[x])) {
    const gain = ahead[p] - smallest;
    if (gain === 0) break;
    const points = Math.min(weights[p], rest / gain);
    moved[p] -= points;
    moved[to] += points;
    far += points;
    rest -= points * gain;
    if (points < weights[p]) return { far, weights: moved };
  }
  // All weight is in the part with the smallest lead: the totals are equal only if that lead is 0.
  return smallest === 0 ? { far, weights: moved } : undefined;
}

/**
 * With changes of at most r of each weight that sum to zero, the lead falls by at most r * sum of weight * |ahead - median|, with
 * the weighted median of `ahead`: parts above it give their r, parts below it take theirs, parts at it balance the sum.
 */
function smallestShare(ahead: readonly number[], weights: readonly number[]): Change {
  const whole = lead(ahead, weights);
  if (whole <= 0) return { far: 0, weights: [...weights] };
  const total = weights.reduce((sum, w) => sum + w, 0);
  let below = 0;
  let median = 0;
  for (const p of [...ahead.keys()].sort((x, y) => ahead[x] - ahead[y])) {
    below += weights[p];
    median = ahead[p];
    if (below * 2 >= total) break;
  }
  const reach = ahead.reduce((sum, x, p) => sum + weights[p] * Math.abs(x - median), 0);
  const far = whole / reach;
  if (!(far <= 1)) return undefined;
  const change = ahead.map((x, p) => (x === median ? 0 : x > median ? -far * weights[p] : far * weights[p]));
  const over = change.reduce((sum, x) => sum + x, 0);
  const even = weights.reduce((sum, w, p) => sum + (ahead[p] === median ? w : 0), 0);
  return { far, weights: weights.map((w, p) => w + (ahead[p] === median ? (-over * w) / even : change[p])) };
}
