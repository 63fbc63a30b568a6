// Causal attention with grouped heads. docs/arithmetic.md, "Attention".

import type { Attention, AttentionBackward } from '../../engine.ts';
import { attentionBackwardShape, attentionShape } from '../../shapes.ts';
import { ARGUMENTS, SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { at } from '../region.ts';

const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Scratch bytes for attention over T keys: packed operands and blocks of scores, as kernels/attention.ts lays them out. */
function scratchFor(T: number, headDim: number, backward: boolean): number {
  const keys = up(T, SIZES.tileColumns) * headDim;
  const values = up(headDim, SIZES.tileColumns) * T;
  const scores = SIZES.queries * (up(T, 16) + 16);
  const queries = up(headDim, SIZES.tileColumns) * SIZES.queries;
  const floats = backward ? 2 * keys + values + 2 * queries + 2 * scores : keys + values + scores;
  return SIZES.spareBytes + floats * 4;
}

/** As the scores are scaled; rounded to binary32 where it crosses. */
const scale = (headDim: number): number => 1 / Math.sqrt(headDim);

/** Flops of the scores and sums that causality leaves. */
const flopsOf = ({ B, H }: { B: number; H: number }, headDim: number, T: number): number => 2 * B * H * headDim * T * T;

/** The words that all three kernels have. */
function writeCommon(
  { words, floats }: Device,
  a: (typeof ARGUMENTS)['attendOne'],
  { q, k, v, o, headDim }: Pick<Attention, 'q' | 'k' | 'v' | 'o' | 'headDim'>,
  { T, H, G }: { T: number; H: number; G: number },
): void {
  words[a.q] = at(q);
  words[a.k] = at(k);
  words[a.v] = at(v);
  words[a.o] = at(o);
  words[a.T] = T;
  words[a.H] = H;
  words[a.G] = G;
  words[a.headDim] = headDim;
  floats[a.scale] = scale(headDim);
}

export function attention(d: Device, of: Attention): void {
  const shape = attentionShape(of);
  const { B, T, H, G, start } = shape;
  const { headDim } = of;
  const one = B === 1 && T - start === 1 && start > 0; // a position after those in a cache
  const { words } = d;
  writeCommon(d, one ? ARGUMENTS.attendOne : ARGUMENTS.attention, of, shape);
  d.scratch(scratchFor(T, headDim, false)); // one position needs less, but the cache may also be read by more
  if (one) {
    d.run('attendOne', H, 1);
    return;
  }
  words[ARGUMENTS.attention.width] = d.tile;
  words[ARGUMENTS.attention.start] = start;
  const flops = flopsOf(shape, headDim, T) - flopsOf(shape, headDim, start);
  d.run('attention', B * G, 1, 'attention', flops);
}

export function attentionBackward(d: Device, of: AttentionBackward): void {
  const shape = attentionBackwardShape(of);
  const { B, T, G } = shape;
  const { headDim } = of;
  const { words } = d;
  const a = ARGUMENTS.attentionBackward;
  writeCommon(d, a, of, shape);
  words[a.width] = d.tile;
  words[a.dO] = at(of.dO);
  words[a.dq] = at(of.dq);
  words[a.dk] = at(of.dk);
  words[a.dv] = at(of.dv);
  d.scratch(scratchFor(T, headDim, true));
  d.run('attentionBackward', B * G, 1, 'attentionBackward', 2.5 * flopsOf(shape, headDim, T));
}
