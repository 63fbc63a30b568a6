// The limits against Muon itself: the engine's, with matrices whose singular values come out as large as they can. The limits must hold, and
// must be nearly reached: a limit far above all movements would catch nothing.

import { describe, expect, it, test } from 'vitest';
import { randomNumbers } from '../../base/testing/random-numbers.ts';
import { type Engine, muonScale, NEWTON_SCHULZ, openWebAssembly, type Tensor } from '../../engine/index.ts';
import { singularValues } from '../../engine/testing/singular-values.ts';
import type { Mover } from './adamw.ts';
import { spectralNormFromBelow } from './matrix.ts';
import { MAX_SINGULAR_VALUE, matrixLimits, momentumLimit, updateNorms } from './muon.ts';

const mover = (changes: Partial<Mover> = {}): Mover => ({
  ...{ optimizer: 'muon', momentum: 0.95, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0, gradClip: 1 },
  ...changes,
});

/** One step's polynomial, in binary64. */
const step = (x: number): number =>
  NEWTON_SCHULZ.first * x + NEWTON_SCHULZ.third * x ** 3 + NEWTON_SCHULZ.fifth * x ** 5;
const steps = (x: number): number => step(step(step(step(step(x)))));

const SHAPES: [number, number][] = [
  [1, 1],
  [1, 40],
  [40, 1],
  [8, 8],
  [12, 30],
  [30, 12],
  [33, 64],
];

test('the largest singular value is that of a fine grid, and no step leaves the interval', () => {
  let most = 0;
  const limit = MAX_SINGULAR_VALUE * (1 + 1e-7); // the engine's coefficients are binary32 numbers
  for (let i = 0; i <= 1_000_000; i++) most = Math.max(most, steps(i / 1_000_000));
  expect(most).toBeLessThanOrEqual(limit);
  expect(most).toBeGreaterThan(0.99999 * MAX_SINGULAR_VALUE);
  for (let x = 0; x <= 1.25; x += 1e-5) {
    expect(step(x)).toBeLessThanOrEqual(limit);
    expect(step(x)).toBeGreaterThanOrEqual(0);
  }
});

describe('norms of an update', () => {
  it('are the largest singular value for each of the shorter side, and little more, up to 512 rows', () => {
    for (const shape of [...SHAPES, [192, 512], [512, 512]]) {
      const { spectral, frobenius } = updateNorms(shape);
      expect(spectral / MAX_SINGULAR_VALUE).toBeGreaterThan(1);
      expect(spectral / MAX_SINGULAR_VALUE).toBeLessThan(1.02);
      expect(frobenius / (MAX_SINGULAR_VALUE * Math.sqrt(Math.min(...shape)))).toBeLessThan(1.001);
    }
  });

  it('grow with the rounding of long sums, and stay finite', () => {
    let before = 0;
    for (const side of [64, 512, 1024, 4096, 65_536]) {
      const { spectral, frobenius } = updateNorms([side, side]);
      expect(spectral).toBeGreaterThan(before);
      expect(0 * spectral * frobenius).toBe(0);
      before = spectral;
    }
  });
});

/** A matrix [R, C], R >= C, with these singular values: reflected columns of a diagonal one. */
function withSingularValues(R: number, C: number, values: (j: number) => number, random: () => number): Float32Array {
  const x = new Float64Array(R * C);
  for (let j = 0; j < C; j++) x[j * C + j] = values(j);
  const reflect = (length: number, at: (i: number, other: number) => number, others: number): void => {
    const v = Float64Array.from({ length }, () => random() - 0.5);
    const square = v.reduce((sum, one) => sum + one * one, 0);
    for (let other = 0; other < others; other++) {
      let dot = 0;
      for (let i = 0; i < length; i++) dot += v[i]! * x[at(i, other)]!;
      for (let i = 0; i < length; i++) x[at(i, other)]! -= (2 * dot * v[i]!) / square;
    }
  };
  for (let k = 0; k < 3; k++) {
    reflect(R, (i, other) => i * C + other, C);
    reflect(C, (j, other) => other * C + j, R);
  }
  return Float32Array.from(x);
}

type Matrices = Record<'w' | 'g' | 'm', Tensor>;

/** Runs Muon on one matrix. `work` gets a step with a gradient, and the weights. */
function withEngine<T>(
  [R, C]: readonly [number, number],
  work: (step: (g: Float32Array, o: Partial<Mover>, lr: number) => void, w: Float32Array) => T,
): T {
  const { engine: e, declared } = openWebAssembly<{ on: Engine; tensors: Matrices }>(
    {
      declare: (on) => ({ on, tensors: { w: on.tensor([R, C]), g: on.tensor([R, C]), m: on.tensor([R, C]) } }),
      exercise: ({ on, tensors }) =>
        on.muon({ matrices: [tensors], learningRate: 0, weightDecay: 0, momentum: 0, clip: 1 }),
      description: 'a test',
      hint: '',
    },
    { threads: 1, tile: 16 },
  );
  const { w, g, m } = declared.tensors;
  try {
    return work((gradient, { momentum = 0, weightDecay = 0 }, learningRate) => {
      e.floats(g).set(gradient);
      e.muon({ matrices: [{ w, g, m }], learningRate, weightDecay, momentum, clip: 1 });
    }, e.floats(w));
  } finally {
    e.close();
  }
}

const squares = (x: Float32Array): number => x.reduce((sum, one) => sum + one * one, 0);

/** The share of the norm at which a singular value comes out largest, nearest to that of `count` equal ones (and below it). */
function worstShare(count: number): number {
  const equal = 1 / Math.sqrt(count);
  let best = 0;
  for (let share = equal; share > 0.9 * equal; share -= equal / 100_000) {
    if (steps(share) > steps(best)) best = share;
  }
  return best;
}

describe.each(SHAPES)('the engine, [%i, %i]', (R, C) => {
  const [long, r] = [Math.max(R, C), Math.min(R, C)];
  /** Of a matrix whose rows have `columns` elements, as the shape has it, and as `singularValues` wants it. */
  const turned = (x: Float32Array, columns: number): Float32Array => {
    if (R >= C) return x;
    const rows = x.length / columns;
    return x.map((_, n) => x[(n % rows) * columns + Math.floor(n / rows)]!);
  };

  it('never breaks the limits, and nearly reaches them', () => {
    const random = randomNumbers(R * 100 + C);
    const share = worstShare(r);
    // One value takes what the others, all at their worst, leave of the norm.
    const rest = Math.sqrt(Math.max(share ** 2, 1 - (r - 1) * share ** 2));
    const worst = withSingularValues(long, r, (j) => (j === 0 ? rest : share), random);
    const nearly = r === 1 ? steps(1) / MAX_SINGULAR_VALUE : Math.min(0.97, steps(share) / MAX_SINGULAR_VALUE);
    withEngine([R, C], (take, w) => {
      const rates: number[] = [];
      for (let i = 0; i < 5; i++) {
        take(turned(worst, r), {}, 0.01);
        rates.push(Math.fround(0.01));
      }
      const limits = matrixLimits(mover(), [R, C], rates, 0);
      const moved = Math.sqrt(squares(w));
      expect(moved).toBeLessThanOrEqual(limits.frobenius);
      expect(moved / limits.frobenius).toBeGreaterThan(nearly * 0.99 * Math.sqrt(Math.max(1, r - 1) / r));
      const largest = Math.max(...singularValues(turned(w, C), long, r));
      expect(largest).toBeLessThanOrEqual(limits.spectral);
      expect(largest / limits.spectral).toBeGreaterThan(nearly * 0.98);
    });
  });

  it('holds with decay, momentum, and gradients of every size', () => {
    const random = randomNumbers(7 * R + C);
    for (let trial = 0; trial < 20; trial++) {
      const o = { momentum: [0, 0.5, 0.95][trial % 3]!, weightDecay: 10 ** (3 * random() - 2) };
      withEngine([R, C], (take, w) => {
        const size = 10 ** (10 * random() - 6);
        w.forEach((_, i) => {
          w[i] = size * (random() - 0.5);
        });
        const before = w.slice();
        const scale = 10 ** (40 * random() - 30);
        const rates = Array.from({ length: 1 + Math.floor(20 * random()) }, () => Math.fround(10 ** (-4 * random())));
        for (const lr of rates)
          take(
            Float32Array.from(w, () => scale * (random() - 0.3)),
            o,
            lr,
          );
        const { kept, frobenius, spectral } = matrixLimits(mover(o), [R, C], rates, Math.sqrt(squares(before)));
        const push = Float32Array.from(w, (x, i) => x - kept * before[i]!);
        expect(Math.sqrt(squares(push))).toBeLessThanOrEqual(frobenius);
        expect(spectralNormFromBelow(push, C)).toBeLessThanOrEqual(spectral);
      });
    }
  });
});

test('a spectral norm from below is never above it, and near it', () => {
  const random = randomNumbers(3);
  for (const [R, C] of SHAPES) {
    const [long, r] = [Math.max(R, C), Math.min(R, C)];
    for (const values of [() => 1, (j: number) => 0.5 ** j, (j: number) => (j === 0 ? 1 : 0.1), () => random()]) {
      const x = withSingularValues(long, r, values, random);
      const largest = Math.max(...singularValues(x, long, r));
      const found = spectralNormFromBelow(x, r);
      expect(found).toBeLessThanOrEqual(largest * (1 + 1e-12));
      expect(found).toBeGreaterThan(0.9 * largest);
    }
  }
  expect(spectralNormFromBelow(new Float32Array(12), 3)).toBe(0);
});

describe('momentum', () => {
  /** Momentum of one vector, in binary64, after these gradients along one direction. */
  const after = (m: number, momentum: number, gradients: readonly number[]): number =>
    gradients.reduce((sum, g) => momentum * sum + (1 - momentum) * g, m);
  const facts = (gradients: readonly number[]) => gradients.map((gradNorm) => ({ learningRate: 1, gradNorm }));

  test.each([0, 0.5, 0.95, 0.99])(
    'mu %d: gradients along one direction reach the limit, and never break it',
    (momentum) => {
      for (const n of [1, 2, 13, 100]) {
        const gradients = Array.from({ length: n }, (_, i) => 0.9 + 0.1 * Math.sin(i));
        const change = after(0.3, momentum, gradients) - momentum ** n * 0.3;
        const limit = momentumLimit(mover({ momentum }), facts(gradients), { before: 0.3, second: 1e30, elements: 4 });
        expect(change / limit).toBeLessThanOrEqual(1);
        expect(change / limit).toBeGreaterThan(0.999);
      }
    },
  );

  it('what second moments take of the gradients is not there for momentum', () => {
    const { beta2 } = mover();
    const gradients = Array.from({ length: 13 }, () => 0.8);
    // Three quarters of each squared norm are of tensors that AdamW updates.
    const sum = (share: number) => gradients.reduce((v, g) => beta2 * v + (1 - beta2) * share * g ** 2, 0);
    const change = after(
      0,
      0.95,
      gradients.map((g) => g / 2),
    );
    const limit = momentumLimit(mover(), facts(gradients), { before: 0, second: sum(1) - sum(0.75), elements: 4 });
    expect(change / limit).toBeLessThanOrEqual(1);
    expect(change / limit).toBeGreaterThan(0.999);
  });

  it('the norm is clipped, and one that is no number allows nothing', () => {
    const clipped = momentumLimit(mover({ momentum: 0 }), facts([7]), { before: 0, second: 1e30, elements: 1 });
    expect(clipped).toBeCloseTo(1, 3);
    expect(momentumLimit(mover(), facts([Number.NaN]), { before: 0, second: 1, elements: 1 })).toBeNaN();
  });

  it('the scale of an update is that of its longer side', () => {
    expect(muonScale([4, 9])).toBeCloseTo(0.6, 12);
  });
});
