// Products with q8_0 weights: signed bytes in blocks of 32 along K, a scale in binary16 for each. The other operand becomes whole numbers of 14
// bits, a scale in binary32 for each block of a row; sums within a block are exact. docs/arithmetic.md, "Products with q8_0 weights".
// `group` is the number of neighbouring k that lie together in a panel, and with it the kind of tile: q8-tiles.mjs has both.
import {
  MEMORY_ZEROS as ZEROS, Q8_BLOCK as BLOCK, Q8_BLOCK_BYTES as BLOCK_BYTES, Q8_COLUMNS as COLUMNS, Q8_DEPTH as DEPTH, Q8_ROWS as HEIGHT,
  Q8_SCALES_BYTES as SCALES, Q8_STORED_BYTES as STORED, q8Embedding, q8Pack, q8Product, q8Rows,
} from './build/crossing';
import { q8Panels, q8Tile, q8Tiles } from './build/q8-tiles';
import { copyPart } from './edges';
import { widenHalves } from './halves';

/** Bytes of a block of a row of whole numbers. */
const ROW_BLOCK: usize = BLOCK * 2;
/** The largest magnitude of a whole number: 14 bits with the sign. */
const LARGEST: f32 = 8191;
/** 2^-100: a block whose numbers are all smaller counts as zeros. */
const TINY: f32 = reinterpret<f32>(0x0d800000);

/** Items: panels of 16 rows of a weight, of `rows` rows in blocks as q8_0 stores them: scale, then 32 bytes. Missing rows are zeros. */
export function q8PackItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const blocks = q8Pack.K(args) / BLOCK;
  const rows = q8Pack.rows(args);
  const group = q8Pack.group(args);
  const stride = <usize>blocks * STORED;
  for (let panel = first; panel < last; panel++) {
    let source = q8Pack.source(args) + <usize>(panel * COLUMNS) * stride;
    let target = q8Pack.packed(args) + <usize>panel * <usize>blocks * BLOCK_BYTES;
    const there = min(COLUMNS, rows - panel * COLUMNS);
    for (let block = 0; block < blocks; block++, source += STORED, target += BLOCK_BYTES) {
      for (let j = 0; j < COLUMNS; j++) {
        const from = source + <usize>j * stride;
        store<u16>(target + (<usize>j << 1), j < there ? load<u16>(from) : 0, SCALES);
        const at = target + <usize>(j * group);
        for (let k = 0; k < BLOCK; k += group) {
          for (let i = 0; i < group; i += 2) {
            store<u16>(at + <usize>(k * COLUMNS + i), j < there ? load<u16>(from + <usize>(k + i), 2) : 0);
          }
        }
      }
    }
  }
}

/** The largest of four numbers; a NaN if one is. */
// @ts-ignore: decorator
@inline
function largestLane(x: v128): f32 {
  const y = f32x4.max(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(y, v128.shuffle<i32>(y, y, 1, 0, 3, 2)), 0);
}

/** 16 whole numbers, 8 in each vector, as digits of 7 bits: high ones at `at`, low ones a block further. */
// @ts-ignore: decorator
@inline
function storeDigits(at: usize, a: v128, b: v128): void {
  const above = i16x8.splat(8192);
  const low = i16x8.splat(127);
  a = i16x8.add(a, above);
  b = i16x8.add(b, above);
  v128.store(at, i8x16.narrow_i16x8_u(i16x8.shr_u(a, 7), i16x8.shr_u(b, 7)));
  v128.store(at, i8x16.narrow_i16x8_u(v128.and(a, low), v128.and(b, low)), BLOCK);
}

/** Eight whole numbers: f32 at `p` times `factor`, rounded to even. */
// @ts-ignore: decorator
@inline
function wholeNumbers(p: usize, factor: v128): v128 {
  const a = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(p), factor)));
  const b = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(p, 16), factor)));
  return i16x8.narrow_i32x4_s(a, b);
}

/** Items: rows of x. */
export function q8RowsItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const blocks = q8Rows.K(args) / BLOCK;
  const digits = q8Rows.group(args) == 4;
  for (let row = first; row < last; row++) {
    let x = q8Rows.x(args) + <usize>row * q8Rows.stride(args);
    let z = q8Rows.z(args) + <usize>row * <usize>blocks * ROW_BLOCK;
    let scale = q8Rows.scales(args) + ((<usize>row * <usize>blocks) << 2);
    for (let block = 0; block < blocks; block++, x += BLOCK * 4, z += ROW_BLOCK, scale += 4) {
      let largest = f32x4.splat(0);
      for (let k = 0; k < BLOCK; k += 4) largest = f32x4.max(largest, f32x4.abs(v128.load(x + (<usize>k << 2))));
      const most = largestLane(largest);
      const zeros = most < TINY;
      store<f32>(scale, zeros ? 0 : most / LARGEST);
      const factor = f32x4.splat(zeros ? 0 : LARGEST / most);
      for (let k = 0; k < BLOCK; k += 16) {
        const p = x + (<usize>k << 2);
        const a = wholeNumbers(p, factor);
        const b = wholeNumbers(p + 32, factor);
        if (digits) storeDigits(z + k, a, b);
        else {
          v128.store(z + (<usize>k << 1), a);
          v128.store(z + (<usize>k << 1), b, 16);
        }
      }
    }
  }
}

/** Items: (row chunk, column chunk), row-major. A chunk has `rows` rows, and `columns` columns, a multiple of 16. */
export function q8ProductItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const cStride = q8Product.cStride(args);
  const N = q8Product.N(args);
  const rowsOfChunk = q8Product.rows(args);
  const columnsOfChunk = q8Product.columns(args);
  const columnChunks = (N + columnsOfChunk - 1) / columnsOfChunk;
  for (let item = first; item < last; item++) {
    const i0 = (item / columnChunks) * rowsOfChunk;
    const i1 = min(q8Product.M(args), i0 + rowsOfChunk);
    const j0 = (item % columnChunks) * columnsOfChunk;
    const j1 = min(N, j0 + columnsOfChunk);
    const from = q8Product.from(args);
    const c = q8Product.c(args) + (<usize>j0 << 2);
    for (let i = i0; i < i1; i++) {
      const place = c + <usize>i * cStride;
      if (from == ZEROS) memory.fill(place, 0, <usize>(j1 - j0) << 2);
      else memory.copy(place, from + <usize>i * q8Product.fromStride(args) + (<usize>j0 << 2), <usize>(j1 - j0) << 2);
    }
    continueChains(args, i0, i1, j0, j1, scratch);
  }
}

/** A panel of which only `columns` columns exist: it is computed in `spare`, and the existing part is copied. */
function edgeTile(group: i32, rows: i32, columns: i32, z: usize, zStride: usize, s: usize, sStride: usize, b: usize, depth: i32, c: usize, cStride: usize, spare: usize): void {
  copyPart(c, cStride, spare, COLUMNS * 4, rows, columns);
  q8Tile(group, rows, z, zStride, s, sStride, b, 0, depth, spare, COLUMNS * 4);
  copyPart(spare, COLUMNS * 4, c, cStride, rows, columns);
}

/** The chains of rows [i0, i1) and columns [j0, j1), from what C has; DEPTH blocks of a panel, which fit the L1 cache, for all rows. */
function continueChains(args: usize, i0: i32, i1: i32, j0: i32, j1: i32, spare: usize): void {
  const cStride = q8Product.cStride(args);
  const group = q8Product.group(args);
  const blocks = q8Product.K(args) / BLOCK;
  const zStride = <usize>blocks * ROW_BLOCK;
  const sStride = <usize>blocks << 2;
  const panel = <usize>blocks * BLOCK_BYTES;
  for (let k = 0; k < blocks; k += DEPTH) {
    const depth = min(DEPTH, blocks - k);
    for (let j = j0, columns = 0; j < j1; j += columns) {
      const b = q8Product.packed(args) + <usize>(j / COLUMNS) * panel + <usize>k * BLOCK_BYTES;
      const side = i1 - i0 < HEIGHT ? q8Panels(i1 - i0) * COLUMNS : COLUMNS;
      columns = j + side <= j1 ? side : min(COLUMNS, j1 - j);
      for (let i = i0; i < i1; i += HEIGHT) {
        const rows = min(HEIGHT, i1 - i);
        const z = q8Product.z(args) + <usize>i * zStride + <usize>k * ROW_BLOCK;
        const s = q8Product.scales(args) + <usize>i * sStride + (<usize>k << 2);
        const place = q8Product.c(args) + <usize>i * cStride + (<usize>j << 2);
        if (columns > COLUMNS) q8Tiles(group, rows, z, zStride, s, sStride, b, panel, depth, place, cStride);
        else if (columns == COLUMNS) q8Tile(group, rows, z, zStride, s, sStride, b, panel, depth, place, cStride);
        else edgeTile(group, rows, columns, z, zStride, s, sStride, b, depth, place, cStride, spare);
      }
    }
  }
}

/** Items: rows. Tokens are 32-bit words; x[k] = d * q[k], exact. */
export function q8EmbeddingItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const D = q8Embedding.D(args);
  const group = q8Embedding.group(args);
  const blocks = D / BLOCK;
  for (let m = first; m < last; m++) {
    const token = load<i32>(q8Embedding.tokens(args) + (<usize>m << 2));
    const column = token % COLUMNS;
    let source = q8Embedding.packed(args) + <usize>(token / COLUMNS) * <usize>blocks * BLOCK_BYTES;
    let x = q8Embedding.x(args) + <usize>m * (<usize>D << 2);
    for (let block = 0; block < blocks; block++, source += BLOCK_BYTES) {
      const scale = f32x4.extract_lane(widenHalves(i32x4.splat(load<i16>(source + (<usize>column << 1), SCALES))), 0);
      for (let k = 0; k < BLOCK; k += group) {
        const at = source + <usize>(k * COLUMNS + column * group);
        for (let i = 0; i < group; i++, x += 4) store<f32>(x, scale * <f32>load<i8>(at + i));
      }
    }
  }
}
