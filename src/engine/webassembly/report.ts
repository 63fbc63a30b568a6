// What this machine gives the engine: for `doctor`.

import type { Program } from '../engine.ts';
import { openWebAssembly } from './open.ts';

/** A program of nothing: opening it tells whether the engine runs here. */
export const NOTHING: Program<undefined> = {
  declare: () => undefined,
  exercise: () => {},
  description: 'nothing',
  hint: 'nothing',
};

/** @throws JikjiError `no-fma`, `no-kernels` */
export function machineReport(threads: number): { fusedMultiplyAdd: true; fastestTile: string; peakGflops: number } {
  const { engine } = openWebAssembly(NOTHING, { threads });
  try {
    return { fusedMultiplyAdd: true, fastestTile: `6 x ${engine.tile}`, peakGflops: engine.measurePeak() };
  } finally {
    engine.close();
  }
}

/** @throws JikjiError `no-fma`, `no-kernels` */
export function checkEngine(): void {
  openWebAssembly(NOTHING, { threads: 1, tile: 8 }).engine.close();
}
