// The engine's face: memory plans, the thread pool, one function per operation. Knows no model.

export { Engine, type EngineOptions, type TileWidth, type Timing } from './engine.ts';
export {
  cos64,
  exp64,
  log64,
  normal64,
  powInt,
  sin64,
} from './functions.ts';
export { Layout, MEMORY_LIMIT, type Region } from './layout.ts';
export * from './operations/attention.ts';
export * from './operations/embedding.ts';
export * from './operations/linear.ts';
export * from './operations/loss.ts';
export * from './operations/norm.ts';
export * from './operations/optimizer.ts';
export * from './operations/random.ts';
export * from './operations/rope.ts';
export * from './operations/swiglu.ts';
export { keyOf, philox4x32, type Seed, streamOf } from './philox.ts';
export { machineReport } from './report.ts';
export { ropeTable } from './rope-table.ts';
