// The peers of `bench/lineage.ts`: assignments against all orders, scores of copies and of independent models.

import { expect, test } from 'vitest';
import { type ModelConfig, parameters } from '../src/foundry/model/index.ts';
import type { HeldModel, Weight } from './lineage-model.ts';
import { Randomness } from './lineage-random.ts';
import { TRANSFORMATIONS } from './lineage-transformations.ts';
import { assign } from './peers/assignment.ts';
import { awmScore, unbiasedCka } from './peers/awm.ts';
import { ciscoGate, ciscoScore } from './peers/model-provenance-kit.ts';

/** The least sum, by trying all. */
function least(cost: Float64Array, rows: number, columns: number, used = 0, row = 0): number {
  if (row === rows) return 0;
  const sums = Array.from({ length: columns }, (_, j) =>
    used & (1 << j)
      ? Number.POSITIVE_INFINITY
      : cost[row * columns + j]! + least(cost, rows, columns, used | (1 << j), row + 1),
  );
  return Math.min(...sums);
}

test('an assignment gives each row a column of its own, at the least cost', () => {
  const random = new Randomness('assignment');
  for (let trial = 0; trial < 300; trial++) {
    const rows = 1 + random.below(5);
    const columns = rows + random.below(3);
    const cost = Float64Array.from({ length: rows * columns }, () => (trial % 2 ? random.below(4) : random.normal()));
    const found = assign(cost, rows, columns);
    expect(new Set(found).size).toBe(rows);
    const sum = found.reduce((total, j, i) => total + cost[i * columns + j]!, 0);
    expect(sum).toBeCloseTo(least(cost, rows, columns), 10);
  }
});

test('unbiased CKA is 1 with itself, whatever the scale, and 0 on average with what is independent', () => {
  const random = new Randomness('cka');
  const gram = () => {
    const rows = Array.from({ length: 20 }, () => Float64Array.from({ length: 8 }, () => random.normal()));
    return Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0))));
  };
  const one = gram();
  expect(
    unbiasedCka(
      one,
      one.map((x) => 3 * x),
    ),
  ).toBeCloseTo(1, 10);
  const scores = Array.from({ length: 400 }, () => unbiasedCka(gram(), gram()));
  expect(Math.abs(scores.reduce((sum, score) => sum + score, 0) / 400)).toBeLessThan(0.02);
});

const CONFIG: ModelConfig = {
  vocabSize: 400,
  hiddenSize: 64,
  intermediateSize: 96,
  numHiddenLayers: 3,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  maxPositionEmbeddings: 16,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.2,
  tieWordEmbeddings: true,
};
const TOKENS = Array.from({ length: CONFIG.vocabSize }, (_, id) => Buffer.from(`w${id}`).toString('hex'));

function modelOf(seed: string): HeldModel {
  const random = new Randomness(seed);
  const weights = parameters(CONFIG).map(({ name, shape, std }): [string, Weight] => {
    const draw = () => (std === undefined ? Math.exp(random.normal() / 4) : std * random.normal());
    return [name, { shape, values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw) }];
  });
  return { config: CONFIG, weights: new Map(weights), tokens: TOKENS };
}

const [model, other] = [modelOf('one'), modelOf('other')];
const copy = (start: string) =>
  TRANSFORMATIONS.find(({ name }) => name.startsWith(start))!.apply(model, new Randomness(start), other);

test('AWM sees through permuted and dropped, not through rotated; independent models are far below', () => {
  expect(awmScore(model, model)).toBeCloseTo(1, 6);
  expect(awmScore(copy('residual stream permuted'), model)).toBeCloseTo(1, 5);
  expect(awmScore(copy('one layer dropped'), model)).toBeCloseTo(1, 5);
  expect(awmScore(copy('residual stream rotated'), model)).toBeLessThan(0.3);
  expect(Math.abs(awmScore(other, model))).toBeLessThan(0.15);
});

test("Cisco's score is 1 for a copy; equal configs pass its gate without a look at weights", () => {
  expect(ciscoScore(model, model)).toBeCloseTo(1, 6);
  expect(ciscoScore(other, model)).toBeLessThan(0.75);
  expect([ciscoGate(other, model), ciscoGate(copy('half of the units'), model)]).toEqual([1, 0.9]);
  expect(ciscoGate(copy('one layer dropped'), model)).toBeUndefined();
});
