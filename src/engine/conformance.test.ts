// Every engine against the oracle, every operation, bit for bit. Then a check that this test can fail: one bit of every output of every
// operation is changed.

import { describe, expect, test } from 'vitest';
import type { Engine, Tensor } from './engine.ts';
import {
  type Argument,
  type Case,
  conform,
  ENGINES,
  NAMES,
  type Name,
  outputsOf,
  Random,
  type Tested,
  tensorsIn,
} from './testing/conformance.ts';
import { casesOf } from './testing/conformance-cases.ts';

/** Cases of an operation in one engine; in the oracle Muon takes longer than all other operations together. */
const CASES = 8;
const FEW = 3;
const casesIn = (name: Name): number => (name === 'muon' && !process.env.JIKJI_TORTURE ? FEW : CASES);
/** Series of such cases. */
const SERIES = process.env.JIKJI_TORTURE ? 25 : 1;

const TITLED = ENGINES.map((tested) => [tested.title, tested] as const);

/** The first series is drawn once. */
const drawn = new Map<Name, readonly Case<Name>[]>();

function firstCases<N extends Name>(name: N): readonly Case<N>[] {
  const cases = drawn.get(name) ?? casesOf(name, 0, casesIn(name));
  drawn.set(name, cases);
  return cases;
}

describe.each(TITLED)('%s', (_, tested) => {
  test.each(NAMES)('%s', (name) => {
    for (let series = 0; series < SERIES; series++) {
      const threads = 1 + ((NAMES.indexOf(name) + series + ENGINES.indexOf(tested)) % 3);
      const cases = series === 0 ? firstCases(name) : casesOf(name, series, casesIn(name));
      conform(tested, name, cases, { threads });
    }
  });
});

/** An engine that does something more after an operation. */
function spoiled<N extends Name>(engine: Engine, name: N, spoil: (of: Argument<N>) => void): Engine {
  const run = engine[name] as (of: Argument<N>) => void;
  const value = (of: Argument<N>) => {
    run(of);
    spoil(of);
  };
  return Object.create(engine, { [name]: { value } });
}

const BYTES = { f32: 4, i32: 4, f64: 8 };

/** Flips the lowest bit of element `i` of a tensor, which may lie before or behind those that it has. */
function flip(engine: Engine, tensor: Tensor, i: number) {
  const { buffer, byteOffset } = engine.bytes(tensor);
  const bytes = new Uint8Array(buffer); // little-endian: the first byte of an element is its lowest
  bytes[byteOffset + i * BYTES[tensor.kind]]! ^= 1;
}

const lengthOf = (engine: Engine, tensor: Tensor) => engine.bytes(tensor).length / BYTES[tensor.kind];

type Arguments = (name: Name, of: object) => [string, Tensor][];

const outputs: Arguments = (name, of) => Object.entries(outputsOf(name, of as never));

const inputs: Arguments = (name, of) => {
  const written = new Set(outputs(name, of).map(([, tensor]) => tensor));
  return tensorsIn(of).filter(([, tensor]) => !written.has(tensor));
};

describe('the cases detect a wrong engine', () => {
  const [tested] = ENGINES;
  const random = new Random(1);
  const inside = (length: number) => random.between(0, length - 1);
  const behind = (length: number) => length;

  /** Runs cases on an engine that does `spoil` after an operation. */
  const run = (name: Name, spoil: (engine: Engine, of: object) => void) => {
    const change = (engine: Engine) => spoiled(engine, name, (of) => spoil(engine, of));
    conform(tested!, name, firstCases(name).slice(0, FEW), { threads: 1, change });
  };

  /** Flips a bit of each argument in turn, all those that the cases have: it must be found, and named. */
  const flipEach = (name: Name, those: Arguments, where: (length: number) => number, error: string) => {
    const arguments_ = new Set<string>();
    run(name, (_, of) => {
      for (const [argument] of those(name, of)) arguments_.add(argument);
    });
    for (const argument of arguments_) {
      const spoil = (engine: Engine, of: object) => {
        const tensor = new Map(those(name, of)).get(argument);
        if (tensor) flip(engine, tensor, where(lengthOf(engine, tensor)));
      };
      expect(() => run(name, spoil), `${name}: ${argument}`).toThrow(
        new RegExp(`^${name}: ${argument.replaceAll('.', '\\.')} \\(.*\\): ${error}`),
      );
    }
    return arguments_.size;
  };

  test.each(NAMES)('%s: one flipped bit of each output', (name) => {
    expect(flipEach(name, outputs, inside, 'word')).toBeGreaterThan(0);
  });

  test.each(NAMES)('%s: one flipped bit behind each output', (name) => {
    flipEach(name, outputs, behind, 'written behind it');
  });

  test.each(NAMES)('%s: one flipped bit of each input', (name) => {
    expect(flipEach(name, inputs, inside, 'word') > 0).toBe(name !== 'fill' && name !== 'random');
  });
});

/** Some tensors and weights. */
const declare = (e: Engine) => ({
  e,
  vector: e.tensor([10]),
  matrix: e.tensor([4, 3]),
  ints: e.tensor([10], 'i32'),
  dy: e.tensor([4, 2]),
  dWeight: e.tensor([2, 3]),
  dx: e.tensor([4, 3]),
  multiplied: e.weight([2, 3], { multiplied: true }),
  lookedUp: e.weight([2, 3], { lookedUp: true }),
});
type Declared = ReturnType<typeof declare>;

const open = (tested: Tested, exercise: (declared: Declared) => void = () => {}) =>
  tested.open<Declared>({ declare, exercise, description: 'a test', hint: 'none' }, { threads: 1 }).declared;

describe.each(TITLED)('%s: guarantees to callers', (_, tested) => {
  const d = open(tested);
  const { e } = d;

  test('views share the memory of their tensor, and end with it', () => {
    e.set(d.matrix, [...Array(12).keys()]);
    const [rows, elements] = [d.matrix.rows(1, 2), d.matrix.elements(5, 4)];
    expect([rows.shape, elements.shape, d.vector.rows(2, 3).shape]).toEqual([[2, 3], [4], [3]]);
    expect([...e.floats(rows)]).toEqual([3, 4, 5, 6, 7, 8]);
    e.floats(elements.elements(1, 2))[1] = 70;
    expect(e.floats(d.matrix)[7]).toBe(70);
    expect(new Float32Array(e.bytes(rows).slice().buffer)[4]).toBe(70);
    expect(e.bytes(rows).buffer).toBeInstanceOf(SharedArrayBuffer);
    for (const [first, count] of [
      [-1, 2],
      [3, 2],
      [0, 5],
      [1, -1],
    ] as const)
      expect(() => d.matrix.rows(first, count)).toThrow('no rows');
    for (const [first, count] of [
      [-1, 2],
      [11, 2],
      [0, 13],
      [1, -1],
    ] as const)
      expect(() => d.matrix.elements(first, count)).toThrow('no elements');
  });

  test('wrong shapes and sizes are an Error', () => {
    expect(() => e.set(d.vector, [1, 2])).toThrow('2 values for a tensor of [10]');
    expect(() => e.ints(d.vector)).toThrow('a tensor of f32, not of i32');
    expect(() => e.floats(d.ints)).toThrow('a tensor of i32, not of f32');
    expect(() => e.doubles(d.vector)).toThrow('a tensor of f32, not of f64');
    expect(() => e.copy({ target: d.vector, source: d.ints })).toThrow('a tensor of i32, not of f32');
    expect(() => e.fill({ target: d.ints, value: 1 })).toThrow('a tensor of i32, not of f32');
    expect(() => e.add({ target: d.vector, source: d.matrix })).toThrow('tensors of 10 elements and of shape [4,3]');
    expect(() => e.linear({ x: d.matrix, layers: [{ weight: d.multiplied, y: d.matrix }] })).toThrow('y is f32 [4,3]');
    const attend = (lengths: readonly number[]) =>
      e.attention({ q: d.matrix, k: d.matrix, v: d.matrix, o: d.dx, lengths, headDim: 3 });
    expect(() => attend([2, 1])).toThrow('sequences of 3 rows together do not fill 4');
    expect(() => attend([4, 0])).toThrow('no sequence has 0 rows');
    expect(() => attend([1.5, 2.5])).toThrow('no sequence has 1.5 rows');
  });

  test('tensors and weights of another kind of engine are Errors', () => {
    const other = open(ENGINES.at(tested === ENGINES.at(-1) ? 0 : -1)!);
    expect(() => e.fill({ target: other.vector, value: 0 })).toThrow('a tensor of another engine');
    expect(() => e.floats(other.vector)).toThrow('a tensor of another engine');
    expect(() => e.load(other.lookedUp, () => {})).toThrow('a weight of another engine');
    other.e.close();
  });

  test('a weight that is only multiplied exposes no values; an untrained weight has no gradients', () => {
    expect(() => d.multiplied.values).toThrow('a constant weight that is only multiplied has no values to read');
    expect(d.lookedUp.values.shape).toEqual([2, 3]);
    const backward = ({ e, matrix: x, dy, dWeight, dx, multiplied: weight }: Declared) =>
      e.linearBackward({ x, layers: [{ weight, dy, dWeight }], dx });
    // While it is planned, or when it runs.
    expect(() => backward(open(tested, backward))).toThrow('a weight that is not trained has no gradients');
  });

  test('operations are timed only on request', () => {
    e.timings = new Map();
    for (let i = 0; i < 3; i++) e.fill({ target: d.vector, value: 0 });
    expect(e.timings.get('fill')).toMatchObject({ calls: 3, flops: 0 });
    e.timings = undefined;
    e.fill({ target: d.vector, value: 0 });
    expect(e.measurePeak()).toBeGreaterThan(0);
  });
});
