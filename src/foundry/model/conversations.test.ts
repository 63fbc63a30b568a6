// Conversations in one pass: the same bits as each alone, wherever they lie, and no trace of their neighbours.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomNumbers, wholeBelow } from '../../base/testing/random-numbers.ts';
import { openWebAssembly } from '../../engine/index.ts';
import { ARCHITECTURES, type MicroBatch, type ModelConfig, Transformer } from './index.ts';

/** About blocks of 48 queries, and one row. */
const LENGTHS = [49, 1, 30, 48, 2, 97];
const VOCABULARY = 83;

const shape = (architecture: string): ModelConfig => ({
  architecture,
  vocabSize: VOCABULARY,
  hiddenSize: 30,
  intermediateSize: 44,
  numHiddenLayers: 2,
  numAttentionHeads: 6,
  numKeyValueHeads: 2,
  headDim: 10,
  maxPositionEmbeddings: 128,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.3,
  tieWordEmbeddings: architecture !== 'llama',
});

interface Talk {
  tokens: Int32Array;
  targets: Int32Array;
}

/** Four of ten targets are learned, and the last one. */
function talksOf(lengths: readonly number[], seed: number): Talk[] {
  const random = randomNumbers(seed);
  const some = (length: number) => Int32Array.from({ length }, () => wholeBelow(random, VOCABULARY));
  return lengths.map((length) => ({
    tokens: some(length),
    targets: some(length).map((id, i) => (i === length - 1 || random() < 0.4 ? id : -1)),
  }));
}

const joined = (talks: readonly Talk[]): MicroBatch => ({
  tokens: Int32Array.from(talks.flatMap(({ tokens }) => [...tokens])),
  targets: Int32Array.from(talks.flatMap(({ targets }) => [...targets])),
  lengths: talks.map(({ tokens }) => tokens.length),
});

/** The numbers as they stand in memory. */
const bitsOf = (numbers: Float32Array | Float64Array) =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('hex');

describe.each([...ARCHITECTURES.keys()])('%s', (architecture) => {
  const most = LENGTHS.reduce((a, b) => a + b);
  const { engine, declared: model } = openWebAssembly<Transformer>(
    {
      declare: (e) =>
        new Transformer(e, shape(architecture), { sequences: Math.ceil(most / 97), length: 97, groups: 1 }),
      exercise: (transformer) => transformer.exercise(),
      description: 'a test',
      hint: 'take a smaller one',
    },
    { threads: 2 },
  );
  beforeAll(() => {
    model.prepare();
    const random = randomNumbers(7);
    for (const weight of model.weights.values())
      engine.load(weight, (values) => {
        for (let i = 0; i < values.length; i++) values[i] = random() - 0.4;
      });
  });
  afterAll(() => engine.close());

  /** Nats and gradients of passes over batches. */
  function learn(batches: readonly MicroBatch[], n = 100) {
    model.zeroGradients();
    const nats = batches.flatMap((batch) => {
      const shares = new Float32Array(batch.tokens.length).fill(1 / n);
      return [...engine.doubles(model.backward(batch, { shares, firstGroup: true }))];
    });
    model.finishGradients();
    const gradients = new Map([...model.gradients].map(([name, g]) => [name, engine.floats(g).slice()]));
    return { nats, gradients };
  }

  const talks = talksOf(LENGTHS, 1);

  test('together, alone, and in parts: the same bits', () => {
    const together = learn([joined(talks)]);
    expect(together.nats.every(Number.isFinite)).toBe(true);
    for (const batches of [talks.map((talk) => joined([talk])), [joined(talks.slice(0, 2)), joined(talks.slice(2))]]) {
      const apart = learn(batches);
      expect(bitsOf(Float64Array.from(apart.nats))).toBe(bitsOf(Float64Array.from(together.nats)));
      for (const [name, g] of together.gradients) expect(bitsOf(apart.gradients.get(name)!), name).toBe(bitsOf(g));
    }
    const scored = engine.doubles(model.losses(joined(talks)));
    expect(bitsOf(scored.slice())).toBe(bitsOf(Float64Array.from(together.nats)));
  });

  test('a token of a neighbour changes no bit of the others', () => {
    const before = learn([joined(talks)]).nats;
    for (const [altered, place] of [
      [0, 48],
      [2, 0],
      [5, 60],
    ] as const) {
      const others = talks.map(({ tokens, targets }, i) => {
        const changed = tokens.slice();
        if (i === altered) changed[place] = (changed[place] + 1) % VOCABULARY;
        return { tokens: changed, targets };
      });
      const after = learn([joined(others)]).nats;
      let first = 0;
      for (const [i, length] of LENGTHS.entries()) {
        const [own, was] = [after, before].map((nats) => bitsOf(Float64Array.from(nats.slice(first, first + length))));
        expect(own === was, `conversation ${i}, token ${place} of ${altered} altered`).toBe(i !== altered);
        first += length;
      }
    }
  });

  test('a neighbour of which nothing is learned changes no gradient', () => {
    const [own, ...rest] = talks;
    const silent = (seed: number): Talk[] =>
      talksOf([40, 3], seed).map(({ tokens }) => ({ tokens, targets: tokens.map(() => -1) }));
    const alone = learn([joined([own])]);
    for (const around of [silent(3), silent(4), silent(4).reverse()]) {
      const beside = learn([joined([around[0], own, around[1]])]);
      // A sum of +0 may turn -0 into +0.
      const unsigned = (g: Float32Array) => g.map((x) => x + 0);
      for (const [name, g] of alone.gradients)
        expect(bitsOf(unsigned(beside.gradients.get(name)!)), name).toBe(bitsOf(unsigned(g)));
    }
    expect(bitsOf(learn([joined([own, rest[0]])]).gradients.get('model.norm.weight')!)).not.toBe(
      bitsOf(alone.gradients.get('model.norm.weight')!),
    );
  });
});
