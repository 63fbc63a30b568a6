// Replay: segments trained again with the foundry's own trainer and compared bit for bit, every record and the state at the end.

import { setImmediate } from 'node:timers/promises';
import { count } from '../base/index.ts';
import { type Batches, NotFinite, readCheckpoint, type StepRecord, type Trainer } from '../foundry/train/index.ts';
import { bits32, bits64 } from '../ledger/index.ts';
import { TOKENS, TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { NO_TOKENS, openBatches, seedOf } from './schedule.ts';
import type { Choice } from './segments.ts';
import { firstDifference, stateFile } from './states.ts';
import type { Context, Evidence } from './structure.ts';
import { batchOf, type Steps } from './transcript.ts';
import type { Check, Replayed, Segment } from './types.ts';

export interface ReplayResult {
  check: Check;
  replayed: Replayed[];
  /** Steps trained again, and the seconds that took. */
  steps: number;
  seconds: number;
}

export async function checkReplay(
  evidence: Evidence,
  chosen: Choice['chosen'],
  getTrainer: () => Trainer,
  { tell, signal }: Context,
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
  const opened = findings.try(TOKENS, () => openBatches(evidence));
  if (!opened) return end('nothing was replayed');
  if ('missing' in opened) {
    findings.incomplete(opened.missing, NO_TOKENS);
    return end('nothing was replayed');
  }
  const { batches, close } = opened;
  const started = performance.now();
  try {
    const trainer = findings.try(stateFile(evidence.kept[0] ?? 0), getTrainer);
    if (!trainer || batches.windows < recipe.train.batchSize) {
      if (trainer) findings.refuted(TOKENS, 'the tokens are fewer than one batch');
      return end('nothing was replayed');
    }
    const total = chosen.reduce((sum, { segment }) => sum + segment.to - segment.from, 0);
    for (const [i, { segment }] of chosen.entries()) {
      const own = new Findings('replay');
      const name = `segment ${segment.index + 1}: steps ${segment.from + 1} to ${segment.to}`;
      await tell(name, result.steps / total);
      if (begin(evidence, trainer, segment, own, findings)) {
        while (trainer.step < segment.to) {
          await setImmediate();
          signal.throwIfAborted();
          await tell(`${name}, at ${trainer.step + 1}`, result.steps / total);
          const before = trainer.step;
          const goOn = next(evidence, steps, trainer, batches, own);
          result.steps += trainer.step - before;
          if (!goOn) break;
        }
      }
      findings.add(own.check('').findings);
      replayed[i]!.verdict = own.verdict;
      // The trainer's own root was compared with this one.
      if (own.verdict === 'holds') replayed[i]!.root = steps.roots.get(segment.to) ?? null;
    }
  } finally {
    close();
    result.seconds = (performance.now() - started) / 1000;
  }
  const held = replayed.filter((segment) => segment.verdict === 'holds').length;
  return end(`${held} of ${replayed.length} segments the same, bit for bit, in ${count(result.steps)} steps`);
}

/** Brings the trainer to a segment's start; false, with the reason, where that cannot be. */
function begin(evidence: Evidence, trainer: Trainer, { index, from }: Segment, own: Findings, all: Findings): boolean {
  if (from === 0) {
    trainer.initialise(seedOf(evidence));
    return true;
  }
  const state = evidence.states.get(from);
  if (state !== 'whole') {
    const text = `segment ${index + 1} cannot be replayed: its first state is ${state === 'missing' ? 'not there' : 'broken'}`;
    own.incomplete(stateFile(from), text, { step: from });
    all.note(`Segment ${index + 1} was not replayed.`);
    return false;
  }
  const found = own.try(
    stateFile(from),
    () => readCheckpoint(`${evidence.folder.path}/checkpoints`, from, trainer.state()),
    { step: from },
  );
  trainer.step = from;
  return found !== undefined;
}

/** One step, its record and, where one is planned, its state against the transcript. False ends the segment. */
function next(evidence: Evidence, steps: Steps, trainer: Trainer, batches: Batches, own: Findings): boolean {
  const step = trainer.step + 1;
  if (step > steps.count) {
    own.incomplete(TRANSCRIPT, 'ends before the end of this segment', { step });
    return false;
  }
  let record: StepRecord;
  try {
    record = trainer.next(batches);
  } catch (error) {
    if (!(error instanceof NotFinite)) {
      own.caught(TOKENS, error, { step }); // tokens that are none
      return false;
    }
    const what = error.tensor === 'loss' ? 'the loss' : 'the gradient';
    own.refuted(TRANSCRIPT, `trained again, ${what} of this step is not finite`, {
      step,
      ...(error.tensor === 'loss' ? {} : { tensor: error.tensor }),
    });
    return false;
  }
  compareRecord(steps, record, own);
  const root = steps.roots.get(step);
  if (root !== undefined && root !== trainer.stateRoot()) {
    const { folder, expected, states } = evidence;
    const whole = states.get(step) === 'whole';
    const tensor = whole ? firstDifference(folder, step, expected!, trainer.state()) : undefined;
    own.refuted(whole ? stateFile(step) : TRANSCRIPT, 'is not the state that training this segment again comes to', {
      step,
      ...(tensor === undefined ? {} : { tensor }),
    });
  }
  return own.verdict === 'holds';
}

function compareRecord(steps: Steps, record: StepRecord, own: Findings): void {
  const { step, loss, gradNorm, learningRate, batch } = record;
  const i = step - 1;
  const differ = (what: string, there: number, here: number): void =>
    own.refuted(TRANSCRIPT, `the ${what} is recorded as ${there}, trained again it is ${here}`, { step });
  if (batchOf(steps, step) !== batch) own.refuted(TRANSCRIPT, 'the batch is not the recorded one', { step });
  if (bits32(learningRate) !== steps.learningRate[i]!.toString(16).padStart(8, '0')) {
    own.refuted(TRANSCRIPT, 'the learning rate is not the recorded one', { step });
  }
  if (bits64(loss) !== bits64(steps.loss[i]!)) differ('loss', steps.loss[i]!, loss);
  if (bits64(gradNorm) !== bits64(steps.gradNorm[i]!)) differ('gradient norm', steps.gradNorm[i]!, gradNorm);
}
