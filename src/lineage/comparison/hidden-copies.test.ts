// Copies that hide: numbers that a model never uses (a unit without effect, a token that no text holds) are made to drown all others.

import { expect, test } from 'vitest';
import type { Sample } from '../sketch/index.ts';
import { compareSamples } from './compare.ts';
import { judged, verdicts } from './testing/judged.ts';
import {
  gaussian,
  inBasis,
  mapModel,
  noisy,
  relabelled,
  rotation,
  SIZES,
  sampleOf,
  shuffle,
  type ToyModel,
  toyModel,
} from './testing/toy-models.ts';
import { judge } from './verdict.ts';

const reference = toyModel('a');
const copy = noisy(reference, 'noise', 0.3);
const turned = inBasis(copy, rotation('turn', SIZES.D));

const verdictsOf = (suspect: Sample, other = sampleOf(reference)) => verdicts(judged(suspect, other));

/** The first row of matrices whose name fits, with numbers of this size. */
const withFirstRow = (model: ToyModel, names: RegExp, size: number) =>
  mapModel(model, (matrix, name) => {
    if (!names.test(name)) return matrix;
    const values = matrix.values.slice();
    for (let i = 0; i < matrix.columns; i++) values[i] = size * Math.sin(i + 1);
    return { ...matrix, values };
  });

test.each([1e6, 1e38, Number.NaN, Number.POSITIVE_INFINITY])('one unit, one token of size %d', (size) => {
  const all = { basis: 'shares', units: 'shares', values: 'shares' };
  expect(verdictsOf(sampleOf(withFirstRow(copy, /gate|up|value/, size)))).toEqual(all);
  expect(verdictsOf(sampleOf(withFirstRow(copy, /embedding/, size)))).toEqual(all);
  // Only the tokens show that a copy in another basis is one.
  expect(verdictsOf(sampleOf(withFirstRow(turned, /embedding/, size)))).toEqual({ ...all, basis: 'none' });
});

test.each([1e-30, 1e37])('a copy in another basis, all of it times %d', (size) => {
  const scaled = mapModel(turned, (matrix) => ({ ...matrix, values: matrix.values.map((value) => value * size) }));
  expect(verdictsOf(sampleOf(scaled))).toEqual({ basis: 'none', units: 'shares', values: 'shares' });
});

test('a block whose rows have another width than the rest of its group is not compared, the rest is', () => {
  const odd = (group: number) => {
    const sample = sampleOf(copy);
    const { blocks } = sample.towers[0]!.groups[group]!;
    const [columns, rows] = [20, blocks[1]!.labels.length];
    blocks[1] = { ...blocks[1]!, columns, rows: () => gaussian('odd', rows, columns).values, signed: undefined };
    return sample;
  };
  for (const group of [0, 1]) {
    const all = { basis: 'shares', units: 'shares', values: 'shares' };
    expect(verdictsOf(odd(group))).toEqual(all);
    expect(verdictsOf(sampleOf(reference), odd(group))).toEqual(all);
    expect(verdictsOf(odd(group), odd(group)).units).toBe('identical');
  }
});

test('a copy whose labels, signs and basis were all changed passes every test of chance, and its likeness shows it', () => {
  const signs = (seed: string, n: number): number[] => shuffle(seed, n).map((i) => (i % 2 === 0 ? 1 : -1));
  const flipped = mapModel(turned, (matrix, name) => {
    if (!/up|value/.test(name)) return matrix;
    const of = signs(name, matrix.rows);
    return { ...matrix, values: matrix.values.map((value, i) => value * of[Math.floor(i / matrix.columns)]!) };
  });
  const hidden = relabelled(flipped, (layer, n) => shuffle(`layer ${layer}`, n));
  const likeness = (suspect: ToyModel) => {
    const compared = compareSamples(sampleOf(suspect), sampleOf(reference), { key: 'drawn afterwards', threads: 1 });
    const [groups] = judge([compared], 1e-9);
    const units = groups!.find(({ kind }) => kind === 'units')!;
    return { verdict: units.verdict, units: units.likeness!, ...compared.towers[0]!.embedding! };
  };
  const [copied, independent] = [likeness(hidden), likeness(toyModel('b'))];
  expect(copied.verdict).toBe('none');
  // Noise of .3 leaves a cosine of 1 / sqrt(1.09).
  for (const name of ['units', 'rotated', 'cka'] as const) expect(copied[name]).toBeGreaterThan(0.9);
  expect(independent.units).toBeLessThan(0.7);
  expect(independent.rotated).toBeLessThan(0.7);
  expect(independent.cka).toBeLessThan(0.7);
});
