// Muon against the definition of an orthogonalised gradient, by Jacobi rotations in binary64: the singular vectors are kept, and singular values
// are near 1 and never above the polynomial's maximum for inputs up to 1.

import { describe, expect, test } from 'vitest';
import { muonScale, NEWTON_SCHULZ } from '../../muon.ts';
import { normals } from '../numbers.ts';
import { singularValues } from '../singular-values.ts';
import { binary64, type FloatArray } from './arithmetic.ts';
import { muon } from './muon.ts';

/** What the polynomial makes of a singular value. */
function polynomial(value: number) {
  const { first, third, fifth, steps } = NEWTON_SCHULZ;
  for (let step = 0; step < steps; step++) value *= first + third * value ** 2 + fifth * value ** 4;
  return value;
}

/** The most that it makes of one up to 1, on a fine grid. */
const HIGHEST =
  Array.from({ length: 200_001 }, (_, i) => polynomial(i / 200_000)).reduce((a, b) => Math.max(a, b)) + 1e-6;

/** The orthogonalised update of a gradient, from momentum 0 and weights 0. */
function updateOf(g: FloatArray, R: number, C: number): FloatArray {
  const zero = () => new Float64Array(R * C);
  const options = { lr: 1, weightDecay: 0, momentum: 0.95, clip: 1, R, C };
  const { w } = muon(binary64, { w: zero(), g, m: zero() }, options);
  return w.map((value) => -value / muonScale([R, C]));
}

const transposed = (x: FloatArray, R: number, C: number): Float64Array =>
  Float64Array.from({ length: R * C }, (_, n) => x[(n % R) * C + Math.floor(n / R)]!);

describe.each([
  [9, 9],
  [14, 5],
  [5, 14],
])('[%i, %i]', (R, C) => {
  const tall = (x: FloatArray) => (R >= C ? x : transposed(x, R, C));
  const [rows, columns] = [Math.max(R, C), Math.min(R, C)];

  test('singular values come near 1, with the singular vectors of the gradient, so the step follows the gradient', () => {
    const g = normals(binary64, R * C, 3);
    const x = updateOf(g, R, C);
    for (const value of singularValues(tall(x), rows, columns)) {
      expect(value).toBeGreaterThan(0.6);
      expect(value).toBeLessThan(HIGHEST);
    }
    // Of matrices with the same singular vectors, the product with the transpose is symmetric.
    const [a, b] = [tall(g), tall(x)];
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        const product = (p: number, q: number) =>
          Array.from({ length: rows }, (_, k) => a[k * columns + p]! * b[k * columns + q]!).reduce((s, v) => s + v);
        expect(product(i, j)).toBeCloseTo(product(j, i), 9);
      }
    }
  });

  test('a gradient of rank one gives one singular value; a zero gradient gives none', () => {
    const [u, v] = [normals(binary64, R, 1), normals(binary64, C, 2)];
    const one = Float64Array.from({ length: R * C }, (_, n) => u[Math.floor(n / C)]! * v[n % C]!);
    const values = singularValues(tall(updateOf(one, R, C)), rows, columns).sort((a, b) => b - a);
    expect(values[0]).toBeGreaterThan(0.6);
    expect(values[0]).toBeLessThan(HIGHEST);
    for (const value of values.slice(1)) expect(value).toBeLessThan(1e-6);
    expect([...updateOf(new Float64Array(R * C), R, C)].every((value) => Math.abs(value) === 0)).toBe(true);
  });
});

test('weights decay and follow Nesterov momentum', () => {
  const [R, C] = [3, 4];
  const [w, g, m] = [1, 2, 3].map((seed) => normals(binary64, R * C, seed)) as [FloatArray, FloatArray, FloatArray];
  const next = muon(binary64, { w, g, m }, { lr: 0.01, weightDecay: 0.2, momentum: 0.9, clip: 0.5, R, C });
  const momentum = m.map((value, i) => 0.9 * value + 0.1 * 0.5 * g[i]!);
  const direction = momentum.map((value, i) => 0.9 * value + 0.1 * 0.5 * g[i]!);
  const x = updateOf(direction, R, C); // an update forgets the length of its direction
  for (let i = 0; i < R * C; i++) {
    expect(next.m[i]).toBeCloseTo(momentum[i]!, 14);
    expect(next.w[i]).toBeCloseTo(w[i]! - 0.01 * (0.2 * w[i]! + muonScale([R, C]) * x[i]!), 6);
  }
});
