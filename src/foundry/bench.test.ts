// The measurement of a step: a fixed number of steps, of which the fastest counts.

import { afterEach, expect, test, vi } from 'vitest';
import { MEASURED_STEPS, measureStep } from './bench.ts';
import { Trainer } from './train/index.ts';

afterEach(() => vi.restoreAllMocks());

test('one warm-up step and MEASURED_STEPS that count; the result is the fastest', () => {
  const step = vi.spyOn(Trainer.prototype, 'next').mockReturnValue({} as never);
  // The clock is read before and after each step that counts: they take 9, 4, 7, 2 and 30 ms.
  const times = [9, 4, 7, 2, 30].flatMap((milliseconds, i) => [1000 * i, 1000 * i + milliseconds]);
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
  expect(measureStep(config, { sequenceLength: 16, batchSize: 2, microBatchSize: 2 }, 1)).toBeCloseTo(0.002, 9);
  expect(step).toHaveBeenCalledTimes(1 + MEASURED_STEPS);
  expect(MEASURED_STEPS).toBe(5);
});
