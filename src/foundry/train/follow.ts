// The life of the ranks other than 0: they do what rank 0 orders until they are dismissed. They need no recipe, no text and no
// run folder: all that a step takes comes from rank 0.

import { JikjiError } from '../../base/index.ts';
import type { EngineOptions } from '../../engine/index.ts';
import { nextOrder, order } from './orders.ts';
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
        trainer = begin(() => new Trainer(what.config, what.train, threads, options, ranks));
      } else trainer!.obey(what);
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

/** Rank 0 lets the others go. Of a rank that is lost nothing more is said: whoever lost it has said so. */
export function dismiss(ranks: Ranks): void {
  try {
    order(ranks, { do: 'dismiss' });
  } catch (error) {
    if (!(error instanceof JikjiError) || error.code !== 'rank-lost') throw error;
  }
}
