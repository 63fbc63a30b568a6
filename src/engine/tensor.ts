// The part of a tensor that is the same in every engine: its sizes and its views. Knows no memory.

import { elementsOf, type Kind, type Tensor } from './engine.ts';

export const TYPED_ARRAYS = { f32: Float32Array, i32: Int32Array, f64: Float64Array } as const;

export abstract class ShapedTensor implements Tensor {
  readonly kind: Kind;
  readonly shape: readonly number[];
  /** Elements. */
  readonly length: number;

  constructor(kind: Kind, shape: readonly number[]) {
    this.kind = kind;
    this.shape = shape;
    this.length = elementsOf(shape);
  }

  rows(first: number, count: number): Tensor {
    const [rows, ...columns] = this.shape;
    if (first === 0 && count === rows) return this;
    if (first < 0 || count < 0 || first + count > rows!)
      throw new Error(`no rows ${first} + ${count} in [${this.shape}]`);
    return this.view(first * elementsOf(columns), [count, ...columns]);
  }

  elements(first: number, count: number): Tensor {
    if (first < 0 || count < 0 || first + count > this.length)
      throw new Error(`no elements ${first} + ${count} in [${this.shape}]`);
    return this.view(first, [count]);
  }

  asRows(columns: number): Tensor {
    const rows = this.length / columns;
    if (!Number.isInteger(rows)) throw new Error(`[${this.shape}] cannot be divided into rows of ${columns}`);
    return this.view(0, [rows, columns]);
  }

  /** A view of another shape, from element `first` on. */
  protected abstract view(first: number, shape: readonly number[]): Tensor;
}
