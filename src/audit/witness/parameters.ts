// A witnessed run's parameters as AdamW sees them: their groups' options, and their numbers in a recorded state.

import type { Both } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { widen } from '../../formats/index.ts';
import type { WitnessRecipe } from './files.ts';
import { OPTIMIZER } from './sentences/optimizer.ts';
import type { WitnessState } from './states.ts';

/** Elements at a time. */
export const CHUNK = 1 << 18;

/** Half a unit in the last place, relative. */
export const ROUNDING: Partial<Record<string, number>> = { F64: 2 ** -53, F32: 2 ** -24, F16: 2 ** -11, BF16: 2 ** -8 };
export interface Group {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** AdamW: the decay is no part of the gradient. */
  decoupled: boolean;
}

/** A parameter's numbers before or after a step. */
export interface Numbers {
  weights: Float64Array;
  first: Float64Array;
  second: Float64Array;
}

/** Why a group's steps are not checked; undefined where they are. */
export function unreadable({ class: name, groups }: WitnessRecipe['optimizer']): Both | undefined {
  if (!['AdamW', 'Adam'].includes(name)) return OPTIMIZER.notKnown(JSON.stringify(name));
  const rates = new Set(groups.map(({ options }) => options.lr));
  if (rates.size > 1) return OPTIMIZER.ownRates;
  const odd = groups.find(({ options }) => options.amsgrad === true || options.maximize === true);
  return odd ? OPTIMIZER.variant : undefined;
}

export function groupOf(name: string, options: Readonly<Record<string, unknown>>): Group | undefined {
  const { betas, eps, weight_decay: weightDecay = 0, decoupled_weight_decay: decoupled } = options;
  const [beta1, beta2] = Array.isArray(betas) ? (betas as unknown[]) : [];
  const numbers = [beta1, beta2, eps, weightDecay];
  if (
    numbers.some((value) => typeof value !== 'number' || !(value >= 0)) ||
    !(Number(beta1) < 1) ||
    !(Number(beta2) < 1)
  )
    return undefined;
  return {
    beta1: Number(beta1),
    beta2: Number(beta2),
    epsilon: Number(eps),
    weightDecay: Number(weightDecay),
    decoupled: name === 'AdamW' || decoupled === true,
  };
}

/** Numbers of a tensor as binary64. */
export function numbersOf(state: WitnessState, name: string, from: number, length: number): Float64Array {
  const { dtype } = state.tensors.get(name)!;
  const width = state.bytesOf(name) / elementsOf(state.tensors.get(name)!.shape);
  const bytes = new Uint8Array(length * width);
  state.read(name, bytes, from * width);
  if (dtype === 'F64') return new Float64Array(bytes.buffer);
  if (dtype === 'F32') return Float64Array.from(new Float32Array(bytes.buffer));
  const target = new Float32Array(length);
  widen(dtype as 'F16' | 'BF16', bytes, target);
  return Float64Array.from(target);
}

/** What AdamW keeps of a parameter. */
export const KEPT = ['step', 'exp_avg', 'exp_avg_sq'] as const;

/** The types of a parameter's weights and moments; or why its tensors are not those of a parameter that AdamW moves. */
export function typesOf(
  [before, after]: readonly [WitnessState, WitnessState],
  name: string,
): { weights: string; moments: string; elements: number } | Both {
  const tensor = before.tensors.get(name);
  const described = (state: WitnessState, key: string): string | undefined => {
    const one = state.tensors.get(key);
    return one && JSON.stringify([one.dtype, one.shape]);
  };
  if (!tensor || described(before, name) !== described(after, name)) return OPTIMIZER.notInBoth;
  const [step, ...moments] = KEPT.map((key) => `optimizer.${key}.${name}`) as [string, string, string];
  const ofMoments = after.tensors.get(moments[0])?.dtype ?? tensor.dtype;
  const odd = [tensor.dtype, ofMoments].find((dtype) => !['F64', 'F32', 'F16', 'BF16'].includes(dtype));
  if (odd !== undefined) return OPTIMIZER.oddType(odd);
  const like = JSON.stringify([ofMoments, tensor.shape]);
  for (const state of [before, after]) {
    if (moments.some((key) => ![undefined, like].includes(described(state, key)))) return OPTIMIZER.oddMoments;
    const counted = state.tensors.get(step);
    if (counted && !(['F64', 'F32'].includes(counted.dtype) && elementsOf(counted.shape) === 1))
      return OPTIMIZER.oddSteps;
  }
  return { weights: tensor.dtype, moments: ofMoments, elements: elementsOf(tensor.shape) };
}

/** The optimizer's tensor of a parameter; zeros where it had none yet. */
export function momentOf(state: WitnessState, key: string, name: string, from: number, length: number): Float64Array {
  const tensor = `optimizer.${key}.${name}`;
  return state.tensors.has(tensor) ? numbersOf(state, tensor, from, length) : new Float64Array(length);
}

export const countOf = (state: WitnessState, name: string): number => momentOf(state, 'step', name, 0, 1)[0]!;

/** A parameter's numbers, and those of its moments: zeros where it has none yet. */
export const readNumbers = (state: WitnessState, name: string, from: number, length: number): Numbers => ({
  weights: numbersOf(state, name, from, length),
  first: momentOf(state, 'exp_avg', name, from, length),
  second: momentOf(state, 'exp_avg_sq', name, from, length),
});

const bits = new DataView(new ArrayBuffer(4));
export function learningRateOf({ learningRate }: { learningRate: Uint32Array }, step: number): number {
  bits.setUint32(0, learningRate[step - 1]!);
  return bits.getFloat32(0);
}
