// What a record of an architecture says: everything in which it differs from others that Jikji computes.

import type { OfLayer, Part } from './parts.ts';

export interface Architecture {
  /** As recipes, config.json (`model_type`) and GGUF (`general.architecture`) call it. */
  name: string;
  /** For people. */
  title: string;
  /** In `architectures` of config.json. */
  className: string;
  /** Parameters of each layer. */
  parts: OfLayer<Part>;
  /** What config.json says of it beside what all have. */
  fields: Record<string, unknown>;
  /** Keys of config.json that other values than these make another model of; a missing key has the first. */
  fixed: [key: string, ...values: unknown[]][];
  /** llama.cpp turns neighbours among the rows of q and k in a head; Hugging Face, and others there, rows half a head apart. */
  turnsNeighbours: boolean;
  /** Whether llama.cpp reads it with heads that are not hiddenSize together. */
  ggufHeadDim: boolean;
}
