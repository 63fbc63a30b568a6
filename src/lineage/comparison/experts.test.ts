// Mixtures of experts: copies whose experts have other numbers, innocents whose experts are copies of one MLP, routers of zeros.

import { expect, test } from 'vitest';
import { log64 } from '../../engine/index.ts';
import { compareSamples } from './compare.ts';
import { lnPlacesBound } from './laws.ts';
import { ALPHA, compared, groupOf, luckyOrder, range, verdicts } from './testing/judged.ts';
import {
  noisy,
  relabelled,
  reorderedExperts,
  SIZES,
  sampleOf,
  shuffle,
  type ToyLayer,
  type ToyModel,
  toyModel,
} from './testing/toy-models.ts';
import { judge } from './verdict.ts';

const TORTURE = process.env.JIKJI_TORTURE !== undefined;
const MIXTURE = { ...SIZES, F: 64, experts: 5 };

/** A model without an MLP beside its experts. */
const sparse = (model: ToyModel) => relabelled(model, () => []);
const mapLayers = (model: ToyModel, change: (layer: ToyLayer, l: number) => ToyLayer): ToyModel => ({
  ...model,
  layers: model.layers.map(change),
});
const shuffledExperts = (model: ToyModel, seed: string) =>
  reorderedExperts(model, (layer) => shuffle(`${seed} ${layer}`, MIXTURE.experts));

const model = toyModel('mixture', MIXTURE);
const NOTHING = { basis: 'none', units: 'none', values: 'none', experts: 'none', 'expert-units': 'none' };
/** Five experts in each of three layers say too little for a verdict: all in place have a chance of 6e-7 at best. */
const ALL = { basis: 'shares', units: 'shares', values: 'shares', experts: 'trace', 'expert-units': 'shares' };

test('a copy shares the units of its experts; routers of few rows are a trace, of more they share', () => {
  expect(verdicts(compared(noisy(model, 'noise', 1), model))).toEqual(ALL);
  const larger = toyModel('larger', { ...MIXTURE, F: 32, experts: 9 });
  expect(verdicts(compared(noisy(larger, 'noise', 0.5), larger))).toEqual({ ...ALL, experts: 'shares' });
});

test('a copy whose experts have other numbers in each layer shares their units', () => {
  const copy = noisy(shuffledExperts(model, 'other numbers'), 'noise', 1);
  expect(verdicts(compared(copy, model))).toEqual({ ...ALL, experts: 'none' });
});

test('the same where there is no MLP beside the experts, and layers were moved: experts tell which layer is which', () => {
  const { units: _, ...rest } = ALL;
  const shuffled = shuffledExperts(sparse(model), 'other numbers');
  const copy = noisy({ ...shuffled, layers: [2, 0].map((l) => shuffled.layers[l]!) }, 'noise', 1);
  const comparison = compareSamples(sampleOf(copy), sampleOf(sparse(model)), { key: 'k', threads: 1 });
  expect(comparison.towers[0]!.map).toEqual([[0, 2], [1, 0]]); // biome-ignore format: a table
  const [groups] = judge([comparison], ALPHA);
  const { units, ...found } = verdicts(groups!);
  expect(units).toBe('untestable');
  expect(found).toEqual({ ...rest, experts: 'none' });
});

test('a model whose first layer alone has no experts: its other layers are compared too', () => {
  const mixed = mapLayers(model, (layer, l) =>
    l === 0
      ? { ...layer, experts: [], router: undefined }
      : { ...layer, ...sparse(model).layers[l]!, experts: layer.experts },
  );
  const groups = compared(noisy(mixed, 'noise', 1), mixed);
  expect(verdicts(groups)).toMatchObject({ units: 'shares', 'expert-units': 'shares' });
  expect(groupOf(groups, 'expert-units').blocks).toBe(2 * MIXTURE.experts);
});

test('only the experts are foreign: told in them and nowhere else', () => {
  const own = toyModel('own', MIXTURE);
  const foreign = noisy(model, 'noise', 1);
  const suspect = mapLayers(own, (layer, l) => ({ ...layer, experts: foreign.layers[l]!.experts }));
  expect(verdicts(compared(suspect, model))).toEqual({ ...NOTHING, 'expert-units': 'shares' });
});

test.each(range(TORTURE ? 32 : 3))('independent mixtures show nothing (%i)', (i) => {
  expect(verdicts(compared(toyModel(`independent ${i}`, MIXTURE), model))).toEqual(NOTHING);
});

test('a mixture of more experts, and of other ones, shows nothing', () => {
  const more = toyModel('more', { ...MIXTURE, experts: 8 });
  expect(verdicts(compared(more, model))).toEqual(NOTHING);
});

/** Every expert is the layer's one MLP with some noise: the experts of a layer share one order of units. */
const upcycled = (seed: string, order?: readonly number[]) => {
  const dense = toyModel(seed, MIXTURE);
  const base = order ? relabelled(dense, () => order) : dense;
  const copies = mapLayers(base, (layer) => ({
    ...layer,
    experts: range(MIXTURE.experts).map(() => ({ gate: layer.gate, up: layer.up })),
  }));
  return sparse(noisy(copies, `noise of ${seed}`, 0.1));
};

test.each(range(TORTURE ? 32 : 3))('both upcycled: the experts of a layer count once (%i)', (i) => {
  const groups = compared(upcycled(`one ${i}`), upcycled(`other ${i}`));
  const { units: _, ...rest } = NOTHING;
  expect(verdicts(groups)).toMatchObject(rest);
  expect(groupOf(groups, 'expert-units')).toMatchObject({ blocks: 3 * MIXTURE.experts, independent: 3 });
});

test('both upcycled, and by luck eight units in place in every layer: as if experts were independent this would convict', () => {
  const reference = upcycled('reference');
  const gateOf = ({ layers }: ToyModel) => layers[0]!.experts[0]!.gate;
  const order = luckyOrder(gateOf(upcycled('suspect')), gateOf(reference), 8);
  const units = groupOf(compared(upcycled('suspect', order), reference), 'expert-units');
  const inFirst = units.places.filter(({ layers }) => layers[0] === 0);
  const inPlace = inFirst.reduce((sum, one) => sum + one.inPlace, 0);
  expect(inPlace).toBeGreaterThan(25);
  const naive = lnPlacesBound(
    inFirst.map(({ matches }) => ({ rows: MIXTURE.F, matches })),
    inPlace,
  );
  expect(naive).toBeLessThan(log64(ALPHA));
  expect(['none', 'trace']).toContain(units.verdict);
});

const zeroRouters = (one: ToyModel): ToyModel =>
  mapLayers(one, (layer) => ({
    ...layer,
    router: layer.router && { ...layer.router, values: new Float32Array(layer.router.values.length) },
  }));

test('routers of zeros alone: no evidence of anything, and all else is told as it is', () => {
  const independent = compared(zeroRouters(toyModel('other', MIXTURE)), zeroRouters(model));
  expect(verdicts(independent)).toEqual({ ...NOTHING, experts: 'untestable' });
  // The same bytes in both: still no evidence.
  expect(groupOf(independent, 'experts').equality).toBeUndefined();
  const copy = compared(zeroRouters(noisy(model, 'noise', 1)), zeroRouters(model));
  expect(verdicts(copy)).toEqual({ ...ALL, experts: 'untestable' });
  expect(verdicts(compared(zeroRouters(toyModel('other', MIXTURE)), model)).experts).toBe('untestable');
});

test('both upcycled with routers of zeros', () => {
  const groups = compared(zeroRouters(upcycled('one')), zeroRouters(upcycled('other')));
  expect(verdicts(groups)).toMatchObject({ experts: 'untestable', 'expert-units': 'none', values: 'none' });
});
