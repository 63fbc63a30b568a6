// The oracle as an engine: the interface's memory and operations on plain arrays, on one thread. It plans nothing, and is slow:
// for tests.

import type { Engine, Kind, Operations, Program, Tensor } from '../../engine.ts';
import { binary32 as A } from './arithmetic.ts';
import { OPERATIONS } from './operations.ts';
import { numbersOf, OraclePages, OracleTensor, OracleWeight, oraclePages, oracleWeight } from './values.ts';

/** Takes the options of other engines, none of which changes a bit, and has no use for them. */
export function openOracle<T>(program: Program<T>, _options?: object): { engine: Engine; declared: T } {
  const engine = oracleEngine();
  return { engine, declared: program.declare(engine) };
}

function numbersOfKind(tensor: Tensor, kind: Kind) {
  const numbers = numbersOf(tensor);
  if (tensor.kind !== kind) throw new Error(`a tensor of ${tensor.kind}, not of ${kind}`);
  return numbers;
}

function oracleEngine(): Engine {
  const engine: Engine = {
    ...OPERATIONS,
    threads: 1,
    timings: undefined,
    tensor: (shape, kind = 'f32') => new OracleTensor(kind, shape),
    weight: (shape, uses) => new OracleWeight(shape, uses),
    pages: (of) => new OraclePages(of),
    copyPage: (pages, from, to) => oraclePages(pages).copy(from, to),
    load: (weight, read) => read(oracleWeight(weight).floats),
    loadBlocks: (weight, read) => read(0, oracleWeight(weight).blocks!),
    set: (tensor, values) => {
      const numbers = numbersOf(tensor);
      if (values.length !== numbers.length)
        throw new Error(`${values.length} values for a tensor of [${tensor.shape}]`);
      numbers.set(values);
    },
    floats: (tensor) => numbersOfKind(tensor, 'f32') as Float32Array,
    ints: (tensor) => numbersOfKind(tensor, 'i32') as Int32Array,
    doubles: (tensor) => numbersOfKind(tensor, 'f64') as Float64Array,
    bytes: (tensor) => {
      const { buffer, byteOffset, byteLength } = numbersOf(tensor);
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    measurePeak,
    close: () => {},
  };
  for (const name of Object.keys(OPERATIONS) as (keyof Operations)[]) {
    const run = OPERATIONS[name] as (of: never) => void;
    engine[name] = (of: never) => timed(engine, name, () => run(of));
  }
  return engine;
}

/** Flops are not counted. */
function timed({ timings }: Engine, name: string, run: () => void): void {
  const start = timings ? performance.now() : 0;
  run();
  if (!timings) return;
  const { calls, milliseconds, flops } = timings.get(name) ?? { calls: 0, milliseconds: 0, flops: 0 };
  timings.set(name, { calls: calls + 1, milliseconds: milliseconds + performance.now() - start, flops });
}

/** GFLOP/s of a chain of fma, two flops each. */
function measurePeak(): number {
  const count = 1e5;
  let sum = 0;
  const start = performance.now();
  for (let i = 0; i < count; i++) sum = A.fma(sum, 0.5, 1);
  const gflops = (2 * count) / (performance.now() - start) / 1e6;
  return Number.isFinite(sum) ? gflops : 0; // reads the sum, so that the loop is not left out
}
