// Jikji on the same inputs: nats and probabilities of tokens by the full forward pass.

import { type Model, openModel } from '../../src/foundry/load/index.ts';
import { openDecoder } from '../../src/foundry/model/index.ts';
import { wholeLogits, wholeNats } from '../../src/foundry/model/testing/whole-pass.ts';

export interface Ours extends Pick<Model, 'config' | 'tokenizer'> {
  /** -ln p of each id, given all ids before it; without the first id. */
  nats(ids: readonly number[]): Float64Array;
  /** Probabilities of all tokens after each id. */
  probabilities(ids: readonly number[]): Float64Array[];
  close(): void;
}

export interface OursOptions {
  threads: number;
  /** Weights that are stored in q8_0 become binary32: the same weights, in arithmetic 1. */
  widened?: boolean;
}

/** Opens a model for sequences of up to `positions`. */
export function openOurs(folder: string, positions: number, { threads, widened = false }: OursOptions): Ours {
  const model = openModel(folder);
  const { config, tokenizer } = model;
  const size = { rows: positions, context: positions, pages: 0 };
  const weights = widened ? { read: (name: string, values: Float32Array) => model.read(name, values) } : model;
  const decoder = openDecoder(config, size, { threads }, weights);
  model.close();
  return {
    config,
    tokenizer,
    nats: (ids) => wholeNats(decoder, ids.slice(0, -1), ids.slice(1)),
    probabilities: (ids) => {
      const logits = wholeLogits(decoder, ids, ids.length);
      const { vocabSize: V } = config;
      return ids.map((_, t) => softmax(logits.subarray(t * V, t * V + tokenizer.vocabSize)));
    },
    close: () => decoder.close(),
  };
}

function softmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const e = Float64Array.from(logits, (x) => Math.exp(x - most));
  const sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
}
