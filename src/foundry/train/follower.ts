// The life of the ranks other than 0: they do what rank 0 orders until they are dismissed. They need no recipe, no text and no
// run folder: all that a step takes comes from rank 0.

import { JikjiError } from '../../base/index.ts';
import type { EngineOptions } from '../../engine/index.ts';
import { nextOrder, type Order, order } from './orders.ts';
import type { Ranks } from './ranks.ts';
import { Trainer } from './trainer.ts';

/**
 * Follows rank 0 until it dismisses. What rank 0 knows of by itself, such as a training that could not begin, is rank 0's to say.
 * @throws JikjiError `rank-lost`
 */
export function follow(ranks: Ranks, threads: number, options?: EngineOptions): void {
  let trainer: Trainer | undefined;
  try {
    for (let what = nextOrder(ranks); what.do !== 'dismiss'; what = nextOrder(ranks)) {
      if (what.do === 'train') {
        trainer?.close();
        trainer = begin(() => new Trainer(what.config, what.train, { ...options, threads, ranks }));
      } else if (what.do !== 'wait') trainer!.obey(what);
    }
  } finally {
    trainer?.close();
  }
}

function begin(start: () => Trainer): Trainer | undefined {
  try {
    return start();
  } catch (error) {
    if (error instanceof JikjiError && error.code !== 'rank-lost') return undefined;
    throw error;
  }
}

/** Milliseconds between two signs of life. Much shorter than it takes for rank 0 to be called silent. */
const BEAT = 10_000;

/**
 * On rank 0: runs what has the others follow. Where it is busy with something of its own, they hear now and then that it lives;
 * at its end they are dismissed.
 */
export async function conduct<T>(ranks: Ranks, run: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => say(ranks, { do: 'wait' }), BEAT);
  try {
    return await run();
  } finally {
    clearInterval(beat);
    say(ranks, { do: 'dismiss' });
  }
}

/** Says it to those that are there. Of a rank that is lost nothing more is said: whoever lost it has said so. */
function say(ranks: Ranks, what: Order): void {
  try {
    order(ranks, what);
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code !== 'rank-lost') throw error;
  }
}
