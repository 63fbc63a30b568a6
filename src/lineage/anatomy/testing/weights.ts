// Weights of small random models in memory, as a family's files have them, with naive products. What is random follows from the names.

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomNumbers } from '../../../base/testing/random-numbers.ts';
import { writeSafetensors } from '../../../formats/index.ts';
import type { View } from '../index.ts';

export type Shapes = Record<string, readonly number[]>;

export interface Tensor {
  shape: readonly number[];
  values: Float32Array;
}

const elements = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const seedOf = (name: string) => [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);

export class Weights {
  readonly tensors: Map<string, Tensor>;

  constructor(tensors: Iterable<readonly [string, Tensor]>) {
    this.tensors = new Map(tensors);
  }

  static random(shapes: Shapes): Weights {
    return new Weights(
      Object.entries(shapes).map(([name, shape]) => {
        const random = randomNumbers(seedOf(name));
        return [name, { shape, values: Float32Array.from({ length: elements(shape) }, () => random() - 0.5) }];
      }),
    );
  }

  copy(): Weights {
    return new Weights([...this.tensors].map(([name, { shape, values }]) => [name, { shape, values: values.slice() }]));
  }

  of(name: string): Tensor {
    const found = this.tensors.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  }

  /** An element by its indices. */
  at(name: string, ...index: number[]): number {
    return this.of(name).values[this.place(name, index)]!;
  }

  place(name: string, index: readonly number[]): number {
    const { shape } = this.of(name);
    return index.reduce((place, i, axis) => place * shape[axis]! + i, 0);
  }

  /** W x of a matrix [out, in], with the bias beside it if there is one. */
  linear(name: string, x: readonly number[]): number[] {
    const [out, size] = this.of(`${name}.weight`).shape as [number, number];
    const bias = this.tensors.get(`${name}.bias`);
    return Array.from({ length: out }, (_, o) => {
      let sum = bias?.values[o] ?? 0;
      for (let i = 0; i < size; i++) sum += this.at(`${name}.weight`, o, i) * x[i]!;
      return sum;
    });
  }

  /** x W of a matrix [in, out], with its bias. */
  transposed(name: string, x: readonly number[]): number[] {
    const [size, out] = this.of(`${name}.weight`).shape as [number, number];
    return Array.from({ length: out }, (_, o) => {
      let sum = this.tensors.get(`${name}.bias`)?.values[o] ?? 0;
      for (let i = 0; i < size; i++) sum += x[i]! * this.at(`${name}.weight`, i, o);
      return sum;
    });
  }

  /** Exchanges what two indices of an axis have, in all of a tensor or where `fixed` says so for the axes before it. */
  exchange(name: string, axis: number, i: number, j: number, fixed: readonly number[] = []): void {
    this.#along(name, axis, fixed, (values, at) => {
      const [a, b] = [at(i), at(j)];
      [values[a], values[b]] = [values[b]!, values[a]!];
    });
  }

  /** Gives each of two tensors the numbers of the other. */
  exchangeTensors(one: string, other: string): void {
    const [a, b] = [this.of(one), this.of(other)];
    this.tensors.set(one, b);
    this.tensors.set(other, a);
  }

  /** Changes the sign of all that has index `i` on an axis. */
  negate(name: string, axis: number, i: number, fixed: readonly number[] = []): void {
    this.#along(name, axis, fixed, (values, at) => {
      values[at(i)]! *= -1;
    });
  }

  #along(
    name: string,
    axis: number,
    fixed: readonly number[],
    change: (values: Float32Array, at: (i: number) => number) => void,
  ) {
    const { shape, values } = this.of(name);
    const before = shape.slice(0, axis);
    const after = shape.slice(axis + 1);
    for (let b = 0; b < elements(before); b++) {
      let rest = b;
      const index = before
        .toReversed()
        .map((n) => {
          const i = rest % n;
          rest = (rest - i) / n;
          return i;
        })
        .toReversed();
      if (fixed.some((i, k) => i !== index[k])) continue;
      for (let a = 0; a < elements(after); a++) change(values, (i) => (b * shape[axis]! + i) * elements(after) + a);
    }
  }

  /** The elements of a row of a view. */
  places({ start, rowStride, columnStride, columns }: View, row: number): number[] {
    return Array.from({ length: columns }, (_, c) => start + row * rowStride + c * columnStride);
  }

  row(view: View, row: number): number[] {
    return this.places(view, row).map((place) => this.of(view.tensor).values[place]!);
  }

  exchangeRows(view: View, i: number, j: number): void {
    const { values } = this.of(view.tensor);
    const [a, b] = [this.places(view, i), this.places(view, j)];
    for (const [c, place] of a.entries()) [values[place], values[b[c]!]] = [values[b[c]!]!, values[place]!];
  }

  negateRow(view: View, row: number): void {
    for (const place of this.places(view, row)) this.of(view.tensor).values[place]! *= -1;
  }
}

/** Writes a folder as Hugging Face has them. */
export function writeFolder(folder: string, weights: Weights, config: Record<string, unknown>): string {
  mkdirSync(folder, { recursive: true });
  const fd = openSync(join(folder, 'model.safetensors'), 'w');
  const list = [...weights.tensors].map(([name, { shape, values }]) => ({
    name,
    dtype: 'F32' as const,
    shape: [...shape],
    data: new Uint8Array(values.buffer),
  }));
  writeSafetensors(fd, list);
  closeSync(fd);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}
