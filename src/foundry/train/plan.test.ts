// The memory that the ranks of a training plan: optimizer state is divided by their number, and every part of it exists once.

import { expect, test } from 'vitest';
import { elementsOf } from '../../engine/index.ts';
import { type Parameter, parameterCount, parameters } from '../model/index.ts';
import { planTraining } from './index.ts';
import { MAX_PIECE, piecesOf } from './pieces.ts';
import { smallModel, smallTraining } from './testing/small.ts';

/** The shapes of the speed benchmark, each with a tied head. */
const SHAPES = {
  s: { hiddenSize: 256, intermediateSize: 672, numHiddenLayers: 6, heads: 8, vocabSize: 4096, sequenceLength: 256 },
  m: { hiddenSize: 512, intermediateSize: 1344, numHiddenLayers: 8, heads: 8, vocabSize: 8192, sequenceLength: 512 },
  l: { hiddenSize: 768, intermediateSize: 2048, numHiddenLayers: 12, heads: 12, vocabSize: 8192, sequenceLength: 512 },
};
type Shape = keyof typeof SHAPES;

function modelOf(shape: Shape) {
  const { heads, sequenceLength: _, ...sizes } = SHAPES[shape];
  return smallModel({ ...sizes, numAttentionHeads: heads, numKeyValueHeads: heads });
}

const plans = (shape: Shape, size: number, gradientGroups: number) => {
  const { sequenceLength } = SHAPES[shape];
  const train = smallTraining({ sequenceLength, batchSize: 8, microBatchSize: 1, gradientGroups });
  return Array.from({ length: size }, (_, rank) => planTraining(modelOf(shape), train, 1, { rank, size }));
};
type Plan = ReturnType<typeof plans>[number];
const optimizerState = ({ declared: { parts } }: Plan) =>
  parts.reduce((sum, { m, v }) => sum + 4 * (elementsOf(m.shape) + elementsOf(v?.shape ?? [0])), 0);

test.each(Object.keys(SHAPES) as Shape[])(
  'shape %s: moments are divided by the number of ranks, to within a piece',
  (shape) => {
    const all = 8 * parameterCount(modelOf(shape));
    for (const size of [1, 2, 4, 8]) {
      const each = plans(shape, size, 8).map(optimizerState);
      expect(each.reduce((a, b) => a + b)).toBe(all);
      for (const bytes of each)
        expect(Math.abs(bytes - all / size)).toBeLessThanOrEqual(size === 1 ? 0 : 8 * MAX_PIECE);
    }
  },
);

test('shape l: each of four ranks needs less than one process, even one without gradient groups', () => {
  const [alone] = plans('l', 1, 1);
  const [grouped] = plans('l', 1, 4);
  const ranks = plans('l', 4, 4);
  for (const { bytes } of ranks) {
    expect(bytes).toBeLessThan(0.8 * alone.bytes);
    expect(bytes).toBeLessThan(0.65 * grouped.bytes);
  }
});

test('pieces cover every parameter once, in order, and never span two; a whole one has one owner', () => {
  const list = parameters(
    smallModel({
      vocabSize: 50_001,
      intermediateSize: 30_000,
      hiddenSize: 24,
      numAttentionHeads: 2,
      numKeyValueHeads: 1,
    }),
  );
  const isWhole = ({ name }: Pick<Parameter, 'name'>) => name.includes('mlp');
  for (const size of [2, 3, 16]) {
    const byName = Map.groupBy(piecesOf(list, size, isWhole), ({ name }) => name);
    expect([...byName.keys()]).toEqual(list.map(({ name }) => name));
    for (const { name, shape } of list) {
      let end = 0;
      for (const { start, length } of byName.get(name)!) {
        expect(start).toBe(end);
        expect(length).toBeLessThanOrEqual(MAX_PIECE);
        end += length;
      }
      expect(end).toBe(elementsOf(shape));
      const owners = new Set(byName.get(name)!.map(({ owner }) => owner));
      if (isWhole({ name })) expect(owners.size).toBe(1);
    }
  }
});
