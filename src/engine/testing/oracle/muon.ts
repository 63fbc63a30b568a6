// Muon: momentum whose matrix is orthogonalised by Newton-Schulz steps. docs/arithmetic.md, "A step".

import { MUON_EPS, muonScale, NEWTON_SCHULZ } from '../../muon.ts';
import type { Arithmetic, FloatArray } from './arithmetic.ts';
import { linear } from './linear.ts';
import { gradNormSquare } from './optimizer.ts';

export interface MuonOptions {
  lr: number;
  weightDecay: number;
  momentum: number;
  /** From `clipFactor`. */
  clip: number;
  /** Rows and columns. */
  R: number;
  C: number;
}

/** Weight, gradient and momentum of a matrix [R, C]. */
interface MuonTensors {
  w: FloatArray;
  g: FloatArray;
  m: FloatArray;
}

/** x [R, C] -> [C, R] */
function transposed(A: Arithmetic, x: FloatArray, R: number, C: number): FloatArray {
  const t = A.array(x.length);
  for (let i = 0; i < R; i++) for (let j = 0; j < C; j++) t[j * R + i] = x[i * C + j];
  return t;
}

/** Newton-Schulz steps on x [r, c]. */
function orthogonalised(A: Arithmetic, x: FloatArray, r: number, c: number): FloatArray {
  const { first, third, fifth, steps } = NEWTON_SCHULZ;
  const [a1, a3, a5] = [A.round(first), A.round(third), A.round(fifth)];
  for (let step = 0; step < steps; step++) {
    const square = linear(A, x, x, { M: r, K: c, N: r });
    const fourth = linear(A, square, square, { M: r, K: r, N: r });
    const b = square.map((value, i) => A.fma(a5, fourth[i], A.round(a3 * value)));
    const from = x.map((value) => A.round(a1 * value));
    x = linear(A, b, transposed(A, x, r, c), { M: r, K: r, N: c, from });
  }
  return x;
}

/** The same with more rows than columns: of the transpose. */
const columnsOrthogonalised = (A: Arithmetic, x: FloatArray, R: number, C: number): FloatArray =>
  transposed(A, orthogonalised(A, transposed(A, x, R, C), C, R), C, R);

/** One step for one matrix: returns new weights and momentum, and changes nothing in place. */
export function muon(
  A: Arithmetic,
  { w, g, m }: MuonTensors,
  { lr, weightDecay, momentum, clip, R, C }: MuonOptions,
): Omit<MuonTensors, 'g'> {
  const [mu, rest] = [A.round(momentum), A.round(1 - momentum)];
  const added = g.map((value) => A.round(rest * A.round(value * A.round(clip))));
  const nextM = m.map((value, i) => A.fma(mu, value, added[i]));
  const u = nextM.map((value, i) => A.fma(mu, value, added[i]));
  const norm = Math.sqrt(gradNormSquare(A, [u]));
  const factor = A.round(1 / (norm + MUON_EPS));
  const unit = u.map((value) => A.round(factor * value));
  const x = R <= C ? orthogonalised(A, unit, R, C) : columnsOrthogonalised(A, unit, R, C);
  const scale = A.round(muonScale([R, C]));
  const nextW = w.map((value, i) =>
    A.fma(-A.round(lr), A.fma(A.round(weightDecay), value, A.round(scale * x[i])), value),
  );
  return { w: nextW, m: nextM };
}
