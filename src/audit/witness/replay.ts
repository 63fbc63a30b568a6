// Training again: schedule, origin, segments and gradients of a witnessed run, by the auditor's Python through a Replayer. Compares; decides
// nothing about words (audit.ts does).

import { count, JikjiError } from '../../base/index.ts';
import { bits32, canonicalJson, type Json } from '../../ledger/index.ts';
import { TRANSCRIPT } from '../../run-folder/index.ts';
import { Findings } from '../findings.ts';
import type { CheckContext } from '../structure.ts';
import { batchOf, type Steps } from '../transcript.ts';
import type { Replayed, Segment } from '../types.ts';
import { pairedSteps } from './optimizer.ts';
import { float64Of, type Replayer, SKETCH, type Trained } from './replayer.ts';
import type { WitnessEvidence } from './structure.ts';
import type { Origin, WitnessCheck, WitnessCheckName } from './types.ts';

type Found = Findings<WitnessCheckName>;

/** Steps that one answer of `schedule` covers, so that a slow one shows progress. */
const TURN = 1000;
/** The largest relative difference at which S_0 counts as built again but for rounding. docs/witness.md, "Another environment". */
const ORIGIN_TOLERANCE = 4e-6;

/** Runs a part with the Replayer. That it does not do its part is no fault of the run. */
async function asked<T>(findings: Found, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'program-failed')) throw error;
    findings.incomplete('the replay', error.message);
    return undefined;
  }
}

const recordedRate = (steps: Steps, step: number): string =>
  steps.learningRate[step - 1]!.toString(16).padStart(8, '0');

/** Learning rate and batch of each step, as the training code gives them. */
export async function checkWitnessSchedule(
  { steps }: WitnessEvidence,
  replayer: Replayer | string,
  { showProgress, signal }: CheckContext,
): Promise<WitnessCheck> {
  const findings: Found = new Findings('schedule');
  if (typeof replayer === 'string' || !steps) {
    findings.incomplete('the replay', typeof replayer === 'string' ? replayer : 'there is no usable transcript');
    return findings.check('learning rates and batches were not computed again');
  }
  let seen = 0;
  for (let from = 1; from <= steps.count; from += TURN) {
    signal.throwIfAborted();
    await showProgress(`step ${from}`, from / steps.count);
    const to = Math.min(steps.count, from + TURN - 1);
    const done = await asked(findings, () =>
      replayer.schedule(from, to, ({ step, batch, learningRate }) => {
        if (step !== from + (seen % TURN))
          throw new JikjiError('program-failed', `answered step ${step}`, 'schedule', '');
        seen++;
        if (batch !== batchOf(steps, step))
          findings.refuted(TRANSCRIPT, 'the batch is not the one that the training code gives', { step });
        if (bits32(float64Of(learningRate)) !== recordedRate(steps, step))
          findings.refuted(TRANSCRIPT, 'the learning rate is not the one that the training code gives', { step });
      }),
    );
    if (!done) break;
  }
  if (seen < steps.count) findings.incomplete('the replay', `gave ${seen} of ${steps.count} steps`);
  return findings.check(
    findings.verdict === 'holds'
      ? `learning rate and batch of ${count(seen)} steps are those of the training code`
      : `learning rate and batch of ${count(seen)} steps were computed again`,
  );
}

/** S_0 by the training code and the committed seed. */
export async function checkWitnessOrigin(
  { statements, recipe }: WitnessEvidence,
  replayer: Replayer | string,
): Promise<{ check: WitnessCheck; origin: Origin }> {
  const findings: Found = new Findings('origin');
  if (typeof replayer === 'string') findings.incomplete('the replay', replayer);
  const found = typeof replayer !== 'string' && statements && (await asked(findings, () => replayer.origin()));
  if (!found) {
    return { check: findings.check('origin not shown: S_0 was not built again'), origin: 'not-shown' };
  }
  if (recipe && canonicalJson(found.optimizer as Json) !== canonicalJson(recipe.optimizer as Json))
    findings.refuted('recipe.json', 'the optimizer is not the one that the training code makes');
  if (found.root === statements.genesis.predicate.commitment.stateRoot)
    return {
      check: findings.check('S_0 is the one that the training code makes of the seed, bit for bit'),
      origin: 'same',
    };
  const furthest = found.furthest === null ? Number.NaN : float64Of(found.furthest);
  if (furthest <= ORIGIN_TOLERANCE) {
    const detail = `S_0 is the one that the training code makes of the seed, but for rounding (${furthest.toExponential(1)} of a number at most)`;
    return { check: findings.check(detail), origin: 'consistent' };
  }
  if (Number.isNaN(furthest))
    findings.incomplete('states/step-000000', 'the state of step 0 is not there to compare with');
  else
    findings.refuted(
      'states/step-000000',
      `is not what the training code makes of the seed: a number differs by ${furthest.toExponential(1)} of its size`,
    );
  return {
    check: findings.check('origin not shown: the training code makes another S_0 of the seed'),
    origin: 'not-shown',
  };
}

export interface SegmentsFound {
  replayed: Replayed[];
  /** Segments that came out different, with the first difference. */
  differing: { segment: Segment; text: string; step: number }[];
  steps: number;
}

/** Trains segments again. What differs is not judged here: in another environment everything does. */
export async function replaySegments(
  { steps, statements, states }: WitnessEvidence,
  chosen: readonly { segment: Segment; why: Replayed['why'] }[],
  { replayer, findings }: { replayer: Replayer; findings: Found },
  { showProgress, signal }: CheckContext,
): Promise<SegmentsFound> {
  const whole = new Set(states);
  const result: SegmentsFound = { replayed: [], differing: [], steps: 0 };
  const total = chosen.reduce((sum, { segment }) => sum + segment.to - segment.from, 0);
  const origin = statements!.genesis.predicate.commitment.stateRoot;
  for (const { segment, why } of chosen) {
    const { from, to } = segment;
    signal.throwIfAborted();
    const replayed: Replayed = { ...segment, why, verdict: 'incomplete', root: null };
    result.replayed.push(replayed);
    if (from > 0 && !whole.has(from)) {
      findings.incomplete(
        'states',
        `the state of step ${from} is not there or broken: the steps after it were not trained again`,
        { step: from },
      );
      continue;
    }
    let at = from;
    let difference: { text: string; step: number } | undefined;
    let root: string | undefined;
    const done = await asked(findings, () =>
      replayer.train(from, to, (line) => {
        if (line.step !== ++at) throw new JikjiError('program-failed', `answered step ${line.step}`, 'train', '');
        root = line.stateRoot;
        const text = differenceOf(steps!, line, line.step === to);
        if (text !== undefined) difference ??= { text, step: line.step };
      }),
    );
    result.steps += at - from;
    await showProgress(`steps ${from + 1} to ${to}`, result.steps / total);
    if (!done) break;
    if (at !== to) findings.incomplete('the replay', `gave ${at - from} of ${to - from} steps`);
    else if (difference) result.differing.push({ segment, ...difference });
    else [replayed.verdict, replayed.root] = ['holds', root ?? origin];
  }
  return result;
}

/** Where a step that was trained again differs from its record. */
function differenceOf(steps: Steps, line: Trained, isLast: boolean): string | undefined {
  const { step } = line;
  if (line.batch !== batchOf(steps, step)) return 'the batch is not the recorded one';
  if (bits32(float64Of(line.learningRate)) !== recordedRate(steps, step))
    return 'the learning rate is not the recorded one';
  const [loss, gradNorm] = [float64Of(line.loss), float64Of(line.gradNorm)];
  if (!Object.is(loss, steps.loss[step - 1]!))
    return `the loss is recorded as ${steps.loss[step - 1]}, trained again it is ${loss}`;
  if (!Object.is(gradNorm, steps.gradNorm[step - 1]!))
    return `the gradient norm is recorded as ${steps.gradNorm[step - 1]}, trained again it is ${gradNorm}`;
  const root = steps.roots.get(step);
  if (isLast && line.stateRoot === undefined) return 'no state was given';
  return root !== undefined && line.stateRoot !== root ? 'is not the state that training gives' : undefined;
}

export interface GradientsFound {
  /** |g'|, and |g - g'| / |g'|. */
  found: { step: number; own: number; difference: number; loss: number; gradNorm: number }[];
  /** The sketch of each step's difference, divided by the gradient's norm. */
  sketches: Float32Array[];
}

/** The gradients of paired steps, beside those that are computed here. `key` draws the places of the sketches. */
export async function measureGradients(
  { states }: WitnessEvidence,
  { replayer, findings, key }: { replayer: Replayer; findings: Found; key: string },
  { showProgress, signal }: CheckContext,
): Promise<GradientsFound> {
  const result: GradientsFound = { found: [], sketches: [] };
  const paired = pairedSteps(states);
  for (const [i, step] of paired.entries()) {
    signal.throwIfAborted();
    await showProgress(`step ${step}`, i / paired.length);
    const answer = await asked(findings, () => replayer.gradient(step, key));
    if (!answer) break;
    const bytes = Buffer.from(answer.sketch, 'base64');
    const [own, difference] = [float64Of(answer.own), float64Of(answer.difference)];
    if (bytes.length !== 4 * SKETCH) {
      findings.incomplete('the replay', 'gave a gradient that is no gradient', { step });
      break;
    }
    result.found.push({
      step,
      own,
      difference: own > 0 ? difference / own : difference > 0 ? Number.POSITIVE_INFINITY : 0,
      loss: float64Of(answer.loss),
      gradNorm: float64Of(answer.gradNorm),
    });
    result.sketches.push(new Float32Array(new Uint8Array(bytes).buffer));
  }
  return result;
}
