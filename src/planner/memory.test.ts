// The memory of a device, against a published formula. Whether PyTorch keeps as much, `npm run check:planner` says.

import { expect, test } from 'vitest';
import { memoryOf } from './memory.ts';
import { shippedShape } from './shipped-models.ts';
import { ONE_DEVICE } from './testing/one-device.ts';

const LAYOUT = { ...ONE_DEVICE, devices: 8 };
const BATCH = { sequence: 2048, sequences: 64, precision: 'bf16' } as const;

test('GPT-3 keeps 34 bytes per token, layer and element of its width, less two masks of dropout, which nobody has now', () => {
  // Korthikanti et al. 2022 (arXiv 2205.05198), equation 2 and section 5, without what FlashAttention does not keep.
  const shape = shippedShape('gpt3-175b');
  const published = (34 - 2) * BATCH.sequence * shape.hiddenSize * shape.layers.length;
  for (const tensor of [1, 8]) {
    const { activations } = memoryOf(shape, { ...LAYOUT, tensor }, BATCH);
    expect(Math.abs((activations * tensor) / published - 1)).toBeLessThan(0.01);
  }
});

test('the first stage is fullest with many micro batches, interleaved by (p - 1) / (p v) more, the last one with few', () => {
  const shape = shippedShape('gpt3-175b');
  const many = memoryOf(shape, { ...LAYOUT, pipeline: 8 }, BATCH);
  expect(many.logits).toBe(0);
  const chunks = memoryOf(shape, { ...LAYOUT, pipeline: 8, virtual: 3 }, BATCH);
  expect(chunks.activations / many.activations).toBeCloseTo(1 + 7 / 24, 6);
  const few = memoryOf({ ...shape, isTied: false }, { ...LAYOUT, pipeline: 8 }, { ...BATCH, sequences: 1 });
  expect(few.logits).toBe(6 * BATCH.sequence * shape.vocabSize);
});

test('what is recomputed and the logits are not there at once', () => {
  const { total, ...parts } = memoryOf(shippedShape('llama3-8b'), { ...LAYOUT, recompute: 'full' }, BATCH);
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  expect(total).toBeLessThan(sum);
  expect(total + Math.min(parts.activations, parts.logits)).toBeGreaterThan(sum);
});
