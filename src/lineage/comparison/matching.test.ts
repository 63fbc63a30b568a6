import { afterAll, expect, test } from 'vitest';
import { alignment, inverseRoot } from './alignment.ts';
import { longestRise } from './blocks.ts';
import { mutualNearest, unitsOf } from './matching.ts';
import { type Matrix, Products, transposed } from './products.ts';
import { gaussian, naiveProduct, pickRows, rotation, shuffle } from './testing/toy-models.ts';

const products = new Products(1);
afterAll(() => products.close());

const furthest = (a: Matrix, b: Matrix) => Math.max(...a.values.map((value, i) => Math.abs(value - b.values[i]!)));
const labels = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);
const identity = (n: number): Matrix => ({
  rows: n,
  columns: n,
  values: Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
});

/** turn' D turn. */
function ofEigenvalues(turn: Matrix, value: (i: number) => number) {
  const n = turn.rows;
  const scaled = { ...turn, values: turn.values.map((x, at) => x * value(Math.floor(at / n))) };
  return naiveProduct(transposed(scaled), transposed(turn));
}

test('products are those of double precision', () => {
  const [a, b] = [gaussian('a', 7, 33), gaussian('b', 12, 33)];
  expect(furthest(products.multiply(a, b), naiveProduct(a, b))).toBeLessThan(1e-4);
});

test('the inverse root of a matrix, twice, with the matrix between, is the identity', () => {
  const columns = gaussian('e', 24, 200);
  const gram = naiveProduct(columns, columns);
  const root = inverseRoot(products, gram);
  const product = naiveProduct(naiveProduct(root, gram), root); // all symmetric
  expect(furthest(product, identity(24))).toBeLessThan(2e-3);
});

test.each([
  [1e2, 1e-4],
  [1e4, 2e-3],
  [1e6, 0.1],
])('the inverse root of a matrix whose eigenvalues differ by %f times is as near as float32 allows', (ratio, near) => {
  const n = 24;
  const turn = rotation('q', n);
  const root = inverseRoot(
    products,
    ofEigenvalues(turn, (i) => ratio ** -(i / (n - 1))),
  );
  const wanted = ofEigenvalues(turn, (i) => ratio ** (i / (n - 1) / 2));
  expect(furthest(root, wanted) / Math.sqrt(ratio)).toBeLessThan(near);
});

test('the alignment of a model with a rotated copy is the rotation', () => {
  const embedding = gaussian('e', 300, 24);
  const turn = rotation('r', 24);
  const rotated = naiveProduct(embedding, transposed(turn));
  // A row w of the model is w turn in the copy, and (w turn) turn' = w.
  const { map, likeness } = alignment(products, rotated, embedding)!;
  expect(furthest(map, turn)).toBeLessThan(2e-3);
  expect(likeness.rotated).toBeCloseTo(1, 3);
  expect(likeness.cka).toBeCloseTo(1, 5);
});

/** Orthonormal columns with mean zero: [rows, columns]. */
function orthonormal(name: string, rows: number, columns: number) {
  const { values } = gaussian(name, columns, rows);
  const basis = [Array.from({ length: rows }, () => 1 / Math.sqrt(rows))];
  for (let c = 0; c < columns; c++) {
    const vector = [...values.subarray(c * rows, (c + 1) * rows)];
    for (let twice = 0; twice < 2; twice++)
      for (const other of basis) {
        const along = vector.reduce((sum, x, i) => sum + x * other[i]!, 0);
        for (const i of vector.keys()) vector[i]! -= along * other[i]!;
      }
    const length = Math.hypot(...vector);
    basis.push(vector.map((x) => x / length));
  }
  return basis.slice(1);
}

test('the likeness of embeddings is that of their formulas, whatever the basis', () => {
  // E = B diag(a) V and F = B diag(b) W with orthonormal columns B: E'F has the singular values a b.
  const [a, b] = [
    [5, 4, 3, 2, 1, 0.5, 0.1, 0.05],
    [0.1, 3, 1, 2, 6, 0.5, 2, 0.05],
  ] as const;
  const basis = orthonormal('basis', 120, 8);
  const embedding = (sizes: readonly number[], turn: Matrix) => {
    const values = Float32Array.from(
      { length: 120 * 8 },
      (_, at) => basis[at % 8]![Math.floor(at / 8)]! * sizes[at % 8]!,
    );
    return naiveProduct({ rows: 120, columns: 8, values }, turn);
  };
  const { likeness } = alignment(products, embedding(a, rotation('v', 8)), embedding(b, rotation('w', 8)))!;
  const sum = (of: (x: number, y: number) => number) => a.reduce((total, x, i) => total + of(x, b[i]!), 0);
  const [aa, bb, ab] = [sum((x) => x * x), sum((_, y) => y * y), sum((x, y) => x * y)];
  expect(likeness.rotated).toBeCloseTo(ab / Math.sqrt(aa * bb), 3);
  const [a4, b4, a2b2] = [sum((x) => x ** 4), sum((_, y) => y ** 4), sum((x, y) => (x * y) ** 2)];
  expect(likeness.cka).toBeCloseTo(a2b2 / Math.sqrt(a4 * b4), 5);
});

test('embeddings that have nothing in common are not alike', () => {
  const basis = orthonormal('apart', 120, 8);
  const of = (columns: readonly number[][]): Matrix => ({
    rows: 120,
    columns: columns.length,
    values: Float32Array.from(
      { length: 120 * columns.length },
      (_, at) => columns[at % columns.length]![Math.floor(at / columns.length)]!,
    ),
  });
  const { likeness } = alignment(products, of(basis.slice(0, 4)), of(basis.slice(4)))!;
  expect(likeness.rotated).toBeCloseTo(0, 4);
  expect(likeness.cka).toBeCloseTo(0, 4);
});

test('a constant embedding aligns nothing', () => {
  const flat = { rows: 300, columns: 24, values: new Float32Array(300 * 24).fill(1) };
  expect(alignment(products, flat, gaussian('e', 300, 24))).toBeUndefined();
});

test('matches are the pairs that are nearest to each other, whatever the labels', () => {
  const [a, b] = [gaussian('a', 60, 10), gaussian('b', 50, 10)];
  const units = (matrix: Matrix) => unitsOf(products, labels(matrix.rows), matrix, (label) => label);
  const [s, r] = [units(a), units(b)];
  expect(s.kept).toHaveLength(60);
  const found = mutualNearest(products, s, r);
  // By hand: cosines of rows without their mean row.
  const centred = ({ rows, columns, values }: Matrix) => {
    const mean = Array.from({ length: columns }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += values[i * columns + j]!;
      return sum / rows;
    });
    return Array.from({ length: rows }, (_, i) => mean.map((m, j) => values[i * columns + j]! - m));
  };
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const cosine = (x: number[], y: number[]) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  const [rows, columns] = [centred(a), centred(b)];
  const nearest = (one: number[], others: number[][]) => {
    const cosines = others.map((other) => cosine(one, other));
    return cosines.indexOf(Math.max(...cosines));
  };
  const expected = rows.flatMap((row, i) => {
    const j = nearest(row, columns);
    return nearest(columns[j]!, rows) === i ? [[i, j]] : [];
  });
  expect(found.map(({ suspect, reference }) => [suspect, reference])).toEqual(expected);
  // Relabelled: the same pairs under their new labels.
  const order = shuffle('o', 60);
  const again = mutualNearest(products, units(pickRows(a, order)), r);
  const asPairs = again.map(({ suspect, reference }) => [order[suspect], reference]).sort((x, y) => x[0]! - y[0]!);
  expect(asPairs).toEqual(expected);
});

test('rows that are zero or not finite are no units; of equal or nearly equal ones the first counts', () => {
  const rows = gaussian('a', 12, 64);
  rows.values.fill(0, 0, 64);
  rows.values[64 + 3] = Number.NaN;
  rows.values.copyWithin(2 * 64, 3 * 64, 4 * 64); // 2 = 3
  for (let j = 0; j < 64; j++) rows.values[4 * 64 + j] = 1.001 * rows.values[5 * 64 + j]! + 0.01;
  const kept = (order: (label: number) => number) => unitsOf(products, labels(12), rows, order).kept;
  expect(kept((label) => label)).toEqual([2, 4, 6, 7, 8, 9, 10, 11]);
  expect(kept((label) => -label)).toEqual([3, 5, 6, 7, 8, 9, 10, 11]);
});

test('the longest rise', () => {
  const naive = (values: readonly number[]) => {
    let best = 0;
    for (let mask = 0; mask < 1 << values.length; mask++) {
      const picked = values.filter((_, i) => mask & (1 << i));
      if (picked.every((value, i) => i === 0 || value > picked[i - 1]!)) best = Math.max(best, picked.length);
    }
    return best;
  };
  for (let i = 0; i < 40; i++) {
    const values = shuffle(`rise ${i}`, i % 11);
    expect(longestRise(values)).toBe(naive(values));
  }
});
