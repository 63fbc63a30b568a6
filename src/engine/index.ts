// The engine's face: tensors and operations, what opens an engine, and numbers that are the same on every machine. Knows no model.

export {
  type CachedSpan,
  type Engine,
  elementsOf,
  type KeyValuePages,
  type Kind,
  type MuonMatrix,
  type NormBackward,
  type Program,
  Q8,
  squareBlocks,
  type Tensor,
  type Timing,
  type Weight,
  type WeightUses,
} from './engine.ts';
export { cos64, exp64, log64, normal64, powInt, sin64 } from './functions.ts';
export { muonScale, NEWTON_SCHULZ } from './muon.ts';
export { type Normals, normals } from './normals.ts';
export { keyOf, philox4x32, type Seed, streamOf } from './philox.ts';
export { type RopeScaling, ropeTable } from './rope-table.ts';
export { type OpenEngine, openWebAssembly } from './webassembly/open.ts';
export { bytesOfPage } from './webassembly/operations/cached-attention.ts';
export { MEMORY_LIMIT, measureProgram, type PlannedProgram, planProgram } from './webassembly/planner.ts';
export { checkEngine, machineReport } from './webassembly/report.ts';
export type { EngineOptions } from './webassembly/thread-pool.ts';
