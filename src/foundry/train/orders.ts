// The orders that rank 0 gives to the other ranks.

import type { ModelConfig } from '../model/index.ts';
import { broadcast, type Ranks } from './ranks.ts';
import type { TrainConfig } from './train-config.ts';

export type Order =
  | { do: 'train'; config: ModelConfig; train: TrainConfig }
  | { do: 'initialise'; seed: string }
  | { do: 'losses'; B: number; T: number }
  | { do: 'takeState'; step: number }
  | { do: 'step'; n: number }
  | { do: 'root' | 'notFinite' | 'stateBytes' | 'wait' | 'dismiss' };

/** Sends an order from rank 0. Does nothing on the other ranks, which carry out orders with the same code. */
export function sendOrder(ranks: Ranks, order: Order): void {
  if (ranks.rank === 0) broadcast(ranks, 'orders', order);
}

/** Receives the next order of rank 0. */
export const receiveOrder = (ranks: Ranks): Order => broadcast<Order>(ranks, 'orders');
