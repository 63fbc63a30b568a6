// Tiles by their width, and tiles and strips at the edges of a matrix, where fewer rows or columns exist.
import { MEMORY_ZEROS as ZEROS, TILE_COLUMNS as WIDTH, TILE_ROWS as HEIGHT } from './build/crossing';
import { strip, tile6x16Cols, tile6x16Rows, tile6x8Cols, tile6x8Rows } from './build/tiles';
import { loadPart, storePart } from './math';

/** Bytes of one row of the widest tile. */
const ROW: usize = WIDTH * 4;

// @ts-ignore: decorator
@inline
export function tileRows(width: i32, a: usize, stride: usize, rows: i32, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  if (width == WIDTH) tile6x16Rows(a, stride, rows, b, k, c, cStride, from, fromStride);
  else tile6x8Rows(a, stride, rows, b, k, c, cStride, from, fromStride);
}

// @ts-ignore: decorator
@inline
export function tileCols(width: i32, a: usize, stride: usize, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  if (width == WIDTH) tile6x16Cols(a, stride, HEIGHT, b, k, c, cStride, from, fromStride);
  else tile6x8Cols(a, stride, HEIGHT, b, k, c, cStride, from, fromStride);
}

/** Copies rows x columns floats between matrices with different strides (in bytes); other rows stay unchanged. */
export function copyPart(source: usize, sourceStride: usize, target: usize, targetStride: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j;
      storePart(target + (<usize>j << 2), loadPart(source + (<usize>j << 2), left), left);
    }
    source += sourceStride;
    target += targetStride;
  }
}

/**
 * One tile of C of which only `rows` x `columns` exist: it is computed in `spare` (room for the widest tile), and the existing
 * part is copied.
 * `from` is ZEROS for a start at +0; with stride 0 it is one row for all rows (a bias).
 */
export function edgeTile(cols: bool, width: i32, a: usize, stride: usize, rows: i32, columns: i32, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize, spare: usize): void {
  memory.fill(spare, 0, HEIGHT * ROW);
  if (from != ZEROS) copyPart(from, fromStride, spare, ROW, rows, columns);
  if (cols) tileCols(width, a, stride, b, k, spare, ROW, spare, ROW);
  else tileRows(width, a, stride, rows, b, k, spare, ROW, spare, ROW);
  copyPart(spare, ROW, c, cStride, rows, columns);
}

/** A panel of which only `columns` columns exist: it is computed in `spare`, and the existing part is copied. */
export function edgeStrip(rows: i32, width: i32, columns: i32, a: usize, stride: usize, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize, spare: usize): void {
  memory.fill(spare, 0, HEIGHT * ROW);
  if (from != ZEROS) copyPart(from, fromStride, spare, ROW, rows, columns);
  strip(rows, width, a, stride, b, 0, k, spare, ROW, spare, ROW);
  copyPart(spare, ROW, c, cStride, rows, columns);
}
