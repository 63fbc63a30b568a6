// What rank 0 has the other ranks do.

import type { ModelConfig } from '../model/index.ts';
import { broadcast, type Ranks } from './ranks.ts';
import type { TrainConfig } from './train-config.ts';

export type Order =
  | { do: 'train'; config: ModelConfig; train: TrainConfig }
  | { do: 'initialise'; seed: string }
  | { do: 'losses'; B: number; T: number }
  | { do: 'takeState'; step: number }
  | { do: 'step' | 'root' | 'notFinite' | 'stateBytes' | 'wait' | 'dismiss' };

/** Rank 0 tells the others; for them, who carry it out with the same code, there is nothing to tell. */
export function order(ranks: Ranks, what: Order): void {
  if (ranks.rank === 0) broadcast(ranks, 'orders', what);
}

/** What rank 0 orders next. */
export const nextOrder = (ranks: Ranks): Order => broadcast<Order>(ranks, 'orders');
