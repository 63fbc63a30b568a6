// Softmax cross-entropy; the gradient takes the logits' place. docs/arithmetic.md, "Layers".

import { bits, type Engine } from '../engine.ts';
import type { Region } from '../layout.ts';

/** Row stride of logits in floats. */
export const logitStride = (V: number): number => Math.ceil(V / 16) * 16;

/**
 * losses[M] (binary64, nats) of rows of logits; with `targetsInStep` n the logits become (softmax - target) / n.
 * Without it they are spent.
 */
export function loss(
  e: Engine,
  logits: Region,
  targets: Region,
  losses: Region,
  M: number,
  V: number,
  targetsInStep?: number,
): void {
  const scale = targetsInStep === undefined ? 0 : Math.fround(1 / targetsInStep);
  const args = [
    logits.at,
    logitStride(V) * 4,
    targets.at,
    losses.at,
    V,
    bits(scale),
    targetsInStep === undefined ? 0 : 1,
  ];
  e.run('loss', M, e.chunkOf(M), args);
}
