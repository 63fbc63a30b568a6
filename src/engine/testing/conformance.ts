// Runs one case of an operation on an engine: its outputs are compared bit for bit, and all other memory must be unchanged. The arguments that
// an operation writes are listed only here.

import { randomNumbers } from '../../base/testing/random-numbers.ts';
import {
  type Engine,
  elementsOf,
  hasValues,
  type KeyValuePages,
  type Kind,
  type Operations,
  Q8,
  type Tensor,
  type Weight,
} from '../engine.ts';
import { TYPED_ARRAYS } from '../tensor.ts';
import { ADDRESSES } from '../webassembly/crossing.ts';
import { type OpenEngine, openWebAssembly } from '../webassembly/open.ts';
import { openOracle } from './oracle/index.ts';

export type Name = keyof Operations;
export type Argument<N extends Name> = Parameters<Operations[N]>[0];

/** A case of an operation; all its numbers are drawn before. */
export interface Case<N extends Name> {
  /** For errors: its sizes. */
  what: string;
  /** Declares its tensors. */
  of(bench: Bench): Argument<N>;
  /** Too large for an engine that is slow, and that does nothing of its own with large ones. */
  large?: boolean;
}

/** By operation: the arguments that it writes. */
export const OUTPUTS: { [N in Name]: (of: Argument<N>) => Record<string, Tensor> } = {
  embedding: ({ x }) => ({ x }),
  embeddingBackward: ({ dTable }) => ({ dTable }),
  norm: ({ y, inv }) => ({ y, inv }),
  normBackward: ({ dx, dWeight }) => ({ dx, dWeight }),
  linear: ({ layers }) => Object.fromEntries(layers.map(({ y }, i) => [`layers.${i}.y`, y])),
  linearBackward: ({ layers, dx }) => ({
    dx,
    ...Object.fromEntries(layers.map(({ dWeight }, i) => [`layers.${i}.dWeight`, dWeight])),
    ...Object.fromEntries(layers.flatMap(({ dBias }, i) => (dBias ? [[`layers.${i}.dBias`, dBias]] : []))),
  }),
  rope: ({ x }) => ({ x }),
  ropeBackward: ({ x }) => ({ x }),
  attention: ({ o }) => ({ o }),
  attentionBackward: ({ dq, dk, dv }) => ({ dq, dk, dv }),
  cachedAttention: ({ o }) => ({ o }),
  swiglu: ({ y }) => ({ y }),
  swigluBackward: ({ dGate, dUp }) => ({ dGate, dUp }),
  headLosses: ({ losses, isGreedy }) => (isGreedy ? { losses, isGreedy } : { losses }),
  headBackward: ({ losses, dx, dWeight }) => ({ losses, dx, dWeight }),
  exponentials: ({ y, sum }) => ({ y, sum }),
  squares: ({ sums }) => ({ sums }),
  adamw: ({ w, m, v }) => ({ w, m, v }),
  muon: ({ matrices }) =>
    Object.fromEntries(
      matrices.flatMap(({ w, m }, i) => [
        [`matrices.${i}.w`, w],
        [`matrices.${i}.m`, m],
      ]),
    ),
  random: ({ target }) => ({ target }),
  add: ({ target }) => ({ target }),
  fill: ({ target }) => ({ target }),
  copy: ({ target }) => ({ target }),
};

export const NAMES = Object.keys(OUTPUTS) as Name[];

/** The arguments of one case that the operation writes. */
export const outputsOf = <N extends Name>(name: N, of: Argument<N>): Record<string, Tensor> => OUTPUTS[name](of);

/** Tensors by the path of their argument. */
export function tensorsIn(argument: object, path = ''): [string, Tensor][] {
  return Object.entries(argument).flatMap(([key, value]): [string, Tensor][] => {
    if (typeof value !== 'object') return [];
    return 'kind' in value ? [[path + key, value]] : tensorsIn(value, `${path}${key}.`);
  });
}

/** Draws cases: the same for the same seed. */
export class Random {
  /** From 0 up to 1. */
  readonly next: () => number;
  readonly #smallest: boolean;

  /** With `smallest`, every size that it draws is the least one, and what has a chance happens. */
  constructor(seed: number, smallest = false) {
    this.next = randomNumbers(Math.imul(seed, 0x9e3779b1));
    this.#smallest = smallest;
  }

  chance(share: number): boolean {
    return this.#smallest || this.next() < share;
  }

  between(low: number, high: number): number {
    return this.#smallest ? low : low + Math.floor(this.next() * (high - low + 1));
  }

  /** Between -size and size, some of them small. */
  numbers(n: number, size = 1): Float32Array {
    return Float32Array.from({ length: n }, () => (this.next() * 2 - 1) * size * (this.chance(0.05) ? 1e-3 : 1));
  }

  /** Blocks of a weight of bytes: any bytes, finite scales of which some are negative, zero or subnormal. */
  blocks(count: number): Uint8Array {
    const stored = Uint8Array.from({ length: count * Q8.bytes }, () => this.between(0, 255));
    for (let at = 0; at < stored.length; at += Q8.bytes) {
      // The largest sums: a block of nothing but -128 or 127.
      if (this.chance(0.05)) stored.fill(this.chance(0.5) ? 0x80 : 0x7f, at, at + Q8.bytes);
      const scale = this.chance(0.1) ? this.between(0, 0x03ff) : this.between(0x1400, 0x2400);
      stored[at] = scale & 255;
      stored[at + 1] = (scale >> 8) | (this.chance(0.2) ? 0x80 : 0);
    }
    return stored;
  }

  below(n: number, limit: number): Int32Array {
    return Int32Array.from({ length: n }, () => this.between(0, limit - 1));
  }
}

/** A NaN in f32, and twice in a row in f64: it stands wherever nothing was written, and must not get into any result. */
const UNSET = 0xfffa5a5a;
/** Floats of guards behind a tensor: more than a vector, or a pair of them, could overrun. */
const GUARD = 16;

type Numbers = Float32Array | Int32Array | Float64Array;

const wordsOf = (e: Engine, tensor: Tensor) => {
  const { buffer, byteOffset, byteLength } = e.bytes(tensor);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
};

const bitsOf = (numbers: Numbers) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.byteLength / 4);

/** A tensor somewhere in a larger one. */
interface Place {
  whole: Tensor;
  view: Tensor;
  /** Words of `whole` in front of the view. */
  before: number;
  start: Numbers | undefined;
  /** After the operation; where it is not an output that is what it was. */
  expected: Numbers | undefined;
  /** Whether zeros may differ in sign. */
  unsigned: boolean;
}

interface OutputOptions {
  kind?: Kind;
  /** What it holds before. */
  start?: Numbers;
  /** Zeros may differ in sign. */
  unsigned?: boolean;
}

/** Declares the tensors of a case, guards around each; gives them their values; looks at them after. */
export class Bench {
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #places: Place[] = [];
  readonly #weights: { weight: Weight; values: Float32Array | Uint8Array; hasValues: boolean }[] = [];

  constructor(engine: Engine, seed: number) {
    this.#engine = engine;
    this.#random = new Random(seed);
  }

  input(shape: readonly number[], start: Numbers, kind: Kind = 'f32'): Tensor {
    return this.#place(shape, kind, { start, expected: undefined, unsigned: false });
  }

  output(
    shape: readonly number[],
    expected: Numbers,
    { kind = 'f32', start, unsigned = false }: OutputOptions = {},
  ): Tensor {
    return this.#place(shape, kind, { start, expected, unsigned });
  }

  #place(shape: readonly number[], kind: Kind, values: Pick<Place, 'start' | 'expected' | 'unsigned'>) {
    const [rows, columns] = shape as [number, number?];
    const across = columns ?? 1;
    const guard = Math.ceil(GUARD / across);
    const before = this.#random.chance(0.3) ? 0 : this.#random.between(1, guard + 3);
    const all = before + rows + guard;
    const whole = this.#engine.tensor(columns === undefined ? [all] : [all, columns], kind);
    const asElements = columns === undefined && this.#random.chance(0.5);
    const view = asElements ? whole.elements(before, rows) : whole.rows(before, rows);
    this.#places.push({ whole, view, before: (before * across * TYPED_ARRAYS[kind].BYTES_PER_ELEMENT) / 4, ...values });
    return view;
  }

  /** With its values, or the blocks of a weight of bytes. */
  weight(shape: readonly number[], values: Float32Array | Uint8Array, uses: Parameters<Engine['weight']>[1]): Weight {
    const weight = this.#engine.weight(shape, uses);
    this.#weights.push({ weight, values, hasValues: hasValues(uses) });
    return weight;
  }

  pages(of: KeyValuePages): KeyValuePages {
    return this.#engine.pages(of);
  }

  /** The weights get their values. */
  load(): void {
    for (const { weight, values } of this.#weights) {
      if (values instanceof Float32Array) this.#engine.load(weight, (to) => to.set(values));
      else {
        const stride = values.length / weight.shape[0]!;
        this.#engine.loadBlocks(weight, (first, to) => {
          to.set(values.subarray(first * stride, first * stride + to.length));
        });
      }
    }
  }

  /** All of it is as it should be before the operation. */
  prepare(): void {
    this.load();
    for (const { whole, view, start } of this.#places) {
      wordsOf(this.#engine, whole).fill(UNSET);
      if (start) this.#engine.set(view, start);
    }
  }

  /** Throws where an output is not what it must be, or anything else has changed. */
  check(name: Name, what: string, of: object): void {
    const outputs = Object.entries(outputsOf(name, of as never));
    const names = new Map(tensorsIn(of).map(([path, tensor]) => [tensor, path]));
    for (const [output, tensor] of outputs) names.set(tensor, output); // rather than an input that it may be too
    const written = new Set(outputs.map(([, tensor]) => tensor));
    for (const { view, expected } of this.#places) {
      if (written.has(view) !== (expected !== undefined))
        throw new Error(`${name}: ${names.get(view)} must be an output that something is expected of, or neither`);
    }
    for (const place of this.#places) this.#checkPlace(place, `${name}: ${names.get(place.view)} (${what})`);
    for (const { weight, values, hasValues } of this.#weights) {
      if (hasValues)
        same(wordsOf(this.#engine, weight.values), bitsOf(values as Float32Array), `${name}: a weight (${what})`);
    }
  }

  #checkPlace({ whole, view, before, start, expected, unsigned }: Place, what: string) {
    const found = wordsOf(this.#engine, whole);
    const length = wordsOf(this.#engine, view).length;
    if (found.subarray(0, before).some((word) => word !== UNSET)) throw new Error(`${what}: written in front of it`);
    if (found.subarray(before + length).some((word) => word !== UNSET)) throw new Error(`${what}: written behind it`);
    const should = expected ?? start!;
    if (elementsOf(view.shape) !== should.length) throw new Error(`${what}: ${should.length} are expected`);
    const inside = found.subarray(before, before + length);
    if (unsigned) same(unsignedBits(inside), unsignedBits(bitsOf(should)), what);
    else same(inside, bitsOf(should), what);
  }
}

const unsignedBits = (words: Uint32Array): Uint32Array => words.map((word) => (word === 0x80000000 ? 0 : word));

/** Equal in every bit, the sign of zero included. */
function same(found: Uint32Array, expected: Uint32Array, what: string) {
  const at = expected.findIndex((word, i) => word !== found[i]);
  if (at < 0) return;
  const hex = (words: Uint32Array) => `0x${words[at]!.toString(16)}`;
  throw new Error(`${what}: word ${at} is ${hex(found)}, not ${hex(expected)}`);
}

/** An engine that is held against the oracle. */
export interface Tested {
  title: string;
  open: OpenEngine;
  /** Whether `large` cases are for it. */
  large: boolean;
  /** Sets all of its memory that holds nothing yet to what no result may come from; `tensor` is any one in it. */
  unset(engine: Engine, tensor: Tensor): void;
}

const webAssembly = (tile: 8 | 16, q8Group: 2 | 4): Tested => ({
  title: `WebAssembly, tile ${tile}, q8_0 by ${q8Group}`,
  open: (program, options) => openWebAssembly(program, { ...options, tile, q8Group }),
  large: true,
  unset: (engine, tensor) => new Uint32Array(engine.bytes(tensor).buffer).fill(UNSET, ADDRESSES.end / 4),
});

/** For the oracle itself this checks what makes an engine of it: the expected outputs are its own. */
export const ENGINES: Tested[] = [
  webAssembly(8, 4),
  webAssembly(16, 2),
  { title: 'oracle', open: openOracle, large: false, unset: () => {} },
];

/**
 * Holds an engine against cases of an operation; throws an Error that names operation and argument.
 * `change` makes another engine of it, to see that this finds what is wrong with that.
 */
export function conform<N extends Name>(
  { open, large, unset }: Tested,
  name: N,
  all: readonly Case<N>[],
  { threads, change = (engine) => engine }: { threads: number; change?: (engine: Engine) => Engine },
): void {
  const cases = large ? all : all.filter((one) => !one.large);
  const run = (e: Engine, of: Argument<N>) => (e[name] as (of: Argument<N>) => void)(of);
  const declare = (engine: Engine) => ({
    engine,
    some: engine.tensor([1]),
    benches: cases.map((one, i) => {
      const bench = new Bench(engine, i);
      return { bench, what: one.what, of: one.of(bench) };
    }),
  });
  const { engine, declared } = open<ReturnType<typeof declare>>(
    {
      declare,
      exercise: (planned) => {
        for (const { bench, of } of planned.benches) {
          bench.load();
          run(planned.engine, of);
        }
      },
      description: 'a test',
      hint: 'take smaller cases',
    },
    { threads },
  );
  try {
    const changed = change(engine);
    for (const { bench, what, of } of declared.benches) {
      unset(engine, declared.some);
      bench.prepare();
      run(changed, of);
      bench.check(name, `${what}, ${engine.threads} threads`, of);
    }
  } finally {
    engine.close();
  }
}
