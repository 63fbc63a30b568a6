// One layer of a stack, as the tables ask for it: tensors by the names of parts, checked for their shapes, and numbers of the config.

import { type Fields, numberOf, type Outline, Untestable } from './outline.ts';
import type { Gain, View } from './types.ts';

/** The limits of a view: a comparison holds some of its rows. */
const MAX_COLUMNS = 1 << 17;
const MAX_ROWS = 1 << 20;

/** The norm before a matrix. */
export interface Norm {
  weight: string;
  /** A LayerNorm, which subtracts the mean. */
  centred?: true;
  /** What is added to its weights. */
  offset?: 1;
}

interface Place {
  /** Element of row 0 and column 0. */
  start?: number;
  rows: number;
  columns: number;
  rowStride: number;
  columnStride: number;
}

/** Rows of a tensor. @throws Untestable for more or fewer rows or columns than a comparison takes */
export function viewOf(tensor: string, { start = 0, rows, columns, rowStride, columnStride }: Place): View {
  if (rows < 1 || columns < 1 || rows > MAX_ROWS || columns > MAX_COLUMNS)
    throw new Untestable(`${rows} rows of ${columns} are not a size that can be compared`);
  return { tensor, rows, columns, start, rowStride, columnStride };
}

export class Layer {
  readonly index: number;
  /** Columns of what reads the residual stream. */
  readonly hiddenSize: number;
  readonly config: Fields;
  readonly #parts: ReadonlyMap<string, string>;
  readonly #outline: Outline;
  readonly #used: Set<string>;

  constructor(of: {
    index: number;
    hiddenSize: number;
    config: Fields;
    parts: ReadonlyMap<string, string>;
    outline: Outline;
    /** Takes the names of tensors that are asked for. */
    used: Set<string>;
  }) {
    this.index = of.index;
    this.hiddenSize = of.hiddenSize;
    this.config = of.config;
    this.#parts = of.parts;
    this.#outline = of.outline;
    this.#used = of.used;
  }

  has(part: string): boolean {
    return this.#parts.has(part);
  }

  /** A number of the config; of a list, that of this layer. */
  number(key: string): number | undefined {
    return numberOf(this.config, key, this.index);
  }

  /**
   * The shape of a part, where `expected` has undefined for sizes that are not known.
   * @throws Untestable
   */
  shape(part: string, expected: readonly (number | undefined)[]): { tensor: string; shape: readonly number[] } {
    const tensor = this.#parts.get(part);
    const info = tensor === undefined ? undefined : this.#outline.tensors.get(tensor);
    if (tensor === undefined || !info) throw new Untestable(`there is no ${part}`);
    const { shape } = info;
    if (shape.length !== expected.length || expected.some((size, i) => size !== undefined && size !== shape[i])) {
      const wanted = expected.map((size) => size ?? 'any').join(', ');
      throw new Untestable(`${part} has the shape [${shape.join(', ')}], not [${wanted}]`);
    }
    this.#used.add(tensor);
    return { tensor, shape };
  }

  /** As `shape`, of a part whose numbers are read. @throws Untestable */
  readable(part: string, expected: readonly (number | undefined)[]): { tensor: string; shape: readonly number[] } {
    const found = this.shape(part, expected);
    const why = this.#outline.unreadable(found.tensor);
    if (why !== undefined) throw new Untestable(why);
    return found;
  }

  /** A whole matrix [rows, columns]. @throws Untestable */
  matrix(part: string, rows: number | undefined, columns: number | undefined): View {
    const { tensor, shape } = this.readable(part, [rows, columns]);
    const [r, c] = shape as [number, number];
    return viewOf(tensor, { rows: r, columns: c, rowStride: c, columnStride: 1 });
  }

  /** The gains of a norm over so many dimensions. @throws Untestable */
  gain(norm: Norm, size = this.hiddenSize): Gain {
    const { tensor } = this.readable(norm.weight, [size]);
    return { tensor, offset: norm.offset ?? 0, centred: norm.centred ?? false };
  }
}
