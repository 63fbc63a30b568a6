// The check of Muon's step: steps as PyTorch documents them (testing/muon-steps.json), changed as a forger would; and what it leaves alone.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  compareMuonStep,
  isTooLarge,
  type MuonStep,
  muonGroupOf,
  orthogonalised,
  roundingOfMuonStep,
} from './muon-step.ts';

interface Numbers {
  weights: string;
  momentum: string;
}
interface StepOfMuon {
  shape: [number, number];
  options: Record<string, unknown>;
  step: number;
  learningRate: number;
  before: Numbers;
  after: Numbers;
}
const steps: StepOfMuon[] = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/muon-steps.json'), 'utf8'));

const numbers = (text: string): Float64Array =>
  Float64Array.from(new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer));
const of = ({ weights, momentum }: Numbers) => ({ weights: numbers(weights), momentum: numbers(momentum) });
const stepOf = ({ shape, before, after, learningRate }: StepOfMuon): MuonStep => ({
  ...{ shape, learningRate },
  ...{ before: of(before), after: of(after) },
});
const groupOf = ({ options }: StepOfMuon) => muonGroupOf(options)!;

test.each(steps)('an honest step of $shape, step $step, goes along its orthogonalised momentum', (one) => {
  const { along, beside } = compareMuonStep(stepOf(one), groupOf(one));
  expect(Math.abs(along - 1)).toBeLessThan(1e-3);
  expect(beside).toBeLessThan(0.02);
});

test('a learning rate 1% higher, a momentum that is another, weights that are planted: each is seen', () => {
  for (const one of steps) {
    const step = stepOf(one);
    const other = compareMuonStep({ ...step, learningRate: step.learningRate / 1.01 }, groupOf(one));
    expect(Math.abs(other.along - 1)).toBeGreaterThan(0.008);
    const momentum = step.after.momentum.map((m, i) => (i % 3 === 0 ? -m : m));
    const turned = compareMuonStep({ ...step, after: { ...step.after, momentum } }, groupOf(one));
    expect(turned.beside).toBeGreaterThan(0.1);
    const planted = step.after.weights.map((w, i) => (i === 5 ? w + 0.02 : w));
    expect(
      compareMuonStep({ ...step, after: { ...step.after, weights: planted } }, groupOf(one)).beside,
    ).toBeGreaterThan(0.1);
    // Weights that stayed where they were.
    const still = { ...step.after, weights: step.before.weights };
    expect(compareMuonStep({ ...step, after: still }, groupOf(one)).along).toBeLessThan(0.5);
  }
});

test('of a matrix of low rank rounding alone makes directions: how far it goes is measured, and there is room for it alone', () => {
  const group = groupOf(steps[0]!);
  const [rows, columns] = [24, 48];
  const wave = (i: number, k: number) => Math.sin(1 + i * (2 * k + 1) * 0.7);
  const before = { weights: new Float64Array(rows * columns), momentum: new Float64Array(rows * columns) };
  /** Rank 2, and beside it numbers of this size. */
  const besideOf = (size: number): number => {
    const momentum = Float64Array.from({ length: rows * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return Math.fround(wave(i, 1) * wave(j, 2) + 0.5 * wave(i, 3) * wave(j, 4) + size * Math.sin(at * at));
    });
    const after = { weights: before.weights, momentum };
    return roundingOfMuonStep({ shape: [rows, columns], before, after, learningRate: 0.02 }, group).beside;
  };
  expect(besideOf(1e-4)).toBeGreaterThan(0.02);
  expect(besideOf(1e-2)).toBeLessThan(0.01);
});

test('of a matrix that has come near orthogonal the polynomial keeps rows orthogonal: against its own definition', () => {
  // Singular values of a diagonal matrix go through the polynomial one by one.
  const group = { ...groupOf(steps[0]!), steps: 3 };
  const [a, b, c] = group.coefficients;
  const sizes = [3, 2, 1, 0.25];
  const norm = Math.hypot(...sizes);
  const values = new Float64Array(16);
  for (const [i, size] of sizes.entries()) values[5 * i] = size;
  const found = orthogonalised({ rows: 4, columns: 4, values }, group).values;
  for (const [i, size] of sizes.entries()) {
    let s = size / norm;
    for (let k = 0; k < group.steps; k++) s = a * s + b * s ** 3 + c * s ** 5;
    expect(Math.abs(found[5 * i]! - s)).toBeLessThan(0.03);
  }
});

test('what is no Muon of PyTorch is not compared, nor what is too large', () => {
  const [{ options }] = steps as [StepOfMuon];
  expect(muonGroupOf({ ...options, adjust_lr_fn: 'other' })).toBeUndefined();
  expect(muonGroupOf({ ...options, rank: 3 })).toBeUndefined();
  expect(muonGroupOf({ lr: 0.1, momentum: 0.95 })).toBeUndefined();
  expect(muonGroupOf({ ...options, ns_steps: 1e9 })).toBeUndefined();
  const group = groupOf(steps[0]!);
  expect([isTooLarge([256, 1024], group), isTooLarge([4096, 4096], group)]).toEqual([false, true]);
});
