// A generator with the weights of a model.

import type { Model } from '../load/index.ts';
import { Generator, get, parameters } from '../model/index.ts';

/** @throws JikjiError `too-large` where the model does not fit */
export function loadGenerator(model: Model, threads: number): Generator {
  const { config } = model;
  const generator = new Generator(config, Math.min(config.maxPositionEmbeddings, 2048), threads);
  for (const { name } of parameters(config)) model.read(name, generator.engine.floats(get(generator.weights, name)));
  generator.prepare();
  return generator;
}
