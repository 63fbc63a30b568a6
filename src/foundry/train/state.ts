// The tensors of a state: weights and both moments, by name. Knows no values and no files.

import { type ModelConfig, parameters } from '../model/index.ts';
import type { Part } from './plan.ts';

const EXP_AVG = 'adamw.exp_avg.';
const EXP_AVG_SQ = 'adamw.exp_avg_sq.';

/** Prefixes of the moments' names in a state. */
export const momentNames = { first: EXP_AVG, second: EXP_AVG_SQ };

/** A tensor of a state without its bytes. */
export interface StateEntry {
  name: string;
  dtype: 'F32';
  shape: number[];
  /** The parameter it is, or belongs to, and where a part of it has this. */
  parameter: string;
  kind: keyof Pick<Part, 'w' | 'm' | 'v'>;
}

/** All tensors of a state, in the order of names (UTF-16 code units). */
export function stateEntries(config: ModelConfig): StateEntry[] {
  const prefixes = { w: '', m: EXP_AVG, v: EXP_AVG_SQ };
  return parameters(config)
    .flatMap(({ name, shape }) =>
      (['w', 'm', 'v'] as const).map((kind) => ({
        name: prefixes[kind] + name,
        dtype: 'F32' as const,
        shape,
        parameter: name,
        kind,
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether any of these floats is infinite or not a number: an exponent of all ones. */
export function hasNotFinite(data: Uint8Array): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return words.some((word) => (word & 0x7f800000) === 0x7f800000);
}
