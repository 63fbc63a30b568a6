// Motion of Muon must find matrices of other runs, blends with them, and momentum that no steps give; the honest states pass. The share of
// blends that are found is printed.

import { afterAll, describe, expect, it, test } from 'vitest';
import { type Parameter, parameters } from '../../foundry/model/index.ts';
import { momentNames, optimizerOf } from '../../foundry/train/index.ts';
import type { SegmentMotion } from './input.ts';
import { spectralNormFromBelow } from './matrix.ts';
import { matrixLimits } from './muon.ts';
import { Bench, copyOf, floatsOf, forge, motionOf, smallModel, smallTraining, type Traces } from './testing/motion.ts';

const EVERY = 6;
const AT = Array.from({ length: 21 }, (_, i) => i * EVERY);
const UP = 'model.layers.1.mlp.up_proj.weight';
const UP_MOMENTUM = momentNames.momentum + UP;
const train = smallTraining({ optimizer: 'muon', momentum: 0.95, learningRate: 0.003 });
// Matrices large enough that two runs' are as good as orthogonal.
const model = smallModel({ hiddenSize: 32, intermediateSize: 64, numAttentionHeads: 4, initializerRange: 0.02 });
const matrices: Parameter[] = parameters(model).filter((parameter) => optimizerOf(train, parameter) === 'muon');
const bench = new Bench(model, train);
const recipe = { train: { steps: 120, warmupSteps: 12 } };
const honest = bench.run(recipe, 1, AT);
const other = bench.run(recipe, 2, AT);
afterAll(() => bench.close());

/** Blends matrices with the other run's: this share of them is the other's. */
const blend = (j: number, share: number): Traces =>
  forge(honest, j, (floats) => {
    for (const { name } of matrices) {
      const theirs = floatsOf(other.kept[j]!.state, name);
      floats(name).set(floats(name).map((w, i) => (1 - share) * w + share * theirs[i]!));
    }
  });

const found = (motions: SegmentMotion[]) =>
  motions.flatMap((m) => m.findings.map((f) => ({ segment: m.segment.index, tensor: f.tensor })));

test('the honest trainings pass', () => {
  expect(matrices).toHaveLength(14);
  expect(found(motionOf(honest))).toEqual([]);
  expect(found(motionOf(other))).toEqual([]);
});

test('a matrix of another run, or blended with it by a fifth: found in every segment; the share found of smaller blends', () => {
  const shares = [0.05, 0.1, 0.2, 0.5, 1].map((share) => {
    let count = 0;
    for (let j = 2; j < AT.length; j++) {
      const motion = motionOf(blend(j, share))[j - 1]!;
      count += matrices.filter(({ name }) => motion.findings.some((f) => f.tensor === name)).length;
    }
    return count / (matrices.length * (AT.length - 2));
  });
  console.log(
    `blends found by the bound: ${['5%', '10%', '20%', '50%', '100%'].map((s, i) => `${s}: ${(100 * shares[i]!).toFixed(0)}%`).join(', ')}`,
  );
  expect(shares.slice(2)).toEqual([1, 1, 1]);
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
});

test('a bound beyond the size of the weights is called vacuous, and of a matrix only there', () => {
  const least = new Map(matrices.map(({ name }) => [name, Number.POSITIVE_INFINITY]));
  for (const { segment, vacuous } of motionOf(honest)) {
    const rates = honest.steps.slice(segment.from, segment.to).map((s) => s.learningRate);
    for (const { name, shape } of matrices) {
      const w = floatsOf(honest.kept[segment.index]!.state, name);
      const size = Math.hypot(...w);
      const { kept, frobenius } = matrixLimits(train, shape, rates, size);
      const share = (frobenius + (1 - kept) * size) / size;
      expect(vacuous.includes(name)).toBe(share > 1);
      least.set(name, Math.min(least.get(name)!, share));
    }
  }
  for (const share of least.values()) expect(share).toBeLessThan(0.2);
});

describe('one matrix', () => {
  const j = 9;
  const limitsOf = (name: string) => {
    const { shape } = matrices.find((p) => p.name === name)!;
    const before = floatsOf(honest.kept[j - 1]!.state, name);
    const rates = honest.steps.slice(AT[j - 1], AT[j]).map((s) => s.learningRate);
    return { before, ...matrixLimits(train, shape, rates, Math.hypot(...before)) };
  };
  const findings = (change: Parameters<typeof forge>[2]) => motionOf(forge(honest, j, change))[j - 1]!.findings;

  it.each([0.9999, 1.0001])('%d of the Frobenius limit', (share) => {
    const { before, kept, frobenius } = limitsOf(UP);
    // Evenly over all singular values: a matrix of signs whose rows are orthogonal.
    const push = Float64Array.from(before, (_, i) => {
      const [row, column] = [Math.floor(i / 32), i % 32];
      return [...(row & column).toString(2)].filter((bit) => bit === '1').length % 2 === 0 ? 1 : -1;
    });
    const size = Math.hypot(...push);
    const made = findings((floats) => {
      floats(UP).set(before.map((w, i) => kept * w + (share * frobenius * push[i]!) / size));
    });
    expect(made.map((f) => [f.tensor, f.text.includes('Frobenius')])).toEqual(share > 1 ? [[UP, true]] : []);
  });

  it.each([0.9999, 1.0001])('%d of the spectral limit, along one direction', (share) => {
    const { before, kept, spectral } = limitsOf(UP);
    const made = findings((floats) => {
      floats(UP).set(
        before.map((w, i) => kept * w + (share * spectral * Math.sign(Math.cos(i % 32))) / Math.sqrt(before.length)),
      );
    });
    expect(made.map((f) => [f.tensor, f.text.includes('spectral')])).toEqual(share > 1 ? [[UP, true]] : []);
    if (share > 1) {
      expect(made[0]).toMatchObject({ verdict: 'refuted', file: 'state-54', step: 54 });
      expect(made[0]!.text).toMatch(
        /^moved by at least 0\.\d+ \(spectral norm\) beside its decay: steps 49 to 54 can move it by at most 0\.\d+$/,
      );
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('with an element of %d', (value) => {
    for (const name of [UP, UP_MOMENTUM]) {
      const made = findings((floats) => floats(name).fill(value, 1, 2));
      expect(made.map((f) => f.tensor)).toContain(name);
    }
  });
});

describe('momentum', () => {
  const wrong = (j: number, change: Parameters<typeof forge>[2]) => found(motionOf(forge(honest, j, change)));

  it('not zero before the first step', () => {
    const made = wrong(0, (floats) => floats(UP_MOMENTUM).fill(1e-30, 0, 1));
    expect(made).toEqual([{ segment: 0, tensor: UP_MOMENTUM }]);
  });

  it('larger than the gradients can make it: on both sides of the state', () => {
    const made = wrong(8, (floats) => {
      for (const { name } of matrices) floats(momentNames.momentum + name).fill(1);
    });
    expect(made).toEqual([7, 8].map((segment) => ({ segment, tensor: undefined })));
  });

  it('of smaller gradients than the transcript has is not refuted: the limit is one-sided', () => {
    const made = wrong(8, (floats) => {
      for (const { name } of matrices) floats(momentNames.momentum + name).fill(0);
    });
    expect(made).toEqual([]);
  });

  it('second moments that the gradient norms do not allow are refuted all the same', () => {
    const made = wrong(8, (floats) => {
      for (const { name } of parameters(model)) {
        if (matrices.some((m) => m.name === name)) continue;
        floats(momentNames.second + name).fill(10);
      }
    });
    expect(made).toContainEqual({ segment: 7, tensor: undefined });
  });
});

test('a state with the moments of another optimizer is refused before the comparison', () => {
  const kept = [...honest.kept];
  const state = copyOf(kept[4]!.state).filter((t) => t.name !== UP_MOMENTUM);
  const bytes = state.find((t) => t.name === UP)!.data.length;
  for (const prefix of [momentNames.first, momentNames.second]) {
    state.push({ name: prefix + UP, dtype: 'F32', shape: [64, 32], data: new Uint8Array(bytes) });
  }
  kept[4] = { ...kept[4]!, state };
  const tensors = motionOf({ ...honest, kept })[3]!.findings.map((f) => f.tensor);
  expect(tensors.toSorted()).toEqual([momentNames.first + UP, momentNames.second + UP, UP_MOMENTUM].toSorted());
});

test('the power method finds what a random blend moves', () => {
  const [a, b] = [honest, other].map((run) => floatsOf(run.kept[10]!.state, UP));
  const difference = a!.map((w, i) => w - b![i]!);
  expect(spectralNormFromBelow(difference, 32)).toBeGreaterThan(Math.hypot(...difference) / Math.sqrt(32));
});
