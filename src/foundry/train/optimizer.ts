// The optimizer of each parameter, and an update by it. docs/arithmetic.md, "A step".

import type { Engine, Tensor } from '../../engine/index.ts';
import { isLayerMatrix, type Parameter } from '../model/index.ts';
import type { Optimizer, TrainConfig } from './train-config.ts';

/** With Muon, the matrices of layers take it; embedding, head, norms and biases take AdamW. */
export const optimizerOf = ({ optimizer }: Pick<TrainConfig, 'optimizer'>, parameter: Parameter): Optimizer =>
  optimizer === 'muon' && isLayerMatrix(parameter) ? 'muon' : 'adamw';

/** A tensor that this process updates, or a piece of one, with gradient and moments. */
export interface Part {
  name: string;
  /** Norm weights and biases have no decay. */
  decays: boolean;
  w: Tensor;
  g: Tensor;
  m: Tensor;
  /** The second moment; Muon has none. */
  v: Tensor | undefined;
}

/** What is the same for all updates of a step. */
interface Update {
  /** Counted from 1. */
  step: number;
  learningRate: number;
  /** Factor of the gradients. */
  clip: number;
}

/** Updates parts; the matrices of Muon in one call, since an engine takes those of one shape together. */
export function updateParts(e: Engine, parts: readonly Part[], train: TrainConfig, update: Update): void {
  const { beta1, beta2, eps, momentum } = train;
  const { step, ...rest } = update;
  for (const { w, g, m, v, decays } of parts) {
    const weightDecay = decays ? train.weightDecay : 0;
    if (v) e.adamw({ w, g, m, v, weightDecay, beta1, beta2, eps, step, ...rest });
  }
  const matrices = parts.filter(({ v }) => !v); // all of them decay
  if (matrices.length === 0) return;
  if (momentum === undefined) throw new Error('Muon needs a momentum');
  e.muon({ matrices, weightDecay: train.weightDecay, momentum, ...rest });
}
