// What generation is held against is itself held against naive loops: the logits of a training's forward pass, with weights in binary32 and
// as bytes, bit for bit.

import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { binary32, crossEntropy, openOracle } from '../../engine/testing/oracle/index.ts';
import { type ModelShape, logits as naiveLogits } from '../../engine/testing/oracle/model.ts';
import { randomTokens, smallModel } from '../train/testing/small.ts';
import { parameters, type StoredWeights } from './index.ts';
import { asQ8 } from './testing/q8-weights.ts';
import { openTraining } from './testing/training-pass.ts';

const T = 70; // more than a block of keys
const config = smallModel({
  vocabSize: 23,
  intermediateSize: 40, // rows that are no whole blocks: one matrix of a layer stays binary32
  numKeyValueHeads: 2,
});
const tokens = randomTokens(T, config.vocabSize, 3);
const targets = randomTokens(T, config.vocabSize, 4);

const random = randomNumbers(5);
const weights = new Map(
  parameters(config).map(({ name, shape, std }) => {
    const count = shape.reduce((product, n) => product * n);
    const width = std === undefined ? 1 : 0.8;
    return [name, Float32Array.from({ length: count }, () => (random() - 0.5) * width + (std ? 0 : 1))];
  }),
);
const read: StoredWeights['read'] = (name, values) => values.set(weights.get(name)!);

/** The bits of numbers; -0 counts as +0. */
const bitsOf = (x: Float32Array) => Buffer.from(x.map((v) => (v === 0 ? 0 : v)).buffer);

describe.each<[string, StoredWeights]>([
  ['binary32', { read }],
  ['bytes', asQ8(config, read)],
])('weights in %s', (kind, stored) => {
  test('its logits are those of naive loops, and its losses follow from them', () => {
    const training = openTraining(config, 100, stored);
    try {
      const found = training.logits(tokens).slice();
      expect(new Set(found).size).toBeGreaterThan((T * config.vocabSize) / 2);
      const wanted =
        kind === 'binary32'
          ? naiveLogits(binary32, { config: config as ModelShape, weights }, Int32Array.from(tokens), T)
          : openTraining(config, 100, stored, openOracle).logits(tokens);
      expect(bitsOf(found).equals(bitsOf(wanted as Float32Array))).toBe(true);
      const shares = new Float32Array(T);
      const { losses } = crossEntropy(binary32, found, Int32Array.from(targets), { M: T, V: config.vocabSize, shares });
      expect(training.nats(tokens, targets)).toEqual(losses);
    } finally {
      training.close();
    }
  });
});
