// Copies operands into the order in which tiles read them. B becomes panels of `width` columns, with K cut into blocks of PRODUCT_DEPTH
// so that a panel fits the L1 cache; A becomes groups of six rows. Knows no product.
import { PRODUCT_DEPTH as DEPTH, TILE_COLUMNS as WIDTH, TILE_ROWS as HEIGHT, pack } from './build/crossing';
import { loadPart, storeTransposed } from './math';

/** Bytes from one k to the next in packed rows of A. */
export const STEP: usize = HEIGHT * 4;
/** Packs columns [j, j + width) of B over k rows: B[kk, j] at source + kk * stride + 4 * j. Missing columns are +0. */
export function packPlain(source: usize, stride: usize, k: i32, columns: i32, width: i32, target: usize): void {
  const step = <usize>width << 2;
  if (columns >= width) {
    if (width == WIDTH) {
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
        storeTransposed(t, step, r0, r1, r2, r3);
      }
    }
    for (; kk < k; kk++, p += 4, t += step) {
      for (let i = 0; i < 4; i++) {
        store<f32>(t + (<usize>i << 2), i < there ? load<f32>(p + <usize>i * stride) : 0);
      }
    }
  }
}

/** Address of panel `panel` of block `block` in a packed B of `panels` panels. */
// @ts-ignore: decorator
@inline
export function panelAt(packed: usize, block: i32, panel: i32, panels: i32, depth: i32, width: i32): usize {
  return packed + ((<usize>block * DEPTH * <usize>panels * <usize>width + <usize>panel * <usize>depth * <usize>width) << 2);
}

/** Items: block-major (block, panel). */
export function packItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const source = pack.source(args);
  const stride = pack.stride(args);
  const transposed = pack.transposed(args);
  const K = pack.K(args);
  const N = pack.N(args);
  const width = pack.width(args);
  const packed = pack.packed(args);
  const panels = (N + width - 1) / width;
  for (let item = first; item < last; item++) {
    const block = item / panels;
    const panel = item % panels;
    const k0 = block * DEPTH;
    const depth = min(DEPTH, K - k0);
    const j = panel * width;
    const target = panelAt(packed, block, panel, panels, depth, width);
    if (transposed) packTransposed(source + <usize>j * stride + (<usize>k0 << 2), stride, depth, N - j, width, target);
    else packPlain(source + <usize>k0 * stride + (<usize>j << 2), stride, depth, N - j, width, target);
  }
}

/** Four columns of six rows of A, transposed: packed A of four k. */
// @ts-ignore: decorator
@inline
function packSix(r0: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128, target: usize): void {
  const a01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const a23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const b01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const b23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  const a45 = v128.shuffle<f32>(r4, r5, 0, 4, 1, 5);
  const b45 = v128.shuffle<f32>(r4, r5, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(a01, a23, 0, 2));
  v128.store64_lane(target, a45, 0, 16);
  v128.store(target, v128.shuffle<i64>(a01, a23, 1, 3), 24);
  v128.store64_lane(target, a45, 1, 40);
  v128.store(target, v128.shuffle<i64>(b01, b23, 0, 2), 48);
  v128.store64_lane(target, b45, 0, 64);
  v128.store(target, v128.shuffle<i64>(b01, b23, 1, 3), 72);
  v128.store64_lane(target, b45, 1, 88);
}

/** The same of rows `stride` bytes apart. */
// @ts-ignore: decorator
@inline
export function packFour(p: usize, stride: usize, target: usize): void {
  const q = p + 3 * stride;
  packSix(v128.load(p), v128.load(p + stride), v128.load(p + 2 * stride), v128.load(q), v128.load(q + stride), v128.load(q + 2 * stride), target);
}

/** Packs rows [i0, i1) of A, six at a time: A[i, kk] at a + i * stride + 4 * kk. */
export function packRows(a: usize, stride: usize, depth: i32, i0: i32, i1: i32, target: usize): void {
  if (HEIGHT != 6) ERROR('packRows and packColumns are written out for tiles of six rows');
  for (let i = i0; i < i1; i += HEIGHT) {
    let p0 = a + <usize>i * stride;
    let p1 = p0 + stride;
    let p2 = p1 + stride;
    let p3 = p2 + stride;
    let p4 = p3 + stride;
    let p5 = p4 + stride;
    let kk = 0;
    for (; kk + 4 <= depth; kk += 4) {
      packSix(v128.load(p0), v128.load(p1), v128.load(p2), v128.load(p3), v128.load(p4), v128.load(p5), target);
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
      p4 += 16;
      p5 += 16;
      target += 96;
    }
    for (; kk < depth; kk++) {
      store<f32>(target, load<f32>(p0));
      store<f32>(target, load<f32>(p1), 4);
      store<f32>(target, load<f32>(p2), 8);
      store<f32>(target, load<f32>(p3), 12);
      store<f32>(target, load<f32>(p4), 16);
      store<f32>(target, load<f32>(p5), 20);
      p0 += 4;
      p1 += 4;
      p2 += 4;
      p3 += 4;
      p4 += 4;
      p5 += 4;
      target += 24;
    }
  }
}

/** Packs rows [i0, i1) of a transposed A, six at a time: A[i, kk] at a + kk * stride + 4 * i. */
export function packColumns(a: usize, stride: usize, depth: i32, i0: i32, i1: i32, M: i32, target: usize): void {
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
