// Plans the engine's one memory: runs a program's operations on shapes alone and counts what they need. Allocates nothing.

import { JikjiError } from '../../base/index.ts';
import type { Program } from '../engine.ts';
import { ADDRESSES } from './crossing.ts';
import { type Device, PEAK_SCRATCH } from './device.ts';
import { engineOn } from './engine.ts';

/** Bytes of the largest WebAssembly memory with 32-bit addresses. */
export const MEMORY_LIMIT = 4 * 1024 ** 3;

/** Bytes after the last region, where vectors may read past its end. */
const SLACK = 65536;

/** How an engine's memory is divided. */
export interface Plan {
  threads: number;
  /** Bytes of each thread's own memory. */
  scratch: number;
  /** Bytes that operations use in turn. */
  workspace: number;
  /** Bytes of all that is declared. */
  declared: number;
}

/** Regions begin at multiples of 64 bytes, with at least 64 bytes between them. */
export const paddedSize = (bytes: number): number => Math.ceil(bytes / 64) * 64 + 64;

export const scratchAt = ({ scratch }: Plan, thread: number): number => ADDRESSES.end + thread * paddedSize(scratch);
export const workspaceAt = (plan: Plan): number => scratchAt(plan, plan.threads);
export const declaredAt = (plan: Plan): number => workspaceAt(plan) + paddedSize(plan.workspace);
export const bytesOf = (plan: Plan): number => declaredAt(plan) + plan.declared + SLACK;

class Planner implements Device {
  readonly threads: number;
  readonly tile = 16;
  readonly q8Group = 2;
  readonly buffer = undefined;
  timings = undefined;
  #scratch = PEAK_SCRATCH;
  #workspace = 0;
  #declared = 0;

  constructor(threads: number) {
    this.threads = threads;
  }

  take(bytes: number): number {
    const address = this.#declared;
    this.#declared += paddedSize(bytes);
    return address;
  }

  scratch(bytes: number): void {
    this.#scratch = Math.max(this.#scratch, bytes);
  }

  workspace(floats: number): number {
    this.#workspace = Math.max(this.#workspace, floats * 4);
    return 0;
  }

  move(): void {}

  run(): void {}

  get plan(): Plan {
    return {
      threads: this.threads,
      scratch: this.#scratch,
      workspace: this.#workspace,
      declared: this.#declared,
    };
  }
}

/** What a program declares on a planning engine, and the plan. */
export interface PlannedProgram<T> {
  declared: T;
  plan: Plan;
  /** Bytes of memory in all. */
  bytes: number;
}

/** Counts what a program needs, which may be more than there can be. */
export function measureProgram<T>(program: Program<T>, threads: number): PlannedProgram<T> {
  const planner = new Planner(threads);
  const declared = program.declare(engineOn(planner));
  program.exercise(declared);
  const { plan } = planner;
  return { declared, plan, bytes: bytesOf(plan) };
}

/** @throws JikjiError `too-large`: how much memory the program needs, and which setting lowers it */
export function planProgram<T>(program: Program<T>, threads: number): PlannedProgram<T> {
  const planned = measureProgram(program, threads);
  const { bytes } = planned;
  if (bytes <= MEMORY_LIMIT) return planned;
  throw new JikjiError(
    'too-large',
    `needs ${(bytes / 1024 ** 3).toFixed(2)} GiB of engine memory, and one memory ends at 4 GiB`,
    program.description,
    program.hint,
  );
}
