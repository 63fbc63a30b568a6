// Entries that are written once, however often somebody sets out to: what is still to be said is asked again each time the log has
// moved.

import { JikjiError } from '../../base/index.ts';
import type { Entry } from '../log/index.ts';
import type { Programme } from '../programme.ts';
import type { Proposal, Tables } from '../state/index.ts';

/** How often others may come before us. */
const TRIES = 20;
/** In one process, one after the other: between the question and the entry nobody else writes. */
const queues = new WeakMap<Programme, Promise<unknown>>();

/** Writes what `propose` still finds to be said, which may be nothing. (Tables that were read before may be old ones by then.) */
export function recordOnce(
  programme: Programme,
  actor: string,
  propose: (tables: Tables) => Proposal[],
): Promise<Entry[]> {
  const before = queues.get(programme) ?? Promise.resolve();
  const work = before.then(async () => {
    for (let left = TRIES; ; left--) {
      const proposals = propose(programme.tables);
      if (proposals.length === 0) return [];
      try {
        return await programme.record(actor, proposals);
      } catch (error) {
        if (!(error instanceof JikjiError && error.code === 'log-moved') || left === 0) throw error;
      }
    }
  });
  queues.set(
    programme,
    work.catch(() => {}),
  );
  return work;
}

/** Takes in what others wrote to the log meanwhile. A programme reads its log anew where it is asked to write and cannot. */
export async function catchUp(programme: Programme): Promise<void> {
  const { seq, link } = await programme.store.head();
  if (seq === programme.head.seq && link === programme.head.link) return;
  await programme.record('nobody', []).catch((error: unknown) => {
    if (error instanceof JikjiError) throw error; // else: nothing was to be written, as meant
  });
}
