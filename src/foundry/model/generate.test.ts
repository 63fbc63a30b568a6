// Cached generation gives the bits of the full forward pass, however the text was cut into a prompt and single positions.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine, Layout, philox4x32 } from '../../engine/index.ts';
import { Generator, get, Llama, type ModelConfig, modelScratch, parameters, type Weights } from './index.ts';

const POSITIONS = 150;

/** Number `i` of a series, from 0 up to 1. */
const random = (series: number, i: number): number => philox4x32([i, 0, 0, 0], [series, 0])[0] / 2 ** 32;

const randomTokens = (length: number, vocabSize: number, series: number): Uint32Array =>
  Uint32Array.from({ length }, (_, i) => Math.floor(random(series, i) * vocabSize));

const base: ModelConfig = {
  vocabSize: 300,
  hiddenSize: 32,
  intermediateSize: 64,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  numKeyValueHeads: 4,
  maxPositionEmbeddings: 2048,
  ropeTheta: 10000,
  rmsNormEps: 1e-5,
  initializerRange: 0.05,
  tieWordEmbeddings: true,
};
const PROMPTS = [1, 2, 47, 48, 49, 97];

/** The same weights for every model of a shape: far from the tidy ones at the start of a training. */
function fillWeights(engine: Engine, weights: Weights, config: ModelConfig): void {
  let n = 0;
  for (const { name, std } of parameters(config)) {
    const values = engine.floats(get(weights, name));
    for (let i = 0; i < values.length; i++)
      values[i] = (random(8, n++) - 0.5) * (std === undefined ? 1 : 0.4) + (std ? 0 : 1);
  }
}

/** Logits of all positions in one forward pass, [T, V]. */
function fullLogits(config: ModelConfig, tokens: Uint32Array, train: boolean): Float32Array {
  const layout = new Layout(2, modelScratch(config, tokens.length));
  const model = new Llama(layout, config, tokens.length, tokens.length, train);
  const engine = new Engine(layout);
  try {
    model.prepare(engine);
    fillWeights(engine, model.weights, config);
    return model.logits(engine, Int32Array.from(tokens), 1, tokens.length);
  } finally {
    engine.close();
  }
}

/** The bits of the numbers; -0 counts as +0. */
const bitsOf = (x: Float32Array): Uint32Array => new Uint32Array(x.map((v) => (v === 0 ? 0 : v)).buffer);

const shapes: [string, Partial<ModelConfig>][] = [
  ['every head its own keys, a tied head', {}],
  [
    'grouped heads, an untied head',
    { hiddenSize: 48, numAttentionHeads: 6, numKeyValueHeads: 2, tieWordEmbeddings: false },
  ],
  [
    'one key-value head, odd sizes',
    { hiddenSize: 30, intermediateSize: 41, numAttentionHeads: 3, numKeyValueHeads: 1, vocabSize: 133 },
  ],
  [
    'head size 2, one layer',
    { hiddenSize: 10, numHiddenLayers: 1, numAttentionHeads: 5, numKeyValueHeads: 5, vocabSize: 19 },
  ],
];

describe.each(shapes)('%s', (_, changes) => {
  const config = { ...base, ...changes };
  const V = config.vocabSize;
  const tokens = randomTokens(POSITIONS, V, 2);
  let full: Float32Array;
  const threads = config.tieWordEmbeddings ? 1 : 2;
  let generator: Generator;
  beforeAll(() => {
    full = fullLogits(config, tokens, false);
    generator = new Generator(config, POSITIONS, threads);
    fillWeights(generator.engine, generator.weights, config);
    generator.prepare();
  });
  afterAll(() => generator.close());
  const rowOf = (position: number) => bitsOf(full.slice(position * V, (position + 1) * V));

  test('the full pass is one that tells: finite, different at every position, the same when planned for training', () => {
    expect(full.every(Number.isFinite)).toBe(true);
    expect(new Set(Array.from({ length: POSITIONS }, (_, i) => rowOf(i).join())).size).toBe(POSITIONS);
    expect(bitsOf(fullLogits(config, tokens, true))).toEqual(bitsOf(full));
  });

  test.each(PROMPTS)('a prompt of %d, then position by position', (prompt) => {
    generator.reset();
    expect(bitsOf(generator.feed(tokens.subarray(0, prompt)))).toEqual(rowOf(prompt - 1));
    for (let i = prompt; i < POSITIONS; i++) {
      const bits = bitsOf(generator.feed([tokens[i]!]));
      if (Buffer.compare(Buffer.from(bits.buffer), Buffer.from(rowOf(i).buffer)) !== 0) {
        expect({ position: i, bits }).toEqual({ position: i, bits: rowOf(i) });
      }
    }
    expect(generator.position).toBe(POSITIONS);
  });

  test('later pieces of several tokens, and the whole at once', () => {
    generator.reset();
    generator.feed(tokens.subarray(0, 5));
    expect(bitsOf(generator.feed(tokens.subarray(5, 60)))).toEqual(rowOf(59));
    generator.reset();
    expect(bitsOf(generator.feed(tokens))).toEqual(rowOf(POSITIONS - 1));
    expect(() => generator.feed([0])).toThrow('the context is full');
  });

  test('what was fed before is forgotten', () => {
    generator.reset();
    generator.feed(randomTokens(POSITIONS, V, 77));
    generator.reset();
    expect(bitsOf(generator.feed(tokens.subarray(0, 3)))).toEqual(rowOf(2));
    expect(bitsOf(generator.feed([tokens[3]!]))).toEqual(rowOf(3));
  });
});
