// A small model of a family for tests: its tensors, and what the family computes with them, written out from its definition.

import type { GroupKind } from '../index.ts';
import type { Shapes, Weights } from './weights.ts';

/** A block as the family's definition has it, by which the table's view of it is judged. */
export interface ExpectedBlock {
  kind: GroupKind;
  name: string;
  units: number;
  /** What the part of the layer gives for an input after its norm. */
  forward(weights: Weights, x: number[]): number[];
  /** Exchanges all that belongs to two units but the rows that are compared (`rows` and `signed` of the block). */
  exchange(weights: Weights, i: number, j: number): void;
  /** Changes the sign of all that belongs to a unit but its row of `signed`; undefined where signs are not free. */
  negate?(weights: Weights, i: number): void;
  /** The norm before it, written out; undefined where the table gives none. */
  norm?(weights: Weights, x: number[]): number[];
}

export interface FamilyCase {
  name: string;
  /** What `anatomy.family` says. */
  family: string;
  config: Record<string, unknown>;
  shapes: Shapes;
  /** Columns of what is compared, where it is not the residual stream's width. */
  tower: 'language' | 'vision' | 'audio';
  hiddenSize: number;
  embedding?: string;
  /** Names of all blocks of a group. */
  blocks: Partial<Record<GroupKind, string[]>>;
  expected: ExpectedBlock[];
}

export const silu = (x: number): number => x / (1 + Math.exp(-x));
/** The form with tanh. */
export const gelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** x / rms(x) * (w + offset) */
export function rmsNorm(weights: Weights, name: string, x: number[], offset = 0): number[] {
  const rms = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);
  return x.map((v, i) => (v / rms) * (weights.at(`${name}.weight`, i) + offset));
}

/** (x - mean) / deviation * w, without the bias: it is the same for all units of a matrix up to a constant of each. */
export function layerNorm(weights: Weights, name: string, x: number[]): number[] {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  return x.map((v, i) => ((v - mean) / deviation) * weights.at(`${name}.weight`, i));
}
