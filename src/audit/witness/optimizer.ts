// The optimizer's step of pairs: AdamW changes each element by itself, so two consecutive states show, element by element, whether the
// second follows from the first by one step of it, whatever the gradient was. Needs neither the training code nor PyTorch.
// docs/witness.md, "The optimizer's step".

import { count } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import { firstOutside, type StepOf, type Way, waysOf } from './adamw-step.ts';
import { type Changed, changedBeside, KEPT, type OptimizerCheck, withChanged } from './beside.ts';
import {
  CHUNK,
  countOf,
  type Group,
  groupOf,
  learningRateOf,
  type Numbers,
  readNumbers,
  unreadable,
} from './parameters.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheckName } from './types.ts';

const isSame = (a: Numbers, b: Numbers): boolean =>
  (['weights', 'first', 'second'] as const).every((key) => a[key].every((value, i) => Object.is(value, b[key][i])));

interface Pair {
  before: WitnessState;
  after: WitnessState;
  learningRate: number;
}

/** A group of the optimizer; the ways that its steps may be rounded, the last one that fitted first. */
interface CheckedGroup {
  group: Group;
  names: readonly string[];
  ways: Way[];
}

/** The types of a parameter's weights and moments; or why its tensors are not those of a parameter that AdamW moves. */
function typesOf(
  { before, after }: Pair,
  name: string,
): { weights: string; moments: string; elements: number } | string {
  const tensor = before.tensors.get(name);
  const described = (state: WitnessState, key: string): string | undefined => {
    const one = state.tensors.get(key);
    return one && JSON.stringify([one.dtype, one.shape]);
  };
  if (!tensor || described(before, name) !== described(after, name))
    return 'this parameter is not in both states, in one type and shape';
  const [step, ...moments] = KEPT.map((key) => `optimizer.${key}.${name}`) as [string, string, string];
  const ofMoments = after.tensors.get(moments[0])?.dtype ?? tensor.dtype;
  const odd = [tensor.dtype, ofMoments].find((dtype) => !['F64', 'F32', 'F16', 'BF16'].includes(dtype));
  if (odd !== undefined) return `is ${odd}, which no optimizer moves`;
  const like = JSON.stringify([ofMoments, tensor.shape]);
  for (const state of [before, after]) {
    if (moments.some((key) => ![undefined, like].includes(described(state, key))))
      return 'its moments are not of one type and of its shape';
    const counted = state.tensors.get(step);
    if (counted && !(['F64', 'F32'].includes(counted.dtype) && elementsOf(counted.shape) === 1))
      return 'its number of steps is not one number';
  }
  return { weights: tensor.dtype, moments: ofMoments, elements: elementsOf(tensor.shape) };
}

/** Why a parameter does not follow; undefined where it does. */
async function parameterFault(
  pair: Pair,
  name: string,
  { group, ways }: CheckedGroup,
  pause: () => Promise<void>,
): Promise<string | undefined> {
  const { before, after, learningRate } = pair;
  const types = typesOf(pair, name);
  if (typeof types === 'string') return types;
  const [had, has] = [countOf(before, name), countOf(after, name)];
  if (has !== had && has !== had + 1) return `the optimizer counts ${had} steps of it before and ${has} after`;
  const of: StepOf = { group, learningRate, steps: has, weights: types.weights, moments: types.moments };
  const firstFault = async (way: Way): Promise<{ index: number; what: string } | undefined> => {
    for (let from = 0; from < types.elements; from += CHUNK) {
      const length = Math.min(CHUNK, types.elements - from);
      const [a, b] = [before, after].map((state) => readNumbers(state, name, from, length)) as [Numbers, Numbers];
      const found =
        has > had ? firstOutside(a, b, of, way) : isSame(a, b) ? undefined : { index: 0, what: 'step count' };
      if (found) return { ...found, index: from + found.index };
      await pause();
    }
    return undefined;
  };
  let furthest = { index: -1, what: '' };
  for (const [i, way] of ways.entries()) {
    const fault = await firstFault(way);
    if (!fault) {
      ways.unshift(...ways.splice(i, 1));
      return undefined;
    }
    if (has === had) return 'changed, though the optimizer made no step of it';
    if (fault.index > furthest.index) furthest = fault;
  }
  return `element ${furthest.index}: its ${furthest.what} does not follow from the state before by one step of the optimizer`;
}

/** What became of the paired steps. */
interface Tally {
  parameters: number;
  /** Parameters that the optimizer did not step. */
  still: number;
  changed: Changed[];
  refuted: number;
  unread: number;
}

/** Checks a paired step. Returns whether all of its parameters follow. */
async function checkStep(
  pair: Pair,
  groups: readonly CheckedGroup[],
  tally: Tally,
  { findings, pause }: { findings: Findings<WitnessCheckName>; pause: () => Promise<void> },
): Promise<boolean> {
  const { step } = pair.after;
  let [moved, faults] = [0, 0];
  for (const checked of groups) {
    for (const name of checked.names) {
      const fault = await parameterFault(pair, name, checked, pause);
      if (fault !== undefined) {
        findings.refuted(stateFolder(step), fault, { step, tensor: name });
        faults++;
      } else if (countOf(pair.after, name) > countOf(pair.before, name)) moved++;
      else tally.still++;
      tally.parameters++;
    }
  }
  if (moved + faults > 0) return faults === 0;
  const text = 'the optimizer made no step: no parameter has one more than before';
  findings.refuted(stateFolder(step), text, { step });
  return false;
}

/** Steps of which the states before and after are whole. */
export const pairedSteps = (states: readonly number[]): number[] =>
  states.filter((step, i) => step - 1 === states[i - 1]);

function groupsOf({
  class: name,
  groups,
}: NonNullable<WitnessEvidence['recipe']>['optimizer']): CheckedGroup[] | undefined {
  const found = groups.map(({ options, parameters: names }) => {
    const group = groupOf(name, options);
    return group && { group, names, ways: [...waysOf(options)] };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** What was found of the steps, in one line. */
function detailOf(name: string, paired: number, { refuted, unread }: Tally): string {
  if (refuted + unread === 0)
    return `${count(paired)} steps are those of ${name}, element by element, whatever the gradient was`;
  const parts = [
    ...(refuted > 0 ? [`${count(refuted)} are not those of ${name}`] : []),
    ...(unread > 0 ? [`${count(unread)} could not be compared`] : []),
  ];
  return `of ${count(paired)} paired steps ${parts.join(', ')}`;
}

/** The check, or why this optimizer is not one that can be checked. */
export async function checkOptimizer(
  { recipe, steps, folder, states }: WitnessEvidence,
  { showProgress }: CheckContext,
): Promise<OptimizerCheck | string> {
  const findings = new Findings<WitnessCheckName>('optimizer');
  const tally: Tally = { parameters: 0, still: 0, changed: [], refuted: 0, unread: 0 };
  const done = (detail: string): OptimizerCheck => ({
    ...withChanged(findings.check(detail), tally.changed, []),
    changed: tally.changed,
  });
  if (!recipe || !steps) {
    findings.incomplete('recipe.json', 'there is no usable recipe and transcript');
    return done('no step was checked');
  }
  const why = unreadable(recipe.optimizer);
  if (why !== undefined) return why;
  const groups = groupsOf(recipe.optimizer);
  if (!groups) {
    const text = 'a group of the optimizer has no betas, eps and weight_decay that are numbers';
    findings.incomplete('recipe.json', text);
    return done('the optimizer’s steps were not checked');
  }
  const parameters = new Set(groups.flatMap(({ names }) => names));
  for (const [at, to] of states.entries()) {
    if (at === 0) continue;
    const from = states[at - 1]!;
    const opened: WitnessState[] = [];
    try {
      for (const one of [from, to]) opened.push(WitnessState.open(folder, one));
      const [before, after] = opened as [WitnessState, WitnessState];
      const tensors = changedBeside([before, after], parameters);
      if (tensors.length > 0) tally.changed.push({ from, to, tensors });
      const pause = () => showProgress(`step ${to}`, at / states.length);
      await pause();
      const pair = { before, after, learningRate: learningRateOf(steps, to) };
      if (to === from + 1 && !(await checkStep(pair, groups, tally, { findings, pause }))) tally.refuted++;
    } catch (error) {
      findings.caught(stateFolder(to), error, { step: to });
      if (to === from + 1) tally.unread++;
    } finally {
      for (const state of opened) state.close();
    }
  }
  const { still, parameters: compared } = tally;
  if (still > 0) findings.note(`${count(still)} of ${count(compared)} parameters had no gradient in a paired step.`);
  const paired = pairedSteps(states).length;
  if (paired > 0) return done(detailOf(recipe.optimizer.class, paired, tally));
  findings.incomplete('states', 'there are no two consecutive states');
  return done('no step was checked');
}
