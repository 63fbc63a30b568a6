// The parameters of a model: names, shapes, initial values.

import { elementsOf } from '../../engine/index.ts';
import { architectureOf, type OfLayer, type Part, sizesOf } from './architectures/index.ts';
import type { ModelConfig } from './config.ts';

/** One parameter, with its Hugging Face name. */
export interface Parameter {
  name: string;
  shape: number[];
  /** Initial standard deviation. Undefined for norms and biases: they start as `value` and never decay. */
  std: number | undefined;
  value: number;
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const HEAD = 'lm_head.weight';

const partName = (layer: number, { name }: Part) => `model.layers.${layer}.${name}`;

/** All parameters, in the order of their names (UTF-16 code units): the order of the gradient norm and of the state. */
export function parameters(c: ModelConfig): Parameter[] {
  const sizes = sizesOf(c);
  const { D } = sizes;
  const normal = c.initializerRange;
  const stds = { normal, residual: normal / Math.sqrt(2 * c.numHiddenLayers) };
  const matrix = (name: string): Parameter => ({ name, shape: [c.vocabSize, D], std: normal, value: 0 });
  const list = [matrix(EMBEDDING), { name: FINAL_NORM, shape: [D], std: undefined, value: 1 }];
  if (!c.tieWordEmbeddings) list.push(matrix(HEAD));
  const parts: Part[] = Object.values(architectureOf(c).parts);
  for (let i = 0; i < c.numHiddenLayers; i++) {
    for (const part of parts) {
      const { shape, start } = part;
      const starts = typeof start === 'number' ? { std: undefined, value: start } : { std: stds[start], value: 0 };
      list.push({ name: partName(i, part), shape: shape(sizes), ...starts });
    }
  }
  return list.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The layer that a parameter is of; undefined for embedding, last norm and head. */
export function layerOf(name: string): number | undefined {
  const found = /^model\.layers\.(\d+)\./.exec(name);
  return found ? Number(found[1]) : undefined;
}

/** Whether it is a matrix of a layer: not embedding, head, norm or bias. */
export const isLayerMatrix = ({ name, shape }: Parameter): boolean =>
  shape.length === 2 && name.startsWith('model.layers.');

/** Values of parameters (weights, gradients) for each layer by part, from a map by name. */
export const byLayer = <T>(c: ModelConfig, all: ReadonlyMap<string, T>): OfLayer<T>[] =>
  Array.from({ length: c.numHiddenLayers }, (_, i) => {
    const parts = Object.entries<Part>(architectureOf(c).parts);
    return Object.fromEntries(parts.map(([key, part]) => [key, all.get(partName(i, part))!])) as OfLayer<T>;
  });

export const parameterCount = (c: ModelConfig): number =>
  parameters(c).reduce((sum, p) => sum + elementsOf(p.shape), 0);

/**
 * Floating-point operations of training on one token in sequences of T: 6 for each weight (forward 2, backward 4), where an untied
 * embedding does not count, and 12 L D T / 2 for the products of attention, where D is the width of all heads. This is the count of
 * PaLM's appendix B, with causality.
 */
export function flopsPerToken(c: ModelConfig, sequenceLength: number): number {
  const lookedUp = c.tieWordEmbeddings ? 0 : c.vocabSize * c.hiddenSize;
  return 6 * (parameterCount(c) - lookedUp) + 6 * c.numHiddenLayers * sizesOf(c).Q * sequenceLength;
}
