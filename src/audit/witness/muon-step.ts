// One step of PyTorch's Muon between two consecutive states, whatever its gradient was: the momentum of both says which matrix was
// orthogonalised, and the weights how far they went along the result. docs/witness.md, "The optimizer's step". Pure arithmetic.

import { narrow, widen } from '../../formats/index.ts';

/** Options of a group as torch.optim.Muon names them (PyTorch 2.9 and later). */
export interface MuonGroup {
  momentum: number;
  nesterov: boolean;
  coefficients: readonly [number, number, number];
  steps: number;
  epsilon: number;
  weightDecay: number;
  adjusts: 'original' | 'match_rms_adamw';
}

const OPTIONS = 'adjust_lr_fn eps lr momentum nesterov ns_coefficients ns_steps weight_decay'.split(' ');
const MOST_STEPS = 100;

/** Undefined where the options are not those of PyTorch's Muon: others may do something else under that name. */
export function muonGroupOf(options: Readonly<Record<string, unknown>>): MuonGroup | undefined {
  const { momentum, nesterov, ns_coefficients: of, ns_steps: steps, eps, weight_decay: decay } = options;
  const adjusts = options.adjust_lr_fn ?? 'original';
  const coefficients = Array.isArray(of) && of.length === 3 ? (of as unknown[]) : [];
  const numbers = [momentum, eps, decay, ...coefficients];
  if (Object.keys(options).sort().join() !== OPTIONS.join() || typeof nesterov !== 'boolean') return undefined;
  if (numbers.length < 6 || !numbers.every((value) => typeof value === 'number' && Number.isFinite(value)))
    return undefined;
  if (!Number.isInteger(steps) || !(Number(steps) >= 0) || Number(steps) > MOST_STEPS) return undefined;
  if (adjusts !== 'original' && adjusts !== 'match_rms_adamw') return undefined;
  return {
    momentum: Number(momentum),
    nesterov,
    coefficients: coefficients as [number, number, number],
    steps: Number(steps),
    epsilon: Number(eps),
    weightDecay: Number(decay),
    adjusts,
  };
}

/** A matrix, row by row. */
interface Matrix {
  rows: number;
  columns: number;
  values: Float64Array;
}

/** Rounded to bfloat16, as PyTorch stores each result of its Newton-Schulz steps. */
function rounded(values: Float64Array): Float64Array {
  const single = new Float32Array(values.length);
  widen('BF16', narrow('BF16', Float32Array.from(values)), single);
  return Float64Array.from(single);
}

/** What another machine's sums may be off by, of the sum of magnitudes: some units in the last place of float32. */
const NOISE = 2 ** -21;

/** a b', both with rows of one length. With `noise`, from -1 to 1, as another order of sums would give it. */
function timesTransposed(a: Matrix, b: Matrix, noise?: () => number): Matrix {
  const values = new Float64Array(a.rows * b.rows);
  const length = a.columns;
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let k = 0; k < length; k++) sum += a.values[i * length + k]! * b.values[j * length + k]!;
      values[i * b.rows + j] = sum;
      if (!noise) continue;
      let size = 0;
      for (let k = 0; k < length; k++) size += Math.abs(a.values[i * length + k]! * b.values[j * length + k]!);
      values[i * b.rows + j] = sum + NOISE * size * noise();
    }
  return { rows: a.rows, columns: b.rows, values };
}

function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j]!;
  return { rows: columns, columns: rows, values: turned };
}

/** Multiplications of one step of a matrix: no step is compared that takes more than `MOST_WORK`. */
const workOf = (rows: number, columns: number, steps: number): number => {
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  return steps * (2 * short * short * long + short ** 3);
};
const MOST_WORK = 4e9;

export const isTooLarge = ([rows = 1, columns = 1]: readonly number[], { steps }: MuonGroup): boolean =>
  workOf(rows, columns, steps) > MOST_WORK;

/** X = a X + (b X X' + c (X X')^2) X, so many times, on the update divided by its norm; of the wider side. Each result is rounded. */
export function orthogonalised(
  update: Matrix,
  { coefficients: [a, b, c], steps, epsilon }: MuonGroup,
  noise?: () => number,
): Matrix {
  const isTall = update.rows > update.columns;
  let x = isTall ? transposed(update) : update;
  x = { ...x, values: rounded(x.values) };
  const length = Math.sqrt(x.values.reduce((sum, value) => sum + value * value, 0));
  // A norm that lies between two numbers of bfloat16 may be rounded to either.
  const norm = rounded(Float64Array.of(length * (1 + (noise ? 2 ** -12 * noise() : 0))))[0]!;
  x = { ...x, values: rounded(x.values.map((value) => value / Math.max(norm, epsilon))) };
  for (let i = 0; i < steps; i++) {
    const gram = timesTransposed(x, x, noise);
    gram.values = rounded(gram.values);
    // It is symmetric but for rounding, which is symmetric too.
    const fourth = timesTransposed(gram, gram, noise);
    const both = { ...gram, values: rounded(fourth.values.map((value, j) => b * gram.values[j]! + c * value)) };
    const added = timesTransposed(both, transposed(x), noise);
    x = { ...x, values: rounded(added.values.map((value, j) => a * x.values[j]! + value)) };
  }
  return isTall ? transposed(x) : x;
}

/** Weights and momentum of a matrix before and after a step. */
export interface MuonStep {
  shape: readonly [number, number];
  before: { weights: Float64Array; momentum: Float64Array };
  after: { weights: Float64Array; momentum: Float64Array };
  learningRate: number;
}

export interface MuonCompared {
  /** How far the weights went along the orthogonalised update, beside how far they had to. */
  along: number;
  /** The share of their way that is not along it. */
  beside: number;
}

/** A way beside the one that was wanted, times `rate`. One of length 0 that had to be counts as 1 and 0. */
function comparedWith(wanted: Float64Array, went: Float64Array, rate = 1): MuonCompared {
  let [dot, square, way] = [0, 0, 0];
  for (const [i, one] of wanted.entries()) {
    dot += went[i]! * one;
    square += one * one;
    way += went[i]! * went[i]!;
  }
  if (way === 0 && square === 0) return { along: 1, beside: 0 };
  return { along: dot / (rate * square), beside: Math.sqrt(Math.max(0, way - (dot * dot) / square) / way) };
}

/** g enters both the buffer (m' = mu m + g) and, with Nesterov, the update (g + mu m'); what scales all of it drops out. */
function updateOf({ shape: [rows, columns], before, after }: MuonStep, { momentum: mu, nesterov }: MuonGroup): Matrix {
  const values = after.momentum.map((m, i) => (nesterov ? (1 + mu) * m - mu * before.momentum[i]! : m));
  return { rows, columns, values };
}

/** Times that a step's update is orthogonalised with other roundings. */
const TRIES = 4;

/**
 * How far other roundings of the same sums take an update: a matrix of low rank has directions that are rounding alone, and Newton-Schulz makes them as
 * long as the others. In the terms of `compareMuonStep`: the furthest from 1 along it, and the largest share beside it.
 */
export function roundingOfMuonStep(step: MuonStep, group: MuonGroup): MuonCompared {
  const update = updateOf(step, group);
  const { values: wanted } = orthogonalised(update, group);
  const most = { along: 0, beside: 0 };
  let state = 1;
  const noise = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  for (let i = 0; i < TRIES; i++) {
    const { values: other } = orthogonalised(update, group, noise);
    const { along, beside } = comparedWith(wanted, other);
    if (!Number.isFinite(along) || !Number.isFinite(beside)) continue;
    most.along = Math.max(most.along, Math.abs(along - 1));
    most.beside = Math.max(most.beside, beside);
  }
  return most;
}

/** Compares a step; a matrix that had to stay where it was and did counts as 1 and 0. */
export function compareMuonStep(step: MuonStep, group: MuonGroup): MuonCompared {
  const { shape, before, after, learningRate } = step;
  const [rows, columns] = shape;
  const { weightDecay, adjusts } = group;
  const { values: wanted } = orthogonalised(updateOf(step, group), group);
  const factor =
    adjusts === 'original' ? Math.sqrt(Math.max(1, rows / columns)) : 0.2 * Math.sqrt(Math.max(rows, columns));
  const went = before.weights.map((weight, i) => weight * (1 - learningRate * weightDecay) - after.weights[i]!);
  return comparedWith(wanted, went, learningRate * factor);
}
