// The weights of a model in an engine, and tensors of their shapes.

import type { Engine, Tensor, Weight } from '../../engine/index.ts';
import type { ModelConfig } from './config.ts';
import { EMBEDDING, HEAD, type Parameter, parameters } from './parameters.ts';

/** By parameter name, in the order of names. */
export type Weights = ReadonlyMap<string, Weight>;
export type Gradients = ReadonlyMap<string, Tensor>;

/** Declares all weights of a model. */
export function declareWeights(e: Engine, config: ModelConfig, { trained }: { trained: boolean }): Weights {
  return new Map(
    parameters(config).map(({ name, shape }) => {
      const lookedUp = name === EMBEDDING;
      const multiplied = shape.length === 2 && (!lookedUp || config.tieWordEmbeddings);
      return [name, e.weight(shape, { lookedUp, multiplied, trained })];
    }),
  );
}

/** Declares a tensor for each parameter: gradients, moments. */
export const declareTensors = (e: Engine, list: readonly Parameter[]): Gradients =>
  new Map(list.map((p) => [p.name, e.tensor(p.shape)]));

/** The tensor of a known name. Throws an Error where it is missing. */
export function get<T>(tensors: ReadonlyMap<string, T>, name: string): T {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor;
}

/** The weight of the head: the embedding where they are tied. */
export const headOf = (config: ModelConfig, weights: Weights): Weight =>
  get(weights, config.tieWordEmbeddings ? EMBEDDING : HEAD);
