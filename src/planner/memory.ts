// Memory of one device in training, by part, in bytes. Knows no chip. Counted for the fullest stage of the pipeline: the first one, which holds
// the most micro batches.

import type { Layer, ModelShape } from './model-shape.ts';
import { type Batch, heldParameters, type Layout, replicas } from './step-time.ts';

export interface Memory {
  weights: number;
  gradients: number;
  optimizer: number;
  activations: number;
  /** Logits of one micro batch and their gradient. */
  logits: number;
  total: number;
}

/** Weights in bf16 (and once more in 8 bits), gradients in fp32, Adam's two moments and master weights in fp32. */
const WEIGHT = 2;
const GRADIENT = 4;
const OPTIMIZER = 12;

export function memoryOf(shape: ModelShape, layout: Layout, batch: Batch): Memory {
  const { tensor, pipeline, expert, devices, zero, context } = layout;
  const { dense, experts } = heldParameters(shape, layout);
  const denseCopies = devices / (tensor * pipeline);
  const expertCopies = devices / (expert * pipeline);
  const each = (bytes: number, isDivided: boolean) =>
    bytes * (isDivided ? dense / denseCopies + experts / expertCopies : dense + experts);
  const weight = batch.precision === 'bf16' ? WEIGHT : WEIGHT + 1;
  const tokens = (layout.microBatch * batch.sequence) / context / tensor;
  const memory = {
    weights: each(weight, zero >= 3),
    gradients: each(GRADIENT, zero >= 2),
    optimizer: each(OPTIMIZER, true),
    activations: inFlight(shape, layout, batch) * tokens * meanActivations(shape, layout, batch),
    logits: tokens * shape.vocabSize * (2 + 4),
  };
  return { ...memory, total: Object.values(memory).reduce((a, b) => a + b, 0) };
}

/** Layers of micro batches whose activations the first stage keeps (arXiv 2205.05198, section 4.2.3). */
function inFlight({ layers, predictors }: ModelShape, layout: Layout, batch: Batch): number {
  const { pipeline, virtual, microBatch } = layout;
  const microBatches = batch.sequences / (replicas(layout) * microBatch);
  const depth = layers.length + predictors.length;
  if (pipeline === 1) return depth;
  const interleaved = virtual > 1 ? 1 + (pipeline - 1) / (pipeline * virtual) : 1;
  return Math.min(depth * interleaved, (depth / pipeline) * microBatches * interleaved);
}

function meanActivations({ layers, predictors, hiddenSize }: ModelShape, { recompute }: Layout, batch: Batch): number {
  if (recompute === 'full') return 2 * hiddenSize;
  const all = [...layers, ...predictors];
  return all.reduce((sum, layer) => sum + activationBytes(layer, hiddenSize, batch), 0) / all.length;
}

/** Bytes per token that a layer keeps for its backward pass: inputs of products, of norms, of the activation function, and of attention. */
function activationBytes(layer: Layer, hiddenSize: number, { precision }: Pick<Batch, 'precision'>): number {
  const product = precision === 'bf16' ? 2 : 1;
  const { norms, activation, mixing, experts } = layer;
  let bytes = norms * (2 + product) * hiddenSize + 2 * activation.before + product * activation.behind;
  if (mixing?.kind === 'softmax') {
    // Queries, keys, values and what attention gives out, in 16 bits; the sums of its exponentials in 32.
    bytes += 2 * (mixing.heads * mixing.keySize + mixing.cached + mixing.heads * mixing.valueSize) + 4 * mixing.heads;
  } else if (mixing !== null) bytes += 2 * 2 * mixing.width;
  // Copies of a token for its experts, and what they give back.
  if (experts) bytes += (product + 2) * experts.active * experts.width + 4 * experts.count;
  return bytes;
}
