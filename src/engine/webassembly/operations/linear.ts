// Linear layers on one input. docs/arithmetic.md, "Products".

import type { Linear, LinearBackward } from '../../engine.ts';
import { linearBackwardShape, linearShape } from '../../shapes.ts';
import type { Device } from '../device.ts';
import { addressOf } from '../region.ts';
import { weightOf } from '../weight.ts';
import { columnSums, pack, packedLength, product, weightGradient } from './product.ts';

export function linear(d: Device, of: Linear): void {
  const { M, K } = linearShape(of);
  const a = addressOf(of.x);
  for (const { weight, y, from, bias } of of.layers) {
    const w = weightOf(weight);
    const packed = w.packed(d, 'forward', d.workspace(w.room('forward')));
    const N = weight.shape[0]!;
    const [start, row] = [from && addressOf(from), bias && addressOf(bias)];
    product(d, {
      a,
      aStride: K * 4,
      packed,
      c: addressOf(y),
      cStride: N * 4,
      from: start,
      bias: row,
      M,
      N,
      K,
      label: 'linear',
    });
  }
}

export function linearBackward(d: Device, of: LinearBackward): void {
  const { M, K } = linearBackwardShape(of);
  const packed = d.workspace(packedLength(M, K));
  pack(d, { source: addressOf(of.x), stride: K * 4, transposed: false, K: M, N: K, packed });
  for (const { weight, dy, dWeight, dBias } of of.layers) {
    const N = weight.shape[0]!;
    weightGradient(d, { dy: addressOf(dy), dyStride: N * 4, packed, dWeight: addressOf(dWeight), M, K, N });
    if (dBias) columnSums(d, { rows: addressOf(dy), sums: addressOf(dBias), M, N });
  }
  const dx = addressOf(of.dx);
  for (const [i, { dy, weight }] of of.layers.entries()) {
    const w = weightOf(weight);
    const packedWeight = w.packed(d, 'backward', d.workspace(w.room('backward')));
    const N = weight.shape[0]!;
    const from = i > 0 ? dx : undefined;
    const sizes = { M, N: K, K: N, label: 'linearBackwardInput' };
    product(d, { a: addressOf(dy), aStride: N * 4, packed: packedWeight, c: dx, cStride: K * 4, from, ...sizes });
  }
}
