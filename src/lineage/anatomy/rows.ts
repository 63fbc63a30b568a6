// Reads chosen rows of a view by ranges of its tensor, also where a row's elements lie apart. Memory is bounded, whatever the tensor's size.

import type { Source } from './source/types.ts';
import type { View } from './types.ts';

/** Elements that are read at once of a tensor whose rows lie apart. */
const PIECE = 1 << 20;

type Reader = Pick<Source, 'readFloats'>;

/** Fills `target`, [rows.length, view.columns]. */
export function gatherRows(source: Reader, view: View, rows: ArrayLike<number>, target: Float32Array): void {
  if (target.length !== rows.length * view.columns) throw new Error('the target is not rows x columns');
  for (let i = 0; i < rows.length; i++)
    if (!(rows[i]! >= 0 && rows[i]! < view.rows)) throw new Error(`no row ${rows[i]}`);
  if (view.columnStride === 1) readWholeRows(source, view, rows, target);
  else readColumns(source, view, rows, target);
}

/** Rows whose elements are neighbours: each run of neighbouring rows in one read. */
function readWholeRows(
  source: Reader,
  { tensor, start, rowStride, columns }: View,
  rows: ArrayLike<number>,
  target: Float32Array,
): void {
  for (let i = 0; i < rows.length; ) {
    let next = i + 1;
    if (rowStride === columns) while (next < rows.length && rows[next] === rows[next - 1]! + 1) next++;
    source.readFloats(tensor, target.subarray(i * columns, next * columns), start + rows[i]! * rowStride);
    i = next;
  }
}

/** Rows whose elements lie apart: of as many columns at once as fit into a piece, all from the first of some rows to the last. */
function readColumns(source: Reader, view: View, rows: ArrayLike<number>, target: Float32Array): void {
  const { tensor, start, rowStride, columnStride, columns } = view;
  const order = Array.from(rows, (row, i) => ({ row, i })).sort((a, b) => a.row - b.row);
  for (let from = 0; from < order.length; ) {
    const first = order[from]!.row;
    let to = from;
    while (to < order.length && (order[to]!.row - first) * rowStride < PIECE) to++;
    const span = (order[to - 1]!.row - first) * rowStride + 1;
    const together = Math.max(1, Math.floor((PIECE - span) / columnStride) + 1);
    for (let column = 0; column < columns; column += together) {
      const count = Math.min(together, columns - column);
      const piece = new Float32Array((count - 1) * columnStride + span);
      source.readFloats(tensor, piece, start + first * rowStride + column * columnStride);
      for (let k = from; k < to; k++) {
        const { row, i } = order[k]!;
        for (let c = 0; c < count; c++)
          target[i * columns + column + c] = piece[(row - first) * rowStride + c * columnStride]!;
      }
    }
    from = to;
  }
}
