// The optimizer's step of pairs: AdamW changes each element by itself, so two consecutive states show, element by element, whether the
// second follows from the first by one step of it, whatever the gradient was. Needs neither the training code nor PyTorch.
// docs/witness.md, "The optimizer's step".

import type { Both } from '../../base/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import { type Compared, compareStep, type StepOf, type Way, waysOf } from './adamw-step.ts';
import { pairedSteps } from './draw.ts';
import { checkMuon } from './muon.ts';
import {
  CHUNK,
  countOf,
  type Group,
  groupOf,
  KEPT,
  learningRateOf,
  type Numbers,
  readNumbers,
  typesOf,
  unreadable,
} from './parameters.ts';
import { OPTIMIZER, type Quantity } from './sentences/optimizer.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';
import {
  besideIn,
  type ChangedTensors,
  changedUngrouped,
  detailOf,
  isSame as isSameTensor,
  isStill,
  type NotFollowed,
  onlyAgain,
  type PairedSteps,
  type StepEvidence,
  withChanged,
} from './ungrouped-tensors.ts';

const isSame = (a: Numbers, b: Numbers): boolean =>
  (['weights', 'first', 'second'] as const).every((key) => a[key].every((value, i) => Object.is(value, b[key][i])));

interface Pair {
  before: WitnessState;
  after: WitnessState;
  learningRate: number;
}

/** A group of the optimizer, and the ways in which its steps may be rounded. */
interface CheckedGroup {
  group: Group;
  names: readonly string[];
  ways: ReturnType<typeof waysOf>;
}

/** How a parameter's step went: why it does not follow, or how far it moved. */
async function compareParameter(
  pair: Pair,
  name: string,
  { group, ways }: CheckedGroup,
  pause: () => Promise<void>,
): Promise<{ moved: number; open: number; isNamed: boolean } | Both> {
  const { before, after, learningRate } = pair;
  const types = typesOf([before, after], name);
  // A table of whole numbers, which a group may have, is no fault while nothing moves it.
  const isLeft = () =>
    KEPT.every((key) => !after.tensors.has(`optimizer.${key}.${name}`)) && isSameTensor(before, after, name);
  if ('en' in types) return isLeft() ? { moved: 0, open: 0, isNamed: true } : types;
  const [had, has] = [countOf(before, name), countOf(after, name)];
  if (!Number.isSafeInteger(has) || (has !== had && has !== had + 1)) return OPTIMIZER.counts(had, has);
  const of: StepOf = { group, learningRate, steps: has, weights: types.weights, moments: types.moments };
  const compare = async (way: Way): Promise<Compared> => {
    const all: Compared = { moved: 0, open: 0 };
    for (let from = 0; from < types.elements; from += CHUNK) {
      const length = Math.min(CHUNK, types.elements - from);
      const [a, b] = [before, after].map((state) => readNumbers(state, name, from, length)) as [Numbers, Numbers];
      if (has === had && !isSame(a, b)) return { ...all, fault: { index: from, what: 'number of steps' } };
      const found = has === had ? all : compareStep(a, b, of, way);
      if (found.fault) return { ...found, fault: { ...found.fault, index: from + found.fault.index } };
      if (has > had) [all.moved, all.open] = [all.moved + found.moved, all.open + found.open];
      await pause();
    }
    return all;
  };
  let furthest: { index: number; what: Quantity } = { index: -1, what: 'weight' };
  for (const way of [...ways.named, ...ways.unnamed]) {
    const { fault, ...all } = await compare(way);
    if (!fault) return { ...all, isNamed: ways.named.includes(way) };
    if (has === had) return OPTIMIZER.changed;
    if (fault.index > furthest.index) furthest = fault;
  }
  return OPTIMIZER.element(furthest.index, furthest.what);
}

/** What became of the paired steps. */
interface Tally extends Omit<PairedSteps, 'paired'> {
  parameters: number;
  /** Parameters that the optimizer did not step. */
  still: number;
  changed: ChangedTensors[];
  /** The largest share of a step's length by which its weights could have been moved without a fault. */
  room: number;
  /** Steps in which a parameter follows only in a way that the options do not name. */
  unnamed: number[];
}

/** Checks a paired step. Returns whether all of its parameters follow. */
async function checkStep(
  pair: Pair,
  groups: readonly CheckedGroup[],
  tally: Tally,
  { findings, pause }: { findings: Findings<WitnessCheckName>; pause: () => Promise<void> },
): Promise<boolean> {
  const { step } = pair.after;
  const all = { moved: 0, open: 0 };
  let [stepped, faults] = [0, 0];
  for (const checked of groups) {
    for (const name of checked.names) {
      const found = await compareParameter(pair, name, checked, pause);
      if ('en' in found) {
        findings.refuted(stateFolder(step), found, { step, tensor: name });
        faults++;
      } else if (countOf(pair.after, name) > countOf(pair.before, name)) {
        stepped++;
        all.moved += found.moved;
        all.open += found.open;
        if (!found.isNamed && tally.unnamed.at(-1) !== step) tally.unnamed.push(step);
      } else tally.still++;
      tally.parameters++;
    }
  }
  if (all.moved > 0) tally.room = Math.max(tally.room, Math.sqrt(all.open / all.moved));
  if (stepped + faults > 0) return faults === 0;
  findings.refuted(stateFolder(step), OPTIMIZER.notCounted, { step });
  return false;
}

function groupsOf({
  class: name,
  groups,
}: NonNullable<WitnessEvidence['recipe']>['optimizer']): CheckedGroup[] | undefined {
  const found = groups.map(({ options, parameters: names }) => {
    const group = groupOf(name, options);
    return group && { group, names, ways: waysOf(options) };
  });
  return found.every((one) => one !== undefined) ? found : undefined;
}

/**
 * The check, or why this optimizer is not one that can be checked. Where training again gave a step to the bit, what the code does there is
 * known, and an optimizer whose options it changes is no fault.
 */
export async function checkOptimizer(
  { recipe, steps, folder, states }: WitnessEvidence,
  { showProgress }: CheckContext,
  shown: StepEvidence,
): Promise<WitnessCheck | NotFollowed> {
  const { held } = shown;
  const findings = new Findings<WitnessCheckName>('optimizer');
  const tally: Tally = {
    parameters: 0,
    still: 0,
    changed: [],
    room: 0,
    unnamed: [],
    refuted: 0,
    excused: 0,
    skipped: 0,
    unread: 0,
  };
  const done = (detail: Both): WitnessCheck => withChanged(findings.check(detail), tally.changed, shown);
  if (!recipe || !steps) {
    findings.incomplete('recipe.json', OPTIMIZER.nothing);
    return done(OPTIMIZER.noStep);
  }
  if (recipe.optimizer.class === 'Muon')
    return checkMuon({ folder, states, steps }, recipe.optimizer, shown, showProgress);
  const why = unreadable(recipe.optimizer);
  if (why !== undefined) return why;
  const groups = groupsOf(recipe.optimizer);
  if (!groups) {
    findings.incomplete('recipe.json', OPTIMIZER.noOptions);
    return done(OPTIMIZER.notChecked);
  }
  const parameters = new Set(groups.flatMap(({ names }) => names));
  for (const [at, to] of states.entries()) {
    if (at === 0) continue;
    const from = states[at - 1]!;
    const opened: WitnessState[] = [];
    try {
      for (const one of [from, to]) opened.push(WitnessState.open(folder, one));
      const [before, after] = opened as [WitnessState, WitnessState];
      const tensors = changedUngrouped([before, after], parameters, KEPT);
      if (tensors.length > 0) tally.changed.push({ from, to, tensors });
      const pause = () => showProgress(`step ${to}`, at / states.length);
      await pause();
      const pair = { before, after, learningRate: learningRateOf(steps, to) };
      if (to !== from + 1) continue;
      if (isStill(before, after, parameters)) {
        tally.skipped++;
        if (!held(to)) findings.incomplete(stateFolder(to), OPTIMIZER.noStepMade, { step: to });
        continue;
      }
      const own = held(to) ? new Findings<WitnessCheckName>('optimizer') : findings;
      if (await checkStep(pair, groups, tally, { findings: own, pause })) continue;
      if (held(to)) tally.excused++;
      else tally.refuted++;
    } catch (error) {
      findings.caught(stateFolder(to), error, { step: to });
      if (to === from + 1) tally.unread++;
    } finally {
      for (const state of opened) state.close();
    }
  }
  const { still, parameters: compared } = tally;
  if (tally.excused > 0) findings.note(OPTIMIZER.excused(tally.excused, recipe.optimizer.class));
  tally.unnamed = tally.unnamed.filter((step) => !held(step));
  if (still > 0) findings.note(OPTIMIZER.still(still, compared));
  const pairs = pairedSteps(states);
  const paired = pairs.length;
  const others = tally.refuted + (tally.refuted > 0 ? tally.excused + tally.skipped : 0);
  const beside = besideIn(recipe.optimizer.class, others, pairs, shown);
  if (beside) return beside;
  const all = { ...tally, paired };
  const again = findings.verdict === 'holds' ? onlyAgain(recipe.optimizer.class, all, tally.changed, shown) : undefined;
  if (again) return again;
  if (tally.skipped > 0) findings.note(OPTIMIZER.skipped(tally.skipped));
  if (tally.unnamed.length > 0) {
    const [step] = tally.unnamed as [number];
    findings.incomplete(stateFolder(step), OPTIMIZER.unnamed(tally.unnamed.length), { step });
  }
  if (tally.room > 0) findings.note(OPTIMIZER.room(tally.room.toExponential(1)));
  if (paired > 0) return done(detailOf(recipe.optimizer.class, all));
  findings.incomplete('states', OPTIMIZER.noPairs);
  return done(OPTIMIZER.noStep);
}

/** Optimizers whose first moment takes the gradient as Adam's does. Another one's `exp_avg` may be something else, as Lion's is. */
const LIKE_ADAM = ['AdamW', 'Adam', 'NAdam', 'RAdam', 'Adamax'];

/** Why no gradient follows from the states: the optimizer may keep no first moments, or others than Adam's. Undefined where one may. */
export function gradientsUnknown({ recipe, folder, states }: WitnessEvidence): Both | undefined {
  const [step] = pairedSteps(states);
  if (!recipe || step === undefined || unreadable(recipe.optimizer) === undefined) return undefined;
  if (!LIKE_ADAM.includes(recipe.optimizer.class)) return OPTIMIZER.noMoments;
  const state = WitnessState.open(folder, step);
  try {
    const hasMoments = [...state.tensors.keys()].some((name) => name.startsWith('optimizer.exp_avg.'));
    return hasMoments ? undefined : OPTIMIZER.noMoments;
  } finally {
    state.close();
  }
}
