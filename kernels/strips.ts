// Products of a few rows, read as they lie, with packed panels: several panels side by side, none read twice.
import { MEMORY_ZEROS as ZEROS, TILE_ROWS as HEIGHT } from './build/crossing';
import { strip, stripPanels, strips } from './build/tiles';
import { edgeStrip, edgeTile, tileRows } from './edges';

/** Rows of the next group when `left` are left: six, and at the end fewer; rather four and four than six and two. */
// @ts-ignore: decorator
@inline
export function rowsOfGroup(left: i32): i32 {
  return left == HEIGHT + 1 || left == HEIGHT + 2 ? 4 : min(left, HEIGHT);
}

/**
 * C[M x N] = chains over k rows of panels, `panel` bytes apart, starting at `from` (ZEROS with stride 0: at +0). C has exactly N columns:
 * a panel that does not fill its columns goes through `spare`.
 */
export function multiply(M: i32, N: i32, k: i32, a: usize, aStride: usize, b: usize, panel: usize, c: usize, cStride: usize, from: usize, fromStride: usize, spare: usize, width: i32): void {
  const step = <usize>width << 2;
  for (let i = 0, rows = 0; i < M; i += rows) {
    rows = rowsOfGroup(M - i);
    const x = a + <usize>i * aStride;
    let place = c + <usize>i * cStride;
    let start = from != ZEROS ? from + <usize>i * fromStride : ZEROS;
    let p = b;
    let j = 0;
    if (rows < HEIGHT) {
      const count = stripPanels(rows);
      for (; j + count * width <= N; j += count * width) {
        strips(rows, width, x, aStride, p, panel, k, place, cStride, start, fromStride);
        p += <usize>count * panel;
        place += <usize>count * step;
        if (start != ZEROS) start += <usize>count * step;
      }
    }
    for (; j < N; j += width) {
      const columns = min(width, N - j);
      if (rows == HEIGHT && columns == width) tileRows(width, x, aStride, rows, p, k, place, cStride, start, fromStride);
      else if (rows == HEIGHT) edgeTile(false, width, x, aStride, rows, columns, p, k, place, cStride, start, fromStride, spare);
      else if (columns == width) strip(rows, width, x, aStride, p, panel, k, place, cStride, start, fromStride);
      else edgeStrip(rows, width, columns, x, aStride, p, k, place, cStride, start, fromStride, spare);
      p += panel;
      place += step;
      if (start != ZEROS) start += step;
    }
  }
}
