// Products of packed operands, by address: what linear layers and the head are made of. docs/arithmetic.md, "Products".

import { ARGUMENTS, PLACES, SIZES } from '../crossing.ts';
import { chunkOf, type Device } from '../device.ts';

/** Scratch bytes of products: a tile at the edge, and a packed chunk of the left matrix. */
const PRODUCT_SCRATCH = SIZES.spareBytes + SIZES.chunkRows * SIZES.productDepth * 4;

/** Floats that a packed [K x N] operand takes: whole tiles. */
export const packedLength = (K: number, N: number): number => K * Math.ceil(N / SIZES.tileColumns) * SIZES.tileColumns;

/** B[k, n] at source + k * stride + 4 n, or transposed at source + n * stride + 4 k; all in bytes. */
interface Packing {
  source: number;
  stride: number;
  transposed: boolean;
  K: number;
  N: number;
  packed: number;
}

export function pack(d: Device, { source, stride, transposed, K, N, packed }: Packing): void {
  const { words } = d;
  const a = ARGUMENTS.pack;
  words[a.source] = source;
  words[a.stride] = stride;
  words[a.transposed] = transposed ? 1 : 0;
  words[a.K] = K;
  words[a.N] = N;
  words[a.width] = d.tile;
  words[a.packed] = packed;
  const panels = Math.ceil(N / d.tile) * Math.ceil(K / SIZES.productDepth);
  d.run('pack', panels, chunkOf(d, panels));
}

/** C[M, N] = A[M, K] B, each element one chain over K. Addresses and strides in bytes. */
interface Product {
  a: number;
  aStride: number;
  /** A[m, k] at a + k * aStride + 4 m. */
  transposed?: boolean;
  packed: number;
  c: number;
  cStride: number;
  /** Where the chains start, with the stride of C; +0 by default. */
  from?: number | undefined;
  M: number;
  N: number;
  K: number;
  label: string;
}

export function product(d: Device, p: Product): void {
  const { words } = d;
  const { M, N, K } = p;
  const turns = 4 * d.threads;
  const height = SIZES.tileRows;
  const rows = Math.min(SIZES.chunkRows, Math.max(height, Math.ceil(M / turns / height) * height));
  const rowChunks = Math.ceil(M / rows);
  const columns = Math.max(d.tile, Math.ceil(N / Math.ceil(turns / rowChunks) / d.tile) * d.tile);
  const a = ARGUMENTS.product;
  words[a.a] = p.a;
  words[a.aStride] = p.aStride;
  words[a.packed] = p.packed;
  words[a.c] = p.c;
  words[a.cStride] = p.cStride;
  words[a.from] = p.from ?? PLACES.zeros;
  words[a.fromStride] = p.from === undefined ? 0 : p.cStride;
  words[a.M] = M;
  words[a.N] = N;
  words[a.K] = K;
  words[a.width] = d.tile;
  words[a.rows] = rows;
  words[a.columns] = columns;
  words[a.transposed] = p.transposed ? 1 : 0;
  d.scratch(PRODUCT_SCRATCH);
  d.run('product', rowChunks * Math.ceil(N / columns), 1, p.label, 2 * M * N * K);
}

/** dWeight[N, K] goes on with the chains over the rows of dy[M, N] and of x[M, K], which is packed. */
export function weightGradient(
  d: Device,
  of: { dy: number; dyStride: number; packed: number; dWeight: number; M: number; K: number; N: number },
): void {
  const { dWeight, packed, M, K, N } = of;
  const sizes = { M: N, N: K, K: M, label: 'linearBackwardWeight' };
  const a = { a: of.dy, aStride: of.dyStride, transposed: true };
  product(d, { ...a, packed, c: dWeight, cStride: K * 4, from: dWeight, ...sizes });
}

export function peak(d: Device, items: number): void {
  d.words[ARGUMENTS.peak.width] = d.tile;
  d.run('peak', items, 1);
}
