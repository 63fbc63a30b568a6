// How far a matrix that Muon updates moved between two states: the norms of its movement beside decay, and those of its momentum. Holds
// one matrix in memory, since a spectral norm needs all of it. Refutes nothing.

/** A matrix in two states, 0 at the segment's start and 1 at its end: weights (w) and momentum (m). */
export interface MatrixPair {
  w0: Float32Array;
  w1: Float32Array;
  m0: Float32Array;
  m1: Float32Array;
}

export interface MatrixMotion {
  /** The movement beside decay, w1 - kept w0; its place in memory was that of `w0`. */
  push: Float32Array;
  /** Sums of squares, in binary64: of the movement w1 - w0, and of `push`. */
  moved: number;
  pushed: number;
  /** Sum of movement times last momentum, and of the squares of that momentum. */
  along: number;
  headings: number;
  /** Sums of squares of the start's momentum, and of what changed beside its decay. */
  momentum0: number;
  momentum: number;
}

/** `kept`, `momentumKept`: what decay leaves of the start's weights and momentum. */
export function compare({ w0, w1, m0, m1 }: MatrixPair, kept: number, momentumKept: number): MatrixMotion {
  let [moved, pushed, along, headings, momentum0, momentum] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < w0.length; i++) {
    const before = w0[i]!;
    const after = w1[i]!;
    const d = after - before;
    const push = after - kept * before;
    const m = m1[i]!;
    const change = m - momentumKept * m0[i]!;
    moved += d * d;
    pushed += push * push;
    along += d * m;
    headings += m * m;
    momentum0 += m0[i]! * m0[i]!;
    momentum += change * change;
    w0[i] = push;
  }
  return { push: w0, moved, pushed, along, headings, momentum0, momentum };
}

/** Rounds of the power method: a movement with one large singular value needs few, a random one comes to nine tenths of its norm. */
const ROUNDS = 8;

/** A lower bound of the spectral norm of a matrix: the power method's, which starts from the row with the largest norm. */
export function spectralNormFromBelow(matrix: Float32Array, columns: number): number {
  let v = Float64Array.from(largestRow(matrix, columns));
  let norm = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const length = Math.sqrt(squaresOf(v));
    if (!(length > 0)) return norm;
    v = v.map((x) => x / length);
    const next = new Float64Array(columns);
    let squares = 0;
    for (let at = 0; at < matrix.length; at += columns) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += matrix[at + j]! * v[j]!;
      for (let j = 0; j < columns; j++) next[j]! += sum * matrix[at + j]!;
      squares += sum * sum;
    }
    norm = Math.sqrt(squares);
    v = next;
  }
  return norm;
}

function largestRow(matrix: Float32Array, columns: number): Float32Array {
  let row = matrix.subarray(0, columns);
  let most = squaresOf(row);
  for (let at = columns; at < matrix.length; at += columns) {
    const one = matrix.subarray(at, at + columns);
    const squares = squaresOf(one);
    if (squares > most) [row, most] = [one, squares];
  }
  return row;
}

export function squaresOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
