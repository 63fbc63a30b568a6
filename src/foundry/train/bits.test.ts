// Threads, tiles and micro-batches change no bit of a training, on shapes that fill no tile.

import { expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { ARCHITECTURES, type ModelConfig } from '../model/index.ts';
import type { TokenSource } from './batches.ts';
import type { TrainConfig } from './index.ts';
import { smallPairs, smallTalks } from './testing/conversations.ts';
import { type Bits, smallModel, smallText, smallTraining, trainingBits } from './testing/small.ts';

/** Ways to run a training. With JIKJI_TORTURE all of them, otherwise a choice that has every value. */
const WAYS = process.env.JIKJI_TORTURE
  ? [1, 2, 3].flatMap((threads) =>
      ([8, 16] as const).flatMap((tile) => [1, 2, 4].map((micro) => ({ threads, tile, micro }))),
    )
  : ([
      { threads: 1, tile: 16, micro: 4 },
      { threads: 1, tile: 8, micro: 2 },
      { threads: 2, tile: 8, micro: 1 },
      { threads: 3, tile: 16, micro: 2 },
    ] as const);

/** Two steps: the second one goes on from the weights and moments of the first. */
const small = (changes: Partial<TrainConfig> = {}) =>
  smallTraining({ steps: process.env.JIKJI_TORTURE ? 3 : 2, ...changes });

type Sources = (model: ModelConfig, train: TrainConfig) => readonly TokenSource[];

const text: Sources = (model, train) => [smallText(model, train)];

function allWays(
  model: ModelConfig,
  train: TrainConfig,
  { most = 4, sources = text }: { most?: number; sources?: Sources } = {},
) {
  const ways = new Map<string, Bits>();
  for (const { threads, tile, micro } of WAYS) {
    const microBatchSize = Math.min(micro, most);
    const name = `${threads} threads, tile ${tile}, micro-batch ${microBatchSize}`;
    ways.set(
      name,
      trainingBits(model, { ...train, microBatchSize }, threads, { tile, sources: sources(model, train) }),
    );
  }
  return ways;
}

/** All bits are the same; returns them. */
function expectOne(ways: Map<string, Bits>) {
  const [first] = ways.values();
  const all = Object.fromEntries([...ways.keys()].map((name) => [name, first]));
  expect(Object.fromEntries(ways)).toEqual(all);
  return first;
}

const shapes: [string, Partial<ModelConfig>, Partial<TrainConfig>][] = [
  ['sizes that fill tiles', { hiddenSize: 64, intermediateSize: 160 }, { sequenceLength: 48 }],
  [
    'grouped heads, head size 10, T across two blocks of queries',
    { hiddenSize: 60, intermediateSize: 100, numAttentionHeads: 6, numKeyValueHeads: 2, vocabSize: 517 },
    { sequenceLength: 101 },
  ],
  [
    'an untied head, head size 2, odd everything',
    {
      hiddenSize: 22,
      intermediateSize: 37,
      numAttentionHeads: 11,
      numKeyValueHeads: 1,
      tieWordEmbeddings: false,
      vocabSize: 131,
    },
    { sequenceLength: 53, gradClip: 0.1 },
  ],
  [
    'more columns than a block of the products holds',
    { hiddenSize: 264, intermediateSize: 270, numHiddenLayers: 1, numAttentionHeads: 3, numKeyValueHeads: 3 },
    { sequenceLength: 75, steps: 2 },
  ],
  [
    'so many logits that they come in pieces',
    {
      hiddenSize: 12,
      intermediateSize: 20,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      numKeyValueHeads: 1,
      vocabSize: 60_000,
    },
    { sequenceLength: 50, steps: 2 },
  ],
  ['one position', { numKeyValueHeads: 2 }, { sequenceLength: 1 }],
  [
    'Muon, in matrices of all proportions',
    { hiddenSize: 36, intermediateSize: 70, numAttentionHeads: 6, numKeyValueHeads: 1 },
    { optimizer: 'muon', momentum: 0.95, sequenceLength: 33 },
  ],
  ...[...ARCHITECTURES.keys()].map((architecture): (typeof shapes)[number] => [
    `${architecture}, its own head size`,
    { architecture, hiddenSize: 30, numAttentionHeads: 3, numKeyValueHeads: 1, headDim: 14 },
    { sequenceLength: 50 },
  ]),
];

test.each(shapes)('%s: the same bits for 1, 2, 3 threads, both tiles, micro-batches of 1, 2, 4', (_, model, train) => {
  const bits = expectOne(allWays(smallModel(model), small(train)));
  // The comparison can fail: another seed gives other bits, and the loss is a number.
  expect(trainingBits(smallModel(model), small(train), 1, { seed: 7 }).stateRoot).not.toBe(bits.stateRoot);
  expect(JSON.parse(bits.records)[0].loss).toBeCloseTo(Math.log(smallModel(model).vocabSize), 0);
});

test.each([false, true])('gradient groups: the same bits among themselves (tied head: %s)', (tieWordEmbeddings) => {
  const model = smallModel({ hiddenSize: 36, numAttentionHeads: 6, numKeyValueHeads: 3, tieWordEmbeddings });
  const bits = [
    expectOne(allWays(model, small({ sequenceLength: 49 }))),
    expectOne(allWays(model, small({ sequenceLength: 49, gradientGroups: 2 }), { most: 2 })),
    expectOne(allWays(model, small({ sequenceLength: 49, gradientGroups: 4 }), { most: 1 })),
  ];
  // Other groups give other chains of additions: equal bits would mean that groups have no effect.
  expect(new Set(bits.map((b) => b.stateRoot)).size).toBe(3);
});

test.each([...ARCHITECTURES.keys()])('%s, conversations and text: the same bits', (architecture) => {
  const model = smallModel({ architecture, hiddenSize: 36, numAttentionHeads: 6, numKeyValueHeads: 3 });
  const train = small({ sequenceLength: 101, batchSize: 5 });
  const bits = expectOne(allWays(model, train, { sources: smallTalks }));
  expect(trainingBits(model, train).stateRoot).not.toBe(bits.stateRoot);
  if (architecture !== 'llama' && !process.env.JIKJI_TORTURE) return; // groups are the same in all
  const grouped = small({ sequenceLength: 53, batchSize: 6, gradientGroups: 3 });
  const inGroups = expectOne(allWays(model, grouped, { most: 2, sources: smallTalks }));
  const ungrouped = trainingBits(model, { ...grouped, gradientGroups: 1 }, 1, { sources: smallTalks(model, grouped) });
  expect(inGroups.stateRoot).not.toBe(ungrouped.stateRoot);
});

test('pairs: the same bits', () => {
  const model = smallModel({ hiddenSize: 36, numAttentionHeads: 6, numKeyValueHeads: 3 });
  const train = small({ sequenceLength: 101, batchSize: 6, dpoBeta: 0.2 });
  const bits = expectOne(allWays(model, train, { sources: smallPairs }));
  const sources = smallPairs(model, train);
  for (const other of [
    trainingBits(model, { ...train, dpoBeta: 0.2000001 }, 1, { sources }),
    trainingBits(model, train, 1, {
      sources: [{ ...sources[0], references: sources[0].references!.map((x) => x + 1e-9 * x) }],
    }),
  ])
    expect(other.records).not.toBe(bits.records);
  expectOne(allWays(model, { ...train, gradientGroups: 3 }, { most: 2, sources: smallPairs }));
});

test('a micro-batch that does not divide its group changes nothing either', () => {
  const model = smallModel({ numKeyValueHeads: 2 });
  const train = small({ batchSize: 7, sequenceLength: 20 });
  expectOne(new Map([1, 2, 3, 7].map((n) => [`${n}`, trainingBits(model, { ...train, microBatchSize: n })])));
});

test('shapes drawn at random', () => {
  const random = randomNumbers(20260131);
  const pick = (most: number) => 1 + wholeBelow(random, most);
  for (let i = 0; i < (process.env.JIKJI_TORTURE ? 30 : 3); i++) {
    const numKeyValueHeads = pick(3);
    const numAttentionHeads = numKeyValueHeads * pick(3);
    const model = smallModel({
      hiddenSize: numAttentionHeads * 2 * pick(9),
      intermediateSize: pick(90),
      numHiddenLayers: pick(3),
      numAttentionHeads,
      numKeyValueHeads,
      vocabSize: 2 + pick(400),
      tieWordEmbeddings: random() < 0.5,
    });
    const batchSize = pick(5);
    const train = small({ batchSize, microBatchSize: batchSize, sequenceLength: pick(130), steps: 2 });
    const other = { ...train, microBatchSize: pick(batchSize) };
    const ways = new Map([
      [JSON.stringify({ model, train }), trainingBits(model, train, 1, { tile: 16 })],
      [JSON.stringify({ other, threads: 3 }), trainingBits(model, other, 3, { tile: 8 })],
    ]);
    expectOne(ways);
  }
});
