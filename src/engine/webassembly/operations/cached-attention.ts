// Attention over keys and values in pages: one job for all sequences and heads. docs/arithmetic.md, "Attention".

import type { CachedAttention, KeyValuePages } from '../../engine.ts';
import { cachedAttentionShape } from '../../shapes.ts';
import { SIZES } from '../crossing.ts';
import type { Device } from '../device.ts';
import { scaleOf } from './attention.ts';

const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Words of a block of queries in the table. */
const BLOCK_WORDS = 4;

/** Bytes of a page. */
export const bytesOfPage = ({ positions, keyValueHeads, headDim }: Omit<KeyValuePages, 'count'>): number =>
  keyValueHeads * positions * (headDim + roundUp(headDim, SIZES.tileColumns)) * 4;

/** Pages in the memory of a device, as kernels/cached-attention.ts lays them out. */
export class DevicePages implements KeyValuePages {
  readonly count: number;
  readonly positions: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly #address: number;

  constructor(device: Device, { count, positions, keyValueHeads, headDim }: KeyValuePages) {
    if (positions % SIZES.tileColumns !== 0) throw new Error(`pages of ${positions} positions are not whole panels`);
    this.count = count;
    this.positions = positions;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.#address = device.take(count * this.bytes);
  }

  /** Bytes of a page. */
  get bytes(): number {
    return bytesOfPage(this);
  }

  /** The address of a page. Throws an Error where there is none. */
  at(page: number): number {
    if (!(page >= 0 && page < this.count)) throw new Error(`no page ${page} of ${this.count}`);
    return this.#address + page * this.bytes;
  }
}

/** Throws an Error for the pages of another engine. */
function devicePages(pages: KeyValuePages): DevicePages {
  if (pages instanceof DevicePages) return pages;
  throw new Error('pages of another engine');
}

export function copyPage(d: Device, pages: KeyValuePages, from: number, to: number): void {
  const own = devicePages(pages);
  d.move(own.at(from), own.at(to), own.bytes);
}

/** A block of queries of a span. */
interface Block {
  first: number;
  rows: number;
  position: number;
  /** Index in `numbers`. */
  table: number;
}

/** What a job reads beside its tensors: a place for each row (-1: none), the blocks, the numbers of the pages of all sequences. */
function tableOf({ q, pages, spans }: CachedAttention) {
  const places = new Int32Array(q.shape[0]!).fill(-1);
  const blocks: Block[] = [];
  const numbers: number[] = [];
  for (const { first, length, start, pages: own } of spans) {
    const end = start + length;
    for (let i = 0; i < length; i++) {
      const position = start + i;
      places[first + i] = own[Math.floor(position / pages.positions)]! * pages.positions + (position % pages.positions);
    }
    for (let i = 0; i < length; i += SIZES.queries) {
      const rows = Math.min(SIZES.queries, length - i);
      blocks.push({ first: first + i, rows, position: start + i, table: numbers.length });
    }
    for (let i = 0; i < Math.ceil(end / pages.positions); i++) numbers.push(own[i]!);
  }
  return { places, blocks, numbers };
}

export function cachedAttention(d: Device, of: CachedAttention): void {
  const { M, H, G } = cachedAttentionShape(of);
  const pages = devicePages(of.pages);
  const { positions: page, headDim } = pages;
  const { places, blocks, numbers } = tableOf(of);
  const ofBlocks = blocks.flatMap(({ first, rows, position, table }) => [first, rows, position, table]);
  const words = [...places, ...ofBlocks, ...numbers];
  const at = d.workspace(words.length);
  if (d.buffer) new Int32Array(d.buffer, at, words.length).set(words);
  const keys = Math.max(...of.spans.map(({ start, length }) => start + length));
  const scoreStride = (roundUp(keys, page) + 8) * 4; // whole vectors are written behind the last key
  const rows = Math.max(H / G, Math.min(SIZES.queries, M));
  d.scratch(SIZES.spareBytes + rows * scoreStride);
  const { k, v, q, o } = of;
  const width = d.tile;
  const common = { pages: pages.at(0), page, G, headDim, width };
  d.run('storeKeyValues', { ...common, k, v, places: at }, { items: M });
  const tables = { blocks: at + M * 4, tables: at + (M + BLOCK_WORDS * blocks.length) * 4 };
  const flops = of.spans.reduce((sum, { start, length }) => sum + 4 * H * headDim * length * (start + length / 2), 0);
  d.run(
    'cachedAttention',
    { ...common, ...tables, q, o, H, scale: scaleOf(headDim), scoreStride },
    { items: blocks.length * G, chunk: 1, flops },
  );
}
