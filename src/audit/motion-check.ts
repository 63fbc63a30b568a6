// Motion over a whole run: compares the two states of every segment, ranks the segments by strangeness, and measures movements.

import { Safetensors } from '../formats/index.ts';
import { parameters } from '../foundry/model/index.ts';
import { learningRateAt, type Trainer } from '../foundry/train/index.ts';
import { TRANSCRIPT } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import {
  distance,
  headingRank,
  type SegmentMotion,
  type StateReader,
  segmentMotion,
  speedRank,
  stateInFile,
  stateInMemory,
} from './motion/index.ts';
import type { GroupMovement } from './room.ts';
import type { Ranking } from './segments.ts';
import { COMMON } from './sentences/common.ts';
import { MOTION } from './sentences/training.ts';
import { stateFile } from './states.ts';
import type { CheckContext, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';
import { beginState, fileOfState } from './weights.ts';

export interface MotionResult {
  check: Check;
  rankings: Ranking[];
  /** The group `all` first; empty if nothing could be measured. */
  movements: GroupMovement[];
  /** Tensors of the model, and those whose bound is vacuous in at least one segment. */
  bound: { tensors: number; vacuous: number };
}

/** The group of a weight with this name. */
function groupOf(name: string): string {
  if (name.includes('norm')) return 'norms';
  if (name.includes('.self_attn.')) return 'attention';
  if (name.includes('.mlp.')) return 'feed-forward';
  return name.startsWith('lm_head') ? 'head' : 'embedding';
}

export async function checkMotion(
  evidence: Evidence,
  segments: readonly Segment[],
  getTrainer: () => Trainer,
  { showProgress }: CheckContext,
): Promise<MotionResult> {
  const findings = new Findings('motion');
  const { recipe, config, steps } = evidence;
  if (!recipe || !config || !steps) {
    findings.incomplete(TRANSCRIPT, MOTION.nothing);
    return { check: findings.check(COMMON.notChecked), rankings: [], movements: [], bound: { tensors: 0, vacuous: 0 } };
  }
  const moved: SegmentMotion[] = [];
  const vacuous = new Set<string>();
  for (const segment of segments) {
    await showProgress(`segment ${segment.index + 1} of ${segments.length}`, segment.index / segments.length);
    const motion = checkSegment(evidence, segment, getTrainer, findings);
    if (!motion) continue;
    moved.push(motion);
    findings.add(motion.findings);
    for (const tensor of motion.vacuous) vacuous.add(tensor);
  }
  const bySegment = (values: readonly number[]): number[] => {
    const all = segments.map(() => Number.NaN);
    values.forEach((value, i) => {
      all[moved[i]!.segment.index] = value;
    });
    return all;
  };
  return {
    check: findings.check(MOTION.whole(moved.length, segments.length)),
    rankings: [
      { name: 'speed', values: bySegment(speedRank(moved)) },
      { name: 'heading', values: bySegment(headingRank(moved)) },
    ],
    movements: movementsOf(moved, segments.length, totalDistance(evidence, segments, getTrainer)),
    bound: { tensors: parameters(config).length, vacuous: vacuous.size },
  };
}

/** L2 distance of each weight from S_0 to the last state; undefined if that state is not whole. */
function totalDistance(
  evidence: Evidence,
  segments: readonly Segment[],
  getTrainer: () => Trainer,
): Map<string, number> | undefined {
  const last = segments.at(-1)?.to;
  if (last === undefined || [0, last].some((step) => evidence.states.get(step) !== 'whole')) return undefined;
  const end = Safetensors.open(evidence.folder.file(stateFile(last)));
  try {
    return distance(evidence.config!, initialState(evidence, getTrainer()), stateInFile(end, stateFile(last)));
  } finally {
    end.close();
  }
}

function movementsOf(
  moved: readonly SegmentMotion[],
  count: number,
  straight: ReadonlyMap<string, number> | undefined,
): GroupMovement[] {
  if (!straight) return [];
  const names = [...straight.keys()];
  const groups = ['all', ...new Set(names.map(groupOf))];
  const bySegment = new Map(moved.map((motion) => [motion.segment.index, motion.movement]));
  return groups.map((group) => {
    const members = names.filter((name) => group === 'all' || groupOf(name) === group);
    const length = (of: ReadonlyMap<string, number> | undefined): number =>
      Math.sqrt(
        members.reduce((sum, name) => {
          const moved = of?.get(name) ?? Number.NaN;
          return sum + moved * moved;
        }, 0),
      );
    return {
      group,
      segments: Array.from({ length: count }, (_, i) => length(bySegment.get(i))),
      distance: length(straight),
    };
  });
}

/** The motion of one segment. Undefined, with a finding, if one of its states is not whole. */
function checkSegment(
  evidence: Evidence,
  segment: Segment,
  getTrainer: () => Trainer,
  findings: Findings,
): SegmentMotion | undefined {
  const { folder, recipe, config, steps, states } = evidence;
  const { from, to } = segment;
  const { train } = recipe!;
  if (to > steps!.count) {
    findings.incomplete(TRANSCRIPT, MOTION.ends(segment.index + 1), { step: steps!.count });
    return undefined;
  }
  for (const step of [from, to]) {
    if (states.get(step) === 'whole') continue;
    const why = states.get(step) === 'broken' ? MOTION.stateBroken : MOTION.stateMissing;
    findings.incomplete(fileOfState(step), why, { step });
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
          start: from === 0 ? initialState(evidence, getTrainer()) : open(from),
          end: open(to),
        });
      },
      { step: to },
    );
  } finally {
    for (const file of opened) file.close();
  }
}

/** S_0, made again. */
function initialState(evidence: Evidence, trainer: Trainer): StateReader {
  beginState(evidence, trainer);
  return stateInMemory(trainer.state(), 'S_0');
}
