// Opens a WebAssembly engine for a program: plans its memory, takes exactly that, declares again.

import type { Engine, Program } from '../engine.ts';
import { engineOn } from './engine.ts';
import { planProgram } from './planner.ts';
import { type EngineOptions, ThreadPool } from './thread-pool.ts';

/** How an engine is opened. Others than this one are for tests. */
export type OpenEngine = typeof openWebAssembly;

/** @throws JikjiError `too-large` before anything is taken, `no-memory`, `no-fma`, `no-kernels` */
export function openWebAssembly<T>(
  program: Program<T>,
  { threads, ...options }: EngineOptions & { threads: number },
): { engine: Engine; declared: T } {
  const { plan } = planProgram(program, threads);
  const pool = new ThreadPool(plan, options);
  const engine = engineOn(pool, () => pool.close());
  return { engine, declared: program.declare(engine) };
}
