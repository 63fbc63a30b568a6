// Tensors and weights of the oracle engine: plain typed arrays.

import {
  elementsOf,
  hasValues,
  type KeyValuePages,
  type Kind,
  Q8,
  type Tensor,
  type Weight,
  type WeightUses,
} from '../../engine.ts';
import { ShapedTensor, TYPED_ARRAYS } from '../../tensor.ts';

type Numbers = Float32Array | Int32Array | Float64Array;

export class OracleTensor extends ShapedTensor {
  readonly numbers: Numbers;

  constructor(kind: Kind, shape: readonly number[], numbers: Numbers = allocate(kind, elementsOf(shape))) {
    super(kind, shape);
    this.numbers = numbers;
  }

  protected view(first: number, shape: readonly number[]): OracleTensor {
    return new OracleTensor(this.kind, shape, this.numbers.subarray(first, first + elementsOf(shape)));
  }
}

/** In shared memory, as `bytes` of an engine promises. */
function allocate(kind: Kind, count: number): Numbers {
  const NumbersOfKind: new (buffer: SharedArrayBuffer) => Numbers = TYPED_ARRAYS[kind];
  return new NumbersOfKind(new SharedArrayBuffer(count * TYPED_ARRAYS[kind].BYTES_PER_ELEMENT));
}

/** Throws an Error for a tensor of another engine. */
export function numbersOf(tensor: Tensor): Numbers {
  if (tensor instanceof OracleTensor) return tensor.numbers;
  throw new Error('a tensor of another engine');
}

export class OracleWeight implements Weight {
  readonly shape: readonly number[];
  readonly uses: WeightUses;
  /** Of a weight of bytes: as they are stored. */
  readonly blocks: Uint8Array | undefined;
  readonly #values: OracleTensor;

  constructor(shape: readonly number[], uses: WeightUses) {
    this.shape = shape;
    this.uses = uses;
    if (uses.q8) this.blocks = new Uint8Array((elementsOf(shape) / Q8.block) * Q8.bytes);
    this.#values = new OracleTensor('f32', uses.q8 ? [0] : shape);
  }

  get values(): OracleTensor {
    if (hasValues(this.uses)) return this.#values;
    throw new Error('a constant weight that is only multiplied has no values to read');
  }

  /** The values, as operations read them. */
  get floats(): Float32Array {
    return this.#values.numbers as Float32Array;
  }
}

export function oracleWeight(weight: Weight): OracleWeight {
  if (weight instanceof OracleWeight) return weight;
  throw new Error('a weight of another engine');
}

/** Pages of the oracle engine: keys and values by place, [count * positions, G * headDim] each. */
export class OraclePages implements KeyValuePages {
  readonly count: number;
  readonly positions: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly #keys: Float32Array;
  readonly #values: Float32Array;

  constructor({ count, positions, keyValueHeads, headDim }: KeyValuePages) {
    this.count = count;
    this.positions = positions;
    this.keyValueHeads = keyValueHeads;
    this.headDim = headDim;
    this.#keys = new Float32Array(count * this.#length);
    this.#values = new Float32Array(count * this.#length);
  }

  get #length(): number {
    return this.positions * this.keyValueHeads * this.headDim;
  }

  get keys(): Float32Array {
    return this.#keys;
  }

  get values(): Float32Array {
    return this.#values;
  }

  copy(from: number, to: number): void {
    for (const all of [this.#keys, this.#values])
      all.copyWithin(to * this.#length, from * this.#length, (from + 1) * this.#length);
  }
}

export function oraclePages(pages: KeyValuePages): OraclePages {
  if (pages instanceof OraclePages) return pages;
  throw new Error('pages of another engine');
}
