// Jikji on the same inputs: nats of tokens by the full forward pass in float32.

import { type Model, openModel } from '../../src/foundry/load/index.ts';
import { openDecoder } from '../../src/foundry/model/index.ts';
import { wholeNats } from '../../src/foundry/model/testing/whole-pass.ts';

export interface Ours extends Pick<Model, 'config' | 'tokenizer'> {
  /** -ln p of each id, given all ids before it; without the first id. */
  nats(ids: readonly number[]): Float64Array;
  close(): void;
}

/** Opens a model for sequences of up to `positions`. */
export function openOurs(folder: string, positions: number, threads: number): Ours {
  const model = openModel(folder);
  const { config, tokenizer } = model;
  const size = { rows: positions, context: positions, pages: 0 };
  const decoder = openDecoder(config, size, { threads }, model);
  model.close();
  return {
    config,
    tokenizer,
    nats: (ids) => wholeNats(decoder, ids.slice(0, -1), ids.slice(1)),
    close: () => decoder.close(),
  };
}
