// What a record of an architecture says: everything in which it differs from others that Jikji computes.

import type { OfLayer, Part } from './parts.ts';

export interface Architecture {
  /** As recipes and config.json (`model_type`) call it. */
  name: string;
  /** For people. */
  title: string;
  /** In `architectures` of config.json. */
  className: string;
  /** Parameters of each layer. */
  parts: OfLayer<Part>;
  /** What config.json says of it beside what all have. */
  fields: Record<string, unknown>;
  /**
   * Keys of config.json, each with the values that it may have here; with any other value it is another model. `undefined` stands
   * for a missing key: it is among the values only where transformers then takes one of them.
   */
  fixed: [key: string, ...values: unknown[]][];
  /** In GGUF (`general.architecture`), where it is another than `name`. */
  ggufArchitecture?: string;
  /** llama.cpp turns neighbours among the rows of q and k in a head; Hugging Face, and others there, rows half a head apart. */
  turnsNeighbours: boolean;
  /** Whether llama.cpp reads it with heads that are not hiddenSize together. */
  ggufHeadDim: boolean;
}
