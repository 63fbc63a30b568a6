// Gradients of paired steps beside the rounding of the auditor's own machine, which is measured by computing each of them in two settings.

import { randomBytes } from 'node:crypto';
import type { Both } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import { otherSettings } from './calibration.ts';
import {
  coherenceOf,
  differenceOf,
  isMeasured,
  limitsOf,
  type MeasuredStep,
  relative,
  sizeOf,
  tolerancesOf,
} from './gradients.ts';
import { CHUNK, groupOf, momentOf, ROUNDING } from './parameters.ts';
import { askReplayer, type GradientsFound, measureGradients, sketchOf } from './replay.ts';
import { type OpenedReplayer, Replayer } from './replayer.ts';
import { type Calibration, calibrationText, GRADIENT } from './sentences/replay.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { Coherence, GradientFound, WitnessAudit, WitnessCheck, WitnessCheckName } from './types.ts';

export interface Rounding {
  check: WitnessCheck;
  gradients: GradientFound[];
  tolerance: NonNullable<WitnessAudit['tolerance']>;
  coherence: Coherence | null;
}

/** Where rounding is larger, a gradient shows nothing. */
const BLIND = 0.06;
/** Of a loss or a norm, beside what was measured. */
const LEAST = 1e-6;
/** A common direction is refuted where it is this many standard deviations above none, and this far above three times that of rounding. */
const DEVIATIONS = 8;
const ABOVE_ROUNDING = 0.02;

/** The same gradients in another setting of this machine; undefined where that fails, as on a device whose settings these are not. */
async function measureOther(
  evidence: WitnessEvidence,
  { placed, environment }: OpenedReplayer,
  key: string,
  context: CheckContext,
): Promise<GradientsFound | undefined> {
  const settings = otherSettings(environment.capability)[0];
  const replayer = new Replayer(evidence.folder.path, { ...placed, settings }, context.signal);
  const findings = new Findings<WitnessCheckName>('gradient');
  try {
    const measured = await measureGradients(evidence, { replayer, findings, key }, context);
    return findings.verdict === 'holds' ? measured : undefined;
  } finally {
    replayer.close();
  }
}

/** What the moments' rounding can hide of a step's gradient, in L2: half a unit in the last place of both, over 1 - b1. */
function hiddenByMoments({ folder, recipe }: WitnessEvidence, step: number): number {
  const opened: WitnessState[] = [];
  try {
    for (const end of [step - 1, step]) opened.push(WitnessState.open(folder, end));
    let squares = 0;
    for (const { options, parameters } of recipe!.optimizer.groups) {
      const beta1 = groupOf('AdamW', options)?.beta1 ?? 0.9;
      for (const name of parameters) {
        const tensor = opened[1]!.tensors.get(`optimizer.exp_avg.${name}`);
        const elements = tensor ? elementsOf(tensor.shape) : 0;
        const unit = (ROUNDING[tensor?.dtype ?? 'F32'] ?? 0) / (1 - beta1);
        for (let from = 0; from < elements; from += CHUNK) {
          const length = Math.min(CHUNK, elements - from);
          const [before, after] = opened.map((state) => momentOf(state, 'exp_avg', name, from, length));
          for (let i = 0; i < length; i++) squares += (unit * (Math.abs(before![i]!) + Math.abs(after![i]!))) ** 2;
        }
      }
    }
    return Math.sqrt(squares);
  } finally {
    for (const state of opened) state.close();
  }
}

const e = (value: number): string => value.toExponential(1);

/** Losses and norms of steps, as computed here and in another setting, in one order. */
interface FiguresOfSteps {
  found: GradientsFound['found'];
  other: readonly (GradientsFound['found'][number] | undefined)[] | undefined;
  /** Of the steps' gradients, where these are known. */
  tolerances?: readonly number[];
}

/**
 * Recorded losses and norms that are not those that the training code gives, but for rounding: of a norm at least that of its gradient, whose
 * difference bounds it, and of a loss the same. Returns within what they were compared.
 */
export function compareFigures(
  { steps }: WitnessEvidence,
  { found, other, tolerances }: FiguresOfSteps,
  refute: (step: number, text: Both, name: 'loss' | 'gradNorm') => void,
): Both {
  const room = { loss: '', gradNorm: '' };
  let isKnown = true;
  for (const [name, differs] of [
    ['loss', GRADIENT.otherLoss],
    ['gradNorm', GRADIENT.otherGradNorm],
  ] as const) {
    const noises = found.map((one, i) => other?.[i] && relative(one[name], other[i][name]));
    // A loss that comes out the same in another setting has no rounding of its own that could be known.
    isKnown &&= isMeasured(noises);
    const own = tolerances && !isMeasured(noises) ? tolerances : limitsOf(noises);
    const limits = own.map((limit, i) => Math.max(limit, tolerances?.[i] ?? 0) + LEAST);
    room[name] = e(Math.max(0, ...limits));
    for (const [i, one] of found.entries()) {
      const recorded = steps![name][one.step - 1]!;
      if (!(relative(recorded, one[name]) <= limits[i]!)) refute(one.step, differs(recorded, one[name]), name);
    }
  }
  return GRADIENT.figures(found.length, room, isKnown);
}

/** A difference may be so many times as far as a leap that was seen. */
const OF_LEAP = 4;
/** How far weights are moved to see leaps, in units of their last place; each by draws of its own. */
const MOVED = [32, 64, 96, 128, 160, 192, 224, 256];

/**
 * Rounding has rare leaps, where a unit's sign, the largest of a pool or a choice of experts turns over: one other setting of this machine seldom shows
 * the one that another machine made. So a gradient that seems to lie beyond rounding is computed again from weights beside, where it would turn over too.
 * Returns how far the furthest of them lies from the one here, relative as differences are.
 */
async function leapOf(
  difference: number,
  here: Float32Array,
  moved: (units: number) => Promise<{ sketch: string } | undefined>,
): Promise<number> {
  let most = 0;
  for (const units of MOVED) {
    const answer = await moved(units);
    const sketch = answer && sketchOf(answer);
    if (!sketch) break;
    most = Math.max(most, sizeOf(differenceOf(sketch, here)));
    if (difference <= OF_LEAP * most) break;
  }
  return most;
}

/** How well known rounding is. */
const calibrationOf = (other: unknown, noises: readonly (number | undefined)[]): Calibration =>
  !other ? 'unasked' : isMeasured(noises) ? 'measured' : 'few';

/** `held`: whether training again gave a step to the bit: then what the code does there is known, whatever its optimizer makes of gradients. */
export async function checkRounding(
  evidence: WitnessEvidence,
  opened: OpenedReplayer,
  held: (step: number) => boolean,
  context: CheckContext,
): Promise<Rounding> {
  const findings = new Findings<WitnessCheckName>('gradient');
  const { replayer } = opened;
  // Drawn here: a maker who knew where a sketch puts an element could steer around it.
  const key = randomBytes(32).toString('hex');
  const measured = await measureGradients(evidence, { replayer, findings, key }, context);
  const other = await measureOther(evidence, opened, key, context);
  const noises = measured.sketches.map((sketch, i) => other?.sketches[i] && differenceOf(other.sketches[i], sketch));
  const steps = measured.found.map(
    ({ step, own: size, difference }, i): MeasuredStep => ({
      step,
      difference,
      noise: noises[i] && sizeOf(noises[i]),
      // Without a recipe it is not known which moments those are: then the step tells nothing.
      moments: !evidence.recipe ? 1 : size > 0 ? hiddenByMoments(evidence, step) / size : 0,
    }),
  );
  const tolerances = tolerancesOf(steps);
  for (const [i, { step, difference }] of steps.entries()) {
    if (difference <= tolerances[i]! || tolerances[i]! > BLIND || held(step)) continue;
    const leap = await leapOf(difference, measured.sketches[i]!, (moved) =>
      askReplayer(findings, () => replayer.gradient(step, key, moved)),
    );
    // What no leap explains stays beyond the tolerance that was measured.
    if (difference <= OF_LEAP * leap) tolerances[i] = OF_LEAP * leap;
  }
  const gradients = steps.map(
    ({ step, difference }, i): GradientFound => ({ step, difference, tolerance: tolerances[i]! }),
  );
  const isClear = gradients.map(({ tolerance }) => tolerance <= BLIND);
  const clearGradients = gradients.filter((_, i) => isClear[i]);
  // First: a check keeps only so many findings.
  const coherence = coherenceOf(measured.sketches.filter((_, i) => isClear[i] && !held(gradients[i]!.step)));
  const ofRounding = coherenceOf(noises.flatMap((noise, i) => (noise && isClear[i] ? [noise] : [])))?.mean ?? 0;
  if (coherence && coherence.deviations > DEVIATIONS && coherence.mean > 3 * Math.max(0, ofRounding) + ABOVE_ROUNDING)
    findings.refuted(
      'states',
      GRADIENT.oneWay({
        steps: coherence.steps,
        cosine: coherence.mean.toFixed(3),
        deviations: coherence.deviations.toFixed(0),
        rounding: ofRounding.toFixed(3),
      }),
    );
  const excused = new Set<number>();
  const refute = (step: number, text: Both): void => {
    if (held(step)) excused.add(step);
    else findings.refuted(stateFolder(step), text, { step });
  };
  for (const { step, difference, tolerance } of clearGradients)
    if (!(difference <= tolerance)) refute(step, GRADIENT.differs(e(difference), e(tolerance)));
  const figures = compareFigures(evidence, { found: measured.found, other: other?.found, tolerances }, refute);
  // What training again gave to the bit was compared to the bit there.
  if (gradients.some(({ step }) => !held(step))) findings.note(figures);
  if (excused.size > 0) findings.note(GRADIENT.excused(excused.size));
  const blind = gradients.length - clearGradients.length;
  const most = Math.max(0, ...clearGradients.map(({ tolerance }) => tolerance));
  if (gradients.length > 0 && clearGradients.length === 0) findings.incomplete('the replay', GRADIENT.blind);
  else if (blind > 0) findings.note(GRADIENT.someBlind(blind));
  if (clearGradients.length > 0) findings.note(GRADIENT.steered(e(most)));
  const how = calibrationOf(
    other,
    steps.map(({ noise }) => noise),
  );
  const detail =
    clearGradients.length === 0
      ? GRADIENT.nothing
      : GRADIENT.whole(
          clearGradients.length,
          e(Math.max(...clearGradients.map(({ difference }) => difference))),
          e(most),
          how,
        );
  const tolerance = { difference: most, blind, from: calibrationText(how) };
  return { check: findings.check(detail), gradients, tolerance, coherence };
}
