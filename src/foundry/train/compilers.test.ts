// The same bits from V8's two compilers, and with and without its pairing of vectors into 256-bit registers. Each runs in a separate
// process, whose trace must show that V8 used the compiler under test: otherwise the test would prove nothing.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Bits, smallModel } from './testing/small.ts';

const PROGRAM = fileURLToPath(new URL('./testing/compilers.ts', import.meta.url));
const KERNELS = fileURLToPath(new URL('../../../kernels/build/kernels.wasm', import.meta.url));

/** Runs the training with flags of V8; gives its bits, and the rest of its output. */
function train(flags: string[], how: object | 'flags', threads = 1): { bits: Bits; trace: string } {
  const argument = how === 'flags' ? how : JSON.stringify(how);
  const out = execFileSync(process.execPath, [...flags, PROGRAM, argument, `${threads}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const lines = out.trimEnd().split('\n');
  return { bits: JSON.parse(lines.pop()!), trace: lines.join('\n') };
}

/** Numbers of the exported functions in the module: as `wasm-function#N` V8 calls them in its traces. */
function functionNumbers(): Record<string, number> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(new Uint8Array(readFileSync(KERNELS)));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = Object.entries(exports as Record<string, unknown>).filter(([, f]) => typeof f === 'function');
  // By the JavaScript API of WebAssembly the name of an exported function is its number.
  return Object.fromEntries(functions.map(([name, f]) => [name, Number((f as () => void).name)]));
}

/** Pairs of multiply-adds that V8 made into one 256-bit instruction, by function; 0 where it decided against it. */
function pairedIn(trace: string) {
  const found = new Map<number, number>();
  for (const piece of trace.split('Begin revec function wasm-function#').slice(1)) {
    const decided = /Decide to vectorize, [1-9]\d* revectorizable nodes/.test(piece);
    const pairs = piece.match(/NewPackNode \d+: PackNode [^\n]*Qfma/g)?.length ?? 0;
    found.set(Number.parseInt(piece, 10), decided ? pairs : 0);
  }
  return found;
}

const bitsPerDefault = train([], { tile: 16 }).bits;

test('the program trains', () => {
  expect(bitsPerDefault.stateRoot).toMatch(/^[0-9a-f]{64}$/);
  const losses = JSON.parse(bitsPerDefault.records).map((r: { loss: number }) => r.loss);
  expect(losses).toHaveLength(6);
  expect(losses[0]).toBeCloseTo(Math.log(smallModel().vocabSize), 0);
  expect(losses[5]).toBeLessThan(losses[0]);
});

// V8 pairs vectors on x64 only.
test.skipIf(process.arch !== 'x64')('with and without revectorize: the traces differ, the bits do not', () => {
  const flags = ['--no-liftoff', '--single-threaded', '--trace-wasm-revectorize'];
  const numbers = functionNumbers();
  const on = train(flags, { revectorize: true, tile: 16 });
  const paired = pairedIn(on.trace);
  // 6 x 16 are four vectors a row, two pairs: all twelve multiply-adds of the inner loop must have become pairs.
  expect(paired.get(numbers.tile6x16Rows!)).toBe(12);
  expect(paired.get(numbers.tile6x16Cols!)).toBe(12);
  const on8 = train(flags, { revectorize: true, tile: 8 });
  expect(pairedIn(on8.trace).get(numbers.tile6x8Rows!)).toBe(6);
  expect(pairedIn(on8.trace).get(numbers.tile6x8Cols!)).toBe(6);

  for (const tile of [16, 8]) {
    const off = train(flags, { revectorize: false, tile });
    expect(off.trace).not.toMatch(/revec|PackNode/i);
    expect(off.bits).toEqual(on.bits);
  }
  expect(on.bits).toEqual(bitsPerDefault);
  expect(on8.bits).toEqual(bitsPerDefault);
});

test.each([
  ['only the optimising compiler', ['--no-liftoff'], /using TurboFan/, /using Liftoff/],
  ['only the baseline compiler', ['--liftoff-only'], /using Liftoff/, /wasm-function#\d+[^\n]*using TurboFan/],
])("%s, under node's flags alone: the same bits", (_, flags, must, mustNot) => {
  const run = train([...flags, '--trace-wasm-compilation-times'], 'flags', 2);
  expect(run.trace).toMatch(must);
  expect(run.trace).not.toMatch(mustNot);
  expect(run.bits).toEqual(bitsPerDefault);
});

test('both compilers in one run, each function when it becomes hot: the same bits', () => {
  const run = train(['--wasm-tiering-budget=1000', '--trace-wasm-compilation-times'], 'flags', 2);
  expect(run.trace).toMatch(/using Liftoff/);
  expect(run.trace).toMatch(/using TurboFan/);
  expect(run.bits).toEqual(bitsPerDefault);
});
