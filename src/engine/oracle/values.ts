// Tensors and weights of the oracle engine: plain typed arrays.

import { elementsOf, hasValues, type Kind, type Tensor, type Uses, type Weight } from '../engine.ts';

const ARRAYS = { f32: Float32Array, i32: Int32Array, f64: Float64Array } as const;

type Numbers = Float32Array | Int32Array | Float64Array;

export class OracleTensor implements Tensor {
  readonly kind: Kind;
  readonly shape: readonly number[];
  readonly numbers: Numbers;

  constructor(kind: Kind, shape: readonly number[], numbers: Numbers = allocate(kind, elementsOf(shape))) {
    this.kind = kind;
    this.shape = shape;
    this.numbers = numbers;
  }

  rows(first: number, count: number): OracleTensor {
    const [rows, columns] = this.shape;
    if (first < 0 || count < 0 || first + count > rows!)
      throw new Error(`no rows ${first} + ${count} in [${this.shape}]`);
    return this.#view(first * (columns ?? 1), columns === undefined ? [count] : [count, columns]);
  }

  elements(first: number, count: number): OracleTensor {
    if (first < 0 || count < 0 || first + count > this.numbers.length)
      throw new Error(`no elements ${first} + ${count} in [${this.shape}]`);
    return this.#view(first, [count]);
  }

  cut(columns: number): OracleTensor {
    const rows = this.numbers.length / columns;
    if (!Number.isInteger(rows)) throw new Error(`[${this.shape}] is not cut into rows of ${columns}`);
    return this.#view(0, [rows, columns]);
  }

  #view(first: number, shape: readonly number[]): OracleTensor {
    return new OracleTensor(this.kind, shape, this.numbers.subarray(first, first + elementsOf(shape)));
  }
}

/** In shared memory, as `bytes` promises. */
function allocate(kind: Kind, count: number): Numbers {
  const NumbersOfKind: new (buffer: SharedArrayBuffer) => Numbers = ARRAYS[kind];
  return new NumbersOfKind(new SharedArrayBuffer(count * ARRAYS[kind].BYTES_PER_ELEMENT));
}

function oracleTensor(tensor: Tensor): OracleTensor {
  if (tensor instanceof OracleTensor) return tensor;
  throw new Error('a tensor of another engine');
}

export const numbersOf = (tensor: Tensor): Numbers => oracleTensor(tensor).numbers;

export class OracleWeight implements Weight {
  readonly shape: readonly number[];
  readonly uses: Uses;
  readonly #values: OracleTensor;

  constructor(shape: readonly number[], uses: Uses) {
    this.shape = shape;
    this.uses = uses;
    this.#values = new OracleTensor('f32', shape);
  }

  get values(): OracleTensor {
    if (hasValues(this.uses)) return this.#values;
    throw new Error('a weight that is only multiplied has no values to see');
  }

  /** What operations multiply by. */
  get floats(): Float32Array {
    return this.#values.numbers as Float32Array;
  }
}

export function oracleWeight(weight: Weight): OracleWeight {
  if (weight instanceof OracleWeight) return weight;
  throw new Error('a weight of another engine');
}
