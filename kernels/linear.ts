// Matrix products: packing, and the loops around the tiles. All three products of a linear layer are one of two forms:
//   rows:  C[i, j] = chain over k of A[i, k] B[k, j], A as it lies             (forward, input gradient)
//   cols:  the same with A[i, k] at a[k, i], which is packed on the way        (weight gradient)
// B is packed before, by a job of its own: panels of `width` columns, K cut into blocks of 256 so that a panel fits the L1 cache.
// A chain goes on from block to block through C, which changes no bit.
import { arg, loadPart, storePart } from './math';
import { tile6x16Cols, tile6x16Rows, tile6x8Cols, tile6x8Rows } from './build/tiles';

const BLOCK: i32 = 256;
const HEIGHT: i32 = 6;

// @ts-ignore: decorator
@inline
export function tileRows(width: i32, a: usize, stride: usize, rows: i32, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  if (width == 16) tile6x16Rows(a, stride, rows, b, k, c, cStride, from, fromStride);
  else tile6x8Rows(a, stride, rows, b, k, c, cStride, from, fromStride);
}

// @ts-ignore: decorator
@inline
export function tileCols(width: i32, a: usize, stride: usize, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize): void {
  if (width == 16) tile6x16Cols(a, stride, HEIGHT, b, k, c, cStride, from, fromStride);
  else tile6x8Cols(a, stride, HEIGHT, b, k, c, cStride, from, fromStride);
}

/** Copies rows x columns floats between places with their own strides (in bytes); rows past `rows` are left alone. */
function copyPart(source: usize, sourceStride: usize, target: usize, targetStride: usize, rows: i32, columns: i32): void {
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
 * One tile of C of which only `rows` x `columns` exist: it is computed in `spare` (6 x 16 floats) and the existing part copied.
 * `from` is 0 for a start at +0.
 */
export function edgeTile(cols: bool, width: i32, a: usize, stride: usize, rows: i32, columns: i32, b: usize, k: i32, c: usize, cStride: usize, from: usize, fromStride: usize, spare: usize): void {
  memory.fill(spare, 0, 6 * 64);
  if (fromStride) copyPart(from, fromStride, spare, 64, rows, columns);
  if (cols) tileCols(width, a, stride, b, k, spare, 64, spare, 64);
  else tileRows(width, a, stride, rows, b, k, spare, 64, spare, 64);
  copyPart(spare, 64, c, cStride, rows, columns);
}

/** Packs columns [j, j + width) of B over k rows: B[kk, j] at source + kk * stride + 4 * j. Missing columns are +0. */
export function packPlain(source: usize, stride: usize, k: i32, columns: i32, width: i32, target: usize): void {
  const step = <usize>width << 2;
  if (columns >= width) {
    if (width == 16) {
      for (let kk = 0; kk < k; kk++, source += stride, target += step) {
        const a = v128.load(source);
        const b = v128.load(source, 16);
        const c = v128.load(source, 32);
        const d = v128.load(source, 48);
        v128.store(target, a);
        v128.store(target, b, 16);
        v128.store(target, c, 32);
        v128.store(target, d, 48);
      }
    } else {
      for (let kk = 0; kk < k; kk++, source += stride, target += step) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
      }
    }
    return;
  }
  for (let kk = 0; kk < k; kk++, source += stride, target += step) {
    for (let j = 0; j < width; j += 4) {
      v128.store(target + (<usize>j << 2), loadPart(source + (<usize>j << 2), columns - j));
    }
  }
}

/** Packs a transposed B: B[kk, j] at source + j * stride + 4 * kk. Missing columns are +0. */
export function packTransposed(source: usize, stride: usize, k: i32, columns: i32, width: i32, target: usize): void {
  const step = <usize>width << 2;
  for (let j = 0; j < width; j += 4) {
    const there = columns - j;
    let p = source + <usize>j * stride;
    let t = target + (<usize>j << 2);
    let kk = 0;
    if (there >= 4) {
      for (; kk + 4 <= k; kk += 4, p += 16, t += step << 2) {
        const r0 = v128.load(p);
        const r1 = v128.load(p + stride);
        const r2 = v128.load(p + 2 * stride);
        const r3 = v128.load(p + 3 * stride);
        const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
        const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
        const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
        const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        v128.store(t, v128.shuffle<f32>(a, b, 0, 1, 4, 5));
        v128.store(t + step, v128.shuffle<f32>(a, b, 2, 3, 6, 7));
        v128.store(t + 2 * step, v128.shuffle<f32>(c, d, 0, 1, 4, 5));
        v128.store(t + 3 * step, v128.shuffle<f32>(c, d, 2, 3, 6, 7));
      }
    }
    for (; kk < k; kk++, p += 4, t += step) {
      for (let i = 0; i < 4; i++) {
        store<f32>(t + (<usize>i << 2), i < there ? load<f32>(p + <usize>i * stride) : 0);
      }
    }
  }
}

/** Where panel `panel` of block `block` lies in a packed B of `panels` panels. */
// @ts-ignore: decorator
@inline
function panelAt(packed: usize, block: i32, panel: i32, panels: i32, depth: i32, width: i32): usize {
  return packed + ((<usize>block * BLOCK * <usize>panels * <usize>width + <usize>panel * <usize>depth * <usize>width) << 2);
}

/** Items: block-major (block, panel). Arguments: source, stride, transposed, K, N, width, packed. */
export function packItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const source = arg(args, 0);
  const stride = arg(args, 1);
  const transposed = arg(args, 2);
  const K = <i32>arg(args, 3);
  const N = <i32>arg(args, 4);
  const width = <i32>arg(args, 5);
  const packed = arg(args, 6);
  const panels = (N + width - 1) / width;
  for (let item = first; item < last; item++) {
    const block = item / panels;
    const panel = item % panels;
    const k0 = block * BLOCK;
    const depth = min(BLOCK, K - k0);
    const j = panel * width;
    const target = panelAt(packed, block, panel, panels, depth, width);
    if (transposed) packTransposed(source + <usize>j * stride + (<usize>k0 << 2), stride, depth, N - j, width, target);
    else packPlain(source + <usize>k0 * stride + (<usize>j << 2), stride, depth, N - j, width, target);
  }
}

/**
 * Items: (row chunk, column chunk), row-major. Arguments: a, aStride, packed B, c, cStride, from, fromStride, M, N, K, width,
 * rows of a chunk (a multiple of 6), columns of a chunk (a multiple of the width), cols (1: A lies transposed).
 * A start at +0 is `from` = a row of zeros with stride 0.
 */
export function productItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const a = arg(args, 0);
  const aStride = arg(args, 1);
  const packed = arg(args, 2);
  const c = arg(args, 3);
  const cStride = arg(args, 4);
  const from = arg(args, 5);
  const fromStride = arg(args, 6);
  const M = <i32>arg(args, 7);
  const N = <i32>arg(args, 8);
  const K = <i32>arg(args, 9);
  const width = <i32>arg(args, 10);
  const rowsOfChunk = <i32>arg(args, 11);
  const columnsOfChunk = <i32>arg(args, 12);
  const cols = arg(args, 13) != 0;
  const panels = (N + width - 1) / width;
  const columnChunks = (N + columnsOfChunk - 1) / columnsOfChunk;
  const spare = scratch;
  const packedA = scratch + 512;
  for (let item = first; item < last; item++) {
    const i0 = (item / columnChunks) * rowsOfChunk;
    const i1 = min(M, i0 + rowsOfChunk);
    const j0 = (item % columnChunks) * columnsOfChunk;
    const j1 = min(N, j0 + columnsOfChunk);
    for (let k0 = 0; k0 < K; k0 += BLOCK) {
      const depth = min(BLOCK, K - k0);
      const block = k0 / BLOCK;
      const source = k0 == 0 ? from : c;
      const sourceStride = k0 == 0 ? fromStride : cStride;
      if (cols) packColumns(a + <usize>k0 * aStride, aStride, depth, i0, i1, M, packedA);
      for (let j = j0; j < j1; j += width) {
        const panel = panelAt(packed, block, j / width, panels, depth, width);
        const columns = min(width, N - j);
        for (let i = i0; i < i1; i += HEIGHT) {
          const rows = min(HEIGHT, M - i);
          const place = c + <usize>i * cStride + (<usize>j << 2);
          const start = sourceStride ? source + <usize>i * sourceStride + (<usize>j << 2) : source;
          const x = cols ? packedA + <usize>(i - i0) * <usize>depth * 4 : a + <usize>i * aStride + (<usize>k0 << 2);
          const xStride: usize = cols ? 24 : aStride;
          if (rows < HEIGHT || columns < width) {
            edgeTile(cols, width, x, xStride, rows, columns, panel, depth, place, cStride, start, sourceStride, spare);
          } else if (cols) tileCols(width, x, xStride, panel, depth, place, cStride, start, sourceStride);
          else tileRows(width, x, xStride, rows, panel, depth, place, cStride, start, sourceStride);
        }
      }
    }
  }
}

/** Packs rows [i0, i1) of a transposed A, six at a time: A[i, kk] at a + kk * stride + 4 * i. */
function packColumns(a: usize, stride: usize, depth: i32, i0: i32, i1: i32, M: i32, target: usize): void {
  for (let i = i0; i < i1; i += HEIGHT) {
    let p = a + (<usize>i << 2);
    if (i + HEIGHT <= M) {
      for (let kk = 0; kk < depth; kk++, p += stride, target += 24) {
        v128.store(target, v128.load(p));
        store<u64>(target, load<u64>(p, 16), 16);
      }
    } else {
      const rows = M - i;
      for (let kk = 0; kk < depth; kk++, p += stride, target += 24) {
        v128.store(target, loadPart(p, rows));
        store<f32>(target, rows > 4 ? load<f32>(p, 16) : 0, 16);
        store<f32>(target, 0, 20);
      }
    }
  }
}

/** The machine's peak in this arithmetic. Items: 100 tiles of 256 steps each on operands that stay in the L1 cache. Arguments: width. */
export function peakItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const width = <i32>arg(args, 0);
  const stride = <usize>width << 2;
  const a = scratch + 512;
  const b = a + 24 * 256;
  memory.fill(scratch, 0, 512 + 24 * 256 + stride * 256);
  for (let i = first * 100; i < last * 100; i++) tileCols(width, a, 24, b, 256, scratch, stride, scratch, stride);
}
