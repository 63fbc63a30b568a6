// What this machine gives the engine: for `doctor`.

import { Engine } from './engine.ts';
import { Layout } from './layout.ts';

/** @throws JikjiError `no-fma`, `no-kernels` */
export function machineReport(threads: number): { fusedMultiplyAdd: true; fastestTile: string; peakGflops: number } {
  const engine = new Engine(new Layout(threads, 65536));
  try {
    return { fusedMultiplyAdd: true, fastestTile: `6 x ${engine.tile}`, peakGflops: engine.measurePeak() };
  } finally {
    engine.close();
  }
}
