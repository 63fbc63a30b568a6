// Gradients of paired steps beside the rounding of the auditor's own machine, which is measured by computing each of them in two settings.

import { randomBytes } from 'node:crypto';
import { count } from '../../base/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import type { WitnessAuditOptions } from './audit.ts';
import { calibratedSettings } from './calibration.ts';
import type { WitnessEnvironment } from './files.ts';
import { coherenceOf, differenceOf, outside, sizeOf, toleranceOf } from './gradients.ts';
import { type GradientsFound, measureGradients } from './replay.ts';
import { Replayer } from './replayer.ts';
import { stateFolder } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { Coherence, GradientFound, WitnessCheck, WitnessCheckName } from './types.ts';

export interface Rounding {
  check: WitnessCheck;
  found: GradientFound[];
  tolerance: { difference: number; from: string };
  coherence: Coherence | null;
}

/** Where rounding is larger, a gradient shows nothing. */
const MOST = 0.05;
/** A common direction is refuted where it is this many standard deviations above none, and this far above three times that of rounding. */
const DEVIATIONS = 8;
const ABOVE_ROUNDING = 0.02;

/** The same gradients in another setting of this machine; undefined where that fails, as on a device whose settings these are not. */
async function measureOther(
  evidence: WitnessEvidence,
  {
    options: { replayer: how, signal },
    own,
    key,
  }: { options: WitnessAuditOptions; own: WitnessEnvironment; key: string },
  context: CheckContext,
): Promise<GradientsFound | undefined> {
  const replayer = new Replayer(
    evidence.folder.path,
    { ...how!, threads: own.threads, settings: calibratedSettings(own.capability) },
    signal ?? context.signal,
  );
  const findings = new Findings<WitnessCheckName>('gradient');
  try {
    const measured = await measureGradients(evidence, { replayer, findings, key }, context);
    return findings.verdict === 'holds' ? measured : undefined;
  } finally {
    replayer.close();
  }
}

export async function checkRounding(
  evidence: WitnessEvidence,
  own: WitnessEnvironment,
  options: WitnessAuditOptions,
  context: CheckContext,
  replayer: Replayer,
): Promise<Rounding> {
  const findings = new Findings<WitnessCheckName>('gradient');
  // Drawn here: a maker who knew where a sketch puts an element could steer around it.
  const key = randomBytes(32).toString('hex');
  const measured = await measureGradients(evidence, { replayer, findings, key }, context);
  const other = await measureOther(evidence, { options, own, key }, context);
  // The program may have stopped in either of the two.
  const both = Math.min(measured.sketches.length, other?.sketches.length ?? 0);
  const noise = Array.from({ length: both }, (_, i) => differenceOf(other!.sketches[i]!, measured.sketches[i]!));
  const sizes = noise.map(sizeOf);
  const tolerance = {
    difference: toleranceOf(sizes),
    from: !other
      ? 'float32 alone: this machine could not be asked in another setting'
      : Math.max(0, ...sizes) === 0
        ? 'float32 alone: the other setting of this machine gives the same bits'
        : `four times what another setting of this machine changes, ${Math.max(...sizes).toExponential(1)}`,
  };
  for (const { step, difference } of outside(measured.found, tolerance.difference).slice(0, 20))
    findings.refuted(
      stateFolder(step),
      `the gradient that follows from the states is not that of the training code: they differ by ${difference.toExponential(1)} of it, rounding by ${tolerance.difference.toExponential(1)}`,
      { step },
    );
  if (tolerance.difference > MOST)
    findings.incomplete(
      'the replay',
      `rounding here changes a gradient by ${tolerance.difference.toExponential(1)} of it: too much to tell anything`,
    );
  const coherence = coherenceOf(measured.sketches);
  const ofRounding = coherenceOf(noise)?.mean ?? 0;
  if (coherence && coherence.deviations > DEVIATIONS && coherence.mean > 3 * Math.max(0, ofRounding) + ABOVE_ROUNDING)
    findings.refuted(
      'states',
      `the differences of ${coherence.steps} gradients point one way: their mean cosine is ${coherence.mean.toFixed(3)}, ${coherence.deviations.toFixed(0)} standard deviations above none, that of rounding here is ${ofRounding.toFixed(3)}`,
    );
  const worst = Math.max(0, ...measured.found.map(({ difference }) => difference));
  if (measured.found.length > 0)
    findings.note(
      `A step in a pair could have been steered by up to ${tolerance.difference.toExponential(1)} of its gradient and not be seen by itself.`,
    );
  return {
    check: findings.check(
      `the gradients of ${count(measured.found.length)} paired steps differ from those computed here by at most ${worst.toExponential(1)}; rounding is up to ${tolerance.difference.toExponential(1)} (${tolerance.from})`,
    ),
    found: measured.found,
    tolerance,
    coherence,
  };
}
