// Weights of the WebAssembly engine. Products read them packed: a constant weight is packed when it is loaded, a trained one for each
// product. (Keeping its packed forms too made training 2% faster, and its memory a third larger.)

import { elementsOf, hasValues, Q8, type Weight, type WeightUses } from '../engine.ts';
import { SIZES } from './crossing.ts';
import type { Device } from './device.ts';
import { pack, packedLength } from './operations/product.ts';
import { q8Bytes, q8Pack } from './operations/q8.ts';
import { Region } from './region.ts';

/** Which product: x wT, or dy w. */
export type Direction = 'forward' | 'backward';

export class PackedWeight implements Weight {
  readonly shape: readonly number[];
  readonly #plain: Region | undefined;
  /** Address of the packed form. */
  readonly #packed: number | undefined;

  constructor(device: Device, shape: readonly number[], uses: WeightUses) {
    this.shape = shape;
    const { multiplied, trained } = uses;
    if (hasValues(uses)) this.#plain = new Region('f32', shape, device.take(elementsOf(shape) * 4));
    if (multiplied && !trained) this.#packed = device.take(packedLength(shape[1]!, shape[0]!) * 4);
  }

  get values(): Region {
    if (!this.#plain) throw new Error('a constant weight that is only multiplied has no values to read');
    return this.#plain;
  }

  /** Floats of the room that `packed` needs. */
  room(direction: Direction): number {
    const [K, N] = sizesOf(this.shape, direction);
    return this.#packed === undefined ? packedLength(K, N) : 0;
  }

  /** The address of the packed form; a trained weight is packed at `room` first. */
  packed(device: Device, direction: Direction, room: number): number {
    if (this.#packed === undefined) this.#pack(device, this.values.address, direction, room);
    else if (direction === 'backward') throw new Error('a weight that is not trained has no gradients');
    return this.#packed ?? room;
  }

  load(device: Device, read: (values: Float32Array) => void): void {
    const length = elementsOf(this.shape);
    const source = this.#plain?.address ?? device.workspace(length);
    if (device.buffer) read(new Float32Array(device.buffer, source, length));
    if (this.#packed !== undefined) this.#pack(device, source, 'forward', this.#packed);
  }

  #pack(device: Device, source: number, direction: Direction, packed: number): void {
    const [K, N] = sizesOf(this.shape, direction);
    pack(device, { source, stride: this.shape[1]! * 4, transposed: direction === 'forward', K, N, packed });
  }
}

/** K and N of the product: y[M, N] = x[M, K] wT with w [N, K], dx[M, K] = dy[M, N] w. */
const sizesOf = ([N, K]: readonly number[], direction: Direction): [K: number, N: number] =>
  direction === 'forward' ? [K!, N!] : [N!, K!];

/** Rows of a weight of bytes are loaded in parts of about so many bytes. */
const PART_BYTES = 16 << 20;

/** A weight of bytes: its packed form alone. */
export class Q8Weight implements Weight {
  readonly shape: readonly number[];
  /** Address. */
  readonly packed: number;

  constructor(device: Device, shape: readonly number[]) {
    const [N, K] = shape;
    if (shape.length !== 2 || K! % Q8.block !== 0) throw new Error(`[${shape}] has no whole blocks of ${Q8.block}`);
    this.shape = shape;
    this.packed = device.take(q8Bytes(K!, N!));
  }

  get values(): Region {
    throw new Error('a weight of bytes has no values to read');
  }

  load(device: Device, read: (first: number, blocks: Uint8Array) => void): void {
    const [N, K] = this.shape as [number, number];
    const stride = (K / Q8.block) * Q8.bytes;
    const most = Math.max(1, Math.floor(PART_BYTES / stride / SIZES.q8Columns)) * SIZES.q8Columns;
    const source = device.workspace(Math.ceil((Math.min(most, N) * stride) / 4));
    if (!device.buffer) return;
    for (let first = 0; first < N; first += most) {
      const rows = Math.min(most, N - first);
      read(first, new Uint8Array(device.buffer, source, rows * stride));
      q8Pack(device, { source, K, rows, packed: this.packed + q8Bytes(K, first) });
    }
  }
}

export const isQ8 = (weight: Weight): weight is Q8Weight => weight instanceof Q8Weight;

export function weightOf(weight: Weight): PackedWeight {
  if (weight instanceof PackedWeight) return weight;
  throw new Error('a weight of another engine');
}
