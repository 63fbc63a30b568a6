// Every engine against the oracle, every operation, bit for bit; then that this can fail: every output of every operation is
// made wrong once, in one bit.

import { describe, expect, test } from 'vitest';
import {
  type Argument,
  conform,
  ENGINES,
  NAMES,
  type Name,
  outputsOf,
  Random,
  tensorsIn,
} from './conformance.testing.ts';
import { casesOf } from './conformance-cases.testing.ts';
import type { Engine, Tensor } from './engine.ts';

/** Cases of an operation in one engine. */
const CASES = 8;
/** Series of such cases. */
const SERIES = process.env.JIKJI_TORTURE ? 25 : 1;

/** The first series is drawn once. */
const drawn = new Map<Name, readonly Case<Name>[]>();

function firstCases<N extends Name>(name: N): readonly Case<N>[] {
  const cases = drawn.get(name) ?? casesOf(name, 0, CASES);
  drawn.set(name, cases);
  return cases;
}

describe.each(ENGINES)('$title', (tested) => {
  test.each(NAMES)('%s', (name) => {
    for (let series = 0; series < SERIES; series++) {
      const threads = 1 + ((NAMES.indexOf(name) + series + ENGINES.indexOf(tested)) % 3);
      const cases = series === 0 ? firstCases(name) : casesOf(name, series, CASES);
      conform(tested, name, cases, { threads });
    }
  });
});

/** An engine that does something more after an operation. */
function spoiled<N extends Name>(engine: Engine, name: N, spoil: (of: Argument<N>) => void): Engine {
  const run = engine[name] as (of: Argument<N>) => void;
  const value = (of: Argument<N>): void => {
    run(of);
    spoil(of);
  };
  return Object.create(engine, { [name]: { value } });
}

const BYTES = { f32: 4, i32: 4, f64: 8 };

/** Flips the lowest bit of element `i` of a tensor, which may lie before or behind those that it has. */
function flip(engine: Engine, tensor: Tensor, i: number): void {
  const { buffer, byteOffset } = engine.bytes(tensor);
  const bytes = new Uint8Array(buffer); // little-endian: the first byte of an element is its lowest
  bytes[byteOffset + i * BYTES[tensor.kind]]! ^= 1;
}

const lengthOf = (engine: Engine, tensor: Tensor): number => engine.bytes(tensor).length / BYTES[tensor.kind];

type Arguments = (name: Name, of: object) => [string, Tensor][];

const outputs: Arguments = (name, of) => Object.entries(outputsOf(name, of as never));

const inputs: Arguments = (name, of) => {
  const written = new Set(outputs(name, of).map(([, tensor]) => tensor));
  return tensorsIn(of).filter(([, tensor]) => !written.has(tensor));
};

describe('a wrong engine is found out', () => {
  const [tested] = ENGINES;
  const random = new Random(1);
  const inside = (length: number): number => random.between(0, length - 1);
  const behind = (length: number): number => length;

  /** Runs cases on an engine that does `spoil` after an operation. */
  const run = (name: Name, spoil: (engine: Engine, of: object) => void): void => {
    const change = (engine: Engine) => spoiled(engine, name, (of) => spoil(engine, of));
    conform(tested!, name, firstCases(name).slice(0, 3), { threads: 1, change });
  };

  /** Flips a bit of each argument in turn, all those that the cases have: it must be found, and named. */
  const flipEach = (name: Name, those: Arguments, where: (length: number) => number, error: string): number => {
    const arguments_ = new Set<string>();
    run(name, (_, of) => {
      for (const [argument] of those(name, of)) arguments_.add(argument);
    });
    for (const argument of arguments_) {
      const spoil = (engine: Engine, of: object): void => {
        const tensor = new Map(those(name, of)).get(argument);
        if (tensor) flip(engine, tensor, where(lengthOf(engine, tensor)));
      };
      expect(() => run(name, spoil), `${name}: ${argument}`).toThrow(
        new RegExp(`^${name}: ${argument.replaceAll('.', '\\.')} \\(.*\\): ${error}`),
      );
    }
    return arguments_.size;
  };

  test.each(NAMES)('%s: a bit of each output', (name) => {
    expect(flipEach(name, outputs, inside, 'word')).toBeGreaterThan(0);
  });

  test.each(NAMES)('%s: a bit behind each output', (name) => {
    flipEach(name, outputs, behind, 'written behind it');
  });

  test.each(NAMES)('%s: a bit of each input', (name) => {
    expect(flipEach(name, inputs, inside, 'word') > 0).toBe(name !== 'fill' && name !== 'random');
  });
});
