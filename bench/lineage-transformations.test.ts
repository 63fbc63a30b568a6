// Transformations that claim to keep what a model computes: the same logits before and after, by the foundry's own forward pass.

import { expect, test } from 'vitest';
import { type ModelConfig, openDecoder, parameters } from '../src/foundry/model/index.ts';
import { Comparer, isFound } from './lineage-comparing.ts';
import type { HeldModel, Weight } from './lineage-model.ts';
import { Randomness } from './lineage-random.ts';
import { PLANTED, TRANSFORMATIONS } from './lineage-transformations.ts';

const CONFIG: ModelConfig = {
  vocabSize: 320,
  hiddenSize: 32,
  intermediateSize: 64,
  numHiddenLayers: 3,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  maxPositionEmbeddings: 16,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.2,
  tieWordEmbeddings: true,
};
const TOKENS = Array.from({ length: CONFIG.vocabSize }, (_, id) =>
  id === 0 ? undefined : Buffer.from(`token ${id}`).toString('hex'),
);

/** A model whose norms have gains too. */
function modelOf(seed: string): HeldModel {
  const random = new Randomness(seed);
  const weights = parameters(CONFIG).map(({ name, shape, std }): [string, Weight] => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: count }, () =>
      std === undefined ? Math.exp(random.normal() / 4) : std * random.normal(),
    );
    return [name, { shape, values }];
  });
  return { config: CONFIG, weights: new Map(weights), tokens: TOKENS };
}

const TEXT = [5, 17, 300, 2, 99, 41, 17, 250];

function logits({ config, weights }: HeldModel, text = TEXT): Float32Array[] {
  const read = (name: string, values: Float32Array) => values.set(weights.get(name)!.values);
  const size = { rows: text.length, context: text.length, pages: 0 };
  const decoder = openDecoder(config, size, { threads: 1 }, { read });
  try {
    decoder.forward([{ tokens: text, start: 0 }]);
    return text.map((_, row) => decoder.logits([row]).slice());
  } finally {
    decoder.close();
  }
}

/** The largest difference, as a share of the largest logit. */
function distance(a: readonly Float32Array[], b: readonly Float32Array[]) {
  const all = a.flatMap((row, i) => [...row].map((value, j) => Math.abs(value - b[i]![j]!)));
  return Math.max(...all) / Math.max(...a.flatMap((row) => [...row].map(Math.abs)));
}

const [model, other] = [modelOf('one'), modelOf('other')];
const before = logits(model);

test.each(TRANSFORMATIONS)('$name: outputs stay only where it says so', ({ name, keepsFunction, apply }) => {
  const made = apply(model, new Randomness(name), other);
  const difference = distance(before, logits(made));
  if (keepsFunction) expect(difference).toBeLessThan(1e-5);
  else expect(difference).toBeGreaterThan(1e-4);
  const isChanged = [...made.weights].some(([weight, { values }]) => values !== model.weights.get(weight)?.values);
  expect(isChanged || made.weights.size < model.weights.size).toBe(true);
});

test('a rebuilt vocabulary gives the tokens that stay the logits that they had', () => {
  const { apply } = TRANSFORMATIONS.find(({ name }) => name.startsWith('vocabulary'))!;
  const made = apply(model, new Randomness('vocabulary'), other);
  const newId = (id: number) => made.tokens.indexOf(model.tokens[id]);
  const text = Array.from({ length: CONFIG.vocabSize - 1 }, (_, i) => i + 1)
    .filter((id) => newId(id) >= 0)
    .slice(0, 8);
  const [ours, theirs] = [logits(model, text), logits(made, text.map(newId))];
  const kept = (rows: Float32Array[], of: (id: number) => number) =>
    rows.map((row) => Float32Array.from(text, (id) => row[of(id)]!));
  expect(
    distance(
      kept(ours, (id) => id),
      kept(theirs, newId),
    ),
  ).toBeLessThan(1e-6);
  expect(made.tokens.filter((token) => TOKENS.includes(token)).length).toBeLessThan(0.7 * TOKENS.length);
});

test('a planted part is told in its group, and in no other', () => {
  const comparer = new Comparer('ab'.repeat(32), 1);
  try {
    const { apply } = TRANSFORMATIONS.find(({ name }) => name === PLANTED)!;
    const groups = comparer.compare(apply(model, new Randomness('planted'), other), model).groups;
    expect(
      Object.entries(groups)
        .filter(([, group]) => isFound(group))
        .map(([kind]) => kind),
    ).toEqual(['units']);
    expect(Object.values(comparer.compare(other, model).groups).filter(isFound)).toEqual([]);
  } finally {
    comparer.close();
  }
});
