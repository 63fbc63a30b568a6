// Tensors of the WebAssembly engine: regions of its one memory.

import type { Kind, Tensor } from '../engine.ts';
import { ShapedTensor, TYPED_ARRAYS } from '../tensor.ts';

export class Region extends ShapedTensor {
  /** Byte address. */
  readonly address: number;

  constructor(kind: Kind, shape: readonly number[], address: number) {
    super(kind, shape);
    this.address = address;
  }

  get bytes(): number {
    return this.length * TYPED_ARRAYS[this.kind].BYTES_PER_ELEMENT;
  }

  protected view(first: number, shape: readonly number[]): Region {
    return new Region(this.kind, shape, this.address + first * TYPED_ARRAYS[this.kind].BYTES_PER_ELEMENT);
  }
}

/** The region of a tensor. Throws an Error for a tensor of another engine. */
export function regionOf(tensor: Tensor): Region {
  if (tensor instanceof Region) return tensor;
  throw new Error('a tensor of another engine');
}

/** Byte address of a tensor. */
export const addressOf = (tensor: Tensor): number => regionOf(tensor).address;
