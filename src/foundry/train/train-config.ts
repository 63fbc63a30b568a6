// What a training is asked for: all that decides the bits of its steps beside the model, the batches and the seed.

import type { Schedule } from './schedule.ts';

export interface TrainConfig extends Schedule {
  batchSize: number;
  microBatchSize: number;
  sequenceLength: number;
  gradientGroups: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  gradClip: number;
}
