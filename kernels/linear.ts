// Matrix products: the loops around the tiles. All three products of a linear layer are one of two forms:
//   rows:  C[i, j] = chain over k of A[i, k] B[k, j], A[i, k] at a[i, k]       (forward, input gradient)
//   cols:  the same with A[i, k] at a[k, i]                                    (weight gradient)
// An earlier job packs B. Groups of six rows of A are packed on the way; fewer are read as they lie. A chain continues from block to
// block of K through C, which changes no bit.
import {
  COLUMN_GROUP, MEMORY_ZEROS as ZEROS, PEAK_TILES, PRODUCT_DEPTH as DEPTH, SPARE_BYTES, TILE_COLUMNS as WIDTH, TILE_ROWS as HEIGHT,
  columnSums, fewRows, peak, product,
} from './build/crossing';
import { strip } from './build/tiles';
import { edgeStrip, edgeTile, tileCols } from './edges';
import { STEP, packColumns, packRows, panelAt } from './packing';
import { loadPart, storePart } from './math';
import { multiply, rowsOfGroup } from './strips';

/** Rows at the end of `rows` that are in groups of fewer than six. */
// @ts-ignore: decorator
@inline
function unpackedRows(rows: i32): i32 {
  const rest = rows % HEIGHT;
  return rest == 1 || rest == 2 ? min(rows, HEIGHT + rest) : rest;
}

/**
 * Items: (row chunk, column chunk), row-major. A chunk has `rows` rows, a multiple of a tile's, and `columns` columns, a
 * multiple of the width. A start at +0 is `from` = a row of zeros with stride 0.
 */
export function productItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const a = product.a(args);
  const aStride = product.aStride(args);
  const packed = product.packed(args);
  const c = product.c(args);
  const cStride = product.cStride(args);
  const from = product.from(args);
  const fromStride = product.fromStride(args);
  const M = product.M(args);
  const N = product.N(args);
  const K = product.K(args);
  const width = product.width(args);
  const rowsOfChunk = product.rows(args);
  const columnsOfChunk = product.columns(args);
  const transposed = product.transposed(args);
  const panels = (N + width - 1) / width;
  const columnChunks = (N + columnsOfChunk - 1) / columnsOfChunk;
  const spare = scratch;
  const packedA = scratch + SPARE_BYTES;
  for (let item = first; item < last; item++) {
    const i0 = (item / columnChunks) * rowsOfChunk;
    const i1 = min(M, i0 + rowsOfChunk);
    const j0 = (item % columnChunks) * columnsOfChunk;
    const j1 = min(N, j0 + columnsOfChunk);
    for (let k0 = 0; k0 < K; k0 += DEPTH) {
      const depth = min(DEPTH, K - k0);
      const block = k0 / DEPTH;
      const source = k0 == 0 ? from : c;
      const sourceStride = k0 == 0 ? fromStride : cStride;
      if (transposed) packColumns(a + <usize>k0 * aStride, aStride, depth, i0, i1, M, packedA);
      else packRows(a + (<usize>k0 << 2), aStride, depth, i0, i1 - unpackedRows(i1 - i0), packedA);
      for (let j = j0; j < j1; j += width) {
        const panel = panelAt(packed, block, j / width, panels, depth, width);
        const columns = min(width, N - j);
        for (let i = i0, rows = 0; i < i1; i += rows) {
          rows = transposed ? min(HEIGHT, i1 - i) : rowsOfGroup(i1 - i);
          const place = c + <usize>i * cStride + (<usize>j << 2);
          const start = source != ZEROS ? source + <usize>i * sourceStride + (<usize>j << 2) : ZEROS;
          const x = packedA + <usize>(i - i0) * <usize>depth * 4;
          const unpacked = a + <usize>i * aStride + (<usize>k0 << 2);
          if (rows == HEIGHT && columns == width) tileCols(width, x, STEP, panel, depth, place, cStride, start, sourceStride);
          else if (rows == HEIGHT || transposed) {
            edgeTile(true, width, x, STEP, rows, columns, panel, depth, place, cStride, start, sourceStride, spare);
          } else if (columns == width) strip(rows, width, unpacked, aStride, panel, 0, depth, place, cStride, start, sourceStride);
          else edgeStrip(rows, width, columns, unpacked, aStride, panel, depth, place, cStride, start, sourceStride, spare);
        }
      }
    }
  }
}

/** Items: chunks of `columns` columns, a multiple of the width. M is less than a tile's rows. */
export function fewRowsItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const a = fewRows.a(args);
  const aStride = fewRows.aStride(args);
  const packed = fewRows.packed(args);
  const c = fewRows.c(args);
  const cStride = fewRows.cStride(args);
  const from = fewRows.from(args);
  const fromStride = fewRows.fromStride(args);
  const M = fewRows.M(args);
  const N = fewRows.N(args);
  const K = fewRows.K(args);
  const width = fewRows.width(args);
  const columnsOfChunk = fewRows.columns(args);
  const panels = (N + width - 1) / width;
  for (let item = first; item < last; item++) {
    const j0 = item * columnsOfChunk;
    const j1 = min(N, j0 + columnsOfChunk);
    for (let k0 = 0; k0 < K; k0 += DEPTH) {
      const depth = min(DEPTH, K - k0);
      const at = <usize>j0 << 2;
      const source = k0 == 0 ? from : c;
      const start = source != ZEROS ? source + at : ZEROS;
      const b = panelAt(packed, k0 / DEPTH, j0 / width, panels, depth, width);
      const panel = <usize>depth * <usize>width * 4;
      multiply(M, j1 - j0, depth, a + (<usize>k0 << 2), aStride, b, panel, c + at, cStride, start, k0 == 0 ? fromStride : cStride, scratch, width);
    }
  }
}

/** Gradient of a bias. Items: groups of COLUMN_GROUP columns. Each column continues its chain over the rows. */
export function columnSumsItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const M = columnSums.M(args);
  const N = columnSums.N(args);
  const stride = <usize>N << 2;
  const to = min(N, last * COLUMN_GROUP);
  for (let j = first * COLUMN_GROUP; j < to; j += 4) {
    const left = N - j;
    const at = <usize>j << 2;
    const place = columnSums.sums(args) + at;
    let row = columnSums.rows(args) + at;
    let sum = loadPart(place, left);
    for (let m = 0; m < M; m++, row += stride) sum = f32x4.add(sum, loadPart(row, left));
    storePart(place, sum, left);
  }
}

/** Work for measuring the machine's peak in this arithmetic. Items: PEAK_TILES tiles of PRODUCT_DEPTH steps; the operands stay in the L1 cache. */
export function peakItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const width = peak.width(args);
  const stride = <usize>width << 2;
  const a = scratch + SPARE_BYTES;
  const b = a + STEP * DEPTH;
  memory.fill(scratch, 0, SPARE_BYTES + STEP * DEPTH + stride * DEPTH);
  for (let i = first * PEAK_TILES; i < last * PEAK_TILES; i++) tileCols(width, a, STEP, b, DEPTH, scratch, stride, scratch, stride);
}
