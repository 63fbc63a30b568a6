// Brings two models' residual streams together by the embeddings of tokens that both know, so that rotations, permutations and scalings of
// the stream do not hide shared units. docs/lineage.md, "The whitened probe".
//
// With the centred embeddings E = U S V' of the same tokens in the same order, a row w of units is seen as P = w V U': what it answers to each
// token, each direction as loud as the others. V U' = (E'E)^-1/2 E', so two models' P have the products of w R and w', where
// R = (E'E)^-1/2 E'F (F'F)^-1/2 for embeddings E and F.

import { type Matrix, type Products, transposed } from './products.ts';

/** Added to the diagonal of E'E, as a share of its mean: directions that no token uses stay quiet. */
const RIDGE = 1e-4;
const MAX_ROUNDS = 48;
const CLOSE = 1e-4;

/** Subtracts each column's mean. In place. */
export function centreColumns({ rows, columns, values }: Matrix): void {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j]! += values[i * columns + j]!;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j]! -= sums[j]! / rows;
}

/**
 * G^-1/2 of a symmetric positive definite matrix, by the coupled iteration of Newton and Schulz (Higham 2008, "Functions of Matrices",
 * 6.7): Y -> Y (3 I - Z Y) / 2 and Z -> (3 I - Z Y) / 2 Z from Y = G / |G| and Z = I. In this order of factors rounding does not grow; in
 * others it does. Where float32 cannot bring Z Y nearer to I, the nearest Z is the result.
 */
export function inverseRoot(products: Products, gram: Matrix): Matrix {
  const n = gram.rows;
  const norm = frobenius(gram.values);
  const of = (values: Float32Array): Matrix => ({ rows: n, columns: n, values });
  let y = of(gram.values.map((value) => value / norm));
  let z = of(new Float32Array(n * n));
  for (let i = 0; i < n; i++) z.values[i * n + i] = 1;
  let [nearest, least] = [z, Number.POSITIVE_INFINITY];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const t = products.multiply(z, y); // Z Y, since y is symmetric
    let furthest = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = i * n + j;
        const identity = i === j ? 1 : 0;
        const distance = Math.abs(identity - t.values[at]!);
        if (!(distance <= furthest)) furthest = distance; // also where it is not a number
        t.values[at] = (3 * identity - t.values[at]!) / 2;
      }
    }
    if (!(furthest < least)) break;
    [nearest, least] = [z, furthest];
    if (furthest < CLOSE) break;
    y = symmetric(products.multiply(y, transposed(t)));
    z = symmetric(products.multiply(t, z));
  }
  const scale = 1 / Math.sqrt(norm);
  return of(nearest.values.map((value) => value * scale));
}

function frobenius(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!; // an iterator takes several times as long
  return Math.sqrt(sum);
}

/** Rounding makes a product of commuting symmetric matrices slightly unsymmetric, which would grow. In place. */
function symmetric(matrix: Matrix): Matrix {
  const { rows: n, values } = matrix;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (values[i * n + j]! + values[j * n + i]!) / 2;
      values[i * n + j] = mean;
      values[j * n + i] = mean;
    }
  }
  return matrix;
}

/** G^-1/2, after a ridge was added to the diagonal. */
function whitening(products: Products, gram: Matrix): Matrix {
  const n = gram.rows;
  const values = gram.values.slice();
  let trace = 0;
  for (let i = 0; i < n; i++) trace += values[i * n + i]!;
  for (let i = 0; i < n; i++) values[i * n + i]! += (RIDGE * trace) / n;
  return inverseRoot(products, symmetric({ ...gram, values }));
}

/**
 * The sum of the singular values of M, a little below it: tr((M M')^-1/2 M M') with a ridge under the root, so that each singular value s
 * counts as s^2 / sqrt(s^2 + ridge).
 */
function nuclearNorm(products: Products, matrix: Matrix): number {
  const gram = products.multiply(matrix, matrix);
  if (frobenius(gram.values) === 0) return 0;
  const root = whitening(products, gram);
  let sum = 0;
  for (let i = 0; i < gram.values.length; i++) sum += root.values[i]! * gram.values[i]!;
  return sum;
}

/** How two models embed the same tokens. */
export interface EmbeddingLikeness {
  /**
   * 1 where one embedding is the other, rotated, and scaled as a whole: |E'F|* / (|E| |F|), the cosine of the two after the best rotation
   * (Schonemann 1966, "A generalized solution of the orthogonal Procrustes problem").
   */
  rotated: number;
  /** Linear CKA, |E'F|^2 / (|E'E| |F'F|): 1 where the tokens have the same angles (Kornblith et al. 2019, arXiv 1905.00414). */
  cka: number;
}

/**
 * R, as its transpose [D of the reference, D of the suspect], of the embeddings of the same tokens [S, D of each], and how alike these are;
 * undefined where an embedding is constant or not finite.
 */
export function alignment(
  products: Products,
  suspect: Matrix,
  reference: Matrix,
): { map: Matrix; likeness: EmbeddingLikeness } | undefined {
  const [e, f] = [suspect, reference].map((embedding) => {
    const copy = { ...embedding, values: embedding.values.slice() };
    centreColumns(copy);
    // R does not depend on the size, and squares of large or small numbers are no float32.
    const size = frobenius(copy.values);
    return transposed({ ...copy, values: copy.values.map((value) => value / size) });
  }) as [Matrix, Matrix];
  if ([e, f].some(({ values }) => !Number.isFinite(frobenius(values)))) return undefined;
  const grams = [products.multiply(e, e), products.multiply(f, f)] as const;
  const [left, right] = grams.map((gram) => whitening(products, gram)) as [Matrix, Matrix];
  const cross = products.multiply(f, e); // F'E
  const cka = frobenius(cross.values) ** 2 / (frobenius(grams[0].values) * frobenius(grams[1].values));
  return {
    map: products.multiply(products.multiply(right, transposed(cross)), left),
    likeness: { rotated: nuclearNorm(products, cross), cka },
  };
}
