// The head: logits, their loss against targets, and gradients, a chunk of rows at a time, so that there are never all logits at
// once. docs/arithmetic.md, "Layers".

import type { HeadBackward, HeadLosses } from '../../engine.ts';
import { headBackwardShape, headShape } from '../../shapes.ts';
import { ARGUMENTS } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';
import { at } from '../region.ts';
import { weightOf } from '../weight.ts';
import { pack, packedLength, product, weightGradient } from './product.ts';

/** Floats between rows of logits: the loss reads and writes whole vectors. */
const strideOf = (V: number): number => Math.ceil(V / 16) * 16;

/** Rows of logits that are held at once: about 32 MiB of them. */
const rowsAtOnce = (M: number, V: number): number => Math.min(M, Math.max(96, Math.floor((8 << 20) / strideOf(V))));

/** Chunks of M rows. */
function* chunks(M: number, V: number): Generator<{ first: number; rows: number }> {
  const most = rowsAtOnce(M, V);
  for (let first = 0; first < M; first += most) yield { first, rows: Math.min(most, M - first) };
}

/** losses[rows] of logits[rows, V]; with a share of the step, the logits become (softmax - target) * share. */
function loss(
  d: Device,
  of: { logits: number; targets: number; losses: number; rows: number; V: number; share?: number },
) {
  const { words } = d;
  const a = ARGUMENTS.loss;
  words[a.logits] = of.logits;
  words[a.stride] = strideOf(of.V) * 4;
  words[a.targets] = of.targets;
  words[a.losses] = of.losses;
  words[a.V] = of.V;
  d.floats[a.share] = of.share ?? 0;
  words[a.gradient] = of.share === undefined ? 0 : 1;
  d.run('loss', of.rows, chunkOf(d, of.rows));
}

export function headLosses(d: Device, of: HeadLosses): void {
  const { M, D, V } = headShape(of);
  const weight = weightOf(of.weight);
  const stride = strideOf(V);
  const most = rowsAtOnce(M, V);
  const logits = d.workspace(most * stride + weight.room('forward'));
  const packed = weight.packed(d, 'forward', logits + most * stride * 4);
  const [x, targets, losses] = [at(of.x), at(of.targets), at(of.losses)];
  const greedy = of.isGreedy && at(of.isGreedy);
  for (const { first, rows } of chunks(M, V)) {
    product(d, {
      a: x + first * D * 4,
      aStride: D * 4,
      packed,
      c: logits,
      cStride: stride * 4,
      M: rows,
      N: V,
      K: D,
      label: 'head',
    });
    const chunk = { targets: targets + first * 4, rows, V };
    if (greedy !== undefined) findGreedy(d, { ...chunk, logits, isGreedy: greedy + first * 4 });
    loss(d, { ...chunk, logits, losses: losses + first * 8 });
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
  for (let row = 0; row < rows; row++) isGreedy[row] = isLargest(logits, row * stride, V, targets[row]!) ? 1 : 0;
}

/** Whether `token` is the first of the largest logits. Mostly it is not, and that shows soon. */
function isLargest(logits: Float32Array, from: number, V: number, token: number): boolean {
  const own = logits[from + token]!;
  for (let i = 0; i < token; i++) if (!(logits[from + i]! < own)) return false;
  for (let i = token + 1; i < V; i++) if (!(logits[from + i]! <= own)) return false;
  return true;
}

export function headBackward(d: Device, of: HeadBackward): void {
  const { M, D, V } = headBackwardShape(of);
  const weight = weightOf(of.weight);
  const stride = strideOf(V);
  const most = rowsAtOnce(M, V);
  const [forwardRoom, backwardRoom] = [weight.room('forward'), weight.room('backward')];
  const logits = d.workspace(most * stride + forwardRoom + backwardRoom + packedLength(most, D));
  const packedForward = logits + most * stride * 4;
  const packedBackward = packedForward + forwardRoom * 4;
  const packedX = packedBackward + backwardRoom * 4;
  const forward = weight.packed(d, 'forward', packedForward);
  const backward = weight.packed(d, 'backward', packedBackward);
  const [x, targets, losses, dx, dWeight] = [at(of.x), at(of.targets), at(of.losses), at(of.dx), at(of.dWeight)];
  const share = Math.fround(1 / of.targetsInStep);
  for (const { first, rows } of chunks(M, V)) {
    const a = x + first * D * 4;
    product(d, {
      a,
      aStride: D * 4,
      packed: forward,
      c: logits,
      cStride: stride * 4,
      M: rows,
      N: V,
      K: D,
      label: 'head',
    });
    loss(d, { logits, targets: targets + first * 4, losses: losses + first * 8, rows, V, share });
    const c = dx + first * D * 4;
    const sizes = { M: rows, N: D, K: V, label: 'headBackwardInput' };
    product(d, { a: logits, aStride: stride * 4, packed: backward, c, cStride: D * 4, ...sizes });
    pack(d, { source: a, stride: D * 4, transposed: false, K: rows, N: D, packed: packedX });
    weightGradient(d, { dy: logits, dyStride: stride * 4, packed: packedX, dWeight, M: rows, K: D, N: V });
  }
}
