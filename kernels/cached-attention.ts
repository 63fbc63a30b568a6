// Attention over keys and values that lie in pages, packed as the tiles read them. A page has, for each key-value head in turn, the keys of
// `page` positions as panels over positions, [d x width] each, and their values as panels over d, [page x width] each.
// What is behind the last position of a sequence is never read as a number: it may be anything.
import { MEMORY_ZEROS as ZEROS, SPARE_BYTES, TILE_COLUMNS as WIDTH, cachedAttention, storeKeyValues } from './build/crossing';
import { softmaxRows } from './attention';
import { loadPart, storePart } from './math';
import { multiply } from './strips';

/** Bytes of the keys of one head in a page. */
// @ts-ignore: decorator
@inline
function keyBytes(page: i32, d: i32): usize {
  return <usize>(page * d) << 2;
}

/** Bytes of keys and values of one head in a page: room for the panels of either width. */
// @ts-ignore: decorator
@inline
function headBytes(page: i32, d: i32): usize {
  return keyBytes(page, d) + (<usize>(page * ((d + WIDTH - 1) & ~(WIDTH - 1))) << 2);
}

/** Items: rows. `places` has a word for each: number of the page * page + position in the page, or less than 0 for a row to leave out. */
export function storeKeyValuesItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const G = storeKeyValues.G(args);
  const d = storeKeyValues.headDim(args);
  const page = storeKeyValues.page(args);
  const width = storeKeyValues.width(args);
  const stride = <usize>(G * d) << 2;
  const panel = <usize>(page * width) << 2;
  for (let row = first; row < last; row++) {
    const place = load<i32>(storeKeyValues.places(args) + (<usize>row << 2));
    if (place < 0) continue;
    const slot = place % page;
    let k = storeKeyValues.k(args) + <usize>row * stride;
    let v = storeKeyValues.v(args) + <usize>row * stride;
    let head = storeKeyValues.pages(args) + <usize>(place / page) * <usize>G * headBytes(page, d);
    for (let g = 0; g < G; g++, head += headBytes(page, d)) {
      let target = head + (<usize>((slot / width) * d * width + (slot % width)) << 2);
      for (let i = 0; i < d; i++, k += 4, target += <usize>width << 2) store<f32>(target, load<f32>(k));
      const values = head + keyBytes(page, d) + (<usize>(slot * width) << 2);
      for (let i = 0; i < d; i += 4) {
        storePart(values + <usize>(i / width) * panel + (<usize>(i % width) << 2), loadPart(v + (<usize>i << 2), d - i), d - i);
      }
      v += <usize>d << 2;
    }
  }
}

/**
 * Items: (block of queries, key-value head). A block is four words: its first row, its rows, the position of the first one, and where
 * the numbers of its sequence's pages begin in `tables`.
 */
export function cachedAttentionItems(args: usize, first: i32, last: i32, scratch: usize): void {
  const H = cachedAttention.H(args);
  const G = cachedAttention.G(args);
  const d = cachedAttention.headDim(args);
  const page = cachedAttention.page(args);
  const width = cachedAttention.width(args);
  const scale = cachedAttention.scale(args);
  const sStride = cachedAttention.scoreStride(args);
  const group = H / G;
  const rowBytes = <usize>(H * d) << 2;
  const headStride = <usize>d << 2;
  const scores = scratch + SPARE_BYTES;
  for (let item = first; item < last; item++) {
    const block = cachedAttention.blocks(args) + (<usize>(item / G) << 4);
    const g = item % G;
    const rows = load<i32>(block, 4);
    const position = load<i32>(block, 8);
    const table = cachedAttention.tables(args) + (<usize>load<i32>(block, 12) << 2);
    const keys = position + rows;
    const at = <usize>load<i32>(block) * rowBytes + <usize>(g * group) * headStride;
    // One query has its heads as the rows of the products, more have them one after another.
    const M = rows == 1 ? group : rows;
    const stride = rows == 1 ? headStride : rowBytes;
    const turns = rows == 1 ? 1 : group;
    for (let turn = 0; turn < turns; turn++) {
      const q = cachedAttention.q(args) + at + <usize>turn * headStride;
      const o = cachedAttention.o(args) + at + <usize>turn * headStride;
      for (let j = 0, n = 0; j < keys; j += page, n++) {
        const b = pageOf(args, table, n, g);
        const columns = min(page, (keys - j + width - 1) & ~(width - 1));
        multiply(M, columns, d, q, stride, b, keyBytes(width, d), scores + (<usize>j << 2), sStride, ZEROS, 0, scratch, width);
      }
      if (rows == 1) {
        for (let h = 0; h < group; h++) softmaxRows(scores + <usize>h * sStride, sStride, 1, position, keys, scale);
      } else softmaxRows(scores, sStride, rows, position, keys, scale);
      for (let j = 0, n = 0; j < keys; j += page, n++) {
        const b = pageOf(args, table, n, g) + keyBytes(page, d);
        const from = j == 0 ? ZEROS : o;
        multiply(M, d, min(page, keys - j), scores + (<usize>j << 2), sStride, b, <usize>(page * width) << 2, o, stride, from, j == 0 ? 0 : stride, scratch, width);
      }
    }
  }
}

/** Keys and values of head g in page n of a sequence. */
// @ts-ignore: decorator
@inline
function pageOf(args: usize, table: usize, n: i32, g: i32): usize {
  const number = load<i32>(table + (<usize>n << 2));
  const bytes = headBytes(cachedAttention.page(args), cachedAttention.headDim(args));
  return cachedAttention.pages(args) + (<usize>number * <usize>cachedAttention.G(args) + <usize>g) * bytes;
}
