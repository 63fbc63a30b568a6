// Tensors of the WebAssembly engine: stretches of its one memory.

import { elementsOf, type Kind, type Tensor } from '../engine.ts';

const BYTES = { f32: 4, i32: 4, f64: 8 };

export class Region implements Tensor {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** Byte address. */
  readonly address: number;

  /** Elements. */
  readonly length: number;

  constructor(kind: Kind, shape: readonly number[], address: number) {
    this.kind = kind;
    this.shape = shape;
    this.address = address;
    this.length = elementsOf(shape);
  }

  get bytes(): number {
    return this.length * BYTES[this.kind];
  }

  rows(first: number, count: number): Region {
    const { shape } = this;
    const rows = shape[0]!;
    if (first === 0 && count === rows) return this;
    if (first < 0 || count < 0 || first + count > rows) throw new Error(`no rows ${first} + ${count} in [${shape}]`);
    const columns = shape[1];
    return this.#view(first * (columns ?? 1), columns === undefined ? [count] : [count, columns]);
  }

  elements(first: number, count: number): Region {
    if (first < 0 || count < 0 || first + count > this.length)
      throw new Error(`no elements ${first} + ${count} in [${this.shape}]`);
    return this.#view(first, [count]);
  }

  cut(columns: number): Region {
    const rows = this.length / columns;
    if (!Number.isInteger(rows)) throw new Error(`[${this.shape}] is not cut into rows of ${columns}`);
    return this.#view(0, [rows, columns]);
  }

  #view(first: number, shape: readonly number[]): Region {
    return new Region(this.kind, shape, this.address + first * BYTES[this.kind]);
  }
}

/** A tensor of this engine. */
export function regionOf(tensor: Tensor): Region {
  if (tensor instanceof Region) return tensor;
  throw new Error('a tensor of another engine');
}

/** Byte address of a tensor. */
export const addressOf = (tensor: Tensor): number => regionOf(tensor).address;
