// Causal attention with grouped heads. docs/arithmetic.md, "Attention".

import type { Attention, AttentionBackward } from '../../engine.ts';
import { attentionBackwardShape, attentionShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';

const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Scratch bytes for attention over T keys: packed operands and blocks of scores, as kernels/attention.ts lays them out. */
function scratchFor(T: number, headDim: number, backward: boolean): number {
  const keys = roundUp(T, SIZES.tileColumns) * headDim;
  const values = roundUp(headDim, SIZES.tileColumns) * T;
  const scores = SIZES.queries * (roundUp(T, 16) + 16);
  const queries = roundUp(headDim, SIZES.tileColumns) * SIZES.queries;
  const floats = backward ? 2 * keys + values + 2 * queries + 2 * scores : keys + values + scores;
  return SIZES.spareBytes + floats * 4;
}

/** The factor of the scores; rounded to binary32 when it is written as an argument. */
export const scaleOf = (headDim: number): number => 1 / Math.sqrt(headDim);

/** Flops of the scores and sums that causality leaves. */
const flopsOf = ({ B, H }: { B: number; H: number }, headDim: number, T: number): number => 2 * B * H * headDim * T * T;

export function attention(d: Device, of: Attention): void {
  const shape = attentionShape(of);
  const { B, T, H, G } = shape;
  const { q, k, v, o, headDim } = of;
  d.scratch(scratchFor(T, headDim, false));
  const values = { q, k, v, o, T, H, G, headDim, scale: scaleOf(headDim), width: d.tile };
  d.run('attention', values, { items: B * G, chunk: 1, flops: flopsOf(shape, headDim, T) });
}

export function attentionBackward(d: Device, of: AttentionBackward): void {
  const shape = attentionBackwardShape(of);
  const { B, T, H, G } = shape;
  const { sequences: _, ...tensors } = of;
  const { headDim } = of;
  d.scratch(scratchFor(T, headDim, true));
  const values = { ...tensors, T, H, G, scale: scaleOf(headDim), width: d.tile };
  d.run('attentionBackward', values, { items: B * G, chunk: 1, flops: 2.5 * flopsOf(shape, headDim, T) });
}
