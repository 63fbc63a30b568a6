import { expect, test } from 'vitest';
import { log64 } from '../../engine/index.ts';
import { compareSamples } from './compare.ts';
import { lnPlacesBound } from './laws.ts';
import { ALPHA, compared, groupOf, luckyOrder, range, verdicts } from './testing/judged.ts';
import {
  inBasis,
  mapModel,
  noisy,
  pickRows,
  relabelled,
  rotation,
  SIZES,
  sampleOf,
  shuffle,
  type ToyModel,
  toyModel,
} from './testing/toy-models.ts';
import { type JudgedGroup, judge } from './verdict.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;

const testOf = (group: JudgedGroup, name: string, alignment: string) =>
  group.tests.find((one) => one.name === name && one.alignment === alignment)!;

const model = toyModel('a');

test.each(range(TORTURE ? 64 : 4))('independent models show nothing (%i)', (i) => {
  expect(verdicts(compared(toyModel(`independent ${i}`), model))).toEqual({
    basis: 'none',
    units: 'none',
    values: 'none',
  });
});

test('a model is identical to itself; one of bfloat16 up to rounding', () => {
  expect(compared(model, model).map(({ equality, verdict }) => [verdict, equality])).toEqual([
    ['identical', 'equal'],
    ['identical', 'equal'],
    ['identical', 'equal'],
  ]);
  const rounded = mapModel(model, (matrix) => {
    const bits = new Uint32Array(matrix.values.slice().buffer);
    return { ...matrix, values: new Float32Array(bits.map((word) => ((word + 0x8000) >>> 16) << 16).buffer) };
  });
  for (const { equality, verdict } of compared(rounded, model))
    expect([verdict, equality]).toEqual(['identical', 'rounded']);
});

test.each([1, 3])('a copy under noise %i times as large as its weights shares them', (share) => {
  const groups = compared(noisy(model, 'noise', share), model);
  expect(verdicts(groups)).toEqual({ basis: 'shares', units: 'shares', values: 'shares' });
  // A weight and itself with noise of s times its size have a cosine of 1 / sqrt(1 + s^2).
  const { median } = groupOf(groups, 'units').strength!;
  expect(median).toBeCloseTo(1 / Math.sqrt(1 + share ** 2), 1);
});

test('a rotated copy is seen by the tokens alone', () => {
  const groups = compared(noisy(inBasis(model, rotation('turn', SIZES.D)), 'noise', 1), model);
  expect(verdicts(groups)).toEqual({ basis: 'none', units: 'shares', values: 'shares' });
  const units = groupOf(groups, 'units');
  expect(testOf(units, 'places', 'stored').lnChance).toBeGreaterThan(-10);
  expect(testOf(units, 'places', 'tokens').count).toBeGreaterThan(370);
});

test('a copy of another width of the residual stream', () => {
  const wider = pickRows(rotation('wider', 64), range(SIZES.D));
  const groups = compared(noisy(inBasis(model, wider), 'noise', 0.5), model);
  expect(verdicts(groups).units).toBe('shares');
  expect(groupOf(groups, 'units').tests.every(({ alignment }) => alignment === 'tokens')).toBe(true);
});

test('shuffled units are seen by their signs, not by their places', () => {
  const shuffled = relabelled(model, (layer, n) => shuffle(`layer ${layer}`, n));
  const units = groupOf(compared(noisy(shuffled, 'noise', 1), model), 'units');
  expect(units.verdict).toBe('shares');
  expect(testOf(units, 'places', 'stored').lnChance).toBeGreaterThan(-10);
  const signs = testOf(units, 'signs', 'stored');
  expect(signs.count).toBe(signs.of);
});

test('pruned units are seen by their order', () => {
  const pruned = relabelled(model, (_, n) => range(n).filter((i) => i % 5 !== 0));
  const units = groupOf(compared(noisy(pruned, 'noise', 0.5), model), 'units');
  expect(units.verdict).toBe('shares');
  expect(testOf(units, 'order', 'stored').lnChance).toBeLessThan(-500);
});

test('layers that were dropped or moved are found', () => {
  const deep = toyModel('deep', { ...SIZES, L: 5 });
  const moved = noisy({ ...deep, layers: [4, 0, 3].map((l) => deep.layers[l]!) }, 'noise', 1);
  const comparison = compareSamples(sampleOf(moved), sampleOf(deep), { key: 'k', threads: 1 });
  expect(new Map(comparison.towers[0]!.map)).toEqual(new Map([[0, 4], [1, 0], [2, 3]])); // biome-ignore format: a table
  expect(verdicts(judge([comparison], ALPHA)[0]!).units).toBe('shares');
});

test('one foreign part is told in that part alone', () => {
  const own = toyModel('own');
  const foreign = noisy(model, 'noise', 1);
  const units = { ...own, layers: own.layers.map((layer, l) => ({ ...foreign.layers[l]!, values: layer.values })) };
  expect(verdicts(compared(units, model))).toEqual({ basis: 'none', units: 'shares', values: 'none' });
  const embedding = { ...own, embedding: foreign.embedding };
  expect(verdicts(compared(embedding, model))).toEqual({ basis: 'shares', units: 'none', values: 'none' });
  const values = { ...own, layers: own.layers.map((layer, l) => ({ ...layer, values: foreign.layers[l]!.values })) };
  expect(verdicts(compared(values, model))).toEqual({ basis: 'none', units: 'none', values: 'shares' });
});

test('blocks that share one labelling in both models count once', () => {
  // Both models repeat one layer of theirs eight times, with some noise: upcycled. By luck six of its units stand in the place of what they
  // match. Counted eight times over, that would convict.
  const repeated = (seed: string, order: readonly number[]) => {
    const { layers } = toyModel(seed);
    const again = range(8).map(() => relabelled({ ...model, layers: [layers[0]!] }, () => order).layers[0]!);
    return noisy({ embedding: toyModel(seed).embedding, layers: again }, `noise of ${seed}`, 0.1);
  };
  const plain = range(SIZES.F);
  const before = compareSamples(sampleOf(repeated('one', plain)), sampleOf(repeated('other', plain)), {
    key: 'k',
    threads: 1,
  });
  expect(before.towers[0]!.groups.find(({ kind }) => kind === 'units')!.independent).toBe(1);
  // Bring six matched units into place.
  const gateOf = ({ layers }: ToyModel) => layers[0]!.gate;
  const lucky = luckyOrder(gateOf(repeated('one', plain)), gateOf(repeated('other', plain)), 6);
  const groups = compared(repeated('one', lucky), repeated('other', plain));
  const units = groupOf(groups, 'units');
  const matches = units.places.reduce((sum, one) => sum + one.matches, 0);
  const inPlace = units.places.reduce((sum, one) => sum + one.inPlace, 0);
  expect(inPlace).toBeGreaterThan(40);
  const naive = lnPlacesBound(
    range(8).map(() => ({ rows: SIZES.F, matches: Math.round(matches / 8) })),
    inPlace,
  );
  expect(naive).toBeLessThan(log64(ALPHA));
  expect(['none', 'trace']).toContain(units.verdict);
});

/** Every unit twice, half a width apart, each with some noise: a model that was widened. */
const widened = (base: ToyModel, seed: string) => {
  const twice = [...range(base.layers[0]!.gate.rows), ...range(base.layers[0]!.gate.rows)];
  return noisy(
    relabelled(base, () => twice),
    seed,
    0.1,
  );
};

test('innocents that were both widened are not convicted; a widened copy is', () => {
  for (const i of range(TORTURE ? 24 : 3)) {
    const [one, other] = [widened(toyModel(`one ${i}`), `a ${i}`), widened(toyModel(`other ${i}`), `b ${i}`)];
    expect(groupOf(compared(one, other), 'units').verdict).toBe('none');
  }
  expect(groupOf(compared(widened(model, 'copy'), model), 'units').verdict).toBe('shares');
});

test('units that both makers sorted by size convict nobody, nor do units in the order in which they were drawn', () => {
  // Both learned the same meanings from the same data, and each meaning has its size. Then both sorted their units.
  const meanings = toyModel('meanings');
  const learned = (seed: string, order: (sizes: number[]) => number[]) => {
    const own = noisy(meanings, seed, 0.5);
    const size = (unit: number) => 1 + ((unit * 7) % SIZES.F) / 4;
    const scaled = mapModel(own, (matrix, name) => {
      if (!/^gate|^up/.test(name)) return matrix;
      return { ...matrix, values: matrix.values.map((value, i) => value * size(Math.floor(i / matrix.columns))) };
    });
    const shuffled = shuffle(`order of ${seed}`, SIZES.F);
    // Whether a unit is up and down, or -up and -down, is chance, whatever it means.
    const flips = shuffle(`flips of ${seed}`, SIZES.F).map((i) => (i % 2 === 0 ? 1 : -1));
    const flipped = mapModel(scaled, (matrix, name) => {
      if (!name.startsWith('up')) return matrix;
      return { ...matrix, values: matrix.values.map((value, i) => value * flips[Math.floor(i / matrix.columns)]!) };
    });
    return relabelled(flipped, () => order(shuffled.map(size)).map((i) => shuffled[i]!));
  };
  const bySize = (sizes: number[]) => [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]!);
  const sorted = groupOf(compared(learned('one', bySize), learned('other', bySize)), 'units');
  expect(sorted.places[0]!.inPlace).toBeGreaterThan(100);
  expect(sorted.tests.map(({ name }) => name)).toEqual(['signs', 'signs']);
  expect(sorted.untested.join()).toMatch(/sorted/);
  expect(sorted.verdict).toBe('none');
  const asDrawn = (sizes: number[]) => [...sizes.keys()];
  const drawn = groupOf(compared(learned('one', asDrawn), learned('other', asDrawn)), 'units');
  expect(drawn.places[0]!.matches).toBeGreaterThan(100);
  expect(drawn.verdict).toBe('none');
});

test('equal units of two models are not matched by their labels', () => {
  // Every unit of both models is one of eight; which, is chance. Of such blocks one unit of each kind is matched.
  const coarse = (seed: string) => {
    const kinds = shuffle(seed, SIZES.F).map((i) => i % 8);
    return relabelled(model, () => kinds);
  };
  const results = range(TORTURE ? 20 : 8).map((i) =>
    groupOf(compared(coarse(`one ${i}`), coarse(`other ${i}`)), 'units'),
  );
  for (const { verdict } of results) expect(verdict).not.toBe('identical');
  const inPlace = results.flatMap(({ places }) => places.map((one) => one.inPlace));
  // 24 matches of each pair of models; each kind has 16 of 128 labels on either side, of which 2 are common. If one of 16 stands for a kind by an
  // order of its own side, 2 / 256 of the matches are in place: 0.19. By one order for both sides it would be 2 / 30: 1.6.
  expect(inPlace.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.75 * results.length);
});

test('a router of zeros is no evidence of anything', () => {
  const zero = mapModel(model, (matrix) => ({ ...matrix, values: new Float32Array(matrix.values.length) }));
  for (const { verdict } of compared(zero, zero)) expect(verdict).toBe('untestable');
});

test('more references tried make a chance larger', () => {
  const comparison = compareSamples(sampleOf(noisy(model, 'n', 5)), sampleOf(model), { key: 'k', threads: 1 });
  const [once] = judge([comparison], ALPHA);
  const [often] = judge([comparison], ALPHA, 1000);
  // Bonferroni's factor for the smallest chance; larger ones for the others, of which fewer are left.
  const rises = once!.map((group, i) => often![i]!.lnAdjusted - group.lnAdjusted);
  expect(Math.min(...rises)).toBeCloseTo(Math.log(1000), 6);
});
