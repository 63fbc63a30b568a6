// Every backward pass against finite differences in binary64, and forward passes against independently written formulas.

import { describe, expect, it } from 'vitest';
import { ropeTable } from '../../rope-table.ts';
import { dot, gradientError, normals, wholes } from '../numbers.ts';
import { binary32, binary64, type FloatArray } from './arithmetic.ts';
import { attention, attentionBackward } from './attention.ts';
import { crossEntropy, equalShares } from './cross-entropy.ts';
import { embedding, embeddingBackward } from './embedding.ts';
import { linear, linearBackwardInput, linearBackwardWeight } from './linear.ts';
import { rmsNorm, rmsNormBackward } from './rms-norm.ts';
import { positionsOf, rope, ropeBackward } from './rope.ts';
import { swiglu, swigluBackward } from './swiglu.ts';

const A = binary64;
const near = 1e-8;
const some = (n: number, seed: number) => normals(A, n, seed);

/** Largest difference of two arrays over the largest element. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>) {
  expect(a.length).toBe(b.length);
  let error = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    error = Math.max(error, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return error / (size || 1);
}

describe('linear', () => {
  for (const [M, K, N] of [
    [1, 1, 1],
    [3, 5, 7],
    [6, 8, 2],
  ]) {
    it(`[${M}, ${K}] by [${N}, ${K}]`, () => {
      const x = some(M * K, 1);
      const w = some(N * K, 2);
      const dy = some(M * N, 3);
      const f = () => dot(dy, linear(A, x, w, { M, K, N }));
      expect(gradientError(f, x, linearBackwardInput(A, dy, w, { M, K, N }))).toBeLessThan(near);
      expect(gradientError(f, w, linearBackwardWeight(A, dy, x, { M, K, N }))).toBeLessThan(near);
    });
  }
  it('starts at `from`; weight chains continue over micro-batches with the same bits', () => {
    const F = binary32;
    const [M, K, N] = [5, 9, 4];
    const x = normals(F, M * K, 1);
    const w = normals(F, N * K, 2);
    const dy = normals(F, M * N, 3);
    const r = normals(F, M * N, 4);
    const y = linear(F, x, w, { M, K, N, from: r });
    let acc = r[1 * N + 2];
    for (let k = 0; k < K; k++) acc = F.fma(x[K + k], w[2 * K + k], acc);
    expect(y[1 * N + 2]).toBe(acc);
    const first = linearBackwardWeight(F, dy.subarray(0, 2 * N), x.subarray(0, 2 * K), { M: 2, K, N });
    const both = linearBackwardWeight(F, dy.subarray(2 * N), x.subarray(2 * K), { M: 3, K, N, from: first });
    expect(both).toEqual(linearBackwardWeight(F, dy, x, { M, K, N }));
    // one chain over q's columns, then k's, is the chain over both side by side
    const dx = linearBackwardInput(F, dy, w, { M, K, N, from: linearBackwardInput(F, dy, w, { M, K, N }) });
    const twice = (a: FloatArray, b: FloatArray) => Float32Array.of(...a, ...b);
    const side = Float32Array.from({ length: M * 2 * N }, (_, i) => dy[Math.floor(i / (2 * N)) * N + (i % N)]);
    expect(dx).toEqual(linearBackwardInput(F, side, twice(w, w), { M, K, N: 2 * N }));
  });
});

describe('rmsNorm', () => {
  for (const [M, D] of [
    [1, 1],
    [3, 13],
    [4, 16],
  ]) {
    it(`${M} rows of ${D}`, () => {
      const eps = 1e-2;
      const x = some(M * D, 1);
      const w = some(D, 2);
      const dy = some(M * D, 3);
      const f = () => dot(dy, rmsNorm(A, x, w, { M, D, eps }).y);
      const { y, inv } = rmsNorm(A, x, w, { M, D, eps });
      for (let m = 0; m < M; m++) {
        const row = x.subarray(m * D, (m + 1) * D);
        const rms = Math.sqrt(dot(row, row) / D + eps);
        expect(
          distance(
            y.subarray(m * D, (m + 1) * D),
            Array.from(row, (v, i) => (v / rms) * w[i]),
          ),
        ).toBeLessThan(1e-14);
      }
      const { dx, dw } = rmsNormBackward(A, { dy, x, w, inv, M, D });
      expect(gradientError(f, x, dx)).toBeLessThan(near);
      expect(gradientError(f, w, dw)).toBeLessThan(near);
      const more = rmsNormBackward(A, { dy, x, w, inv, M, D, dxFrom: dy, dwFrom: w });
      expect(
        distance(
          more.dx,
          dx.map((v, i) => v + dy[i]),
        ),
      ).toBeLessThan(1e-14);
      expect(
        distance(
          more.dw,
          dw.map((v, i) => v + w[i]),
        ),
      ).toBeLessThan(1e-14);
    });
  }
});

describe('rope', () => {
  it('has the angles t * theta^(-2i/d)', () => {
    const { cos, sin } = ropeTable(2048, 6, 10000);
    for (const t of [0, 1, 17, 2047]) {
      for (let i = 0; i < 3; i++) {
        const angle = t * 10000 ** ((-2 * i) / 6);
        expect(Math.abs(cos[t * 3 + i] - Math.cos(angle))).toBeLessThan(7e-8);
        expect(Math.abs(sin[t * 3 + i] - Math.sin(angle))).toBeLessThan(7e-8);
      }
    }
  });
  it('rotates, and rotates back', () => {
    const [B, T, heads, d] = [2, 5, 3, 6];
    const M = B * T;
    const { cos, sin } = ropeTable(T, d, 100);
    const x = some(M * heads * d, 1);
    const dy = some(M * heads * d, 2);
    const turn = () => rope(A, x, { M, positions: positionsOf(M, T), heads, d, cos, sin });
    expect(
      gradientError(
        () => dot(dy, turn()),
        x,
        ropeBackward(A, dy, { M, positions: positionsOf(M, T), heads, d, cos, sin }),
      ),
    ).toBeLessThan(near);
    expect(distance(ropeBackward(A, turn(), { M, positions: positionsOf(M, T), heads, d, cos, sin }), x)).toBeLessThan(
      1e-6,
    );
    // Element pairs (i, i + d/2) as complex numbers times e^(i angle); the second sequence starts at position 0 again.
    const y = turn();
    const row = T + 2;
    const at = (row * heads + 1) * d + 1;
    const angle = 2 * 100 ** (-2 / d);
    expect(y[at]).toBeCloseTo(x[at] * Math.cos(angle) - x[at + 3] * Math.sin(angle), 6);
    expect(y[at + 3]).toBeCloseTo(x[at + 3] * Math.cos(angle) + x[at] * Math.sin(angle), 6);
    expect(y.slice(T * heads * d, (T + 1) * heads * d)).toEqual(x.slice(T * heads * d, (T + 1) * heads * d));
  });
});

describe('attention', () => {
  const shapes: [lengths: number[], H: number, G: number, d: number][] = [
    [[1], 1, 1, 2],
    [[7, 7], 3, 1, 5],
    [[9, 9], 4, 2, 4],
    [[50], 4, 2, 4],
    [[97], 2, 2, 3],
    [[3, 50, 1, 6], 4, 2, 4],
  ];
  for (const [lengths, H, G, d] of shapes) {
    it(`sequences of ${lengths}, ${H} heads on ${G}, size ${d}`, () => {
      const M = lengths.reduce((a, b) => a + b);
      const q = some(M * H * d, 1);
      const k = some(M * G * d, 2);
      const v = some(M * G * d, 3);
      const dO = some(M * H * d, 4);
      const o = attention(A, { q, k, v, lengths, H, G, d });

      // The textbook: softmax(q k / sqrt d) v over the keys up to the query.
      const plain = new Float64Array(o.length);
      for (const [b, T] of lengths.entries()) {
        const start = lengths.slice(0, b).reduce((a, c) => a + c, 0);
        for (let h = 0; h < H; h++) {
          const key = (j: number) => ((start + j) * G + Math.floor((h * G) / H)) * d;
          for (let i = 0; i < T; i++) {
            const row = ((start + i) * H + h) * d;
            const weights = Array.from({ length: i + 1 }, (_, j) =>
              Math.exp(dot(q.subarray(row, row + d), k.subarray(key(j), key(j) + d)) / Math.sqrt(d)),
            );
            const total = weights.reduce((a, c) => a + c);
            for (let c = 0; c < d; c++) {
              plain[row + c] = weights.reduce((a, weight, j) => a + (weight / total) * v[key(j) + c], 0);
            }
          }
        }
      }
      expect(distance(o, plain)).toBeLessThan(1e-13);

      const f = () => dot(dO, attention(A, { q, k, v, lengths, H, G, d }));
      const { dq, dk, dv } = attentionBackward(A, { dO, o, q, k, v, lengths, H, G, d });
      const most = M > 20 ? 24 : 60;
      if (M > 1) {
        expect(gradientError(f, q, dq, most)).toBeLessThan(near);
        expect(gradientError(f, k, dk, most)).toBeLessThan(near);
      } else {
        // One key: the output does not depend on the scores.
        expect(distance(dq, new Float64Array(dq.length))).toBeLessThan(1e-15);
        expect(distance(dk, new Float64Array(dk.length))).toBeLessThan(1e-15);
      }
      expect(gradientError(f, v, dv, most)).toBeLessThan(near);

      // binary32 says the same, but for its own roundings
      const F = binary32;
      const [q4, k4, v4, d4] = [q, k, v, dO].map((a) => Float32Array.from(a));
      const inputs = { q: q4, k: k4, v: v4, lengths, H, G, d };
      const o4 = attention(F, inputs);
      expect(distance(o4, o)).toBeLessThan(1e-5);
      const back = attentionBackward(F, { ...inputs, dO: d4, o: o4 });
      expect(distance(back.dv, dv)).toBeLessThan(1e-5);
      if (M > 1) expect(distance(back.dq, dq)).toBeLessThan(1e-5);
      if (M > 1) expect(distance(back.dk, dk)).toBeLessThan(1e-5);
    });
  }

  it('never attends to later positions, to the bit, not even inside a block of 48', () => {
    const [T, H, G, d] = [50, 2, 1, 4];
    const make = () => [1, 2, 3].map((seed) => normals(binary32, T * (seed === 1 ? H : G) * d, seed));
    const [q, k, v] = make();
    const before = attention(binary32, { q, k, v, lengths: [T], H, G, d });
    const [q2, k2, v2] = make();
    k2.fill(9, 20 * G * d);
    v2.fill(-7, 20 * G * d);
    const after = attention(binary32, { q: q2, k: k2, v: v2, lengths: [T], H, G, d });
    expect(after.subarray(0, 20 * H * d)).toEqual(before.subarray(0, 20 * H * d));
    expect(after.subarray(20 * H * d)).not.toEqual(before.subarray(20 * H * d));
  });

  it('has the bits of each sequence alone, wherever it lies', () => {
    const [lengths, H, G, d] = [[48, 1, 97, 2, 49], 4, 2, 6];
    const M = lengths.reduce((a, b) => a + b);
    const [q, k, v, dO] = [H, G, G, H].map((heads, i) => normals(binary32, M * heads * d, i + 1));
    const packed = attention(binary32, { q, k, v, lengths, H, G, d });
    const back = attentionBackward(binary32, { dO, o: packed, q, k, v, lengths, H, G, d });
    let first = 0;
    for (const T of lengths) {
      const rows = (all: FloatArray, heads: number) => all.slice(first * heads * d, (first + T) * heads * d);
      const own = { q: rows(q, H), k: rows(k, G), v: rows(v, G), lengths: [T], H, G, d };
      const o = attention(binary32, own);
      expect(o).toEqual(rows(packed, H));
      const alone = attentionBackward(binary32, { ...own, dO: rows(dO, H), o });
      expect(alone).toEqual({ dq: rows(back.dq, H), dk: rows(back.dk, G), dv: rows(back.dv, G) });
      first += T;
    }
  });

  it('includes masked entries as +0: a sum of -0 becomes +0', () => {
    // v[0] = -2^-149 times p = 1/2 is a tie that goes to -0; the masked key after it makes that +0.
    const T = 3;
    const zero = new Float32Array(T);
    const v = Float32Array.of(-(2 ** -149), -0, 1);
    const o = attention(binary32, { q: zero, k: zero, v, lengths: [T], H: 1, G: 1, d: 1 });
    expect(Object.is(o[1], 0)).toBe(true);
    const alone = attention(binary32, {
      q: zero.subarray(0, 2),
      k: zero.subarray(0, 2),
      v: v.subarray(0, 2),
      lengths: [2],
      H: 1,
      G: 1,
      d: 1,
    });
    expect(Object.is(alone[1], -0)).toBe(true);
  });
});

describe('swiglu', () => {
  it('is g / (1 + e^-g) * u', () => {
    const [g, u, dy] = [1, 2, 3].map((seed) => normals(A, 37, seed, 3));
    expect(
      distance(
        swiglu(A, g, u),
        g.map((x, i) => (x / (1 + Math.exp(-x))) * u[i]),
      ),
    ).toBeLessThan(1e-14);
    const f = () => dot(dy, swiglu(A, g, u));
    const { dg, du } = swigluBackward(A, dy, g, u);
    expect(gradientError(f, g, dg)).toBeLessThan(near);
    expect(gradientError(f, u, du)).toBeLessThan(near);
  });
});

describe('embedding', () => {
  it('picks rows, and adds up their gradients', () => {
    const [V, D] = [5, 3];
    const E = some(V * D, 1);
    const tokens = Int32Array.of(4, 0, 4, 2, 4);
    const dy = some(tokens.length * D, 2);
    const f = () => dot(dy, embedding(A, E, tokens, D));
    const dE = embeddingBackward(A, dy, tokens, { V, D });
    expect(gradientError(f, E, dE)).toBeLessThan(near);
    expect(dE.slice(1 * D, 2 * D)).toEqual(new Float64Array(D));
    const first = embeddingBackward(A, dy.subarray(0, 2 * D), tokens.subarray(0, 2), { V, D });
    expect(embeddingBackward(A, dy.subarray(2 * D), tokens.subarray(2), { V, D, from: first })).toEqual(dE);
  });
});

describe('crossEntropy', () => {
  it('is the mean negative log probability', () => {
    const [M, V, n] = [4, 11, 9];
    const z = normals(A, M * V, 1, 2);
    const targets = wholes(M, V, 2);
    const f = () =>
      crossEntropy(A, z, targets, { M, V, shares: equalShares(A, M, n) }).losses.reduce((a, b) => a + b) / n;
    const { losses, dLogits } = crossEntropy(A, z, targets, { M, V, shares: equalShares(A, M, n) });
    expect(gradientError(f, z, dLogits)).toBeLessThan(near);
    for (let m = 0; m < M; m++) {
      const row = Array.from(z.subarray(m * V, (m + 1) * V));
      const truth = Math.log(row.reduce((a, x) => a + Math.exp(x), 0)) - row[targets[m]];
      expect(Math.abs(losses[m] - truth)).toBeLessThan(1e-14 * Math.max(1, truth));
    }
  });
  it('is +0 in a row without a target, and so is its gradient', () => {
    const [M, V, n] = [3, 7, 2];
    const z = normals(A, M * V, 1, 2);
    const targets = [4, -1, 0];
    const f = () =>
      crossEntropy(A, z, targets, { M, V, shares: equalShares(A, M, n) }).losses.reduce((a, b) => a + b) / n;
    const { losses, dLogits } = crossEntropy(A, z, targets, { M, V, shares: equalShares(A, M, n) });
    expect(gradientError(f, z, dLogits)).toBeLessThan(near);
    expect(losses[1]).toBe(0);
    expect(dLogits.slice(V, 2 * V)).toEqual(new Float64Array(V));
    for (const m of [0, 2]) {
      const alone = crossEntropy(A, z.subarray(m * V, (m + 1) * V), [targets[m]], {
        M: 1,
        V,
        shares: equalShares(A, 1, n),
      });
      expect(losses[m]).toBe(alone.losses[0]);
      expect(dLogits.slice(m * V, (m + 1) * V)).toEqual(alone.dLogits);
    }
  });
  it('does not overflow, and propagates a NaN', () => {
    const far = crossEntropy(binary32, Float32Array.of(3e38, -3e38, 0), [1], {
      M: 1,
      V: 3,
      shares: Float32Array.of(1),
    });
    expect(far.losses[0]).toBe(Math.fround(3e38) * 2);
    expect(Array.from(far.dLogits)).toEqual([1, -1, 0]);
    for (const at of [0, 1, 2]) {
      const z = Float32Array.of(1, 2, 3);
      z[at] = NaN;
      expect(crossEntropy(binary32, z, [1], { M: 1, V: 3, shares: Float32Array.of(1) }).losses[0]).toBeNaN();
    }
  });
});
