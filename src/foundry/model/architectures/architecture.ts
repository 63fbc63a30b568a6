// The record of an architecture: everything in which it differs from the other architectures that Jikji computes.

import type { OfLayer, Part } from './parts.ts';

export interface Architecture {
  /** The name in recipes and config.json (`model_type`). */
  name: string;
  /** The name for people. */
  title: string;
  /** In `architectures` of config.json. */
  className: string;
  /** Parameters of each layer. */
  parts: OfLayer<Part>;
  /** Fields of its config.json that the other architectures do not share. */
  fields: Record<string, unknown>;
  /**
   * Keys of config.json and the only values that Jikji computes. `undefined` stands for a missing key: it is in the list only if
   * transformers then takes one of the other values.
   */
  fixed: [key: string, ...values: unknown[]][];
  /** The name in GGUF (`general.architecture`), if it differs from `name`. */
  ggufArchitecture?: string;
  /** Whether llama.cpp rotates neighbouring rows of q and k in a head, where Hugging Face rotates rows half a head apart. */
  turnsNeighbours: boolean;
  /** Whether llama.cpp reads models whose heads are not hiddenSize together. */
  ggufHeadDim: boolean;
}
