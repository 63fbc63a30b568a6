// The engine: one shared memory, the compiled kernels, a pool of threads that run one operation at a time. Knows no layer.

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { JikjiError } from '../base/index.ts';
import { CONTROL, type Layout, type Region, ZEROS } from './layout.ts';
import { EXIT, type Operation, operationNumber } from './operations/table.ts';

interface Kernels {
  prepare(): void;
  run(control: number, workers: number, scratch: number): number;
  runAlone(control: number, scratch: number): void;
  fusedCase(x: number, y: number): number;
  fusedNegativeCase(x: number, y: number): number;
  tile6x16Cols(...numbers: number[]): void;
  tile6x8Cols(...numbers: number[]): void;
}

/** Columns of a tile: 16 where V8 pairs vectors into 256-bit registers (or there are 32 of them), else 8. */
export type TileWidth = 8 | 16;

export interface EngineOptions {
  /** Let V8 pair 128-bit vectors into 256-bit registers (default true). Changes no bit; an experimental flag of V8. */
  revectorize?: boolean;
  /** Tile to use; by default both are timed once and the faster one is taken. */
  tile?: TileWidth;
}

/** Time and work of one kind of operation, for profiles. */
export interface Timing {
  calls: number;
  milliseconds: number;
  flops: number;
}

/** Beside this file, as TypeScript in a checkout and as JavaScript in the package. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

let compiled: WebAssembly.Module | undefined;
let compiledWith: boolean | undefined;

function compile(revectorize: boolean): WebAssembly.Module {
  if (compiled && compiledWith === revectorize) return compiled;
  // Straight to the optimising compiler: the kernels are small, and the baseline one would be slow at first.
  setFlagsFromString('--no-liftoff');
  // V8 of Node 26 would speculate on what the baseline compiler has seen, and end the process where there was none.
  setFlagsFromString('--no-wasm-deopt');
  setFlagsFromString(revectorize ? '--experimental-wasm-revectorize' : '--no-experimental-wasm-revectorize');
  const file = new URL('../../kernels/build/kernels.wasm', import.meta.url);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new JikjiError('no-kernels', 'the kernels are not built', file.pathname, 'run: npm run kernels', { cause });
  }
  compiled = new WebAssembly.Module(new Uint8Array(bytes));
  compiledWith = revectorize;
  return compiled;
}

/** @throws JikjiError `no-fma` where the machine or its flags leave multiply and add apart */
function requireFusedMultiplyAdd(kernels: Kernels): void {
  const x = 1 + 2 ** -12;
  const y = -(1 + 2 ** -11);
  if (kernels.fusedCase(x, y) === 2 ** -24 && kernels.fusedNegativeCase(x, y) === 2 ** -24) return;
  throw new JikjiError(
    'no-fma',
    'this machine does not fuse multiply and add, so its bits would differ from those of other machines',
    `${process.arch}, Node ${process.version}`,
    'use a processor with FMA3 (x64 since 2013) or any arm64, and no --no-enable-fma3',
  );
}

/** Milliseconds of a fixed piece of work on one tile; the best of a few. */
function tileTime(tile: (...numbers: number[]) => void, width: TileWidth, scratch: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    for (let i = 0; i < 1600 / width; i++) tile(scratch, 24, 6, scratch, 64, scratch, width * 4, scratch, width * 4);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

export class Engine {
  readonly threads: number;
  readonly tile: TileWidth;
  /** Filled while `profiling` is on: by operation and label. */
  readonly timings = new Map<string, Timing>();
  profiling = false;
  readonly #buffer: SharedArrayBuffer;
  readonly #kernels: Kernels;
  readonly #workers: Worker[];
  readonly #scratch: number;
  readonly #words: Uint32Array;
  readonly #argWords: Uint32Array;

  /** Takes the memory that `layout` planned and starts its threads (the caller's one is the first). */
  constructor(layout: Layout, options: EngineOptions = {}) {
    const module = compile(options.revectorize ?? true);
    const pages = Math.ceil(layout.bytes / 65536);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      throw new JikjiError(
        'no-memory',
        `the system does not give ${(layout.bytes / 1024 ** 3).toFixed(2)} GiB of memory`,
        'memory',
        'close other programs, or lower train.microBatchSize',
        { cause },
      );
    }
    this.#buffer = memory.buffer as unknown as SharedArrayBuffer; // browsers' types do not know that it is shared
    this.#kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
    this.#kernels.prepare();
    requireFusedMultiplyAdd(this.#kernels);
    this.threads = layout.threads;
    this.#scratch = layout.scratchOf(0);
    this.#words = new Uint32Array(this.#buffer, CONTROL, 64);
    this.#argWords = new Uint32Array(this.#buffer, CONTROL + 256, 64);
    this.tile = options.tile ?? this.#fasterTile();
    this.#workers = [...Array(layout.threads - 1).keys()].map((i) => {
      const workerData = { module, memory, control: CONTROL, scratch: layout.scratchOf(i + 1) };
      const worker = new Worker(WORKER, { workerData });
      worker.unref(); // a program that forgets to close an engine still ends
      return worker;
    });
  }

  #fasterTile(): TileWidth {
    const { tile6x16Cols, tile6x8Cols } = this.#kernels;
    return tileTime(tile6x16Cols, 16, this.#scratch) <= tileTime(tile6x8Cols, 8, this.#scratch) ? 16 : 8;
  }

  floats(region: Region): Float32Array {
    return new Float32Array(this.#buffer, region.at, region.length);
  }

  doubles(region: Region): Float64Array {
    return new Float64Array(this.#buffer, region.at, region.length);
  }

  ints(region: Region): Int32Array {
    return new Int32Array(this.#buffer, region.at, region.length);
  }

  bytes(region: Region): Uint8Array {
    return new Uint8Array(this.#buffer, region.at, region.length * 4);
  }

  /**
   * Runs an operation over `items`, `chunk` of them at a time, on all threads; returns when it is done. Arguments are 32-bit words:
   * addresses, sizes, and floats as `bits(x)`. `label` and `flops` are for profiles.
   */
  run(operation: Operation, items: number, chunk: number, args: number[], label: string = operation, flops = 0): void {
    const start = this.profiling ? performance.now() : 0;
    this.#words[48] = operationNumber(operation);
    this.#words[49] = items;
    this.#words[50] = chunk;
    for (let i = 0; i < args.length; i++) this.#argWords[i] = args[i]!;
    if (items <= chunk || this.threads === 1) this.#kernels.runAlone(CONTROL, this.#scratch);
    else if (!this.#kernels.run(CONTROL, this.threads - 1, this.#scratch)) {
      throw new Error(`a worker did not finish ${operation}`);
    }
    if (!this.profiling) return;
    const timing = this.timings.get(label) ?? { calls: 0, milliseconds: 0, flops: 0 };
    timing.calls++;
    timing.milliseconds += performance.now() - start;
    timing.flops += flops;
    this.timings.set(label, timing);
  }

  /** A chunk that gives each thread about eight turns. */
  chunkOf(items: number): number {
    return Math.max(1, Math.floor(items / (this.threads * 8)));
  }

  /** GFLOP/s of the tiles alone on all threads: what this machine could reach at most in this arithmetic. */
  measurePeak(): number {
    const items = this.threads * 16; // some milliseconds a round: small trainings are short
    const flops = items * 100 * 256 * 6 * this.tile * 2;
    let best = 0;
    for (let round = 0; round < 4; round++) {
      const start = performance.now();
      this.run('peak', items, 1, [this.tile]);
      best = Math.max(best, flops / (performance.now() - start) / 1e6);
    }
    return best;
  }

  /** Ends the threads. The memory goes when nobody holds a view of it. */
  close(): void {
    if (this.#workers.length === 0) return;
    this.#words[48] = EXIT;
    this.#kernels.run(CONTROL, this.#workers.length, this.#scratch);
    this.#workers.length = 0;
  }
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** A float as the 32-bit word that carries it to a kernel. */
export function bits(x: number): number {
  float[0] = x;
  return word[0]!;
}

/** Where a chain starts: a region with its row stride in bytes, or +0. */
export const fromZero = { at: ZEROS, stride: 0 };
