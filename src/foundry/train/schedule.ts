// The learning rate of every step, in binary64 with Jikji's own cosine, so that it can be recomputed anywhere. docs/arithmetic.md, "A step".

import { cos64 } from '../../engine/index.ts';

export interface Schedule {
  steps: number;
  learningRate: number;
  minLearningRate: number;
  schedule: 'cosine' | 'wsd';
  warmupSteps: number;
  /** Share of the steps in which `wsd` decays. */
  decayFraction: number;
}

/** Learning rate of step `t`, counted from 1, as a binary32 number. */
export function learningRateAt(s: Schedule, t: number): number {
  const { steps: n, learningRate: peak, minLearningRate: end, warmupSteps: warmup } = s;
  if (t <= warmup) return Math.fround((peak * t) / warmup);
  if (s.schedule === 'cosine') {
    const x = (t - warmup) / (n - warmup);
    return Math.fround(end + (peak - end) * 0.5 * (1 + cos64(Math.PI * x)));
  }
  const start = n - Math.floor(s.decayFraction * n);
  if (t <= start) return Math.fround(peak);
  return Math.fround(peak + ((end - peak) * (t - start)) / (n - start));
}
