// The optimizer of each parameter, and one update by it. docs/arithmetic.md, "A step".

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

export function updatePart(e: Engine, { w, g, m, v, decays }: Part, train: TrainConfig, update: Update): void {
  const weightDecay = decays ? train.weightDecay : 0;
  const { beta1, beta2, eps, momentum } = train;
  const { step, ...rest } = update;
  if (v) e.adamw({ w, g, m, v, weightDecay, beta1, beta2, eps, step, ...rest });
  else if (momentum !== undefined) e.muon({ w, g, m, weightDecay, momentum, ...rest });
  else throw new Error('Muon needs a momentum');
}
