// Motion over a whole run: every segment's two states against each other, and how strange each segment is.

import { Safetensors } from '../formats/index.ts';
import { learningRateAt, type Trainer } from '../foundry/train/index.ts';
import { Findings } from './findings.ts';
import {
  type SegmentMotion,
  type StateReader,
  segmentMotion,
  stateInFile,
  stateInMemory,
  strangeness,
} from './motion/index.ts';
import { seedOf } from './schedule.ts';
import { stateFile } from './states.ts';
import type { Context, Evidence } from './structure.ts';
import { TRANSCRIPT } from './transcript.ts';
import type { Check, Segment } from './types.ts';

export interface MotionResult {
  check: Check;
  /** By segment; NaN where it could not be measured. */
  strangeness: number[];
}

export async function checkMotion(
  evidence: Evidence,
  segments: readonly Segment[],
  getTrainer: () => Trainer,
  { tell }: Context,
): Promise<MotionResult> {
  const findings = new Findings('motion');
  const strange = segments.map(() => Number.NaN);
  const { recipe, config, steps } = evidence;
  if (!recipe || !config || !steps) {
    findings.incomplete(TRANSCRIPT, 'there is no usable recipe, tokenizer and transcript');
    return { check: findings.check('not checked'), strangeness: strange };
  }
  const moved: SegmentMotion[] = [];
  const vacuous = new Map<string, number>();
  for (const segment of segments) {
    await tell(`segment ${segment.index + 1} of ${segments.length}`, segment.index / segments.length);
    const motion = oneSegment(evidence, segment, getTrainer, findings);
    if (!motion) continue;
    moved.push(motion);
    findings.add(motion.findings);
    for (const tensor of motion.vacuous) vacuous.set(tensor, (vacuous.get(tensor) ?? 0) + 1);
  }
  const losses = Array.from(steps.loss.subarray(0, steps.count));
  strangeness(moved, losses).forEach((value, i) => {
    strange[moved[i]!.segment.index] = value;
  });
  if (vacuous.size > 0) {
    const most = Math.max(...vacuous.values());
    findings.note(
      `Bound vacuous: ${vacuous.size} of ${moved[0]!.movement.size} tensors may move by more than their typical size, in up to ${most} of ${segments.length} segments. Moments and replay still speak there.`,
    );
  }
  const detail = `bound and moments of ${moved.length} of ${segments.length} segments`;
  return { check: findings.check(detail), strangeness: strange };
}

/** Undefined where one of its states cannot be had; that is then said. */
function oneSegment(
  evidence: Evidence,
  segment: Segment,
  getTrainer: () => Trainer,
  findings: Findings,
): SegmentMotion | undefined {
  const { folder, recipe, config, steps, states } = evidence;
  const { from, to } = segment;
  const { train } = recipe!;
  if (to > steps!.count) {
    findings.incomplete(TRANSCRIPT, `ends before the end of segment ${segment.index + 1}`, { step: steps!.count });
    return undefined;
  }
  for (const step of from === 0 ? [to] : [from, to]) {
    if (states.get(step) === 'whole') continue;
    const what = states.get(step) === 'broken' ? 'is broken' : 'is not there';
    findings.incomplete(stateFile(step), `${what}: nothing can be said of the movement from it or to it`, { step });
    return undefined;
  }
  const opened: Safetensors[] = [];
  const open = (step: number): StateReader => {
    const file = Safetensors.open(folder.file(stateFile(step)));
    opened.push(file);
    return stateInFile(file, stateFile(step));
  };
  try {
    return findings.try(
      stateFile(to),
      () => {
        const rates = Array.from({ length: to - from }, (_, i) => learningRateAt(train, from + 1 + i));
        return segmentMotion({
          segment,
          model: config!,
          train,
          steps: rates.map((learningRate, i) => ({ learningRate, gradNorm: steps!.gradNorm[from + i]! })),
          start: from === 0 ? initial(evidence, getTrainer()) : open(from),
          end: open(to),
        });
      },
      { step: to },
    );
  } finally {
    for (const file of opened) file.close();
  }
}

/** S_0, drawn anew. */
function initial(evidence: Evidence, trainer: Trainer): StateReader {
  trainer.initialise(seedOf(evidence));
  return stateInMemory(trainer.state(), 'S_0');
}
