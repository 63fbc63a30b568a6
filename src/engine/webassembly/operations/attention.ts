// Causal attention with grouped heads, within sequences of any lengths. docs/arithmetic.md, "Attention".

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
const flopsOf = (lengths: readonly number[], H: number, headDim: number): number =>
  lengths.reduce((sum, T) => sum + 2 * H * headDim * T * T, 0);

/** Words of a sequence in the table. */
const SEQUENCE_WORDS = 2;

/**
 * The address of a table with first row and length of each sequence, the longest first: so no thread begins a long one when the others
 * are done. There is room for as many sequences as rows: a plan for M rows is one for all sequences that they can have.
 */
function tableOf(d: Device, lengths: readonly number[], M: number): number {
  const at = d.workspace(SEQUENCE_WORDS * M);
  if (!d.buffer) return at;
  let first = 0;
  const sequences = lengths.map((length) => {
    first += length;
    return { first: first - length, length };
  });
  sequences.sort((a, b) => b.length - a.length);
  const words = new Int32Array(d.buffer, at, SEQUENCE_WORDS * sequences.length);
  for (const [i, { first, length }] of sequences.entries()) words.set([first, length], SEQUENCE_WORDS * i);
  return at;
}

const longestOf = (lengths: readonly number[]): number => lengths.reduce((most, T) => Math.max(most, T), 0);

export function attention(d: Device, of: Attention): void {
  const { M, H, G } = attentionShape(of);
  const { lengths, ...tensors } = of;
  const { headDim } = of;
  d.scratch(scratchFor(longestOf(lengths), headDim, false));
  const values = { ...tensors, sequences: tableOf(d, lengths, M), H, G, scale: scaleOf(headDim), width: d.tile };
  d.run('attention', values, { items: lengths.length * G, chunk: 1, flops: flopsOf(lengths, H, headDim) });
}

export function attentionBackward(d: Device, of: AttentionBackward): void {
  const { M, H, G } = attentionBackwardShape(of);
  const { lengths, ...tensors } = of;
  const { headDim } = of;
  d.scratch(scratchFor(longestOf(lengths), headDim, true));
  const values = { ...tensors, sequences: tableOf(d, lengths, M), H, G, scale: scaleOf(headDim), width: d.tile };
  const flops = 2.5 * flopsOf(lengths, H, headDim);
  d.run('attentionBackward', values, { items: lengths.length * G, chunk: 1, flops });
}
