// How far the weights of a stage's parts would have to move before somebody else goes. Exact, by closed forms. Knows nothing of errors.

/** Weights at which a pair, one who was kept and one who was out, have equal totals. */
interface Move {
  kept: number;
  out: number;
  /** How far: points of weight, or a share of each weight. */
  far: number;
  /** Of each part, at least zero; their sum is that of the weights given. */
  weights: number[];
}

export interface Sensitivity {
  /** The fewest points of weight taken from some parts and given to others; undefined where no weights do it. */
  points: Move | undefined;
  /** The smallest share by which no weight has to move more; undefined where moves by the whole of each weight do not do it. */
  share: Move | undefined;
}

/**
 * The smallest moves of weights after which one of `kept` and one of `out` are equal, so that any further one changes who goes.
 * `shares[part][team]`: points divided by the part's weight. `weights` of the parts, at least zero.
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
      // In each part, how much of its weight the kept one is ahead by.
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

type Found = Pick<Move, 'far' | 'weights'> | undefined;

const lead = (ahead: readonly number[], weights: readonly number[]): number =>
  ahead.reduce((sum, x, p) => sum + x * weights[p], 0);

/**
 * All goes to the part where the kept one is least ahead, from the parts where it is most ahead, in that order: each point
 * so moved takes more of the lead than any other could, and nothing but a part's weight limits what it gives.
 */
function fewestPoints(ahead: readonly number[], weights: readonly number[]): Found {
  let rest = lead(ahead, weights);
  const moved = [...weights];
  if (rest <= 0) return { far: 0, weights: moved };
  const least = ahead.reduce((a, b) => Math.min(a, b), Infinity);
  const to = ahead.indexOf(least);
  if (least > 0) return undefined;
  let far = 0;
  for (const p of [...ahead.keys()].sort((x, y) => ahead[y] - ahead[x])) {
    const gain = ahead[p] - least;
    if (gain === 0) break;
    const points = Math.min(weights[p], rest / gain);
    moved[p] -= points;
    moved[to] += points;
    far += points;
    rest -= points * gain;
    if (points < weights[p]) return { far, weights: moved };
  }
  // All weight is where the kept one is least ahead: equal only if it is not ahead there at all.
  return least === 0 ? { far, weights: moved } : undefined;
}

/**
 * With changes of at most r of each weight that sum to zero, the lead falls by at most r * sum of weight * |ahead - median|, with
 * the median of `ahead` under the weights: those above it give their r, those below it take it, those at it even it out.
 */
function smallestShare(ahead: readonly number[], weights: readonly number[]): Found {
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
