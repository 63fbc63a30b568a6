// Gradients of paired steps beside the rounding of the auditor's own machine, which is measured by computing each of them in two settings.

import { randomBytes } from 'node:crypto';
import { count } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import { calibratedSettings } from './calibration.ts';
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
import { type GradientsFound, measureGradients } from './replay.ts';
import { type OpenedReplayer, Replayer } from './replayer.ts';
import { stateFolder, WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { Coherence, GradientFound, WitnessAudit, WitnessCheck, WitnessCheckName } from './types.ts';

export interface Rounding {
  check: WitnessCheck;
  found: GradientFound[];
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
  { key, signal }: { key: string; signal: AbortSignal },
  context: CheckContext,
): Promise<GradientsFound | undefined> {
  const settings = calibratedSettings(environment.capability);
  const replayer = new Replayer(evidence.folder.path, { ...placed, settings }, signal);
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
    for (const one of [step - 1, step]) opened.push(WitnessState.open(folder, one));
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

/**
 * Recorded losses and norms that are not those that the training code gives, but for rounding: of a norm at least that of its gradient, whose
 * difference bounds it, and of a loss the same.
 */
function compareFigures(
  { steps }: WitnessEvidence,
  { measured, other, tolerances }: { measured: GradientsFound; other?: GradientsFound; tolerances: readonly number[] },
  refute: (step: number, text: string) => void,
): void {
  for (const [name, what] of [
    ['loss', 'loss'],
    ['gradNorm', 'gradient norm'],
  ] as const) {
    const noises = measured.found.map((one, i) => other?.found[i] && relative(one[name], other.found[i][name]));
    // A loss that comes out the same in another setting has no rounding of its own that could be known.
    const limits = isMeasured(noises) ? limitsOf(noises) : tolerances;
    for (const [i, one] of measured.found.entries()) {
      const recorded = steps![name][one.step - 1]!;
      if (!(relative(recorded, one[name]) <= Math.max(limits[i]!, tolerances[i]!) + LEAST))
        refute(one.step, `the ${what} is recorded as ${recorded}, the training code gives ${one[name]}`);
    }
  }
}

/** How well known rounding is, in words. */
const calibrationText = (other: unknown, noises: readonly (number | undefined)[]): string =>
  !other
    ? 'taken to be 5%: this machine could not be asked in another setting'
    : isMeasured(noises)
      ? 'measured by another setting of this machine'
      : 'taken to be 5%: fewer than six steps come out otherwise in another setting of this machine';

/** `held`: whether training again gave a step to the bit: then what the code does there is known, whatever its optimizer makes of gradients. */
export async function checkRounding(
  evidence: WitnessEvidence,
  opened: OpenedReplayer,
  { held, signal }: { held: (step: number) => boolean; signal: AbortSignal | undefined },
  context: CheckContext,
): Promise<Rounding> {
  const findings = new Findings<WitnessCheckName>('gradient');
  const { replayer } = opened;
  // Drawn here: a maker who knew where a sketch puts an element could steer around it.
  const key = randomBytes(32).toString('hex');
  const measured = await measureGradients(evidence, { replayer, findings, key }, context);
  const other = await measureOther(evidence, opened, { key, signal: signal ?? context.signal }, context);
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
  const found = steps.map(
    ({ step, difference }, i): GradientFound => ({ step, difference, tolerance: tolerances[i]! }),
  );
  const telling = found.map(({ tolerance }) => tolerance <= BLIND);
  const told = found.filter((_, i) => telling[i]);
  // First: a check keeps only so many findings.
  const coherence = coherenceOf(measured.sketches.filter((_, i) => telling[i] && !held(found[i]!.step)));
  const ofRounding = coherenceOf(noises.flatMap((noise, i) => (noise && telling[i] ? [noise] : [])))?.mean ?? 0;
  if (coherence && coherence.deviations > DEVIATIONS && coherence.mean > 3 * Math.max(0, ofRounding) + ABOVE_ROUNDING)
    findings.refuted(
      'states',
      `the differences of ${coherence.steps} gradients point one way: their mean cosine is ${coherence.mean.toFixed(3)}, ${coherence.deviations.toFixed(0)} standard deviations above none, that of rounding here is ${ofRounding.toFixed(3)}`,
    );
  const excused = new Set<number>();
  const refute = (step: number, text: string): void => {
    if (held(step)) excused.add(step);
    else findings.refuted(stateFolder(step), text, { step });
  };
  for (const { step, difference, tolerance } of told)
    if (!(difference <= tolerance))
      refute(
        step,
        `the gradient that follows from the states is not that of the training code: they differ by ${e(difference)} of it, rounding by ${e(tolerance)}`,
      );
  compareFigures(evidence, { measured, ...(other && { other }), tolerances }, refute);
  if (excused.size > 0)
    findings.note(
      `In ${count(excused.size)} steps the moments do not show the gradient of the training code, which training again gave to the bit: its optimizer takes it in another way than AdamW with the options of recipe.json.`,
    );
  const blind = found.length - told.length;
  const most = Math.max(0, ...told.map(({ tolerance }) => tolerance));
  if (found.length > 0 && told.length === 0)
    findings.incomplete(
      'the replay',
      'rounding here changes each of these gradients by more than 6%: they tell nothing',
    );
  else if (blind > 0)
    findings.note(`${count(blind)} of these steps tell nothing: rounding changes their gradients by more than 6%.`);
  if (told.length > 0)
    findings.note(
      `A step in a pair could have been steered by up to ${e(most)} of its gradient and not be seen by itself.`,
    );
  const from = calibrationText(
    other,
    steps.map(({ noise }) => noise),
  );
  const detail =
    told.length === 0
      ? 'no gradient was compared'
      : `the gradients of ${count(told.length)} paired steps differ from those computed here by up to ${e(Math.max(...told.map(({ difference }) => difference)))}; rounding is up to ${e(most)} (${from})`;
  return { check: findings.check(detail), found, tolerance: { difference: most, blind, from }, coherence };
}
