// The main loops of ranks: rank 0 conducts, the others follow its orders until they are dismissed. The others need no recipe, no text
// and no run folder: everything that a step needs comes from rank 0.

import { JikjiError } from '../../base/index.ts';
import type { EngineOptions } from '../../engine/index.ts';
import { type Order, receiveOrder, sendOrder } from './orders.ts';
import type { Ranks } from './ranks.ts';
import { Trainer } from './trainer.ts';

/**
 * Follows rank 0 until it dismisses. A failure that rank 0 knows, such as a training that could not begin, is reported by rank 0.
 * @throws JikjiError `rank-lost`
 */
export function follow(ranks: Ranks, threads: number, options?: EngineOptions): void {
  let trainer: Trainer | undefined;
  try {
    for (let order = receiveOrder(ranks); order.do !== 'dismiss'; order = receiveOrder(ranks)) {
      if (order.do === 'train') {
        const { config, train } = order;
        trainer?.close();
        trainer = unlessRefused(() => new Trainer(config, train, { ...options, threads, ranks }));
      } else if (order.do !== 'wait') trainer!.carryOut(order);
    }
  } finally {
    trainer?.close();
  }
}

/** The trainer, or undefined where no rank could begin. */
function unlessRefused(begin: () => Trainer): Trainer | undefined {
  try {
    return begin();
  } catch (error) {
    if (error instanceof JikjiError && error.code !== 'rank-lost') return undefined;
    throw error;
  }
}

/** Much shorter than the time after which a silent rank 0 counts as lost. */
const HEARTBEAT_MS = 10_000;

/** On rank 0: runs `run`, whose trainers the other ranks follow. Sends a heartbeat all the while, and dismisses them at the end. */
export async function conduct<T>(ranks: Ranks, run: () => Promise<T>): Promise<T> {
  const heartbeat = setInterval(() => sendUnlessLost(ranks, { do: 'wait' }), HEARTBEAT_MS);
  try {
    return await run();
  } finally {
    clearInterval(heartbeat);
    sendUnlessLost(ranks, { do: 'dismiss' });
  }
}

/** Sends an order. A lost rank is not reported here: the exchange that lost it has thrown `rank-lost`. */
function sendUnlessLost(ranks: Ranks, order: Order): void {
  try {
    sendOrder(ranks, order);
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code !== 'rank-lost') throw error;
  }
}
