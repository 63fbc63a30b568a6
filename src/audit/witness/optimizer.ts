// The optimizer's step of pairs: AdamW changes each element by itself, so two consecutive states show, element by element, whether the
// second follows from the first by one step of it, whatever the gradient was. Needs neither the training code nor PyTorch.
// docs/witness.md, "The optimizer's step".

import { count } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import {
  CHUNK,
  countOf,
  type Group,
  groupOf,
  learningRateOf,
  type Numbers,
  ROUNDING,
  readNumbers,
  unreadable,
} from './parameters.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';

/** Bytes at a time. */
const PIECE = 1 << 20;
/** Steps of subnormal size: what rounding may lose in absolute terms. */
const TINY: Partial<Record<string, number>> = { F64: 2 ** -1074, F32: 2 ** -149, F16: 2 ** -24, BF16: 2 ** -133 };

/** What an element's step is, in binary64: the learning rate and the corrections for the bias of the moments. */
interface StepOf extends Group {
  learningRate: number;
  correction1: number;
  correction2: number;
  /** Of weights and of moments. */
  rounding: { weights: number; moments: number };
  tiny: { weights: number; moments: number };
}

/** The first element that one step of AdamW cannot give from `before`, and which of its numbers. */
function firstOutside(before: Numbers, after: Numbers, of: StepOf): { index: number; what: string } | undefined {
  const { beta1, beta2, epsilon, weightDecay, decoupled, learningRate, correction1, correction2 } = of;
  const [u, uw] = [of.rounding.moments, of.rounding.weights];
  for (let i = 0; i < before.weights.length; i++) {
    const [w, m, v] = [before.weights[i]!, before.first[i]!, before.second[i]!];
    const [w1, m1, v1] = [after.weights[i]!, after.first[i]!, after.second[i]!];
    // m1 = b1 m + (1 - b1) g, rounded at most four times.
    const gradient = (m1 - beta1 * m) / (1 - beta1);
    const gradientError =
      (4 * u * (Math.abs(m1) + Math.abs(m)) + 4 * of.tiny.moments) / (1 - beta1) + 4 * u * Math.abs(gradient);
    const square = beta2 * v + (1 - beta2) * gradient * gradient;
    const squareError =
      6 * u * square + (1 - beta2) * gradientError * (2 * Math.abs(gradient) + gradientError) + 4 * of.tiny.moments;
    if (!(Math.abs(v1 - square) <= squareError)) return { index: i, what: 'second moment' };
    const update = ((learningRate / correction1) * m1) / (Math.sqrt(v1 / correction2) + epsilon);
    const kept = decoupled ? w * (1 - learningRate * weightDecay) : w;
    const error =
      uw * (3 * Math.abs(w) + 2 * Math.abs(w1)) + 16 * Math.max(u, 2 ** -24) * Math.abs(update) + 4 * of.tiny.weights;
    if (!(Math.abs(w1 - (kept - update)) <= error)) return { index: i, what: 'weight' };
  }
  return undefined;
}

const isSame = (a: Numbers, b: Numbers): boolean =>
  (['weights', 'first', 'second'] as const).every((key) => a[key].every((value, i) => Object.is(value, b[key][i])));

interface Pair {
  before: WitnessState;
  after: WitnessState;
  step: number;
  learningRate: number;
}

/** Checks a parameter's step. Returns whether it moved. */
async function checkParameter(
  { before, after, step, learningRate }: Pair,
  name: string,
  group: Group,
  { findings, pause }: { findings: Findings<WitnessCheckName>; pause: () => Promise<void> },
): Promise<boolean> {
  const file = stateFolder(step);
  const wrong = (text: string): boolean => {
    findings.refuted(file, text, { step, tensor: name });
    return true;
  };
  const tensor = before.tensors.get(name);
  const moments = after.tensors.get(`optimizer.exp_avg.${name}`) ?? tensor;
  const tensors = ['', 'optimizer.exp_avg.', 'optimizer.exp_avg_sq.'].map((key) => after.tensors.get(key + name));
  const shape = JSON.stringify(tensor?.shape);
  if (!tensor || !moments || [...tensors].some((one, i) => (one ? JSON.stringify(one.shape) !== shape : i === 0)))
    return wrong('this parameter is not in both states, in one shape');
  const [rounding, ofMoments] = [ROUNDING[tensor.dtype], ROUNDING[moments.dtype]];
  if (rounding === undefined || ofMoments === undefined) return wrong(`is ${tensor.dtype}, which no optimizer moves`);
  const [had, has] = [countOf(before, name), countOf(after, name)];
  if (has !== had && has !== had + 1) return wrong(`the optimizer counts ${had} steps of it before and ${has} after`);
  const of: StepOf = {
    ...group,
    learningRate,
    correction1: 1 - group.beta1 ** has,
    correction2: 1 - group.beta2 ** has,
    rounding: { weights: rounding, moments: ofMoments },
    tiny: { weights: TINY[tensor.dtype]!, moments: TINY[moments.dtype]! },
  };
  const elements = elementsOf(tensor.shape);
  for (let from = 0; from < elements; from += CHUNK) {
    const length = Math.min(CHUNK, elements - from);
    const [a, b] = [before, after].map((state) => readNumbers(state, name, from, length)) as [Numbers, Numbers];
    if (has === had) {
      if (!isSame(a, b)) return wrong('changed, though the optimizer made no step of it');
      continue;
    }
    const outside = firstOutside(a, b, of);
    if (outside)
      return wrong(
        `element ${from + outside.index}: its ${outside.what} does not follow from the state before by one step of the optimizer`,
      );
    await pause();
  }
  return has > had;
}

/** Tensors beside the optimizer's parameters, its own state and the generators that a step changed: buffers, or frozen weights. */
function changedOthers({ before, after }: Pair, parameters: ReadonlySet<string>): string[] {
  const names = [...after.tensors.keys()].filter((name) => !parameters.has(name) && !/^(optimizer|rng)\./.test(name));
  return names.filter((name) => {
    if (!before.tensors.has(name) || before.bytesOf(name) !== after.bytesOf(name)) return true;
    const [a, b] = [Buffer.alloc(PIECE), Buffer.alloc(PIECE)];
    for (let at = 0, size = after.bytesOf(name); at < size; at += PIECE) {
      const length = Math.min(PIECE, size - at);
      before.read(name, a.subarray(0, length), at);
      after.read(name, b.subarray(0, length), at);
      if (a.compare(b, 0, length, 0, length) !== 0) return true;
    }
    return false;
  });
}

/** Steps of which the states before and after are whole. */
export const pairedSteps = (states: readonly number[]): number[] =>
  states.filter((step, i) => step - 1 === states[i - 1]);

/** The check, or why this optimizer is not one that can be checked. */
export async function checkOptimizer(
  evidence: WitnessEvidence,
  { showProgress }: CheckContext,
): Promise<WitnessCheck | string> {
  const findings = new Findings<WitnessCheckName>('optimizer');
  const { recipe, steps, folder, states } = evidence;
  if (!recipe || !steps) {
    findings.incomplete('recipe.json', 'there is no usable recipe and transcript');
    return findings.check('no step was checked');
  }
  const why = unreadable(recipe.optimizer);
  if (why !== undefined) return why;
  const paired = pairedSteps(states);
  let [parameters, still] = [0, 0];
  for (const [at, step] of paired.entries()) {
    const opened: WitnessState[] = [];
    try {
      for (const one of [step - 1, step]) opened.push(WitnessState.open(folder, one));
      const pair = { before: opened[0]!, after: opened[1]!, step, learningRate: learningRateOf(steps, step) };
      let moved = 0;
      for (const { options, parameters: names } of recipe.optimizer.groups) {
        const group = groupOf(recipe.optimizer.class, options);
        if (!group) {
          findings.incomplete(
            'recipe.json',
            'a group of the optimizer has no betas, eps and weight_decay that are numbers',
          );
          return findings.check('the optimizer’s steps were not checked');
        }
        for (const name of names) {
          const pause = () => showProgress(`step ${step}`, at / paired.length);
          if (await checkParameter(pair, name, group, { findings, pause })) moved++;
          else still++;
          parameters++;
        }
      }
      if (moved === 0)
        findings.refuted(stateFolder(step), 'the optimizer made no step: no parameter has one more than before', {
          step,
        });
      const others = changedOthers(pair, new Set(recipe.optimizer.groups.flatMap(({ parameters: names }) => names)));
      if (others.length > 0)
        findings.note(
          `Step ${step} changed ${count(others.length)} tensors that the optimizer does not move (${others.slice(0, 3).join(', ')}): only training again shows whether it may.`,
        );
    } catch (error) {
      findings.caught(stateFolder(step), error, { step });
    } finally {
      for (const state of opened) state.close();
    }
  }
  if (still > 0) findings.note(`${count(still)} of ${count(parameters)} parameters had no gradient in a paired step.`);
  if (paired.length === 0) findings.incomplete('states', 'there are no two consecutive states');
  return findings.check(
    `${count(paired.length)} steps are those of ${recipe.optimizer.class}, element by element, whatever the gradient was`,
  );
}
