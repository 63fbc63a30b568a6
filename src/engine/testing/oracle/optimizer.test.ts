// The optimizer against the textbook's AdamW in plain binary64, the norm against a plain sum, initial weights against
// known answers and the distribution they claim.

import { describe, expect, it } from 'vitest';
import { normal64 } from '../../functions.ts';
import { keyOf, philox4x32, streamOf } from '../../philox.ts';
import { dot, normals } from '../numbers.ts';
import { binary32, binary64 } from './arithmetic.ts';
import { rowSumOfProducts } from './elementary.ts';
import { initTensor } from './init.ts';
import { adamW, clipFactor, gradNormSquare } from './optimizer.ts';

describe('adamW', () => {
  it('is decoupled weight decay with bias correction, over several steps', () => {
    const n = 17;
    const [lr, wd, beta1, beta2, eps, clip] = [1e-2, 0.1, 0.9, 0.95, 1e-8, 0.5];
    for (const A of [binary64, binary32]) {
      let state = { w: normals(A, n, 1), m: A.array(n), v: A.array(n) };
      const w = Float64Array.from(state.w);
      const m = new Float64Array(n);
      const v = new Float64Array(n);
      for (let t = 1; t <= 5; t++) {
        const g = normals(A, n, 10 + t);
        state = adamW(A, { ...state, g }, { lr, weightDecay: wd, beta1, beta2, eps, clip, t });
        for (let i = 0; i < n; i++) {
          const gc = g[i] * clip;
          w[i] *= 1 - lr * wd;
          m[i] = beta1 * m[i] + (1 - beta1) * gc;
          v[i] = beta2 * v[i] + (1 - beta2) * gc ** 2;
          w[i] -= (lr * (m[i] / (1 - beta1 ** t))) / (Math.sqrt(v[i] / (1 - beta2 ** t)) + eps);
        }
      }
      for (let i = 0; i < n; i++) expect(Math.abs(state.w[i] - w[i])).toBeLessThan(A === binary64 ? 1e-14 : 1e-6);
    }
  });
  it('changes nothing in place', () => {
    const w = Float32Array.of(1);
    const zero = Float32Array.of(0);
    adamW(
      binary32,
      { w, g: w, m: zero, v: zero },
      { lr: 1, weightDecay: 0, beta1: 0.9, beta2: 0.9, eps: 1, clip: 1, t: 1 },
    );
    expect([w[0], zero[0]]).toEqual([1, 0]);
  });
});

describe('gradNormSquare', () => {
  it('sums blocks of 4,096 in eight lanes and the blocks in binary64', () => {
    const tensors = [normals(binary32, 10_000, 1), normals(binary32, 5, 2)];
    const truth = tensors.reduce((sum, g) => sum + dot(g, g), 0);
    const sum = gradNormSquare(binary32, tensors);
    expect(Math.abs(sum / truth - 1)).toBeLessThan(1e-6);
    const block = (t: number, from: number, to?: number) => {
      const part = tensors[t].subarray(from, to);
      return rowSumOfProducts(binary32, part, part);
    };
    expect(sum).toBe(block(0, 0, 4096) + block(0, 4096, 8192) + block(0, 8192) + block(1, 0));
  });
});

it('clips only a gradient that is too long', () => {
  expect(clipFactor(binary32, 3, 1)).toBe(Math.fround(1 / 3));
  expect([clipFactor(binary32, 1, 1), clipFactor(binary32, 0.5, 1), clipFactor(binary32, 5, 0)]).toEqual([1, 1, 1]);
});

describe('initTensor', () => {
  it('is a function of seed, name and position', () => {
    const a = initTensor('model.norm.weight', 23, 1377, 0.02);
    expect(initTensor('model.norm.weight', 7, 1377, 0.02)).toEqual(a.subarray(0, 7));
    expect(initTensor('model.norm.weight', 23, 1378, 0.02)).not.toEqual(a);
    expect(initTensor('lm_head.weight', 23, 1377, 0.02)).not.toEqual(a);
    expect(initTensor('model.norm.weight', 23, 1377 + 2 ** 32, 0.02)).not.toEqual(a);
    const word = philox4x32([5, 0, ...streamOf('model.norm.weight')], keyOf(1377))[2];
    expect(a[22]).toBe(Math.fround(normal64((Math.floor(word / 512) + 0.5) / 2 ** 23) * 0.02));
  });
  it('is normal: mean, spread, tails, and no correlation between neighbours', () => {
    const n = 40_000;
    const x = initTensor('a', n, 3, 1);
    const mean = x.reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(dot(x, x) / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(dot(x.subarray(1), x.subarray(0, n - 1)) / n)).toBeLessThan(4 / Math.sqrt(n));
    const beyond = x.filter((v) => Math.abs(v) > 1.959963984540054).length / n;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / n));
  });
});
