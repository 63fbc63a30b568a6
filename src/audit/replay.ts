// Replay: trains segments again with the foundry's trainer and compares every record and the last state, bit for bit.

import { setImmediate } from 'node:timers/promises';
import type { Both } from '../base/index.ts';
import { type Batches, NotFinite, readCheckpoint, type StepRecord, type Trainer } from '../foundry/train/index.ts';
import { bits32, bits64 } from '../ledger/index.ts';
import { handOverFile, TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { stateInMemory } from './motion/index.ts';
import { lacksReferences } from './pairs.ts';
import { openBatches } from './schedule.ts';
import type { Choice } from './segments.ts';
import { COMMON } from './sentences/common.ts';
import { HAND_OVERS } from './sentences/statements.ts';
import { REPLAY } from './sentences/training.ts';
import { firstDifference, stateFile, withStates } from './states.ts';
import type { CheckContext, Evidence } from './structure.ts';
import { batchOf, type Steps } from './transcript.ts';
import type { Check, ReplayedSegment, Segment } from './types.ts';
import { beginState, fileOfState } from './weights.ts';

export interface ReplayResult {
  check: Check;
  replayed: ReplayedSegment[];
  /** Steps trained again, and the seconds that this took. */
  steps: number;
  seconds: number;
}

export async function checkReplay(
  evidence: Evidence,
  chosen: Choice['chosen'],
  getTrainer: () => Trainer,
  { showProgress, signal }: CheckContext,
): Promise<ReplayResult> {
  const findings = new Findings('replay');
  const replayed: ReplayedSegment[] = chosen.map(({ segment, why }) => ({
    ...segment,
    why,
    verdict: 'incomplete',
    root: null,
    engine: 'webassembly',
  }));
  const result = { replayed, steps: 0, seconds: 0 };
  const end = (detail: Both): ReplayResult => ({ ...result, check: findings.check(detail) });
  const { recipe, config, steps, texts } = evidence;
  if (!recipe || !config || !steps || !texts) {
    findings.incomplete(TRANSCRIPT, COMMON.noCorpus);
    return end(REPLAY.nothing);
  }
  if (lacksReferences(evidence, findings)) return end(REPLAY.nothing);
  const opened = openBatches(evidence, findings);
  if (!opened) return end(REPLAY.nothing);
  const { batches, close } = opened;
  const started = performance.now();
  try {
    const trainer = findings.try(stateFile(evidence.kept[0] ?? 0), getTrainer);
    if (!trainer) return end(REPLAY.nothing);
    const total = chosen.reduce((sum, { segment }) => sum + segment.to - segment.from, 0);
    for (const [i, { segment }] of chosen.entries()) {
      const ofSegment = new Findings('replay');
      const name = `segment ${segment.index + 1}: steps ${segment.from + 1} to ${segment.to}`;
      await showProgress(name, result.steps / total);
      if (loadStart(evidence, trainer, segment, { ofSegment, ofCheck: findings })) {
        while (trainer.step < segment.to) {
          await setImmediate();
          signal.throwIfAborted();
          await showProgress(`${name}, at ${trainer.step + 1}`, result.steps / total);
          const before = trainer.step;
          const canContinue = await replayStep({ evidence, steps, trainer, batches }, ofSegment);
          result.steps += trainer.step - before;
          if (!canContinue) break;
        }
      }
      findings.add(ofSegment.findings);
      replayed[i]!.verdict = ofSegment.verdict;
      // `replayStep` has compared the trainer's root with this one.
      if (ofSegment.verdict === 'holds') replayed[i]!.root = steps.roots.get(segment.to) ?? null;
    }
  } finally {
    close();
    result.seconds = (performance.now() - started) / 1000;
  }
  const held = replayed.filter((segment) => segment.verdict === 'holds').length;
  return end(REPLAY.whole(held, replayed.length, result.steps));
}

/** Loads a segment's first state into the trainer. Returns false, and adds a finding, if that is not possible. */
function loadStart(
  evidence: Evidence,
  trainer: Trainer,
  { index, from }: Segment,
  { ofSegment, ofCheck }: { ofSegment: Findings; ofCheck: Findings },
): boolean {
  const state = evidence.states.get(from);
  if (state !== 'whole') {
    const why = state === 'missing' ? REPLAY.startMissing : REPLAY.startBroken;
    ofSegment.incomplete(fileOfState(from), why(index + 1), { step: from });
    ofCheck.note(REPLAY.notReplayed(index + 1));
    return false;
  }
  if (from === 0) {
    beginState(evidence, trainer);
    return true;
  }
  const loaded = ofSegment.try(
    stateFile(from),
    () => readCheckpoint(`${evidence.folder.path}/checkpoints`, from, trainer.state()),
    { step: from },
  );
  trainer.step = from;
  return loaded !== undefined;
}

interface Replay {
  evidence: Evidence;
  steps: Steps;
  trainer: Trainer;
  batches: Batches;
}

/** Trains one step and compares its record, and its state root if the transcript has one. Returns whether the segment can go on. */
async function replayStep({ evidence, steps, trainer, batches }: Replay, findings: Findings): Promise<boolean> {
  const step = trainer.step + 1;
  if (step > steps.count) {
    findings.incomplete(TRANSCRIPT, REPLAY.ends, { step });
    return false;
  }
  let record: StepRecord;
  try {
    record = trainer.next(batches);
  } catch (error) {
    if (!(error instanceof NotFinite)) {
      findings.caught(TOKENS, error, { step }); // ids outside the vocabulary
      return false;
    }
    const { tensor } = error;
    if (tensor === 'loss') findings.refuted(TRANSCRIPT, REPLAY.lossNotFinite, { step });
    else findings.refuted(TRANSCRIPT, REPLAY.gradientNotFinite, { step, tensor });
    return false;
  }
  compareRecord(steps, record, findings);
  const root = steps.roots.get(step);
  if (root !== undefined && root !== trainer.stateRoot()) {
    const { folder, expected, states } = evidence;
    const file = states.get(step) === 'whole' ? stateFile(step) : undefined;
    const trained = stateInMemory(trainer.state(), 'trained again');
    const tensor =
      file &&
      (await withStates(folder, [file], (recorded) => firstDifference(trained, recorded!, expected!, async () => {})));
    const at = { step, ...(tensor !== undefined && { tensor }) };
    findings.refuted(file ?? TRANSCRIPT, REPLAY.otherState, at);
  } else if (root === undefined) compareHandedState(evidence, trainer, findings);
  return findings.verdict === 'holds';
}

/** A run may be handed over between two recorded states: only training shows whether the hand-over names the state there. */
function compareHandedState({ statements }: Evidence, trainer: Trainer, findings: Findings): void {
  for (const [i, { statement }] of (statements?.chain ?? []).entries()) {
    const { step } = statement.predicate;
    if (step === trainer.step && statement.subjects.get('state') !== trainer.stateRoot())
      findings.refuted(handOverFile(i + 1), HAND_OVERS.otherStateTrained, { step });
  }
}

function compareRecord(steps: Steps, record: StepRecord, findings: Findings): void {
  const { step, loss, gradNorm, learningRate, batch } = record;
  const i = step - 1;
  const differs = (text: Both): void => findings.refuted(TRANSCRIPT, text, { step });
  if (batchOf(steps, step) !== batch) differs(REPLAY.otherBatch);
  if (bits32(learningRate) !== steps.learningRate[i]!.toString(16).padStart(8, '0')) differs(REPLAY.otherRate);
  if (bits64(loss) !== bits64(steps.loss[i]!)) differs(REPLAY.otherLoss(steps.loss[i]!, loss));
  if (bits64(gradNorm) !== bits64(steps.gradNorm[i]!)) differs(REPLAY.otherGradNorm(steps.gradNorm[i]!, gradNorm));
}
