// The measurement of a step: medians of a fixed number of steps, by the clock and by the time of processors.

import { afterEach, expect, test, vi } from 'vitest';
import { MEASURED_STEPS, measureStep } from './bench.ts';
import { Trainer } from './train/index.ts';

afterEach(() => vi.restoreAllMocks());

test('one warm-up step and MEASURED_STEPS that count: a machine that is busy with other things is told from a slow one', () => {
  const step = vi.spyOn(Trainer.prototype, 'next').mockReturnValue({} as never);
  // The clock is read before and after each step that counts: they take 9, 4, 7, 2 and 30 ms, and of both processors 8, 4, 5, 4 and 9.
  const times = [9, 4, 7, 2, 30].flatMap((milliseconds, i) => [1000 * i, 1000 * i + milliseconds]);
  const used = [8, 4, 5, 4, 9];
  const config = {
    vocabSize: 300,
    hiddenSize: 16,
    intermediateSize: 32,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    numKeyValueHeads: 1,
    maxPositionEmbeddings: 16,
    ropeTheta: 10_000,
    rmsNormEps: 1e-5,
    initializerRange: 0.02,
    tieWordEmbeddings: true,
  };
  vi.spyOn(performance, 'now').mockImplementation(() => (step.mock.calls.length === 0 ? 0 : (times.shift() ?? 0)));
  vi.spyOn(process, 'cpuUsage').mockImplementation((before) => ({
    user: before ? 1000 * used.shift()! - 100 : 0,
    system: before ? 100 : 0,
  }));
  const time = measureStep(config, { sequenceLength: 16, batchSize: 2, microBatchSize: 2 }, 2);
  expect(time.clock).toBeCloseTo(0.007, 9);
  expect(time.idle).toBeCloseTo(0.0025, 9);
  expect(step).toHaveBeenCalledTimes(1 + MEASURED_STEPS);
  expect(MEASURED_STEPS).toBe(5);
});
