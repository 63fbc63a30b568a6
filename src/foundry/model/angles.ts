// The angles of the rotary embedding as tensors of an engine: declared for a number of positions, filled before the first pass.

import { type Engine, ropeTable, type Tensor } from '../../engine/index.ts';
import { headDim, type ModelConfig } from './config.ts';

/** Cosines and sines, [positions, headDim / 2] each. */
export interface Angles {
  cos: Tensor;
  sin: Tensor;
}

export function declareAngles(e: Engine, c: ModelConfig, positions: number): Angles {
  const shape = [positions, headDim(c) / 2];
  return { cos: e.tensor(shape), sin: e.tensor(shape) };
}

export function fillAngles(e: Engine, c: ModelConfig, angles: Angles): void {
  const { cos, sin } = ropeTable(angles.cos.shape[0], headDim(c), c.ropeTheta, c.ropeScaling);
  e.set(angles.cos, cos);
  e.set(angles.sin, sin);
}
