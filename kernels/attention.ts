// Causal attention with grouped heads, forward and backward. An item is one sequence and one key-value head; queries go in
// blocks of QUERIES rows from the sequence's start; all products use the tiles. The backward pass computes the probabilities again.
import {
  MEMORY_ZEROS as ZEROS, QUERIES, SPARE_BYTES, TILE_COLUMNS as WIDTH, TILE_ROWS as HEIGHT,
  attention, attentionBackward,
} from './build/crossing';
import { edgeTile, tileCols, tileRows } from './edges';
import { rowDot, rowMax, rowSum, vexp } from './math';
import { packPlain, packTransposed } from './packing';

/** Bytes of one packed [k x n] operand: panels of WIDTH columns, each over all of k. */
// @ts-ignore: decorator
@inline
function packedBytes(k: i32, n: i32): usize {
  return (<usize>((n + WIDTH - 1) & ~(WIDTH - 1)) * <usize>k) << 2;
}

/** Packs n columns over k rows, panel by panel; `transposed` as packTransposed reads it. */
function packAll(source: usize, stride: usize, k: i32, n: i32, transposed: bool, target: usize, width: i32): void {
  for (let j = 0; j < n; j += width) {
    if (transposed) packTransposed(source + <usize>j * stride, stride, k, n - j, width, target);
    else packPlain(source + (<usize>j << 2), stride, k, n - j, width, target);
    target += (<usize>width * <usize>k) << 2;
  }
}

/** Bytes from one row of scores to the next: T keys in whole panels, and one more panel, since edge tiles read past the last key. */
// @ts-ignore: decorator
@inline
function scoreStride(T: i32): usize {
  return <usize>(((T + WIDTH - 1) & ~(WIDTH - 1)) + WIDTH) << 2;
}

/** C[rows x n] = A[rows x k] B in whole tiles, for which C has room. The panels of B are `depth` rows deep; k of them are used. */
function productInto(a: usize, aStride: usize, rows: i32, b: usize, depth: i32, k: i32, n: i32, c: usize, cStride: usize, width: i32): void {
  const panel = (<usize>width * <usize>depth) << 2;
  for (let j = 0; j < n; j += width, b += panel) {
    for (let i = 0; i < rows; i += HEIGHT) {
      tileRows(width, a + <usize>i * aStride, aStride, rows - i, b, k, c + <usize>i * cStride + (<usize>j << 2), cStride, ZEROS, 0);
    }
  }
}

/**
 * The same, where chains start at `from` (ZEROS with stride 0: at +0) and C has no extra room: rows and columns that do not fill a
 * tile go through `spare`.
 */
function productExact(cols: bool, a: usize, aStride: usize, rows: i32, b: usize, depth: i32, k: i32, n: i32, c: usize, cStride: usize, from: usize, fromStride: usize, spare: usize, width: i32): void {
  const panel = (<usize>width * <usize>depth) << 2;
  for (let j = 0; j < n; j += width, b += panel) {
    const columns = min(width, n - j);
    for (let i = 0; i < rows; i += HEIGHT) {
      const there = min(HEIGHT, rows - i);
      const x = cols ? a + (<usize>i << 2) : a + <usize>i * aStride;
      const place = c + <usize>i * cStride + (<usize>j << 2);
      const start = from != ZEROS ? from + <usize>i * fromStride + (<usize>j << 2) : ZEROS;
      if (there < HEIGHT || columns < width) {
        edgeTile(cols, width, x, aStride, there, columns, b, k, place, cStride, start, fromStride, spare);
      } else if (cols) tileCols(width, x, aStride, b, k, place, cStride, start, fromStride);
      else tileRows(width, x, aStride, there, b, k, place, cStride, start, fromStride);
    }
  }
}

/**
 * Scores of `rows` queries from i0 on become probabilities in place; keys j >= i + 1 up to `keys` become +0.
 * Rows have room for a multiple of 8 floats.
 */
export function softmaxRows(s: usize, stride: usize, rows: i32, i0: i32, keys: i32, scale: f32): void {
  const s4 = f32x4.splat(scale);
  for (let r = 0; r < rows; r++, s += stride) {
    const valid = i0 + r + 1;
    const validEnd = s + (<usize>valid << 2);
    for (let p = s; p < validEnd; p += 32) {
      const lo = f32x4.mul(v128.load(p), s4);
      const hi = f32x4.mul(v128.load(p, 16), s4);
      v128.store(p, lo);
      v128.store(p, hi, 16);
    }
    const most = f32x4.splat(rowMax(s, valid));
    for (let p = s; p < validEnd; p += 32) {
      const lo = vexp(f32x4.sub(v128.load(p), most));
      const hi = vexp(f32x4.sub(v128.load(p, 16), most));
      v128.store(p, lo);
      v128.store(p, hi, 16);
    }
    clearTail(s, valid, keys);
    const inv = f32x4.splat(1 / rowSum(s, keys));
    for (let p = s; p < validEnd; p += 32) {
      const lo = f32x4.mul(v128.load(p), inv);
      const hi = f32x4.mul(v128.load(p, 16), inv);
      v128.store(p, lo);
      v128.store(p, hi, 16);
    }
    clearTail(s, valid, keys); // the last vector may have written masked entries
  }
}

/** Sets entries [from, to) of a row to +0, and those up to the next multiple of 8. */
// @ts-ignore: decorator
@inline
function clearTail(row: usize, from: i32, to: i32): void {
  clear(row + (<usize>from << 2), row + (<usize>((to + 7) & ~7) << 2));
}

/** Sets the floats in [p, end) to +0; for so few stores the system's fill is slower. */
function clear(p: usize, end: usize): void {
  for (; p + 16 <= end; p += 16) v128.store(p, f32x4.splat(0));
  for (; p < end; p += 4) store<f32>(p, 0);
}

/**
 * Items: (sequence, key-value head). A sequence is two words: its first row and its rows. q and o rows hold H * headDim floats, k and v
 * rows G * headDim.
 */
export function attentionItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const H = attention.H(args);
  const G = attention.G(args);
  const d = attention.headDim(args);
  const scale = attention.scale(args);
  const width = attention.width(args);
  const group = H / G;
  const qStride = <usize>(H * d) << 2;
  const kStride = <usize>(G * d) << 2;
  const spare = scratch;
  const keysT = scratch + SPARE_BYTES;
  for (let item = first; item < last; item++) {
    const sequence = attention.sequences(args) + (<usize>(item / G) << 3);
    const start = <usize>load<i32>(sequence);
    const T = load<i32>(sequence, 4);
    const values = keysT + packedBytes(d, T);
    const scores = values + packedBytes(T, d);
    const sStride = scoreStride(T);
    const g = item % G;
    const kv = start * kStride + (<usize>(g * d) << 2);
    packAll(attention.k(args) + kv, kStride, d, T, true, keysT, width);
    packAll(attention.v(args) + kv, kStride, T, d, false, values, width);
    for (let h = g * group; h < (g + 1) * group; h++) {
      const head = start * qStride + (<usize>(h * d) << 2);
      for (let i0 = 0; i0 < T; i0 += QUERIES) {
        const keys = min(i0 + QUERIES, T);
        const rows = keys - i0;
        const at = head + <usize>i0 * qStride;
        productInto(attention.q(args) + at, qStride, rows, keysT, d, d, keys, scores, sStride, width);
        softmaxRows(scores, sStride, rows, i0, keys, scale);
        productExact(false, scores, sStride, rows, values, T, keys, d, attention.o(args) + at, qStride, ZEROS, 0, spare, width);
      }
    }
  }
}

/** Items: as above. dq, dk and dv are overwritten. */
export function attentionBackwardItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const H = attentionBackward.H(args);
  const G = attentionBackward.G(args);
  const d = attentionBackward.headDim(args);
  const scale = attentionBackward.scale(args);
  const width = attentionBackward.width(args);
  const group = H / G;
  const qStride = <usize>(H * d) << 2;
  const kStride = <usize>(G * d) << 2;
  const spare = scratch;
  const queries = scratch + SPARE_BYTES;
  const outs = queries + packedBytes(QUERIES, d);
  const keysT = outs + packedBytes(QUERIES, d);
  for (let item = first; item < last; item++) {
    const sequence = attentionBackward.sequences(args) + (<usize>(item / G) << 3);
    const start = <usize>load<i32>(sequence);
    const T = load<i32>(sequence, 4);
    const valuesT = keysT + packedBytes(d, T);
    const keysPlain = valuesT + packedBytes(d, T);
    const scores = keysPlain + packedBytes(T, d);
    const sStride = scoreStride(T);
    const slopes = scores + <usize>QUERIES * sStride;
    const g = item % G;
    const kv = start * kStride + (<usize>(g * d) << 2);
    const k = attentionBackward.k(args) + kv;
    const dk = attentionBackward.dk(args) + kv;
    const dv = attentionBackward.dv(args) + kv;
    packAll(k, kStride, d, T, true, keysT, width);
    packAll(attentionBackward.v(args) + kv, kStride, d, T, true, valuesT, width);
    packAll(k, kStride, T, d, false, keysPlain, width);
    for (let j = 0; j < T; j++) {
      const at = <usize>j * kStride;
      clear(dk + at, dk + at + (<usize>d << 2));
      clear(dv + at, dv + at + (<usize>d << 2));
    }
    for (let h = g * group; h < (g + 1) * group; h++) {
      const head = start * qStride + (<usize>(h * d) << 2);
      for (let i0 = 0; i0 < T; i0 += QUERIES) {
        const keys = min(i0 + QUERIES, T);
        const rows = keys - i0;
        const at = head + <usize>i0 * qStride;
        const q = attentionBackward.q(args) + at;
        const o = attentionBackward.o(args) + at;
        const dO = attentionBackward.dO(args) + at;
        productInto(q, qStride, rows, keysT, d, d, keys, scores, sStride, width);
        softmaxRows(scores, sStride, rows, i0, keys, scale);
        productInto(dO, qStride, rows, valuesT, d, d, keys, slopes, sStride, width);
        for (let r = 0; r < rows; r++) {
          const delta = f32x4.splat(rowDot(dO + <usize>r * qStride, o + <usize>r * qStride, d));
          const p = scores + <usize>r * sStride;
          const s = slopes + <usize>r * sStride;
          const valid = i0 + r + 1;
          for (let j: usize = 0; j < <usize>valid << 2; j += 32) {
            const lo = slope(v128.load(p + j), v128.load(s + j), delta, scale);
            const hi = slope(v128.load(p + j, 16), v128.load(s + j, 16), delta, scale);
            v128.store(s + j, lo);
            v128.store(s + j, hi, 16);
          }
          clearTail(s, valid, keys);
        }
        productExact(false, slopes, sStride, rows, keysPlain, T, keys, d, attentionBackward.dq(args) + at, qStride, ZEROS, 0, spare, width);
        packAll(q, qStride, rows, d, false, queries, width);
        packAll(dO, qStride, rows, d, false, outs, width);
        productExact(true, slopes, sStride, keys, queries, rows, rows, d, dk, kStride, dk, kStride, spare, width);
        productExact(true, scores, sStride, keys, outs, rows, rows, d, dv, kStride, dv, kStride, spare, width);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function slope(p: v128, dp: v128, delta: v128, scale: f32): v128 {
  return f32x4.mul(f32x4.mul(p, f32x4.sub(dp, delta)), f32x4.splat(scale));
}
