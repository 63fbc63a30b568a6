// The head: logits, their loss against targets, and gradients, a chunk of rows at a time: all logits are never in memory at once.
// docs/arithmetic.md, "Layers".

import type { Exponentials, HeadBackward, HeadLosses } from '../../engine.ts';
import { headBackwardShape, headShape, sameElements } from '../../shapes.ts';
import type { Device } from '../device.ts';
import { addressOf } from '../region.ts';
import { isQ8, weightOf } from '../weight.ts';
import { pack, packedLength, product, weightGradient } from './product.ts';
import { q8Product, q8Rows, q8RowsLength } from './q8.ts';

/** Floats between rows of logits: the loss reads and writes whole vectors. */
const strideOf = (V: number): number => Math.ceil(V / 16) * 16;

/** Rows of logits in memory at once: about 32 MiB. */
const rowsAtOnce = (M: number, V: number): number => Math.min(M, Math.max(96, Math.floor((8 << 20) / strideOf(V))));

/** Chunks of M rows. */
function* chunks(M: number, V: number): Generator<{ first: number; rows: number }> {
  const step = rowsAtOnce(M, V);
  for (let first = 0; first < M; first += step) yield { first, rows: Math.min(step, M - first) };
}

/** losses[rows] of logits[rows, V]; with shares[rows], the logits become (softmax - target) * share. */
function runLoss(
  d: Device,
  of: { logits: number; targets: number; losses: number; rows: number; V: number; shares?: number },
) {
  const { rows: items, shares, ...values } = of;
  const gradient = shares !== undefined;
  d.run('loss', { ...values, stride: strideOf(of.V) * 4, shares: shares ?? 0, gradient }, { items });
}

export function headLosses(d: Device, of: HeadLosses): void {
  const { M, D, V } = headShape(of);
  const stride = strideOf(V);
  const step = rowsAtOnce(M, V);
  const weight = isQ8(of.weight) ? of.weight : weightOf(of.weight);
  const logits = d.workspace(step * stride + (isQ8(weight) ? q8RowsLength(step, D) : weight.room('forward')));
  const room = logits + step * stride * 4;
  const packed = isQ8(weight) ? weight.packed : weight.packed(d, 'forward', room);
  const [x, targets, losses] = [addressOf(of.x), addressOf(of.targets), addressOf(of.losses)];
  const greedy = of.isGreedy && addressOf(of.isGreedy);
  for (const { first, rows } of chunks(M, V)) {
    const a = x + first * D * 4;
    const result = { packed, c: logits, cStride: stride * 4, M: rows, N: V, K: D, label: 'head' };
    if (isQ8(weight)) q8Product(d, { rows: q8Rows(d, { x: a, M: rows, K: D, room }), ...result });
    else product(d, { a, aStride: D * 4, ...result });
    const chunk = { targets: targets + first * 4, rows, V };
    if (greedy !== undefined) findGreedy(d, { ...chunk, logits, isGreedy: greedy + first * 4 });
    runLoss(d, { ...chunk, logits, losses: losses + first * 8 });
  }
}

function findGreedy(
  d: Device,
  of: { logits: number; targets: number; isGreedy: number; rows: number; V: number },
): void {
  if (!d.buffer) return;
  const { rows, V } = of;
  const stride = strideOf(V);
  const logits = new Float32Array(d.buffer, of.logits, rows * stride);
  const targets = new Int32Array(d.buffer, of.targets, rows);
  const isGreedy = new Int32Array(d.buffer, of.isGreedy, rows);
  for (let row = 0; row < rows; row++) {
    isGreedy[row] = isFirstLargest(logits.subarray(row * stride, row * stride + V), targets[row]!) ? 1 : 0;
  }
}

/** Whether `token` is the first of the largest logits. For most tokens a few comparisons show that it is not. */
function isFirstLargest(logits: Float32Array, token: number): boolean {
  const logit = logits[token]!;
  for (let i = 0; i < token; i++) if (!(logits[i]! < logit)) return false;
  for (let i = token + 1; i < logits.length; i++) if (!(logits[i]! <= logit)) return false;
  return true;
}

export function headBackward(d: Device, of: HeadBackward): void {
  const { M, D, V } = headBackwardShape(of);
  const weight = weightOf(of.weight);
  const stride = strideOf(V);
  const step = rowsAtOnce(M, V);
  const [forwardRoom, backwardRoom] = [weight.room('forward'), weight.room('backward')];
  const logits = d.workspace(step * stride + forwardRoom + backwardRoom + packedLength(step, D));
  const packedForward = logits + step * stride * 4;
  const packedBackward = packedForward + forwardRoom * 4;
  const packedX = packedBackward + backwardRoom * 4;
  const forward = weight.packed(d, 'forward', packedForward);
  const backward = weight.packed(d, 'backward', packedBackward);
  const [x, targets, losses] = [addressOf(of.x), addressOf(of.targets), addressOf(of.losses)];
  const [dx, dWeight] = [addressOf(of.dx), addressOf(of.dWeight)];
  const shares = addressOf(of.shares);
  for (const { first, rows } of chunks(M, V)) {
    const a = x + first * D * 4;
    const strides = { aStride: D * 4, cStride: stride * 4 };
    product(d, { a, packed: forward, c: logits, ...strides, M: rows, N: V, K: D, label: 'head' });
    const chunk = { targets: targets + first * 4, losses: losses + first * 8, shares: shares + first * 4, rows, V };
    runLoss(d, { logits, ...chunk });
    const c = dx + first * D * 4;
    const sizes = { M: rows, N: D, K: V, label: 'headBackwardInput' };
    product(d, { a: logits, aStride: stride * 4, packed: backward, c, cStride: D * 4, ...sizes });
    pack(d, { source: a, stride: D * 4, transposed: false, K: rows, N: D, packed: packedX });
    weightGradient(d, { dy: logits, dyStride: stride * 4, packed: packedX, dWeight, M: rows, K: D, N: V });
  }
}

export function exponentials(d: Device, of: Exponentials): void {
  const count = sameElements([of.x, of.y]);
  d.run('exponentials', { ...of, count }, { items: 1 });
}
