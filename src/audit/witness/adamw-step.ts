// One step of Adam or AdamW as PyTorch computes it, element by element: which numbers its roundings allow after the step, whatever the gradient
// was. Intervals; each rounding that PyTorch makes is made at both ends. Knows no files. docs/witness.md, "The optimizer's step".

import type { Group, Numbers } from './parameters.ts';
import type { Quantity } from './sentences/optimizer.ts';

/** A type of stored numbers. */
interface StoredType {
  /** Half a unit in the last place, relative. */
  half: number;
  /** The smallest number above zero. */
  tiny: number;
  /** Computed in float32 and then rounded to fewer bits. */
  isNarrow: boolean;
  largest: number;
  round: (value: number) => number;
}

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
function narrow(bits: number, least: number, largest: number): StoredType {
  // The sum of a number and 1.5 * 2^52 units of its last place has no bits below that unit.
  const sums = Float64Array.from({ length: 2048 }, (_, i) => 1.5 * 2 ** (Math.max(i - 1023, least) - bits + 53));
  const round = (value: number): number => {
    scratch[0] = value;
    const sum = sums[(words[1]! >>> 20) & 0x7ff]!;
    const rounded = value + sum - sum;
    return Math.abs(rounded) <= largest ? rounded : value * Number.POSITIVE_INFINITY;
  };
  return { half: 2 ** -bits, tiny: 2 ** (least - bits + 1), isNarrow: true, largest, round };
}

const STORED: Partial<Record<string, StoredType>> = {
  F64: { half: 2 ** -53, tiny: 2 ** -1074, isNarrow: false, largest: Number.MAX_VALUE, round: (value) => value },
  F32: { half: 2 ** -24, tiny: 2 ** -149, isNarrow: false, largest: (2 - 2 ** -23) * 2 ** 127, round: Math.fround },
  F16: narrow(11, -14, 65504),
  BF16: narrow(8, -126, (2 - 2 ** -7) * 2 ** 127),
};

/** How a step is rounded. A parameter follows one way in all of its elements. */
export interface Way {
  /** The moments that move the weight are those that are stored; otherwise they are not rounded yet. */
  usesStored: boolean;
  /** What stands between two operations: `stored` is rounded to the tensor's type, `loose` is too, in an order that is not followed here. */
  between: 'stored' | 'loose' | 'single';
  /** The powers of b1 and b2 are of float32, where the count of steps is a tensor. */
  powers?: 'single';
  /** What 1 - lr weight_decay is rounded to; where that is the tensor's type, b2 is too. */
  factors: 'stored' | 'single' | 'exact';
  /** The decayed weight: rounded to the tensor's type, to float32, or not. */
  decayed: 'stored' | 'single' | 'exact';
  /** The learning rate is a tensor: 1 - lr weight_decay and the step's size may be float32 even for binary64 weights. */
  ofTensor?: boolean;
}

const STEPWISE: Way = { usesStored: true, between: 'stored', factors: 'single', decayed: 'stored' };
/** On the CPU lists of tensors are multiplied by numbers of their own type. */
const FOREACH: Way = { ...STEPWISE, factors: 'stored' };
const CAPTURABLE: Way = { ...STEPWISE, between: 'loose', powers: 'single' };
const FUSED: Way = { usesStored: false, between: 'single', factors: 'single', decayed: 'single' };
/** The fused one of CUDA multiplies by a binary64. */
const FUSED_WAYS: readonly Way[] = [FUSED, { ...FUSED, factors: 'exact' }];
/** Compiled code keeps the count of steps as a tensor, and may multiply and subtract in one rounding. */
const COMPILED: Way = { ...FUSED, decayed: 'exact', powers: 'single' };

/** The ways that a group's options name; and those of code that computes a step in one piece though no option says so. */
export function waysOf(options: Readonly<Record<string, unknown>>): { named: Way[]; unnamed: Way[] } {
  const isLoose = options.capturable === true || options.differentiable === true;
  const named = options.fused === true ? FUSED_WAYS : isLoose ? [CAPTURABLE] : [STEPWISE, FOREACH];
  const unnamed = options.fused === true ? [COMPILED] : [...FUSED_WAYS, COMPILED];
  const ofTensor = typeof options.lr !== 'number';
  const [a, b] = [named, unnamed].map((ways) => ways.map((way) => ({ ...way, ofTensor })));
  return { named: a!, unnamed: b! };
}

/** What a parameter's step is. */
export interface StepOf {
  group: Group;
  /** As the record has it: a float32, and the optimizer's own may be a binary64. */
  learningRate: number;
  /** Steps of this parameter, with this one. */
  steps: number;
  /** Names of the types. */
  weights: string;
  moments: string;
}

const RECORD = 2 ** -24;

/** The numbers of a step that are the same for all elements. */
function scalarsOf({ group, learningRate, steps, weights, moments }: StepOf, way: Way) {
  const { beta1, beta2, weightDecay, decoupled } = group;
  const [ofWeights, ofMoments] = [STORED[weights]!, STORED[moments]!];
  const isDouble = weights === 'F64' && moments === 'F64';
  /** The relative error of an operation; of binary64 twice, for the operations here have it too. */
  const e = isDouble ? 2 ** -52 : 2 ** -24;
  const single = isDouble ? (value: number): number => value : Math.fround;
  const rates = [learningRate * (1 - RECORD), learningRate * (1 + RECORD)] as const;
  const ofTensor = way.ofTensor && isDouble ? RECORD : 0;
  const factor = (rate: number, sign: number): number => {
    if (!decoupled || weightDecay === 0) return 1;
    const exact = (1 - rate * weightDecay) * (1 + sign * ofTensor);
    return way.factors === 'exact' ? exact : way.factors === 'single' ? single(exact) : ofWeights.round(single(exact));
  };
  const correctionOf = (beta: number): { value: number; error: number } => {
    const power = (way.powers === 'single' ? Math.fround(beta) : beta) ** steps;
    const value = 1 - power;
    return { value, error: way.powers === 'single' ? RECORD * (1 + (4 * power) / value) : 0 };
  };
  const [first, second] = [correctionOf(beta1), correctionOf(beta2)];
  const stepError = e + first.error + 2 * ofTensor;
  return {
    ofWeights,
    ofMoments,
    e,
    single,
    isDouble,
    factors: [factor(rates[1], -1), factor(rates[0], 1)] as const,
    stepSizes: [(rates[0] / first.value) * (1 - stepError), (rates[1] / first.value) * (1 + stepError)] as const,
    root: Math.sqrt(second.value),
    rootError: 3 * e + second.error,
    /** What an operation may lose below its smallest number. */
    floor: isDouble ? 2 ** -1073 : 2 ** -148,
  };
}
type Scalars = ReturnType<typeof scalarsOf>;

const limits = new Float64Array(2);

const same = (value: number): number => value;

/** Whether one gradient gives both moments. */
function momentsOf({ beta1, beta2: given }: Group, way: Way, { ofMoments, e, isDouble, floor }: Scalars) {
  const { half, tiny, isNarrow, round } = ofMoments;
  const beta2 = way.factors === 'stored' ? round(given) : given;
  const ofResult = half + (isNarrow ? e : 0);
  const stored = isNarrow && way.usesStored ? round : same;
  return (m: number, v: number, m1: number, v1: number): boolean => {
    // A gradient that is no finite number leaves none in both.
    if (!Number.isFinite(m1) && !Number.isFinite(v1)) return true;
    // m' = m + (1 - b1) (g - m), or b1 m + (1 - b1) g.
    const inside = way.usesStored && !isDouble ? Math.abs(m1 - m) : Math.abs(m1) + Math.abs(m);
    const error = (ofResult * Math.abs(m1) + tiny + 4 * e * inside + floor) / (1 - beta1);
    const gradient = Math.abs((m1 - beta1 * m) / (1 - beta1));
    const least = Math.max(0, gradient - error);
    const most = gradient + error;
    const low = stored(beta2 * v * (1 - 2 * e)) + (1 - given) * least * least * (1 - 3 * e) - floor;
    const high = stored(beta2 * v * (1 + 2 * e)) + (1 - given) * most * most * (1 + 3 * e) + floor;
    return v1 >= round(low * (1 - e)) && v1 <= round(high * (1 + e));
  };
}

/** The least and the largest weight that follow from the weight before and the moments after, written to `limits`. */
function weightOf({ epsilon }: Group, way: Way, scalars: Scalars) {
  const { ofWeights, ofMoments, e, single, factors, stepSizes, root, rootError, floor } = scalars;
  const stored = ofMoments.isNarrow && way.between === 'stored' ? ofMoments.round : same;
  const unrounded = ofMoments.isNarrow && !way.usesStored ? ofMoments.half : 0;
  const unroundedTiny = unrounded > 0 ? ofMoments.tiny : 0;
  const loose = way.between === 'loose' && ofMoments.isNarrow ? 5 * ofMoments.half : 0;
  const decayed =
    way.decayed === 'exact' ? same : way.decayed === 'single' ? single : (x: number) => ofWeights.round(single(x));
  const ofResult = ofWeights.isNarrow ? e : 0;
  // Some operations round the epsilon to the tensor's type.
  const ofType = ofMoments.round(epsilon);
  const epsilons = [Math.min(ofType, epsilon) * (1 - e), Math.max(ofType, epsilon) * (1 + e)] as const;
  const denominator = (v: number, sign: number): number => {
    const divided = stored((stored(Math.sqrt(Math.max(0, v)) * (1 + sign * e)) / root) * (1 + sign * rootError));
    const sum = stored((divided + (sign > 0 ? epsilons[1] : epsilons[0])) * (1 + sign * e));
    if (loose === 0) return sum;
    // Here it is divided by the step's size before it is stored, and may then be one of the type's smallest numbers.
    const least = 2 * ofMoments.tiny * stepSizes[1];
    return Math.max(sum / 4, sum * (1 + sign * loose) + sign * least);
  };
  return (w: number, m1: number, v1: number): void => {
    const [ofM, ofV] = [unrounded * Math.abs(m1) + unroundedTiny, unrounded * v1 + unroundedTiny];
    const largest = denominator(v1 + ofV, 1);
    // Divided by the step's size first, it may be more than the type holds.
    const isLost = loose > 0 && largest / stepSizes[0] > ofMoments.largest / 2;
    const small = isLost ? 0 : (stepSizes[0] / largest) * (1 - 3 * e);
    const large = (stepSizes[1] / denominator(v1 - ofV, -1)) * (1 + 3 * e);
    const [mLow, mHigh] = [m1 - ofM, m1 + ofM];
    const [a, b] = [decayed(w * factors[0]), decayed(w * factors[1])];
    const low = Math.min(a, b) - mHigh * (mHigh > 0 ? large : small) - floor;
    const high = Math.max(a, b) - mLow * (mLow > 0 ? small : large) + floor;
    limits[0] = ofWeights.round(low * (low > 0 ? 1 - ofResult : 1 + ofResult));
    limits[1] = ofWeights.round(high * (high > 0 ? 1 + ofResult : 1 - ofResult));
  };
}

/** Elements beside what one step gives. */
export interface Compared {
  /** The first element that the step cannot give, and which of its numbers. */
  fault?: { index: number; what: Quantity };
  /** The sum of the squares of the weights' distances from each other. */
  moved: number;
  /** The sum of the squares of what lies between the least and the largest weight that would have passed. */
  open: number;
}

/** Whether a step can give `after` from `before` in this way, up to the first element that it cannot give. */
export function compareStep(before: Numbers, after: Numbers, of: StepOf, way: Way): Compared {
  const scalars = scalarsOf(of, way);
  const [hasMoments, setLimits] = [momentsOf(of.group, way, scalars), weightOf(of.group, way, scalars)];
  let [moved, open] = [0, 0];
  for (let index = 0; index < before.weights.length; index++) {
    const [w, w1] = [before.weights[index]!, after.weights[index]!];
    const [m1, v1] = [after.first[index]!, after.second[index]!];
    if (!hasMoments(before.first[index]!, before.second[index]!, m1, v1))
      return { fault: { index, what: 'second moment' }, moved, open };
    setLimits(w, m1, v1);
    const [low, high] = [limits[0]!, limits[1]!];
    const isSame = Number.isNaN(w1) && Number.isNaN(low) && Number.isNaN(high);
    if (!isSame && !(w1 >= low && w1 <= high)) return { fault: { index, what: 'weight' }, moved, open };
    if (!Number.isFinite(w1 - w + (high - low))) continue;
    moved += (w1 - w) ** 2;
    open += (high - low) ** 2;
  }
  return { moved, open };
}
