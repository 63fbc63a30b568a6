// Products of packed operands, by address; linear layers and the head are made of them. docs/arithmetic.md, "Products".

import { ADDRESSES, SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';

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

export function pack(d: Device, packing: Packing): void {
  const panels = Math.ceil(packing.N / d.tile) * Math.ceil(packing.K / SIZES.productDepth);
  d.run('pack', { ...packing, width: d.tile }, { items: panels });
}

/** C[M, N] = A[M, K] B, each element one chain over K. Addresses and strides in bytes. */
export interface Product {
  a: number;
  aStride: number;
  /** A[m, k] at a + k * aStride + 4 m. */
  transposed?: boolean;
  packed: number;
  c: number;
  cStride: number;
  /** Where the chains start, with the stride of C; +0 by default. */
  from?: number | undefined;
  /** One row where the chains of all rows start, instead of `from`. */
  bias?: number | undefined;
  M: number;
  N: number;
  K: number;
  label: string;
}

interface ToDivide {
  M: number;
  N: number;
  matrices?: number;
  /** Rows and columns of a tile. */
  height?: number;
  width?: number;
}

/** How the elements of one of `matrices` products [M, N] are divided for the threads. */
export function chunksOf(
  d: Device,
  { M, N, matrices = 1, height = SIZES.tileRows, width = d.tile }: ToDivide,
): { rows: number; columns: number; items: number } {
  const turns = Math.ceil((4 * d.threads) / matrices);
  const rows = Math.min(SIZES.chunkRows, Math.max(height, Math.ceil(M / turns / height) * height));
  const rowChunks = Math.ceil(M / rows);
  const columns = Math.max(width, Math.ceil(N / Math.ceil(turns / rowChunks) / width) * width);
  return { rows, columns, items: rowChunks * Math.ceil(N / columns) };
}

/** Columns of an item of a product of a few rows: whole strips, and about four items for each thread. */
export const stripColumns = (d: Device, N: number): number => {
  const strip = 4 * d.tile;
  return Math.max(strip, Math.ceil(N / (4 * d.threads) / strip) * strip);
};

/** One of the hottest calls of a small model: no spreads. */
export function product(d: Device, p: Product): void {
  const { a, aStride, packed, c, cStride, from, bias, M, N, K, transposed = false, label } = p;
  const start = from ?? bias ?? ADDRESSES.zeros;
  const fromStride = from === undefined ? 0 : cStride;
  const width = d.tile;
  d.scratch(PRODUCT_SCRATCH);
  if (M < SIZES.tileRows && !transposed) {
    const columns = stripColumns(d, N);
    d.run(
      'fewRows',
      { a, aStride, packed, c, cStride, from: start, fromStride, M, N, K, width, columns },
      { items: Math.ceil(N / columns), chunk: 1, label, flops: 2 * M * N * K },
    );
    return;
  }
  const { rows, columns, items } = chunksOf(d, { M, N });
  d.run(
    'product',
    { a, aStride, packed, c, cStride, from: start, fromStride, M, N, K, width, rows, columns, transposed },
    { items, chunk: 1, label, flops: 2 * M * N * K },
  );
}

/** Continues the chains of dWeight[N, K] over the rows of dy[M, N] and of x[M, K], which is packed. */
export function weightGradient(
  d: Device,
  of: { dy: number; dyStride: number; packed: number; dWeight: number; M: number; K: number; N: number },
): void {
  const { dWeight, packed, M, K, N } = of;
  const sizes = { M: N, N: K, K: M, label: 'linearBackwardWeight' };
  const a = { a: of.dy, aStride: of.dyStride, transposed: true };
  product(d, { ...a, packed, c: dWeight, cStride: K * 4, from: dWeight, ...sizes });
}

/** sums[N] += the rows of a matrix [M, N], in their order. */
export function columnSums(d: Device, of: { rows: number; sums: number; M: number; N: number }): void {
  d.run('columnSums', of, { items: Math.ceil(of.N / SIZES.columnGroup), chunk: 1 });
}

export const runPeak = (d: Device, items: number): void => d.run('peak', { width: d.tile }, { items, chunk: 1 });
