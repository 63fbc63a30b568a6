// What Jikji makes of the same inputs: nats of tokens by the full forward pass in float32.

import { Engine, Layout } from '../../src/engine/index.ts';
import { type Model, openModel } from '../../src/foundry/load/index.ts';
import { get, Llama, modelScratch, parameters } from '../../src/foundry/model/index.ts';

export interface Ours extends Pick<Model, 'config' | 'tokenizer'> {
  /** -ln p of each id after those before it; the first has none before it and is left out. */
  nats(ids: readonly number[]): Float64Array;
  close(): void;
}

/** Opens a model for sequences of up to `positions`. */
export function openOurs(folder: string, positions: number, threads: number): Ours {
  const { config, tokenizer, read, close } = openModel(folder);
  const layout = new Layout(threads, modelScratch(config, positions));
  const llama = new Llama(layout, config, positions, positions, false);
  const engine = new Engine(layout);
  llama.prepare(engine);
  for (const { name } of parameters(config)) read(name, engine.floats(get(llama.weights, name)));
  close();
  return {
    config,
    tokenizer,
    nats: (ids) =>
      llama.losses(engine, Int32Array.from(ids.slice(0, -1)), Int32Array.from(ids.slice(1)), 1, ids.length - 1),
    close: () => engine.close(),
  };
}
