// The threads and their one shared memory: runs one kernel at a time on all of them. Knows no tensor.

import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { JikjiError } from '../../base/index.ts';
import type { Tensor, Timing } from '../engine.ts';
import {
  ADDRESSES,
  ARGUMENTS,
  type ArgumentsOf,
  CONTROL,
  EXIT,
  FINGERPRINT,
  KERNEL_NUMBERS,
  type Kernel,
} from './crossing.ts';
import type { Device, Q8Group, TileWidth, Work } from './device.ts';
import { bytesOf, declaredAt, type Plan, paddedSize, scratchAt, workspaceAt } from './planner.ts';
import { addressOf } from './region.ts';

interface Kernels {
  /** Left out by kernels from before it was there. */
  table?(): number;
  prepare(): void;
  run(control: number, workers: number, scratch: number): number;
  runAlone(control: number, scratch: number): void;
  fusedCase(x: number, y: number): number;
  fusedNegativeCase(x: number, y: number): number;
  dotCase(a: number, b: number): number;
  tile6x16Cols(...numbers: number[]): void;
  tile6x8Cols(...numbers: number[]): void;
}

export interface EngineOptions {
  /** Let V8 pair 128-bit vectors into 256-bit registers (default true). Changes no bit; an experimental flag of V8. */
  revectorize?: boolean;
  /** Tile to use; by default both are timed once and the faster one is taken. */
  tile?: TileWidth;
  /** By default what the processor has an instruction for. */
  q8Group?: Q8Group;
}

/** Beside this file, as TypeScript in a checkout and as JavaScript in the package. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

const KERNELS = join(import.meta.dirname, '../../../kernels/build/kernels.wasm');

let compiled: WebAssembly.Module | undefined;
let compiledWith: boolean | undefined;

function compile(revectorize: boolean): WebAssembly.Module {
  if (compiled && compiledWith === revectorize) return compiled;
  // Straight to the optimising compiler: the kernels are small, and the baseline one would be slow at first.
  setFlagsFromString('--no-liftoff');
  // V8 of Node 26 would speculate on what the baseline compiler has seen, and end the process where there was none.
  setFlagsFromString('--no-wasm-deopt');
  setFlagsFromString(revectorize ? '--experimental-wasm-revectorize' : '--no-experimental-wasm-revectorize');
  let bytes: Buffer;
  try {
    bytes = readFileSync(KERNELS);
  } catch (cause) {
    throw new JikjiError('no-kernels', 'the kernels are not built', KERNELS, 'run: npm run kernels', {
      cause,
    });
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

/**
 * Whether four products of bytes and their sum are one instruction here: `vpdpbusd` of AVX-VNNI takes 255 as it is, `sdot` of arm64 takes it
 * as -1. Without AVX-VNNI V8 on x64 makes five of it, and sums of two products end at 32767.
 */
const dotsFour = (kernels: Kernels): boolean => [4 * 127 * 255, 4 * 127 * -1].includes(kernels.dotCase(127, 255));

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

export class ThreadPool implements Device {
  readonly threads: number;
  readonly tile: TileWidth;
  readonly q8Group: Q8Group;
  readonly buffer: SharedArrayBuffer;
  timings: Map<string, Timing> | undefined;
  readonly #plan: Plan;
  readonly #kernels: Kernels;
  readonly #workers: Worker[];
  readonly #scratch: number;
  readonly #workspace: number;
  readonly #job: Uint32Array;
  // The arguments of the next kernel: three views of the same bytes.
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;
  readonly #doubles: Float64Array;
  readonly #bytes: Uint8Array;
  #end: number;

  /**
   * Takes the memory of a plan and starts its threads (the caller's one is the first).
   * @throws JikjiError `no-memory`, `no-fma`, `no-kernels`
   */
  constructor(plan: Plan, options: EngineOptions = {}) {
    const module = compile(options.revectorize ?? true);
    const bytes = bytesOf(plan);
    const pages = Math.ceil(bytes / 65536);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch (cause) {
      throw new JikjiError(
        'no-memory',
        `the system does not give ${(bytes / 1024 ** 3).toFixed(2)} GiB of memory`,
        'memory',
        'close other programs, or lower train.microBatchSize',
        { cause },
      );
    }
    this.buffer = memory.buffer as unknown as SharedArrayBuffer; // browsers' types do not know that it is shared
    this.#kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
    if (this.#kernels.table?.() !== FINGERPRINT) {
      throw new JikjiError('no-kernels', 'the kernels are those of another version', KERNELS, 'run: npm run kernels');
    }
    this.#kernels.prepare();
    requireFusedMultiplyAdd(this.#kernels);
    const { control } = ADDRESSES;
    this.#plan = plan;
    this.threads = plan.threads;
    this.#scratch = scratchAt(plan, 0);
    this.#workspace = workspaceAt(plan);
    this.#end = declaredAt(plan);
    this.#bytes = new Uint8Array(this.buffer);
    this.#job = new Uint32Array(this.buffer, control, 64);
    this.#words = new Uint32Array(this.buffer, control + CONTROL.arguments, 64);
    this.#floats = new Float32Array(this.buffer, control + CONTROL.arguments, 64);
    this.#doubles = new Float64Array(this.buffer, control + CONTROL.arguments, 32);
    this.tile = options.tile ?? this.#fasterTile();
    this.q8Group = options.q8Group ?? (dotsFour(this.#kernels) ? 4 : 2);
    this.#workers = [...Array(plan.threads - 1).keys()].map((i) => {
      const workerData = { module, memory, control, scratch: scratchAt(plan, i + 1) };
      const worker = new Worker(WORKER, { workerData });
      worker.unref(); // a program that forgets to close an engine still ends
      return worker;
    });
  }

  #fasterTile(): TileWidth {
    const { tile6x16Cols, tile6x8Cols } = this.#kernels;
    return tileTime(tile6x16Cols, 16, this.#scratch) <= tileTime(tile6x8Cols, 8, this.#scratch) ? 16 : 8;
  }

  take(bytes: number): number {
    const address = this.#end;
    this.#end += paddedSize(bytes);
    if (this.#end > declaredAt(this.#plan) + this.#plan.declared) throw new Error('more memory than was planned');
    return address;
  }

  scratch(bytes: number): void {
    if (bytes > this.#plan.scratch) throw new Error(`${bytes} bytes of scratch are more than was planned`);
  }

  workspace(floats: number): number {
    if (floats * 4 > this.#plan.workspace) throw new Error(`a workspace of ${floats} is more than was planned`);
    return this.#workspace;
  }

  move(from: number, to: number, bytes: number): void {
    this.#bytes.copyWithin(to, from, from + bytes);
  }

  run<Name extends Kernel>(kernel: Name, values: ArgumentsOf<Name>, work: Work): void {
    const { items, chunk = Math.max(1, Math.floor(items / (this.threads * 8))), label = kernel, flops = 0 } = work;
    const start = this.timings ? performance.now() : 0;
    this.#writeArguments(kernel, values);
    const job = this.#job;
    job[CONTROL.operation / 4] = KERNEL_NUMBERS[kernel];
    job[CONTROL.items / 4] = items;
    job[CONTROL.chunk / 4] = chunk;
    if (items <= chunk || this.threads === 1) this.#kernels.runAlone(ADDRESSES.control, this.#scratch);
    else if (!this.#kernels.run(ADDRESSES.control, this.threads - 1, this.#scratch)) {
      throw new Error(`a worker did not finish ${kernel}`);
    }
    if (!this.timings) return;
    const timing = this.timings.get(label) ?? { calls: 0, milliseconds: 0, flops: 0 };
    timing.calls++;
    timing.milliseconds += performance.now() - start;
    timing.flops += flops;
    this.timings.set(label, timing);
  }

  #writeArguments(kernel: Kernel, values: Record<string, number | boolean | Tensor>): void {
    for (const { name, kind, word } of ARGUMENTS[kernel]) {
      const value = values[name]!;
      const number = typeof value === 'object' ? addressOf(value) : +value;
      if (kind === 'f32') this.#floats[word] = number;
      else if (kind === 'f64') this.#doubles[word / 2] = number;
      else this.#words[word] = number;
    }
  }

  /** Ends the threads. The memory goes when nobody holds a view of it. */
  close(): void {
    if (this.#workers.length === 0) return;
    this.#job[CONTROL.operation / 4] = EXIT;
    this.#kernels.run(ADDRESSES.control, this.#workers.length, this.#scratch);
    this.#workers.length = 0;
  }
}
