// Two innocent models that both keep their units nested (MatFormer: a prefix of the units is a model of its own), and the residual stream
// too (Matryoshka): both learned the same meanings, the same ones in each group. The order within a group is chance.

import { expect, test } from 'vitest';
import { log64 } from '../../engine/index.ts';
import { lnOrderBound } from './laws.ts';
import { ALPHA, compared, groupOf, range } from './testing/judged.ts';
import {
  mapModel,
  noisy,
  pickRows,
  relabelled,
  SIZES,
  shuffle,
  type ToyModel,
  toyModel,
} from './testing/toy-models.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
const NESTED = { ...SIZES, F: 256 };

/** Where groups end, as MatFormer has them: an eighth, a quarter, a half, all. */
const MATFORMER = [1 / 8, 1 / 4, 1 / 2, 1];
const groupAt = (ends: readonly number[], share: number) => ends.findIndex((end) => share < end);

/** A random order of n in which every group stays where it is. */
function orderWithin(seed: string, n: number, ends: readonly number[]) {
  const group = (i: number) => groupAt(ends, i / n);
  return shuffle(seed, n).sort((a, b) => group(a) - group(b));
}

const meanings = toyModel('meanings', NESTED);

interface Nesting {
  ends: readonly number[];
  /** Sizes of gate and up by group: prefixes are trained more often, so they decay more, or less. */
  gate: readonly number[];
  up: readonly number[];
}
const SIZED: Nesting = { ends: MATFORMER, gate: [1.5, 1.3, 1.15, 1], up: [0.8, 1.2, 1.1, 1] };
/** Groups whose statistics are alike. */
const PLAIN: Nesting = { ends: MATFORMER, gate: [1, 1, 1, 1], up: [1, 1, 1, 1] };

/** A model that learned the meanings, each in its group, with a seed of its own. */
function nested(seed: string, { ends, gate, up }: Nesting, F = NESTED.F) {
  const own = noisy(meanings, seed, 0.5);
  // Whether a unit is up and down, or -up and -down, is chance, whatever it means.
  const flips = shuffle(`flips of ${seed}`, F).map((i) => (i % 2 === 0 ? 1 : -1));
  const sized = mapModel(own, (matrix, name) => {
    const kind = /^(gate|up)/.exec(name)?.[0];
    if (!kind) return matrix;
    const factor = (unit: number) => {
      const group = groupAt(ends, unit / F);
      return kind === 'gate' ? gate[group]! : up[group]! * flips[unit]!;
    };
    const values = matrix.values.map((value, at) => value * factor(Math.floor(at / matrix.columns)));
    return { ...matrix, values };
  });
  return relabelled(sized, (layer) => orderWithin(`${seed} ${layer}`, F, ends));
}

/** ln of the chance that labels in a random order would give so many matches in the same order. */
const asIfRandom = (suspect: ToyModel, reference: ToyModel) => {
  const { places, tests } = groupOf(compared(suspect, reference), 'units');
  const order = tests.find(({ name }) => name === 'order');
  return order ? lnOrderBound(places.map(({ matches }) => matches), order.count) : Number.NaN; // biome-ignore format: one thing
};

test.each(range(TORTURE ? 16 : 2))(
  'nested innocents whose groups differ in size: places and order are not tested (%i)',
  (i) => {
    const units = groupOf(compared(nested(`one ${i}`, SIZED), nested(`other ${i}`, SIZED)), 'units');
    expect(units.places[0]!.matches).toBeGreaterThan(200);
    expect(units.tests.map(({ name }) => name)).toEqual(['signs', 'signs']);
    expect(units.untested.join()).toMatch(/stand in groups/);
    expect(units.verdict).toBe('none');
  },
);

test.each(range(TORTURE ? 16 : 2))(
  'nested innocents whose groups look alike: a chance of random labels would convict, the one of groups does not (%i)',
  (i) => {
    const [one, other] = [nested(`one ${i}`, PLAIN), nested(`other ${i}`, PLAIN)];
    expect(asIfRandom(one, other)).toBeLessThan(log64(ALPHA));
    const units = groupOf(compared(one, other), 'units');
    expect(units.lnAdjusted).toBeLessThan(log64(ALPHA));
    expect(units.lnNested).toBeGreaterThan(log64(1e-4));
    expect(units.verdict).toBe('trace');
  },
);

test('groups that end anywhere, eight of them', () => {
  const ends = [0.03, 0.1, 0.17, 0.31, 0.44, 0.6, 0.83, 1];
  const even = { ends, gate: ends.map(() => 1), up: ends.map(() => 1) };
  const units = groupOf(compared(nested('one', even), nested('other', even)), 'units');
  expect(units.lnAdjusted).toBeLessThan(log64(ALPHA));
  expect(units.verdict).toBe('trace');
});

test('a copy of a nested model is told, by signs alone where its groups differ in size', () => {
  for (const nesting of [SIZED, PLAIN]) {
    const base = nested('base', nesting);
    expect(groupOf(compared(noisy(base, 'noise', 1), base), 'units').verdict).toBe('shares');
  }
  const base = nested('base', SIZED);
  const pruned = relabelled(base, (_, n) => range(n).filter((i) => i % 5 !== 0));
  expect(groupOf(compared(noisy(pruned, 'noise', 0.5), base), 'units').verdict).toBe('shares');
});

test('a residual stream in nested dimensions, in both', () => {
  const sizes = { ...SIZES, D: 256, V: 700, F: 8, L: 1 };
  const dimensions = toyModel('dimensions', sizes);
  const turned = (seed: string) => {
    const order = orderWithin(seed, sizes.D, MATFORMER);
    return mapModel(noisy(dimensions, seed, 0.5), (matrix) => {
      const columns = { rows: matrix.columns, columns: matrix.rows, values: new Float32Array(matrix.values.length) };
      for (let i = 0; i < matrix.rows; i++)
        for (let j = 0; j < matrix.columns; j++)
          columns.values[j * matrix.rows + i] = matrix.values[i * matrix.columns + j]!;
      const picked = pickRows(columns, order);
      const values = new Float32Array(matrix.values.length);
      for (let i = 0; i < matrix.rows; i++)
        for (let j = 0; j < matrix.columns; j++) values[i * matrix.columns + j] = picked.values[j * matrix.rows + i]!;
      return { ...matrix, values };
    });
  };
  const basis = groupOf(compared(turned('one'), turned('other')), 'basis');
  const order = basis.tests.find(({ name }) => name === 'order')!;
  expect(order.lnChance).toBeLessThan(log64(1e-7));
  expect(['none', 'trace']).toContain(basis.verdict);
});
