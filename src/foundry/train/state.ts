// The tensors of a state: weights and moments, by name. Knows no values and no files.

import { type ModelConfig, parameters } from '../model/index.ts';
import { optimizerOf } from './optimizer.ts';
import type { Optimizer, TrainConfig } from './train-config.ts';

/** Prefixes of the names of moments in a state: AdamW's first and second, and Muon's only one. */
export const momentNames = { first: 'adamw.exp_avg.', second: 'adamw.exp_avg_sq.', momentum: 'muon.momentum_buffer.' };

/** A tensor of a state without its bytes. */
export interface StateEntry {
  name: string;
  dtype: 'F32';
  shape: number[];
  /** The parameter that the tensor is, or belongs to. */
  parameter: string;
  /** Its field in a `Part`. */
  kind: 'w' | 'm' | 'v';
}

/** By optimizer: the prefixes of the tensors that a parameter has in a state. */
const PREFIXES: Record<Optimizer, [kind: StateEntry['kind'], prefix: string][]> = {
  adamw: [
    ['w', ''],
    ['m', momentNames.first],
    ['v', momentNames.second],
  ],
  muon: [
    ['w', ''],
    ['m', momentNames.momentum],
  ],
};

/** All tensors of a state, in the order of names (UTF-16 code units). */
export const stateEntries = (config: ModelConfig, train: Pick<TrainConfig, 'optimizer'>): StateEntry[] =>
  parameters(config)
    .flatMap((parameter) =>
      PREFIXES[optimizerOf(train, parameter)].map(([kind, prefix]): StateEntry => {
        const { name, shape } = parameter;
        return { name: prefix + name, dtype: 'F32', shape, parameter: name, kind };
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Whether any of these floats is infinite or NaN: all bits of its exponent are ones. */
export function hasNotFinite(data: Uint8Array): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return words.some((word) => (word & 0x7f800000) === 0x7f800000);
}
