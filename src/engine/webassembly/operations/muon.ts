// Muon on one matrix at a time: elementwise kernels around products. docs/arithmetic.md, "A step".

import { type Muon, squareBlocks } from '../../engine.ts';
import { MUON_EPS, muonScale, NEWTON_SCHULZ } from '../../muon.ts';
import { muonShape } from '../../shapes.ts';
import type { Device } from '../device.ts';
import { blocksOf } from './optimizer.ts';
import { pack, packedLength, product } from './product.ts';

/** Addresses of the matrices that an update works in. */
interface Workspace {
  /** [R, C] each: the update, and the next one while it is computed. */
  x: number;
  y: number;
  /** [r, r] each, r the shorter side. */
  square: number;
  fourth: number;
  /** Right sides of products. */
  packed: number;
  /** Block sums of squares. */
  sums: number;
}

/** Whole cache lines: threads then write to lines of their own. */
const lines = (floats: number): number => Math.ceil(floats / 16) * 16;

function workspaceOf(d: Device, R: number, C: number): Workspace {
  const [r, c] = [Math.min(R, C), Math.max(R, C)];
  const packed = Math.max(packedLength(c, r), packedLength(r, C), packedLength(r, r));
  const lengths = [R * C, R * C, r * r, r * r, packed, squareBlocks(R * C)].map(lines);
  let next = d.workspace(lengths.reduce((sum, length) => sum + length, 0));
  const [x, y, square, fourth, rights, sums] = lengths.map((length) => {
    const address = next;
    next += length * 4;
    return address;
  }) as [number, number, number, number, number, number];
  return { x, y, square, fourth, packed: rights, sums };
}

export function muon(d: Device, { w, g, m, learningRate, weightDecay, momentum, clip }: Muon): void {
  const { R, C } = muonShape({ w, g, m });
  const count = R * C;
  const blocks = blocksOf(count);
  const space = workspaceOf(d, R, C);
  d.run('muonMomentum', { g, m, u: space.x, count, clip, momentum, rest: 1 - momentum }, blocks);
  d.run('squares', { g: space.x, count, sums: space.sums }, blocks);
  const factor = 1 / (normOf(d, space.sums, squareBlocks(count)) + MUON_EPS);
  d.run('scale', { target: space.x, source: space.x, count, factor }, blocks);
  for (let step = 0; step < NEWTON_SCHULZ.steps; step++) {
    newtonSchulz(d, space, R, C);
    [space.x, space.y] = [space.y, space.x];
  }
  d.run('muonUpdate', { w, x: space.x, count, scale: muonScale([R, C]), weightDecay, learningRate }, blocks);
}

/** The root of the sum of block sums, in binary64. */
function normOf({ buffer }: Device, sums: number, blocks: number): number {
  if (!buffer) return 1; // a plan has no values
  let sum = 0;
  for (const block of new Float32Array(buffer, sums, blocks)) sum += block;
  return Math.sqrt(sum);
}

/** y = a x + b X X' x + c (X X')^2 x, with X X' of the shorter side. */
function newtonSchulz(d: Device, { x, y, square, fourth, packed }: Workspace, R: number, C: number): void {
  const { first, third, fifth } = NEWTON_SCHULZ;
  const isWide = R <= C;
  const [r, c] = isWide ? [R, C] : [C, R];
  const label = 'muon';
  // x x', or x' x: of the shorter side.
  pack(d, { source: x, stride: C * 4, transposed: isWide, K: c, N: r, packed });
  const sizes = { M: r, N: r, cStride: r * 4, label };
  product(d, { ...sizes, a: x, aStride: C * 4, transposed: !isWide, packed, c: square, K: c });
  pack(d, { source: square, stride: r * 4, transposed: false, K: r, N: r, packed });
  product(d, { ...sizes, a: square, aStride: r * 4, packed, c: fourth, K: r });
  d.run('muonPolynomial', { a: square, b: fourth, count: r * r, third, fifth }, blocksOf(r * r));
  d.run('scale', { target: y, source: x, count: R * C, factor: first }, blocksOf(R * C));
  // The polynomial is symmetric: it multiplies from the side of the shorter side.
  const [left, right] = isWide ? [fourth, x] : [x, fourth];
  pack(d, { source: right, stride: C * 4, transposed: false, K: r, N: C, packed });
  product(d, { a: left, aStride: r * 4, packed, c: y, cStride: C * 4, from: y, M: R, N: C, K: r, label });
}
