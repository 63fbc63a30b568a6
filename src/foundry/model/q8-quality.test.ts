// What q8_0 changes in a model that was trained: the next token's probabilities beside those in binary32. Training gives the same weights on
// every machine, so the figures are the same too, and the limits are what was computed.

import { beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { Q8 } from '../../engine/index.ts';
import { decodeNumbers, encodeNumbers } from '../../formats/gguf-numbers.ts';
import { Batches, Trainer } from '../train/index.ts';
import { reader, smallModel, smallTraining } from '../train/testing/small.ts';
import { parameters, type StoredWeights } from './index.ts';
import { asQ8 } from './testing/q8-weights.ts';
import { openWhole, wholeLogits } from './testing/whole-pass.ts';

const T = 64;
const HELD_OUT = 32 * T;
const V = 96;
const config = smallModel({ vocabSize: V, hiddenSize: 64, intermediateSize: 128, maxPositionEmbeddings: T });
const train = smallTraining({
  ...{ steps: 80, batchSize: 8, microBatchSize: 8, sequenceLength: T, learningRate: 0.01, warmupSteps: 10 },
});

/** A text in which each token has five that may follow, by the two before it, all equally likely: the likeliest is hard to tell. */
function text(length: number, seed: number) {
  const random = randomNumbers(seed);
  const ids = new Uint32Array(length);
  for (let i = 2; i < length; i++) {
    const which = Math.floor(5 * random());
    ids[i] = (ids[i - 1] * 7 + ids[i - 2] * (which % 2) + which * 31 + 5) % V;
  }
  return ids;
}

let read: StoredWeights['read'];
beforeAll(() => {
  const trainer = new Trainer(config, train, { threads: 1 });
  const batches = new Batches([{ tokens: reader(text(40_000, 1)), weight: 1 }], 1, T);
  trainer.initialise(1);
  for (let step = 0; step < train.steps; step++) trainer.next(batches);
  const weights = new Map(
    trainer.weights().map(({ name, data }) => {
      const { buffer, byteOffset, byteLength } = data;
      return [name, new Float32Array(buffer, byteOffset, byteLength / 4).slice()];
    }),
  );
  trainer.close();
  read = (name, values) => values.set(weights.get(name)!);
});

/** The same numbers as q8_0 has, in binary32: only the weights are rounded. */
const widened = (): StoredWeights => ({
  read: (name, values) => {
    read(name, values);
    const { shape } = parameters(config).find((one) => one.name === name)!;
    if (shape.length === 2 && shape[1] % Q8.block === 0) decodeNumbers('Q8_0', encodeNumbers('Q8_0', values), values);
  },
});

/** Probabilities of each next token of the held-out text, [HELD_OUT, V]. */
function probabilities(stored: StoredWeights) {
  const decoder = openWhole(config, [HELD_OUT / T, T], stored);
  const logits = wholeLogits(decoder, text(HELD_OUT, 2), T);
  decoder.close();
  return Array.from({ length: HELD_OUT }, (_, row) => {
    const own = Float64Array.from(logits.subarray(row * V, (row + 1) * V));
    const most = Math.max(...own);
    const weights = own.map((x) => Math.exp(x - most));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((x) => x / sum);
  });
}

const bestOf = (p: Float64Array) => p.indexOf(Math.max(...p));
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;

/** The mean divergence of q from p in nats, and how many likeliest tokens are not the same. */
function beside(p: Float64Array[], q: Float64Array[]) {
  const kl = mean(p.map((own, row) => own.reduce((sum, x, id) => sum + x * Math.log(x / q[row][id]), 0)));
  return { kl, others: p.filter((own, row) => bestOf(own) !== bestOf(q[row])).length };
}

test('q8_0: divergence and likeliest tokens, all of it from the weights', () => {
  const [f32, q8, wide] = [{ read }, asQ8(config, read), widened()].map(probabilities);
  const ids = text(HELD_OUT, 2);
  const nats = mean(f32.slice(0, -1).map((p, row) => -Math.log(p[ids[row + 1]])));
  expect(nats).toBeLessThan(Math.log(V) - 1.5); // it has learned something
  // Computed by this test; a thousandth is room for another Math.exp. All of it is the rounding of the weights: whole numbers add nothing
  // that the likeliest token shows.
  const [ours, weights, arithmetic] = [beside(f32, q8), beside(f32, wide), beside(wide, q8)];
  const within = (found: number, computed: number) => expect(Math.abs(found / computed - 1)).toBeLessThan(1e-3);
  within(ours.kl, 1.7926e-5);
  within(weights.kl, 1.79163e-5);
  within(arithmetic.kl, 1.06941e-8);
  expect([ours, weights, arithmetic].map(({ others }) => others)).toEqual([25, 25, 0]); // of 2,048: 98.78% are the same
});
