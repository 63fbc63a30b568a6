// Muon on a batch of matrices of one shape: [r, c], or its transpose; r is the shorter side. Knows no other shape, and no tensors.
//
// A matrix x is worked on in panels of `width` rows x(i): element e of x(i) at panel i / width, row e, column i % width. So is each
// symmetric matrix: it is its own transpose, and its panels are at once what a product reads as its right side. Panels have `height`
// rows, those of symmetric matrices `squareHeight`, multiples of MUON_ROWS. Rows and columns behind the matrix hold anything: no
// chain of an element that exists reads them.
import {
  BLOCK, MEMORY_ZEROS as ZEROS, MUON_ENTRY_BYTES as ENTRY, PRODUCT_DEPTH as DEPTH, TILE_ROWS as HEIGHT,
  muonApply, muonMomentum, muonSquare, muonStart, muonUpdate,
} from './build/crossing';
import { tileCols } from './edges';
import { read, rowDot, storeTransposed, write } from './math';
import { STEP, packFour, packPlain, packTransposed } from './packing';

// @ts-ignore: decorator
@inline
function panelPlace(x: usize, height: i32, width: i32, row: i32, column: i32): usize {
  return x + (<usize>(((column / width) * height + row) * width + (column % width)) << 2);
}

/** target = factor * source; whole pairs of vectors. */
function scaled(source: usize, factor: f32, floats: i32, target: usize): void {
  const f = f32x4.splat(factor);
  const end = source + (<usize>floats << 2);
  for (; source < end; source += 32, target += 32) {
    const lo = f32x4.mul(f, v128.load(source));
    const hi = f32x4.mul(f, v128.load(source, 16));
    v128.store(target, lo);
    v128.store(target, hi, 16);
  }
}

// @ts-ignore: decorator
@inline
function momentum(g: usize, m: usize, u: usize, args: usize, count: i32): void {
  const mu = f32x4.splat(muonMomentum.momentum(args));
  const gg = f32x4.mul(f32x4.splat(muonMomentum.rest(args)), f32x4.mul(read(g, count), f32x4.splat(muonMomentum.clip(args))));
  const mm = f32x4.relaxed_madd(mu, read(m, count), gg);
  write(m, mm, count);
  write(u, f32x4.relaxed_madd(mu, mm, gg), count);
}

/**
 * Updates m, and writes u: momentum as Nesterov has it; `sums` gets the sum of squares of each block.
 * Items: (matrix, block of BLOCK elements).
 */
export function muonMomentumItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const count = muonMomentum.count(args);
  const blocks = (count + BLOCK - 1) / BLOCK;
  for (let item = first; item < last; item++) {
    const matrix = <usize>(item / blocks);
    const start = (item % blocks) * BLOCK;
    const entry = muonMomentum.table(args) + matrix * ENTRY;
    const at = <usize>start << 2;
    const g = <usize>load<u32>(entry, 4) + at;
    const m = <usize>load<u32>(entry, 8) + at;
    const u = muonMomentum.u(args) + matrix * muonMomentum.step(args) + at;
    const floats = min(BLOCK, count - start);
    const left = floats & 3;
    const whole = <usize>(floats - left) << 2;
    for (let p: usize = 0; p < whole; p += 16) momentum(g + p, m + p, u + p, args, 4);
    if (left) momentum(g + whole, m + whole, u + whole, args, left);
    store<f32>(muonMomentum.sums(args) + (<usize>item << 2), rowDot(u, u, floats));
  }
}

/** x in panels = factor * u, which lies as its weight does. Items: (matrix, panel). */
export function muonStartItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const r = muonStart.r(args);
  const c = muonStart.c(args);
  const height = muonStart.height(args);
  const width = muonStart.width(args);
  const panels = (r + width - 1) / width;
  for (let item = first; item < last; item++) {
    const matrix = <usize>(item / panels);
    const i = (item % panels) * width;
    const columns = load<i32>(muonStart.table(args) + matrix * ENTRY, 12);
    const stride = <usize>columns << 2;
    const factor = load<f32>(muonStart.factors(args) + (matrix << 2));
    const u = muonStart.u(args) + matrix * muonStart.step(args);
    const x = muonStart.x(args) + matrix * muonStart.step(args);
    for (let e = 0; e < c; e += DEPTH) {
      const depth = min(DEPTH, c - e);
      const target = panelPlace(x, height, width, e, i);
      if (columns < c) packPlain(u + <usize>e * stride + (<usize>i << 2), stride, depth, r - i, width, target);
      else packTransposed(u + <usize>i * stride + (<usize>e << 2), stride, depth, r - i, width, target);
      scaled(target, factor, depth * width, target);
    }
  }
}

/** Packs six neighbouring columns, the last two or four of them in the next panel, over `depth` rows, as rows of A. */
function packAcross(x: usize, height: i32, width: i32, row: i32, column: i32, depth: i32, next: bool, target: usize): void {
  const step = <usize>width << 2;
  let p0 = panelPlace(x, height, width, row, column);
  // Without a next panel they are not of the matrix, and may hold anything.
  let p2 = panelPlace(x, height, width, row, next ? column + 4 : column);
  let p1 = column % width + 4 > width && next ? p2 - 8 : p0 + 8;
  for (let k = 0; k < depth; k++, p0 += step, p1 += step, p2 += step, target += STEP) {
    store<u64>(target, load<u64>(p0));
    store<u64>(target, load<u64>(p1), 8);
    store<u64>(target, load<u64>(p2), 16);
  }
}

/** Whether a tile's rows from `i` on lie in two panels. */
// @ts-ignore: decorator
@inline
function isAcross(i: i32, width: i32): bool {
  return (i % width) + HEIGHT > width;
}

/**
 * The tiles of a block [i0, i1) x [j0, j1) of x x' that have an element on or above the diagonal; `c` is the block, `side` floats a row.
 * `lefts` has room for the tiles' rows that lie in two panels.
 */
function squareBlock(args: usize, x: usize, i0: i32, i1: i32, j0: i32, j1: i32, c: usize, lefts: usize): void {
  const height = muonSquare.height(args);
  const width = muonSquare.width(args);
  const K = muonSquare.K(args);
  const r = muonSquare.r(args);
  const stride = <usize>muonSquare.side(args) << 2;
  for (let k = 0; k < K; k += DEPTH) {
    const depth = min(DEPTH, K - k);
    let packed = lefts;
    for (let i = i0; i < i1; i += HEIGHT) {
      if (!isAcross(i, width)) continue;
      packAcross(x, height, width, k, i, depth, i - (i % width) + width < r, packed);
      packed += STEP * DEPTH;
    }
    for (let j = j0; j < j1; j += width) {
      const b = panelPlace(x, height, width, k, j);
      packed = lefts;
      for (let i = i0; i < i1 && i < j + width; i += HEIGHT) {
        const place = c + <usize>(i - i0) * stride + (<usize>(j - j0) << 2);
        const from = k == 0 ? ZEROS : place;
        const fromStride = k == 0 ? 0 : stride;
        if (isAcross(i, width)) {
          tileCols(width, packed, STEP, b, depth, place, stride, from, fromStride);
          packed += STEP * DEPTH;
        } else tileCols(width, panelPlace(x, height, width, k, i), <usize>width << 2, b, depth, place, stride, from, fromStride);
      }
    }
  }
}

/** One vector of fifth * q + third * p. */
// @ts-ignore: decorator
@inline
function polynomial(q: v128, p: usize, args: usize): v128 {
  return f32x4.relaxed_madd(f32x4.splat(muonSquare.fifth(args)), q, f32x4.mul(f32x4.splat(muonSquare.third(args)), v128.load(p)));
}

/**
 * Writes a block of the product, or of the polynomial, to `out`: what is on and above the diagonal, four rows and columns at a time, to its
 * own place and to the one across the diagonal.
 */
function writeBlock(args: usize, x: usize, out: usize, i0: i32, i1: i32, j0: i32, j1: i32, c: usize): void {
  const r = muonSquare.r(args);
  const height = muonSquare.squareHeight(args);
  const width = muonSquare.width(args);
  const isFourth = muonSquare.isFourth(args);
  const stride = <usize>muonSquare.side(args) << 2;
  const step = <usize>width << 2;
  for (let panel = j0; panel < j1; panel += width) {
    const start = panelPlace(0, height, width, 0, panel);
    const end = min(i1, panel + width);
    for (let i = i0; i < end; i += 4) {
      const across = panelPlace(out, height, width, 0, i);
      const row = start + <usize>i * step;
      for (let j = max(i, panel); j < panel + width; j += 4) {
        const place = row + (<usize>(j - panel) << 2);
        const from = c + <usize>(i - i0) * stride + (<usize>(j - j0) << 2);
        let r0 = v128.load(from);
        let r1 = v128.load(from + stride);
        let r2 = v128.load(from + 2 * stride);
        let r3 = v128.load(from + 3 * stride);
        if (isFourth) {
          const p = x + place;
          r0 = polynomial(r0, p, args);
          r1 = polynomial(r1, p + step, args);
          r2 = polynomial(r2, p + 2 * step, args);
          r3 = polynomial(r3, p + 3 * step, args);
        }
        const to = out + place;
        v128.store(to, r0);
        v128.store(to + step, r1);
        v128.store(to + 2 * step, r2);
        v128.store(to + 3 * step, r3);
        if (j != i && j < r) storeTransposed(across + <usize>j * step, step, r0, r1, r2, r3);
      }
    }
  }
}

/**
 * out = x x' of x [r, K] in panels; with `isFourth`, x is symmetric, and out = fifth * x x' + third * x. x x' is symmetric to the bit (the
 * factors of an fma commute), so the blocks on and above the diagonal are computed, and written twice.
 * Items: (matrix, block of `side` rows and columns on or above the diagonal).
 */
export function muonSquareItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const r = muonSquare.r(args);
  const width = muonSquare.width(args);
  const side = muonSquare.side(args);
  const blocks = (r + side - 1) / side;
  const pairs = (blocks * (blocks + 1)) / 2;
  const columns = ((r + width - 1) / width) * width;
  const lefts = scratch + (<usize>(side * side) << 2);
  for (let item = first; item < last; item++) {
    const matrix = <usize>(item / pairs) * muonSquare.step(args);
    const x = muonSquare.x(args) + matrix;
    const out = muonSquare.out(args) + matrix;
    let pair = item % pairs;
    let block = 0;
    for (; pair >= blocks - block; block++) pair -= blocks - block;
    const i0 = block * side;
    const i1 = min(r, i0 + side);
    const j0 = (block + pair) * side;
    const j1 = min(columns, j0 + side);
    squareBlock(args, x, i0, i1, j0, j1, scratch, lefts);
    writeBlock(args, x, out, i0, i1, j0, j1, scratch);
  }
}

/** Packs `rows` elements e of x(k), over `depth` k, six at a time, as rows of A. */
function packElements(x: usize, height: i32, width: i32, e: i32, rows: i32, k: i32, depth: i32, target: usize): void {
  const stride = <usize>width << 2;
  const panel = <usize>height * stride;
  for (const end = e + rows; e < end; e += HEIGHT) {
    let p = panelPlace(x, height, width, e, k);
    for (let from = 0; from < depth; from += width, p += panel) {
      const columns = min(width, depth - from);
      for (let column = 0; column < columns; column += 4, target += 4 * STEP) {
        packFour(p + (<usize>column << 2), stride, target);
      }
    }
  }
}

/**
 * Element e of y(i) = chain over k of x(k)'s element e and b[k, i], starting at factor * x. Items: (matrix, `rows` elements, `columns` of i);
 * rows is a multiple of a tile's, columns one of the width.
 */
export function muonApplyItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const r = muonApply.r(args);
  const c = muonApply.c(args);
  const height = muonApply.height(args);
  const width = muonApply.width(args);
  const stride = <usize>width << 2;
  const rowChunks = (c + muonApply.rows(args) - 1) / muonApply.rows(args);
  const columnChunks = (r + muonApply.columns(args) - 1) / muonApply.columns(args);
  const chunks = rowChunks * columnChunks;
  for (let item = first; item < last; item++) {
    const matrix = <usize>(item / chunks) * muonApply.step(args);
    const x = muonApply.x(args) + matrix;
    const e = ((item % chunks) / columnChunks) * muonApply.rows(args);
    const rows = ((min(muonApply.rows(args), c - e) + HEIGHT - 1) / HEIGHT) * HEIGHT;
    const j0 = (item % columnChunks) * muonApply.columns(args);
    const j1 = min(r, j0 + muonApply.columns(args));
    for (let k = 0; k < r; k += DEPTH) {
      const depth = min(DEPTH, r - k);
      const six = <usize>((depth + 3) & ~3) * STEP;
      packElements(x, height, width, e, rows, k, depth, scratch);
      for (let j = j0; j < j1; j += width) {
        const b = panelPlace(muonApply.b(args) + matrix, muonApply.squareHeight(args), width, k, j);
        let y = panelPlace(muonApply.y(args) + matrix, height, width, e, j);
        if (k == 0) scaled(panelPlace(x, height, width, e, j), muonApply.factor(args), rows * width, y);
        let a = scratch;
        for (let i = 0; i < rows; i += HEIGHT, a += six, y += HEIGHT * stride) {
          tileCols(width, a, STEP, b, depth, y, stride, y, stride);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function update(w: usize, x: v128, args: usize, count: i32): void {
  const ww = read(w, count);
  const step = f32x4.relaxed_madd(f32x4.splat(muonUpdate.weightDecay(args)), ww, f32x4.mul(f32x4.splat(muonUpdate.scale(args)), x));
  write(w, f32x4.relaxed_nmadd(f32x4.splat(muonUpdate.learningRate(args)), step, ww), count);
}

/** Four rows of a weight [., columns] at [row, column] with four vectors of x. */
// @ts-ignore: decorator
@inline
function updateFour(args: usize, w: usize, stride: usize, rows: i32, columns: i32, x0: v128, x1: v128, x2: v128, x3: v128): void {
  if (rows >= 4 && columns >= 4) {
    update(w, x0, args, 4);
    update(w + stride, x1, args, 4);
    update(w + 2 * stride, x2, args, 4);
    update(w + 3 * stride, x3, args, 4);
    return;
  }
  const count = min(4, columns);
  update(w, x0, args, count);
  if (rows > 1) update(w + stride, x1, args, count);
  if (rows > 2) update(w + 2 * stride, x2, args, count);
  if (rows > 3) update(w + 3 * stride, x3, args, count);
}

/** w -= learningRate * (weightDecay * w + scale * x). Items: (matrix, panel of x). */
export function muonUpdateItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const r = muonUpdate.r(args);
  const c = muonUpdate.c(args);
  const height = muonUpdate.height(args);
  const width = muonUpdate.width(args);
  const step = <usize>width << 2;
  const panels = (r + width - 1) / width;
  for (let item = first; item < last; item++) {
    const matrix = <usize>(item / panels);
    const entry = muonUpdate.table(args) + matrix * ENTRY;
    const w = <usize>load<u32>(entry);
    const columns = load<i32>(entry, 12);
    const stride = <usize>columns << 2;
    const i0 = (item % panels) * width;
    const i1 = min(r, i0 + width);
    const x = muonUpdate.x(args) + matrix * muonUpdate.step(args);
    for (let e = 0; e < c; e += 4) {
      for (let i = i0; i < i1; i += 4) {
        const p = panelPlace(x, height, width, e, i);
        const x0 = v128.load(p);
        const x1 = v128.load(p + step);
        const x2 = v128.load(p + 2 * step);
        const x3 = v128.load(p + 3 * step);
        if (columns < c) {
          updateFour(args, w + <usize>e * stride + (<usize>i << 2), stride, c - e, r - i, x0, x1, x2, x3);
          continue;
        }
        const t0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
        const t1 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
        const t2 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
        const t3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
        const y0 = v128.shuffle<f32>(t0, t1, 0, 1, 4, 5);
        const y1 = v128.shuffle<f32>(t0, t1, 2, 3, 6, 7);
        const y2 = v128.shuffle<f32>(t2, t3, 0, 1, 4, 5);
        const y3 = v128.shuffle<f32>(t2, t3, 2, 3, 6, 7);
        updateFour(args, w + <usize>i * stride + (<usize>e << 2), stride, r - i, c - e, y0, y1, y2, y3);
      }
    }
  }
}
