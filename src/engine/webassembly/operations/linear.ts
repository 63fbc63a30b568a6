// Linear layers on one input. docs/arithmetic.md, "Products".

import type { Linear, LinearBackward } from '../../engine.ts';
import { linearBackwardShape, linearShape } from '../../shapes.ts';
import type { Device } from '../device.ts';
import { addressOf } from '../region.ts';
import { isQ8, weightOf } from '../weight.ts';
import { columnSums, pack, packedLength, product, weightGradient } from './product.ts';
import { q8Product, q8Rows, q8RowsLength } from './q8.ts';

export function linear(d: Device, of: Linear): void {
  const { M, K } = linearShape(of);
  const a = addressOf(of.x);
  const hasQ8 = of.layers.some(({ weight }) => isQ8(weight));
  const rows = hasQ8 ? q8Rows(d, { x: a, M, K, room: d.workspace(q8RowsLength(M, K)) }) : undefined;
  for (const { weight, y, from, bias } of of.layers) {
    const N = weight.shape[0]!;
    const [c, cStride] = [addressOf(y), N * 4];
    const start = { from: from && addressOf(from), bias: bias && addressOf(bias) };
    if (isQ8(weight))
      q8Product(d, { rows: rows!, packed: weight.packed, c, cStride, ...start, M, N, K, label: 'linear' });
    else {
      const w = weightOf(weight);
      const room = w.room('forward');
      if (hasQ8 && room > 0) throw new Error('weights of bytes beside a trained one');
      const packed = w.packed(d, 'forward', hasQ8 ? 0 : d.workspace(room));
      product(d, { a, aStride: K * 4, packed, c, cStride, ...start, M, N, K, label: 'linear' });
    }
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
