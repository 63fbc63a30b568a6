// Reading, defaults, overrides and writing of recipes, and their sizes.

import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  defaultMicroBatchSize,
  drawSeed,
  flopsPerToken,
  type ModelRecipe,
  parameterCount,
  parseRecipe,
  parseRunRecipe,
  recipeDigestInput,
  recipeToYaml,
  sizeFor,
  trainingFlops,
  withSeed,
} from './index.ts';

const BASE = 'corpus:\n  sources:\n    - { files: texts/**/*.md, language: ko, weight: 2 }\n';
const read = (text: string, overrides: string[] = [], file = 'hello.yaml') => parseRecipe(text, { file, overrides });

test('every key except the sources has a default', () => {
  expect(read(BASE)).toEqual({
    name: 'hello',
    corpus: {
      sources: [{ files: 'texts/**/*.md', read: 'markdown', language: 'ko', licence: 'unknown', weight: 2 }],
      validation: 0.01,
    },
    tokenizer: { vocabSize: 4096 },
    model: {
      hiddenSize: 192,
      intermediateSize: 512,
      numHiddenLayers: 4,
      numAttentionHeads: 6,
      numKeyValueHeads: 6,
      maxPositionEmbeddings: 256,
      ropeTheta: 10000,
      rmsNormEps: 1e-5,
      initializerRange: 0.02,
      tieWordEmbeddings: true,
    },
    train: {
      steps: 200,
      batchSize: 16,
      microBatchSize: 16,
      sequenceLength: 256,
      gradientGroups: 1,
      learningRate: 0.001,
      minLearningRate: 0.0001,
      schedule: 'cosine',
      decayFraction: 0.2,
      warmupSteps: 20,
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.95,
      eps: 1e-8,
      gradClip: 1,
      validateEvery: 50,
      validationTokens: 65536,
      checkpointEvery: 50,
      keepEvery: 1,
    },
  });
});

test('an optimizer that is AdamW is not written: a recipe means what it meant before there was Muon', () => {
  const train = (text: string) => read(`${BASE}train: ${text}`).train;
  expect(train('{ optimizer: adamw }')).toEqual(train('{}'));
  expect(train('{ optimizer: muon }')).toEqual({ ...train('{}'), optimizer: 'muon', momentum: 0.95 });
  const keys = Object.keys(train('{ momentum: 0.8, optimizer: muon }'));
  expect([keys.indexOf('optimizer'), keys.indexOf('momentum')]).toEqual([5, 15]);
});

test('defaults that follow other keys follow their overrides too', () => {
  const recipe = read(BASE, [
    'model.hiddenSize=256',
    'model.numAttentionHeads=8',
    'train.sequenceLength=512',
    'train.learningRate=0.01',
  ]);
  expect(recipe.model).toMatchObject({ intermediateSize: 704, numKeyValueHeads: 8, maxPositionEmbeddings: 512 });
  expect(recipe.train).toMatchObject({ microBatchSize: 8, minLearningRate: 0.001 });
});

test.each([
  ['My Recipe (2).yaml', 'my-recipe-2'],
  ['/a/b/base.YML', 'base'],
  ['..yaml', 'recipe'],
  ['훈민.yaml', 'hunmin'],
  ['訓民.yaml', 'recipe'],
])('a file %s gives the name %s', (file, name) => {
  expect(read(BASE, [], file).name).toBe(name);
});

test('a warm-up longer than the steps is legal; an empty section is one', () => {
  expect(read(`${BASE}model:\ntrain:\n  steps: 5\n  warmupSteps: 50\n`).train).toMatchObject({
    steps: 5,
    warmupSteps: 50,
  });
});

test('overrides reach into lists, create sections, and accept lists and texts that look like other values', () => {
  const recipe = read(BASE, [
    'corpus.sources.0.weight=3',
    'corpus.sources[0].files=*.txt',
    'corpus.sources[1]={files: [a.jsonl, b.jsonl], licence: MIT}',
    'corpus.sources.1.files.1=c.jsonl',
    'tokenizer.vocabSize=300',
    'name=1377',
    'train.steps=10',
    'train.steps=20',
  ]);
  expect(recipe.corpus.sources).toMatchObject([
    { files: '*.txt', read: 'text', weight: 3 },
    { files: ['a.jsonl', 'c.jsonl'], read: 'jsonl', field: 'text', licence: 'MIT', weight: 1 },
  ]);
  expect(recipe).toMatchObject({ name: '1377', tokenizer: { vocabSize: 300 }, train: { steps: 20 } });
});

test('a recipe can consist of overrides alone', () => {
  expect(read('', ['corpus.sources.0.files=a.txt']).corpus.sources[0].files).toBe('a.txt');
});

test('%YAML 1.1 changes nothing: off is a text and merge keys stay unknown', () => {
  expect(() => read(`%YAML 1.1\n---\n${BASE}model: { tieWordEmbeddings: off }`)).toThrow(/true or false, not the text/);
});

test('a resolved recipe reads back unchanged, and other YAML readers see the same numbers', () => {
  const odd = read(BASE, [
    'train.eps=1.0e-7',
    'train.gradClip=1e30',
    'seed=9007199254740991',
    'name=1e5',
    'corpus.sources.0.licence="yes: # no"',
    'corpus.sources.0.language=no',
    'corpus.sources.0.files=["*.md", "- x", "null"]',
    'train.microBatchSize=4',
    'train.schedule=wsd',
  ]);
  for (const recipe of [read(BASE), odd]) {
    const text = recipeToYaml(recipe);
    expect(read(text, [], 'other-name.yaml')).toEqual(recipe);
    expect(parse(text, { version: '1.1' }).train).toEqual(recipe.train);
    expect(text).toContain('  eps: 1.0e-');
    expect(recipeToYaml(read(text))).toBe(text);
  }
});

test('a run states its seed, in its place; where it is missing, the recipe is refused', () => {
  const text = recipeToYaml(withSeed(read(BASE), 5));
  expect(text).toMatch(/^name: hello\nseed: 5\ncorpus:/);
  expect(recipeToYaml(parseRunRecipe(text, 'recipe.yaml'))).toBe(text);
  expect(recipeToYaml(withSeed(read(BASE, ['seed=4']), 5))).toBe(text);
  expect(() => parseRunRecipe(text.replace('seed: 5\n', ''), 'recipe.yaml')).toThrow(
    expect.objectContaining({ code: 'recipe-missing-key', input: 'recipe.yaml' }),
  );
});

test('drawn seeds differ, and a recipe takes each of them', () => {
  const seeds = Array.from({ length: 20 }, drawSeed);
  expect(new Set(seeds).size).toBe(20);
  for (const seed of seeds) expect(read(BASE, [`seed=${seed}`]).seed).toBe(seed);
});

test('the digest input depends on every key except the micro-batch', () => {
  const inputWith = (...overrides: string[]) => JSON.stringify(recipeDigestInput(withSeed(read(BASE, overrides), 1)));
  const input = inputWith();
  expect(inputWith('train.microBatchSize=2')).toBe(input);
  expect(inputWith('train.steps=2')).not.toBe(input);
  expect(input).not.toContain('microBatchSize');
});

function shape({ V, D, F, L, H, G, tied }: Record<'V' | 'D' | 'F' | 'L' | 'H' | 'G', number> & { tied: boolean }) {
  const model: ModelRecipe = {
    ...read(BASE).model,
    hiddenSize: D,
    intermediateSize: F,
    numHiddenLayers: L,
    numAttentionHeads: H,
    numKeyValueHeads: G,
    tieWordEmbeddings: tied,
  };
  return { tokenizer: { vocabSize: V }, model };
}

test.each([
  ['Llama 2 7B', shape({ V: 32000, D: 4096, F: 11008, L: 32, H: 32, G: 32, tied: false }), 6_738_415_616],
  ['TinyLlama 1.1B', shape({ V: 32000, D: 2048, F: 5632, L: 22, H: 32, G: 4, tied: false }), 1_100_048_384],
  ['Llama 3.2 1B', shape({ V: 128256, D: 2048, F: 8192, L: 16, H: 32, G: 8, tied: true }), 1_235_814_400],
])('%s has the published number of parameters', (_, recipe, parameters) => {
  expect(parameterCount(recipe)).toBe(parameters);
});

test('operations: 6 for each parameter of a tied model, plus attention', () => {
  const s = shape({ V: 4096, D: 256, F: 672, L: 6, H: 8, G: 8, tied: true });
  expect(flopsPerToken(s, 256)).toBe(6 * parameterCount(s) + 12 * 6 * 256 * 128);
  // An untied embedding is looked up, not multiplied.
  expect(flopsPerToken({ ...s, model: { ...s.model, tieWordEmbeddings: false } }, 256)).toBe(flopsPerToken(s, 256));
  const recipe = read(BASE, [
    'train.steps=3',
    'train.batchSize=5',
    'train.sequenceLength=7',
    'train.validationTokens=7',
  ]);
  expect(trainingFlops(recipe)).toBe(105 * flopsPerToken(recipe, 7));
});

test('the default micro-batch is the largest that fits, compared with a search', () => {
  for (const [batch, T, groups] of [
    [16, 256, 1],
    [16, 256, 4],
    [48, 512, 2],
    [7, 64, 1],
    [6, 2048, 1],
    [4, 2048, 1],
    [100, 1, 1],
    [9999, 1, 1],
  ]) {
    const group = batch / groups;
    const fitting = Array.from({ length: group }, (_, i) => i + 1).filter(
      (m) => group % m === 0 && (m === 1 || m * T <= 4096),
    );
    expect(defaultMicroBatchSize(batch, T, groups)).toBe(Math.max(...fitting));
  }
});

test.each([
  [20e3, 100e9, 600],
  [5e6, 100e9, 600],
  [5e6, 100e9, 60],
  [500e6, 150e9, 3600],
  [50e9, 400e9, 86400 * 3],
])('init: %d bytes at %d FLOP/s in %d s', (textBytes, flopsPerSecond, seconds) => {
  const sizing = sizeFor({ textBytes, flopsPerSecond, seconds });
  const recipe = read(BASE, [
    `tokenizer.vocabSize=${sizing.vocabSize}`,
    `model.architecture=${sizing.model.architecture}`,
    ...(['hiddenSize', 'intermediateSize', 'numHiddenLayers', 'numAttentionHeads', 'numKeyValueHeads'] as const).map(
      (k) => `model.${k}=${sizing[k]}`,
    ),
    ...(['steps', 'batchSize', 'sequenceLength', 'warmupSteps'] as const).map((k) => `train.${k}=${sizing[k]}`),
  ]);
  expect(parameterCount(recipe)).toBe(sizing.parameters);
  expect(trainingFlops(recipe)).toBeCloseTo(sizing.seconds * flopsPerSecond * 0.9, -3);
  expect(sizing.seconds).toBeLessThanOrEqual(seconds);
  expect(sizing.trainingTokens).toBeLessThanOrEqual(sizing.corpusTokens * 4);
});

test('init: more time or text never gives a smaller model; a short text gives no large one', () => {
  const size = (textBytes: number, seconds: number) =>
    sizeFor({ textBytes, seconds, flopsPerSecond: 100e9 }).parameters;
  for (const bytes of [1e6, 5e6, 40e6]) {
    for (const seconds of [60, 600, 6000, 60000]) {
      expect(size(bytes, seconds * 10)).toBeGreaterThanOrEqual(size(bytes, seconds));
    }
  }
  expect(size(5e9, 36000)).toBeGreaterThan(size(5e6, 36000));
  expect(size(5e6, 1e7)).toBeLessThan(5e6 / 3.5 / 0.4);
});

test('init: unlimited text gives about 20 tokens per parameter', () => {
  for (const seconds of [1e5, 1e6]) {
    const { parameters, trainingTokens } = sizeFor({ textBytes: 1e14, seconds, flopsPerSecond: 100e9 });
    expect(trainingTokens / parameters).toBeGreaterThan(7);
    expect(trainingTokens / parameters).toBeLessThan(60);
  }
});

test('another architecture and a head size are written only if the recipe has them', () => {
  const model = (text: string) => parseRecipe(`${BASE}model: ${text}\n`, { file: 'r.yaml' }).model;
  expect(model('{ architecture: llama, headDim: 32 }')).toEqual(model('{}'));
  expect(model('{ architecture: qwen3, numAttentionHeads: 5, headDim: 20 }')).toMatchObject({
    architecture: 'qwen3',
    headDim: 20,
  });
});
