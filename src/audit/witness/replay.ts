// Training again: schedule, origin, segments and gradients of a witnessed run, by the auditor's Python through a Replayer. Compares; decides
// nothing about words (audit.ts does).

import { type Both, JikjiError, type Sentence } from '../../base/index.ts';
import { bits32, canonicalJson, type Json } from '../../ledger/index.ts';
import { TRANSCRIPT } from '../../run-folder/index.ts';
import { Findings, sentenceOf } from '../findings.ts';
import { COMMON } from '../sentences/common.ts';
import type { CheckContext } from '../structure.ts';
import { batchOf, type Steps } from '../transcript.ts';
import type { ReplayedSegment, Segment } from '../types.ts';
import { pairedSteps } from './draw.ts';
import { learningRateOf } from './parameters.ts';
import { float64Of, type Replayer, SKETCH, type Trained } from './replayer.ts';
import { ORIGIN, RETRAINING, SCHEDULE } from './sentences/replay.ts';
import { WitnessState } from './states.ts';
import type { WitnessEvidence } from './structure.ts';
import type { Origin, WitnessCheck, WitnessFindings } from './types.ts';
import { isStill } from './ungrouped-tensors.ts';

/** Steps that one answer of `schedule` covers, so that a slow one shows progress. */
const TURN = 1000;
/** The largest relative difference at which S_0 counts as built again but for rounding. docs/witness.md, "Another environment". */
const ORIGIN_TOLERANCE = 4e-6;

/** Runs a part with the Replayer. That it does not do its part is no fault of the run. */
export async function askReplayer<T>(findings: WitnessFindings, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JikjiError && error.code === 'program-failed')) throw error;
    findings.incomplete('the replay', sentenceOf(error));
    return undefined;
  }
}

/** Beside the largest learning rate of the run: four units in the last place of a binary32. */
const RATE_TOLERANCE = 2 ** -21;

const recordedRate = (steps: Steps, step: number): string =>
  steps.learningRate[step - 1]!.toString(16).padStart(8, '0');

/** How far a learning rate may lie from its record in another environment: rounding, of a cosine for instance. */
function rateTolerance(steps: Steps): number {
  let largest = 0;
  for (let step = 1; step <= steps.count; step++) largest = Math.max(largest, Math.abs(learningRateOf(steps, step)));
  return Number.isFinite(largest) ? RATE_TOLERANCE * largest : 0;
}

/**
 * Learning rate and batch of each step, as the training code gives them. Whole numbers of a batch are the same everywhere; others may come out
 * otherwise in another environment, and learning rates but for rounding. Returns the check once it is known how segments are judged (`isElsewhere`: beside rounding; `held`: how many
 * came out to the bit): what was learned from such numbers shows in segments that lie within rounding, and in no others.
 */
export async function checkWitnessSchedule(
  { steps }: WitnessEvidence,
  { replayer, isSame }: { replayer: Replayer | Sentence; isSame: boolean },
  { showProgress, signal }: CheckContext,
): Promise<(judged: { isElsewhere: boolean; held: number }) => WitnessCheck> {
  const findings: WitnessFindings = new Findings('schedule');
  if ('en' in replayer || !steps) {
    findings.incomplete('the replay', 'en' in replayer ? replayer : COMMON.noTranscript);
    return () => findings.check(SCHEDULE.nothing);
  }
  let seen = 0;
  const [floats, drawn, rounded] = [[], [], []] as [number[], number[], number[]];
  const tolerance = isSame ? 0 : rateTolerance(steps);
  for (let from = 1; from <= steps.count; from += TURN) {
    signal.throwIfAborted();
    await showProgress(`step ${from}`, from / steps.count);
    const to = Math.min(steps.count, from + TURN - 1);
    const done = await askReplayer(findings, () =>
      replayer.schedule(
        from,
        to,
        ({ step, batch, learningRate, floats: hasFloats = false, drawn: isDrawn = false }) => {
          if (step !== from + (seen % TURN))
            throw new JikjiError('program-failed', `answered step ${step}`, 'schedule', '');
          seen++;
          if (batch !== batchOf(steps, step)) {
            if (isDrawn) drawn.push(step);
            else if (hasFloats && !isSame) floats.push(step);
            else findings.refuted(TRANSCRIPT, SCHEDULE.otherBatch, { step });
          }
          const rate = float64Of(learningRate);
          if (bits32(rate) === recordedRate(steps, step)) return;
          if (Math.abs(rate - learningRateOf(steps, step)) <= tolerance) rounded.push(step);
          else findings.refuted(TRANSCRIPT, SCHEDULE.otherRate, { step });
        },
      ),
    );
    if (!done) break;
  }
  if (seen < steps.count) findings.incomplete('the replay', RETRAINING.gave(seen, steps.count));
  return ({ isElsewhere, held }) => {
    if (floats.length > 0 && isElsewhere) findings.note(SCHEDULE.floats(floats.length));
    // Where steps come out to the bit, so do the numbers that they learn from.
    else if (held > 0) for (const step of floats) findings.refuted(TRANSCRIPT, SCHEDULE.otherBatch, { step });
    else if (floats.length > 0)
      findings.incomplete(TRANSCRIPT, SCHEDULE.openFloats(floats.length), { step: floats[0]! });
    if (rounded.length > 0) findings.note(SCHEDULE.rounded(rounded.length));
    if (drawn.length > 0 && (isElsewhere || held > 0)) findings.note(SCHEDULE.drawn(drawn.length));
    else if (drawn.length > 0) findings.incomplete(TRANSCRIPT, SCHEDULE.openDrawn(drawn.length), { step: drawn[0]! });
    const open = floats.length + drawn.length;
    const holds = open > 0 ? SCHEDULE.rates(seen, seen - open) : SCHEDULE.holds(seen);
    return findings.check(findings.verdict === 'holds' ? holds : SCHEDULE.again(seen));
  };
}

/** S_0 by the training code and the committed seed. */
export async function checkWitnessOrigin(
  { statements, recipe }: WitnessEvidence,
  replayer: Replayer | Sentence,
): Promise<{ check: WitnessCheck; origin: Origin }> {
  const findings: WitnessFindings = new Findings('origin');
  if ('en' in replayer) findings.incomplete('the replay', replayer);
  const built = !('en' in replayer) && statements && (await askReplayer(findings, () => replayer.origin()));
  if (!built) {
    return { check: findings.check(ORIGIN.notBuilt), origin: 'not-shown' };
  }
  if (recipe && canonicalJson(built.optimizer as Json) !== canonicalJson(recipe.optimizer as Json))
    findings.refuted('recipe.json', ORIGIN.otherOptimizer);
  if (built.root === statements.genesis.predicate.commitment.stateRoot)
    return {
      check: findings.check(ORIGIN.same),
      origin: 'same',
    };
  const [furthest, typical] = [built.furthest, built.typical].map((bits) =>
    bits === null ? Number.NaN : float64Of(bits),
  );
  if (typical! <= ORIGIN_TOLERANCE)
    return { check: findings.check(ORIGIN.rounded(typical!.toExponential(1))), origin: 'consistent' };
  if (Number.isNaN(furthest)) findings.incomplete('states/step-000000', ORIGIN.noState);
  else if (furthest! <= ORIGIN_TOLERANCE)
    findings.incomplete('states/step-000000', ORIGIN.uneven(typical!.toExponential(1)));
  else findings.refuted('states/step-000000', ORIGIN.other(furthest!.toExponential(1)));
  return {
    check: findings.check(ORIGIN.otherStart),
    origin: 'not-shown',
  };
}

export interface SegmentsFound {
  replayed: ReplayedSegment[];
  /** Segments that came out different, with the first difference. */
  differing: { segment: Segment; text: Both; step: number; tensor?: string }[];
  steps: number;
}

/** Trains segments again. What differs is not judged here: in another environment everything does. */
export async function replaySegments(
  { steps, statements, states }: WitnessEvidence,
  chosen: readonly { segment: Segment; why: ReplayedSegment['why'] }[],
  { replayer, findings }: { replayer: Replayer; findings: WitnessFindings },
  { showProgress, signal }: CheckContext,
): Promise<SegmentsFound> {
  const whole = new Set(states);
  const result: SegmentsFound = { replayed: [], differing: [], steps: 0 };
  const total = chosen.reduce((sum, { segment }) => sum + segment.to - segment.from, 0);
  const origin = statements!.genesis.predicate.commitment.stateRoot;
  for (const { segment, why } of chosen) {
    const { from, to } = segment;
    signal.throwIfAborted();
    const replayed: ReplayedSegment = { ...segment, why, verdict: 'incomplete', root: null, engine: 'pytorch' };
    result.replayed.push(replayed);
    if (from > 0 && !whole.has(from)) {
      findings.incomplete('states', RETRAINING.noStartState(from), { step: from });
      continue;
    }
    let at = from;
    let difference: { text: Both; step: number } | undefined;
    let tensor: string | undefined;
    let root: string | undefined;
    const done = await askReplayer(findings, () =>
      replayer.train(from, to, (line) => {
        if (line.step !== ++at) throw new JikjiError('program-failed', `answered step ${line.step}`, 'train', '');
        root = line.stateRoot;
        tensor ??= line.tensor;
        const text = differenceOf(steps!, line, line.step === to);
        if (text !== undefined) difference ??= { text, step: line.step };
      }),
    );
    result.steps += at - from;
    await showProgress(`steps ${from + 1} to ${to}`, result.steps / total);
    if (!done) break;
    if (at !== to) findings.incomplete('the replay', RETRAINING.gave(at - from, to - from));
    else if (difference) result.differing.push({ segment, ...difference, ...(tensor !== undefined && { tensor }) });
    else [replayed.verdict, replayed.root] = ['holds', root ?? origin];
  }
  return result;
}

/** Where a step that was trained again differs from its record. */
function differenceOf(steps: Steps, line: Trained, isLast: boolean): Both | undefined {
  const { step } = line;
  if (line.batch !== batchOf(steps, step)) return RETRAINING.otherBatch;
  if (bits32(float64Of(line.learningRate)) !== recordedRate(steps, step)) return RETRAINING.otherRate;
  const [loss, gradNorm] = [float64Of(line.loss), float64Of(line.gradNorm)];
  if (!Object.is(loss, steps.loss[step - 1]!)) return RETRAINING.otherLoss(steps.loss[step - 1]!, loss);
  if (!Object.is(gradNorm, steps.gradNorm[step - 1]!))
    return RETRAINING.otherGradNorm(steps.gradNorm[step - 1]!, gradNorm);
  const root = steps.roots.get(step);
  if (isLast && line.stateRoot === undefined) return RETRAINING.noState;
  return root !== undefined && line.stateRoot !== root ? RETRAINING.otherState : undefined;
}

export interface GradientsFound {
  /** |g'|, and |g - g'| / |g'|. */
  found: { step: number; own: number; difference: number; loss: number; gradNorm: number }[];
  /** The sketch of each step's difference, divided by the gradient's norm. */
  sketches: Float32Array[];
}

function isSkipped({ folder, recipe }: WitnessEvidence, step: number): boolean {
  const parameters = new Set(recipe?.optimizer.groups.flatMap((group) => group.parameters));
  const opened: WitnessState[] = [];
  try {
    for (const end of [step - 1, step]) opened.push(WitnessState.open(folder, end));
    return parameters.size > 0 && isStill(opened[0]!, opened[1]!, parameters);
  } finally {
    for (const state of opened) state.close();
  }
}

/** Undefined where it has not the right length. */
export function sketchOf({ sketch }: { sketch: string }): Float32Array | undefined {
  const bytes = Buffer.from(sketch, 'base64');
  return bytes.length === 4 * SKETCH ? new Float32Array(new Uint8Array(bytes).buffer) : undefined;
}

/** The gradients of paired steps, beside those that are computed here. `key` draws the places of the sketches. */
export async function measureGradients(
  evidence: WitnessEvidence,
  { replayer, findings, key }: { replayer: Replayer; findings: WitnessFindings; key: string },
  { showProgress, signal }: CheckContext,
): Promise<GradientsFound> {
  const result: GradientsFound = { found: [], sketches: [] };
  const paired = pairedSteps(evidence.states);
  for (const [i, step] of paired.entries()) {
    signal.throwIfAborted();
    // Of a step that the optimizer did not make nothing follows; whether the code makes none, training it again shows.
    if (isSkipped(evidence, step)) continue;
    await showProgress(`step ${step}`, i / paired.length);
    const answer = await askReplayer(findings, () => replayer.gradient(step, key));
    if (!answer) break;
    const sketch = sketchOf(answer);
    const [own, difference] = [float64Of(answer.own), float64Of(answer.difference)];
    if (!sketch) {
      findings.incomplete('the replay', RETRAINING.noGradient, { step });
      break;
    }
    result.found.push({
      step,
      own,
      difference: own > 0 ? difference / own : difference > 0 ? Number.POSITIVE_INFINITY : 0,
      loss: float64Of(answer.loss),
      gradNorm: float64Of(answer.gradNorm),
    });
    result.sketches.push(sketch);
  }
  return result;
}
