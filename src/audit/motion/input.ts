// What the motion of one segment is found from and comes to, and how its findings are made. Reads nothing.

import type { Both } from '../../base/index.ts';
import type { ModelConfig } from '../../foundry/model/index.ts';
import { findingOf } from '../findings.ts';
import type { Finding, Segment } from '../types.ts';
import type { Mover, StepFacts } from './adamw.ts';
import { MOVEMENT } from './sentences.ts';
import type { StateReader } from './states.ts';

export interface SegmentInput {
  segment: Segment;
  model: ModelConfig;
  train: Mover;
  /** The steps of the segment, in order; the learning rates are the recipe's. */
  steps: readonly StepFacts[];
  start: StateReader;
  end: StateReader;
}

export interface SegmentMotion {
  segment: Segment;
  /** At most one finding for each tensor and rule. */
  findings: Finding[];
  /** Weights whose bound exceeds their root mean square at the start: such a bound says little. */
  vacuous: string[];
  /** L2 length of each weight's movement. */
  movement: Map<string, number>;
  /** Cosine between each weight's movement and the optimizer's last direction; NaN if it did not move. */
  heading: Map<string, number>;
  /** Sum of the learning rates. */
  learningRates: number;
  bytes: number;
}

export const refutation = ({ file }: StateReader, step: number, tensor: string | undefined, text: Both): Finding =>
  findingOf('refuted', file, text, { step, ...(tensor !== undefined && { tensor }) });

export const short = (x: number): string => (Number.isFinite(x) ? Number(x.toPrecision(7)).toString() : String(x));

/** A finding if a moment of the state before the first step is not zero. */
export const notZeroAtStart = ({ segment, start }: SegmentInput, moment: string, sum: number): Finding[] =>
  segment.from === 0 && sum !== 0 ? [refutation(start, 0, moment, MOVEMENT.notZero)] : [];
