// The tensors of a state: weights and both moments, by name. Knows no values and no files.

import { type ModelConfig, parameters } from '../model/index.ts';

/** Prefixes of the names of moments in a state. */
export const momentNames = { first: 'adamw.exp_avg.', second: 'adamw.exp_avg_sq.' };

/** Weights and both moments, as fields of a `Part`. */
export const KINDS = ['w', 'm', 'v'] as const;

/** A tensor of a state without its bytes. */
export interface StateEntry {
  name: string;
  dtype: 'F32';
  shape: number[];
  /** The parameter that the tensor is, or belongs to. */
  parameter: string;
  /** Its field in a `Part`. */
  kind: (typeof KINDS)[number];
}

/** All tensors of a state, in the order of names (UTF-16 code units). */
export function stateEntries(config: ModelConfig): StateEntry[] {
  const prefixes = { w: '', m: momentNames.first, v: momentNames.second };
  return parameters(config)
    .flatMap(({ name: parameter, shape }) =>
      KINDS.map((kind) => ({ name: prefixes[kind] + parameter, dtype: 'F32' as const, shape, parameter, kind })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether any of these floats is infinite or NaN: all bits of its exponent are ones. */
export function hasNotFinite(data: Uint8Array): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return words.some((word) => (word & 0x7f800000) === 0x7f800000);
}
