// The settings of a training: everything that decides the bits of its steps, except the model, the batches and the seed.

import type { Schedule } from './schedule.ts';

export type Optimizer = 'adamw' | 'muon';

export interface TrainConfig extends Schedule {
  batchSize: number;
  microBatchSize: number;
  sequenceLength: number;
  gradientGroups: number;
  /** Left out, AdamW. */
  optimizer?: Optimizer;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** Of Muon, which needs it. */
  momentum?: number;
  gradClip: number;
  /** Of pairs, which need it: the beta of DPO. */
  dpoBeta?: number;
}
