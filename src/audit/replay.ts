// Replay: trains segments again with the foundry's trainer and compares every record and the last state, bit for bit.

import { setImmediate } from 'node:timers/promises';
import { count } from '../base/index.ts';
import { type Batches, NotFinite, readCheckpoint, type StepRecord, type Trainer } from '../foundry/train/index.ts';
import { bits32, bits64 } from '../ledger/index.ts';
import { TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { stateInMemory } from './motion/index.ts';
import { lacksReferences } from './pairs.ts';
import { openBatches } from './schedule.ts';
import type { Choice } from './segments.ts';
import { beginState, fileOfState } from './start.ts';
import { firstDifference, stateFile, withStates } from './states.ts';
import type { CheckContext, Evidence } from './structure.ts';
import { batchOf, type Steps } from './transcript.ts';
import type { Check, Replayed, Segment } from './types.ts';

export interface ReplayResult {
  check: Check;
  replayed: Replayed[];
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
  const replayed: Replayed[] = chosen.map(({ segment, why }) => ({
    ...segment,
    why,
    verdict: 'incomplete',
    root: null,
  }));
  const result: ReplayResult = { check: findings.check(''), replayed, steps: 0, seconds: 0 };
  const end = (detail: string): ReplayResult => ({ ...result, check: findings.check(detail) });
  const { recipe, config, steps, texts } = evidence;
  if (!recipe || !config || !steps || !texts) {
    findings.incomplete(TRANSCRIPT, 'there is no usable recipe, tokenizer, transcript and corpus');
    return end('nothing was replayed');
  }
  if (lacksReferences(evidence, findings)) return end('nothing was replayed');
  const opened = openBatches(evidence, findings);
  if (!opened) return end('nothing was replayed');
  const { batches, close } = opened;
  const started = performance.now();
  try {
    const trainer = findings.try(stateFile(evidence.kept[0] ?? 0), getTrainer);
    if (!trainer) return end('nothing was replayed');
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
      findings.add(ofSegment.check('').findings);
      replayed[i]!.verdict = ofSegment.verdict;
      // `replayStep` has compared the trainer's root with this one.
      if (ofSegment.verdict === 'holds') replayed[i]!.root = steps.roots.get(segment.to) ?? null;
    }
  } finally {
    close();
    result.seconds = (performance.now() - started) / 1000;
  }
  const held = replayed.filter((segment) => segment.verdict === 'holds').length;
  return end(`${held} of ${replayed.length} segments the same, bit for bit, in ${count(result.steps)} steps`);
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
    const text = `segment ${index + 1} cannot be replayed: its first state is ${state === 'missing' ? 'not there' : 'broken'}`;
    ofSegment.incomplete(fileOfState(from), text, { step: from });
    ofCheck.note(`Segment ${index + 1} was not replayed.`);
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
    findings.incomplete(TRANSCRIPT, 'ends before the end of this segment', { step });
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
    const [quantity, at] = tensor === 'loss' ? ['loss', { step }] : ['gradient', { step, tensor }];
    findings.refuted(TRANSCRIPT, `trained again, the ${quantity} of this step is not finite`, at);
    return false;
  }
  compareRecord(steps, record, findings);
  const root = steps.roots.get(step);
  if (root !== undefined && root !== trainer.stateRoot()) {
    const { folder, expected, states } = evidence;
    const file = states.get(step) === 'whole' ? stateFile(step) : undefined;
    const trained = stateInMemory(trainer.state(), 'trained again');
    const tensor =
      file && (await withStates(folder, [file], (kept) => firstDifference(trained, kept!, expected!, async () => {})));
    const text = 'is not the state that training this segment again gives';
    findings.refuted(file ?? TRANSCRIPT, text, { step, ...(tensor === undefined ? {} : { tensor }) });
  }
  return findings.verdict === 'holds';
}

function compareRecord(steps: Steps, record: StepRecord, findings: Findings): void {
  const { step, loss, gradNorm, learningRate, batch } = record;
  const i = step - 1;
  const differ = (what: string, recorded: number, value: number): void =>
    findings.refuted(TRANSCRIPT, `the ${what} is recorded as ${recorded}, trained again it is ${value}`, { step });
  if (batchOf(steps, step) !== batch) findings.refuted(TRANSCRIPT, 'the batch is not the recorded one', { step });
  if (bits32(learningRate) !== steps.learningRate[i]!.toString(16).padStart(8, '0')) {
    findings.refuted(TRANSCRIPT, 'the learning rate is not the recorded one', { step });
  }
  if (bits64(loss) !== bits64(steps.loss[i]!)) differ('loss', steps.loss[i]!, loss);
  if (bits64(gradNorm) !== bits64(steps.gradNorm[i]!)) differ('gradient norm', steps.gradNorm[i]!, gradNorm);
}
