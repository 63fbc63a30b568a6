// Products with weights of bytes, by address. docs/arithmetic.md, "Products with q8_0 weights".

import { Q8 } from '../../engine.ts';
import { ADDRESSES, SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { chunksOf, type Product, stripColumns } from './product.ts';

const { q8Columns: COLUMNS, q8Rows: HEIGHT } = SIZES;

/** Bytes of the packed form of [N, K]: whole panels. */
export const q8Bytes = (K: number, N: number): number => Math.ceil(N / COLUMNS) * (K / Q8.block) * SIZES.q8BlockBytes;

/** Packs `rows` rows of K values as they are stored, from the first row of a panel on. */
export function q8Pack(d: Device, of: { source: number; K: number; rows: number; packed: number }): void {
  d.run('q8Pack', { ...of, group: d.q8Group }, { items: Math.ceil(of.rows / COLUMNS) });
}

/** Rows of the left operand as whole numbers, and their scales: addresses. */
export interface Q8Rows {
  z: number;
  scales: number;
}

/** Floats of the room for M rows of K. */
export const q8RowsLength = (M: number, K: number): number => (M * K) / 2 + (M * K) / Q8.block;

/** x[M, K] as whole numbers, into `room`. */
export function q8Rows(d: Device, of: { x: number; M: number; K: number; room: number }): Q8Rows {
  const { x, M, K, room } = of;
  const rows = { z: room, scales: room + M * K * 2 };
  d.run('q8Rows', { x, stride: K * 4, K, group: d.q8Group, ...rows }, { items: M });
  return rows;
}

/** How a product of fewer rows than a tile has is divided. */
function strips(d: Device, N: number): ReturnType<typeof chunksOf> {
  const columns = stripColumns(d, N);
  return { rows: HEIGHT, columns, items: Math.ceil(N / columns) };
}

/** C[M, N] = rows times a packed weight [N, K]; chains start at `from`, at a `bias` for all rows, or at +0. */
export function q8Product(d: Device, of: { rows: Q8Rows } & Omit<Product, 'a' | 'aStride' | 'transposed'>): void {
  const { rows, packed, c, cStride, from, bias, M, N, K, label } = of;
  d.scratch(SIZES.spareBytes);
  const chunks = M < HEIGHT ? strips(d, N) : chunksOf(d, { M, N, height: HEIGHT, width: COLUMNS });
  d.run(
    'q8Product',
    {
      ...rows,
      packed,
      group: d.q8Group,
      c,
      cStride,
      from: from ?? bias ?? ADDRESSES.zeros,
      fromStride: from === undefined ? 0 : cStride,
      ...{ M, N, K, rows: chunks.rows, columns: chunks.columns },
    },
    { items: chunks.items, chunk: 1, label, flops: 2 * M * N * K },
  );
}
