// The whole small model: every tensor's gradient against finite differences in binary64, causality, gradient groups.

import { describe, expect, it } from 'vitest';
import { gradientError, normals, wholes } from '../numbers.ts';
import { binary32, binary64, type FloatArray } from './arithmetic.ts';
import { logits, lossAndGradients, type ModelShape, tensorShapes } from './model.ts';

/** Elements of each tensor whose derivative is taken, spread over it. */
const ELEMENTS = process.env.JIKJI_TORTURE ? 8 : 3;

const grouped: ModelShape = {
  hiddenSize: 12,
  intermediateSize: 10,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  numKeyValueHeads: 1,
  vocabSize: 13,
  ropeTheta: 100,
  rmsNormEps: 1e-5,
  tieWordEmbeddings: false,
};
const tied: ModelShape = { ...grouped, numAttentionHeads: 2, numKeyValueHeads: 2, tieWordEmbeddings: true };

function weightsFor(config: ModelShape, A = binary64) {
  let seed = 100;
  return new Map(
    [...tensorShapes(config)].map(([name, shape]) => {
      const n = shape.reduce((a, b) => a * b);
      const w = normals(A, n, seed++, 0.3);
      if (shape.length === 1) for (let i = 0; i < n; i++) w[i] += 1;
      return [name, w];
    }),
  );
}

describe.each([
  ['Llama, untied, grouped heads', grouped],
  ['Llama, tied', tied],
  ['Qwen2', { ...grouped, architecture: 'qwen2' as const }],
  ['Qwen3, heads of a size of their own', { ...grouped, architecture: 'qwen3' as const, headDim: 6 }],
])('%s', (_, config) => {
  const T = 5;
  const tokens = wholes(2 * T, config.vocabSize, 1);
  const targets = wholes(2 * T, config.vocabSize, 2);

  it('has the gradient of its loss in every tensor', () => {
    const weights = weightsFor(config);
    const step = { tokens, targets, sequenceLength: T, gradientGroups: 2, targetsInStep: 17 };
    const { gradients } = lossAndGradients(binary64, { config, weights }, step);
    expect([...gradients.keys()].sort()).toEqual([...tensorShapes(config).keys()].sort());
    const loss = () => lossAndGradients(binary64, { config, weights }, step).loss;
    for (const [name, w] of weights) {
      expect(gradientError(loss, w, gradients.get(name)!, ELEMENTS), name).toBeLessThan(1e-6);
    }
  });

  it('has the gradient of its loss for conversations with masks, and windows are no part of its bits', () => {
    // Windows of 8 slots: conversations of 3 and 4 rows and a free slot, then one of 8.
    const positions = Int32Array.of(0, 1, 2, 0, 1, 2, 3, -1, 0, 1, 2, 3, 4, 5, 6, 7);
    const packed = wholes(16, config.vocabSize, 3);
    const learned = wholes(16, config.vocabSize, 4);
    for (const slot of [0, 3, 4, 7, 9, 12]) learned[slot] = -1;
    const step = { tokens: packed, targets: learned, positions, sequenceLength: 8 };
    const weights = weightsFor(config);
    const { loss, gradients } = lossAndGradients(binary64, { config, weights }, { ...step, gradientGroups: 2 });
    const f = () => lossAndGradients(binary64, { config, weights }, step).loss;
    expect(f()).toBe(loss);
    for (const [name, w] of weights)
      expect(gradientError(f, w, gradients.get(name)!, ELEMENTS), name).toBeLessThan(1e-6);

    const model = { config, weights: weightsFor(config, binary32) };
    const alone = [
      [0, 3],
      [3, 7],
      [8, 16],
    ].map(([from, to]) =>
      lossAndGradients(binary32, model, {
        tokens: packed.slice(from, to),
        targets: learned.slice(from, to),
        sequenceLength: to - from,
        targetsInStep: 10,
      }),
    );
    const spread = (all: Int32Array, fill: number) => {
      const slots = new Int32Array(24).fill(fill);
      slots.set(all.subarray(0, 3), 0);
      slots.set(all.subarray(3, 7), 8);
      slots.set(all.subarray(8), 16);
      return slots;
    };
    const apart = lossAndGradients(binary32, model, {
      tokens: spread(packed, 0),
      targets: spread(learned, -1),
      positions: spread(positions, -1),
      sequenceLength: 8,
    });
    expect(apart).toEqual(lossAndGradients(binary32, model, step));
    expect(alone.reduce((sum, one) => sum + one.loss, 0)).toBeCloseTo(apart.loss, 6);
  });

  it('has the gradient of the loss of pairs', () => {
    const positions = Int32Array.of(0, 1, 2, 0, 1, 2, 3, -1, 0, 1, 2, 0, 1, 0, 0, 1);
    const packed = wholes(16, config.vocabSize, 5);
    const learned = wholes(16, config.vocabSize, 6);
    for (const slot of [0, 3, 7]) learned[slot] = -1;
    const preference = { beta: 0.7, references: [7, 9, 8.5, 5, 2, 6] };
    const weights = weightsFor(config);
    const step = { tokens: packed, targets: learned, positions, sequenceLength: 8, preference };
    const { loss, gradients } = lossAndGradients(binary64, { config, weights }, { ...step, gradientGroups: 2 });
    const f = () => lossAndGradients(binary64, { config, weights }, step).loss;
    expect(f()).toBe(loss);
    for (const [name, w] of weights) expect(gradientError(f, w, gradients.get(name)!, 3), name).toBeLessThan(1e-6);
  });

  it('has the same gradient in one group and in two, up to rounding', () => {
    const weights = weightsFor(config, binary32);
    const model = { config, weights };
    const step = { tokens, targets, sequenceLength: T };
    const one = lossAndGradients(binary32, model, step);
    const two = lossAndGradients(binary32, model, { ...step, gradientGroups: 2 });
    const exact = lossAndGradients(binary64, model, step);
    expect(two.loss).toBe(one.loss);
    expect(Math.abs(one.loss - exact.loss)).toBeLessThan(1e-6);
    for (const [name, g] of exact.gradients) {
      const size = Math.hypot(...g);
      for (const { gradients } of [one, two]) {
        const difference = Math.hypot(...gradients.get(name)!.map((x, i) => x - g[i]));
        expect(difference / size, name).toBeLessThan(1e-5);
      }
    }
  });

  it('never attends to later positions or to another sequence', () => {
    const weights = weightsFor(config, binary32);
    const before = logits(binary32, { config, weights }, tokens, T);
    const changed = tokens.slice();
    changed[3] = (changed[3] + 1) % config.vocabSize;
    const after = logits(binary32, { config, weights }, changed, T);
    const row = (a: FloatArray, m: number) => a.slice(m * config.vocabSize, (m + 1) * config.vocabSize);
    for (const m of [0, 1, 2, 5, 6, 7, 8, 9]) expect(row(after, m)).toEqual(row(before, m));
    for (const m of [3, 4]) expect(row(after, m)).not.toEqual(row(before, m));
  });
});

it('works on one token', () => {
  const weights = weightsFor(tied);
  const { loss, gradients } = lossAndGradients(
    binary64,
    { config: tied, weights },
    { tokens: Int32Array.of(3), targets: Int32Array.of(4), sequenceLength: 1 },
  );
  expect(loss).toBeGreaterThan(0);
  // With one key attention does not depend on queries and keys (but for a rounding error).
  for (const [name, g] of gradients) expect(Math.hypot(...g) > 1e-12, name).toBe(!/[qk]_proj/.test(name));
});
