// Motion of a witnessed run: how far AdamW can have moved each element between two recorded states, by the learning rates of the steps between
// them alone. docs/proof.md, "Motion", has the derivations; paired steps are checked more closely by optimizer.ts.

import type { Both } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { Findings } from '../findings.ts';
import { bound, type Mover, momentLimits } from '../motion/index.ts';
import type { CheckContext } from '../structure.ts';
import type { Segment } from '../types.ts';
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
import { MOTION, OPTIMIZER, type Quantity } from './sentences/optimizer.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { WitnessCheck, WitnessCheckName } from './types.ts';

/** PyTorch rounds a weight twice a step, our own trainer once; and its scalars to binary32. */
const SLACK = 2;

/** What the steps of a segment allow an element of a group. */
interface Limits {
  weights: ReturnType<typeof bound>;
  moments: ReturnType<typeof momentLimits>;
}

const moverOf = ({ beta1, beta2, epsilon, weightDecay }: Group): Mover => ({
  optimizer: 'adamw',
  momentum: 0,
  beta1,
  beta2,
  eps: epsilon,
  weightDecay,
  gradClip: 0,
});

/** The first element that moved further than steps of AdamW can move it, and which of its numbers. */
function firstTooFar(
  before: Numbers,
  after: Numbers,
  { weights, moments }: Limits,
): { index: number; what: Quantity } | undefined {
  for (let i = 0; i < before.weights.length; i++) {
    const w = before.weights[i]!;
    if (!(Math.abs(after.weights[i]! - w) <= SLACK * weights.beta * Math.abs(w) + weights.alpha * (1 + 2 ** -20)))
      return { index: i, what: 'weight' };
    const rest = after.second[i]! - moments.keptSecond * before.second[i]! + moments.lostSecond;
    const m = before.first[i]!;
    const most = moments.factor * Math.sqrt(Math.max(0, rest)) + SLACK * moments.loose * Math.abs(m) + moments.lost;
    if (!(rest >= 0) || !(Math.abs(after.first[i]! - moments.kept * m) <= most)) return { index: i, what: 'moments' };
  }
  return undefined;
}

async function checkSegment(
  [before, after]: readonly [WitnessState, WitnessState],
  { name, of, steps }: { name: string; of: Limits; steps: number },
  { findings, pause }: { findings: Findings<WitnessCheckName>; pause: () => Promise<void> },
): Promise<'within' | 'refuted' | 'left'> {
  const tensors = [before, after].map((state) => state.tensors.get(name));
  if (tensors.some((tensor) => tensor?.dtype !== 'F32') || countOf(after, name) - countOf(before, name) !== steps)
    return 'left';
  const elements = elementsOf(tensors[0]!.shape);
  for (let from = 0; from < elements; from += CHUNK) {
    const length = Math.min(CHUNK, elements - from);
    const found = firstTooFar(readNumbers(before, name, from, length), readNumbers(after, name, from, length), of);
    if (found) {
      const text = MOTION.tooFar(from + found.index, found.what, before.step, steps);
      findings.refuted(stateFolder(after.step), text, { step: after.step, tensor: name });
      return 'refuted';
    }
    await pause();
  }
  return 'within';
}

/** Checks the segments of more than one step that were not trained again to the bit (`held`); or why this optimizer cannot be checked. */
export async function checkWitnessMotion(
  { recipe, steps, folder, states }: WitnessEvidence,
  segments: readonly Segment[],
  { showProgress }: CheckContext,
  held: (step: number) => boolean,
): Promise<WitnessCheck | Both> {
  const findings = new Findings<WitnessCheckName>('motion');
  if (!recipe || !steps) return OPTIMIZER.nothing;
  if (recipe.optimizer.class !== 'AdamW') return OPTIMIZER.notAdamw;
  const why = unreadable(recipe.optimizer);
  if (why !== undefined) return why;
  const whole = new Set(states);
  const times = { within: 0, refuted: 0, left: 0, again: 0 };
  for (const [at, { from, to }] of segments.entries()) {
    if (to - from < 2 || !whole.has(from)) continue;
    if (held(to)) {
      times.again++;
      continue;
    }
    const opened: WitnessState[] = [];
    try {
      for (const one of [from, to]) opened.push(WitnessState.open(folder, one));
      const rates = Array.from({ length: to - from }, (_, i) => learningRateOf(steps, from + 1 + i));
      for (const { options, parameters } of recipe.optimizer.groups) {
        const group = groupOf('AdamW', options);
        if (!group) continue;
        const mover = moverOf(group);
        const of = { weights: bound(mover, from, rates, true), moments: momentLimits(mover, to - from) };
        for (const name of parameters) {
          const pause = () => showProgress(`steps ${from + 1} to ${to}`, at / segments.length);
          const found = await checkSegment(
            [opened[0]!, opened[1]!],
            { name, of, steps: to - from },
            { findings, pause },
          );
          times[found]++;
        }
      }
    } catch (error) {
      findings.caught(stateFolder(to), error, { step: to });
    } finally {
      for (const state of opened) state.close();
    }
  }
  if (times.left > 0) findings.note(MOTION.left(times.left));
  if (times.again > 0 && times.within + times.refuted + times.left === 0 && findings.verdict === 'holds')
    return findings.check(MOTION.nothingLeft);
  // A check of nothing would be a tick for nothing.
  if (findings.verdict === 'holds' && times.within === 0) return times.left > 0 ? MOTION.left(times.left) : MOTION.none;
  if (findings.verdict === 'holds') return findings.check(MOTION.within(times.within));
  return findings.check(times.refuted > 0 ? MOTION.tooFarTimes(times.refuted) : MOTION.notAll(times.within));
}
