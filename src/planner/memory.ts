// Memory of the fullest device in training, by part, in bytes. Knows no chip. All stages of the pipeline are counted, since the first one
// keeps the most micro batches and the last one has the head and the logits. checks/planner compares it with what PyTorch counts.

import type { Layer, ModelShape } from './model-shape.ts';
import { type Batch, type Held, heldOfLayer, type Layout, replicas } from './step-time.ts';

/** Each part at its highest. */
export interface Memory {
  weights: number;
  gradients: number;
  optimizer: number;
  activations: number;
  /** Logits of one micro batch and their gradient. */
  logits: number;
  /** At the highest moment: at most the sum of the parts. */
  total: number;
}

/** Weights in bf16 (and once more in 8 bits), gradients in fp32, Adam's two moments and master weights in fp32. */
const WEIGHT = 2;
const GRADIENT = 4;
const OPTIMIZER = 12;

export function memoryOf(shape: ModelShape, layout: Layout, batch: Batch): Memory {
  const known = new Map<Layer, LayerCost>();
  const costs = [...shape.layers, ...shape.predictors].map((layer) => {
    const cost = known.get(layer) ?? {
      ...heldOfLayer(layer, layout),
      kept: activationBytes(layer, shape.hiddenSize, batch),
    };
    known.set(layer, cost);
    return cost;
  });
  return Array.from({ length: layout.pipeline }, (_, place) => stageMemory(shape, layout, batch, place, costs)).reduce(
    (a, b) => (b.total > a.total ? b : a),
  );
}

/** Parameters of a layer that a device holds, and bytes per token that it keeps. */
interface LayerCost extends Held {
  kept: number;
}

function stageMemory(shape: ModelShape, layout: Layout, batch: Batch, place: number, costs: LayerCost[]): Memory {
  const { tensor, pipeline, expert, devices, zero, context, recompute } = layout;
  const { hiddenSize, vocabSize } = shape;
  const isLast = place === pipeline - 1;
  const product = batch.precision === 'bf16' ? 2 : 1;
  const weight = batch.precision === 'bf16' ? WEIGHT : WEIGHT + 1;
  const passes = 1 + shape.predictors.length;
  const layers = layersOf(place, layout, costs);
  const units = [...ends(shape, layout, place, 'first'), ...layers, ...ends(shape, layout, place, 'last')];

  const dense = sum(units, (unit) => unit.dense);
  const experts = sum(units, (unit) => unit.experts);
  const part = (dense * tensor * pipeline + experts * expert * pipeline) / devices;
  const tokens = (layout.microBatch * batch.sequence) / context / tensor;
  // A layer that is computed again keeps its input, and all else while its backward pass runs.
  const again =
    recompute === 'full' && layers.length > 0 ? Math.max(...layers.map(({ kept }) => kept)) - 2 * hiddenSize : 0;
  const kept = recompute === 'full' ? 2 * hiddenSize * layers.length : sum(layers, (layer) => layer.kept);
  const last = isLast ? passes * (2 + product) * hiddenSize : 0;
  const throughout = inFlight(place, layout, batch) * kept;
  const memory = {
    weights: weight * (zero >= 3 ? part + gathered(units) : dense + experts),
    // What is not divided yet: the gradients of the layer at work.
    gradients: GRADIENT * (zero >= 2 ? part + Math.max(...units.map(parameters)) : dense + experts),
    optimizer: OPTIMIZER * part,
    activations: tokens * (throughout + Math.max(again, last)),
    // The loss keeps fp32 logits of each pass of the head; their gradient is in bf16, one pass at a time.
    logits: isLast ? tokens * vocabSize * (2 + 4 * passes) : 0,
  };
  const { weights, gradients, optimizer, logits } = memory;
  // Logits are gone when a layer is computed again.
  const total =
    weights + gradients + optimizer + tokens * throughout + Math.max(tokens * again, tokens * last + logits);
  return { ...memory, total };
}

const sum = <T>(items: readonly T[], of: (item: T) => number) => items.reduce((total, item) => total + of(item), 0);
const parameters = ({ dense, experts }: Held) => dense + experts;

/** With ZeRO 3 a layer is whole while it computes, and so is the next one. */
function gathered(units: readonly Held[]): number {
  return Math.max(...units.map((unit, i) => parameters(unit) + (i + 1 < units.length ? parameters(units[i + 1]!) : 0)));
}

/** Embedding and head. A last stage apart has its own copy of the embedding where the head, or a layer that predicts, uses it. */
function ends(shape: ModelShape, { tensor, pipeline }: Layout, place: number, end: 'first' | 'last'): Held[] {
  const { isTied, predictors, positions, hiddenSize, vocabSize } = shape;
  const table = (vocabSize * hiddenSize) / tensor;
  if (end === 'first') return place === 0 ? [{ dense: table + positions * hiddenSize, experts: 0 }] : [];
  if (place < pipeline - 1) return [];
  const isApart = pipeline > 1;
  const copies = isTied ? (isApart ? 1 : 0) : isApart && predictors.length > 0 ? 2 : 1;
  return [{ dense: copies * table + hiddenSize, experts: 0 }];
}

/** Every `pipeline`-th chunk of layers. */
function layersOf<T>(place: number, { pipeline, virtual }: Layout, all: readonly T[]): T[] {
  const border = (chunk: number) => Math.floor((all.length * chunk) / (pipeline * virtual));
  return Array.from({ length: virtual }, (_, v) => v * pipeline + place).flatMap((chunk) =>
    all.slice(border(chunk), border(chunk + 1)),
  );
}

/** Micro batches whose activations a stage keeps at once (1F1B; interleaved: arXiv 2205.05198, section 4.2.3). */
function inFlight(place: number, layout: Layout, batch: Batch): number {
  const { pipeline, virtual, microBatch } = layout;
  const microBatches = batch.sequences / (replicas(layout) * microBatch);
  const behind = pipeline - 1 - place;
  if (virtual === 1) return Math.min(behind + 1, microBatches);
  return Math.min((2 * behind + 1) / virtual + ((virtual - 1) * pipeline) / virtual, microBatches);
}

/** Bytes per token that a layer keeps for its backward pass: inputs of products, of norms, of the activation function, and of attention. */
function activationBytes(layer: Layer, hiddenSize: number, { precision }: Pick<Batch, 'precision'>): number {
  const product = precision === 'bf16' ? 2 : 1;
  const { norms, activation, mixing, experts } = layer;
  let bytes = norms * (2 + product) * hiddenSize + 2 * activation.before + product * activation.behind;
  // In 16 bits; the sums of attention's exponentials in 32.
  if (mixing?.kind === 'softmax') bytes += 2 * mixing.kept + 4 * mixing.heads;
  else if (mixing !== null) bytes += 2 * 2 * mixing.width;
  // Copies of a token for its experts, and the router's scores. What experts give back is not kept: their probabilities are multiplied
  // before the second product, as Megatron-LM does.
  if (experts) bytes += product * experts.active * experts.width + 4 * experts.count;
  return bytes;
}
