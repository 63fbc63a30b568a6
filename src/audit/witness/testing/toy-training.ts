// A training of a few numbers, for tests: AdamW in float32, operation by operation as PyTorch's loop over single tensors does it. Its loss is
// the mean square of weights and of noise that the step draws. Knows nothing of evidence.

import { createHash } from 'node:crypto';
import { elementsOf } from '../../../engine/engine.ts';

export const SHAPES: Readonly<Record<string, readonly number[]>> = { 'layer.bias': [5], 'layer.weight': [4, 3] };
export const OPTIONS = { amsgrad: false, betas: [0.9, 0.95], eps: 1e-8, lr: 0.01, maximize: false, weight_decay: 0.1 };
export const RECIPE = {
  formatVersion: 1,
  optimizer: { class: 'AdamW', groups: [{ options: OPTIONS, parameters: Object.keys(SHAPES) }] },
  recipe: { steps: 40 },
};

const f = Math.fround;

export interface ToyState {
  step: number;
  /** By parameter. */
  weights: Record<string, Float32Array>;
  first: Record<string, Float32Array>;
  second: Record<string, Float32Array>;
  /** Tensors in no group of the optimizer, by name. */
  beside?: Readonly<Record<string, Float32Array>>;
}

/** Numbers from -1 to 1 that a text draws. */
function drawn(text: string, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const bytes = createHash('sha256').update(`${text} ${i}`).digest();
    return bytes.readInt32BE() / 2 ** 31;
  });
}

const byParameter = (of: (name: string, count: number) => Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, of(name, elementsOf(shape))]));

export const begin = (seed: string): ToyState => ({
  step: 0,
  weights: byParameter((name, count) => drawn(`${seed} ${name}`, count)),
  first: byParameter((_, count) => new Float32Array(count)),
  second: byParameter((_, count) => new Float32Array(count)),
});

export const batchOf = (step: number): string => createHash('sha256').update(`batch ${step}`).digest('hex');
export const learningRateOf = (step: number): number => 0.01 * Math.min(1, step / 10);

/** What a forger may do to a step. */
export interface StepChange {
  /** Times the learning rate. */
  rate?: number;
  /** The batch is that of another step. */
  batch?: number;
  /** One of the six sequences of the batch is one of another step. */
  sequence?: number;
  /** Added to the gradient, times its norm, in one direction. */
  steer?: number;
  /** Of other rounding. */
  noise?: number;
}

export const gradientOf = (
  state: ToyState,
  step: number,
  { batch = step, sequence, steer = 0, noise = 0 }: StepChange = {},
) =>
  byParameter((name, count) => {
    const own = drawn(`batch ${batch} ${name}`, count);
    const others = sequence === undefined ? own : drawn(`batch ${sequence} ${name}`, count);
    const draws = own.map((value, i) => value + (others[i]! - value) / 6);
    const plain = draws.map((value, i) => f(f(value * 0.5) + state.weights[name]![i]!));
    const direction = drawn(`direction ${name}`, count);
    const other = drawn(`noise ${step} ${name}`, count);
    return plain.map((value, i) => value + steer * direction[i]! + noise * other[i]! * value);
  });

/** One step of AdamW. */
export function advance(state: ToyState, change: StepChange = {}): { state: ToyState; loss: number; gradNorm: number } {
  const step = state.step + 1;
  const gradient = gradientOf(state, step, change);
  const rate = learningRateOf(step) * (change.rate ?? 1);
  const [beta1, beta2] = OPTIONS.betas as [number, number];
  const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
  const next: ToyState = { step, weights: {}, first: {}, second: {} };
  let square = 0;
  for (const name of Object.keys(SHAPES)) {
    const g = gradient[name]!;
    const first = state.first[name]!.map((m, i) => f(m + f(f(1 - beta1) * f(g[i]! - m))));
    const second = state.second[name]!.map((v, i) => f(f(v * f(beta2)) + f(f(1 - beta2) * f(g[i]! * g[i]!))));
    next.first[name] = first;
    next.second[name] = second;
    next.weights[name] = state.weights[name]!.map((w, i) => {
      const denominator = f(f(f(Math.sqrt(second[i]!)) / f(Math.sqrt(correction2))) + f(OPTIONS.eps));
      return f(f(w * f(1 - rate * OPTIONS.weight_decay)) - f(f(rate / correction1) * f(first[i]! / denominator)));
    });
    for (const value of g) square += value * value;
  }
  return { state: next, loss: square / 17, gradNorm: Math.sqrt(square) };
}
