// The states of a run on disk: those that are kept, and the last one.

import type { Transcript } from '../../ledger/index.ts';
import { checkpointSteps, NotFinite, removeCheckpoint, saveCheckpoint, type Trainer } from '../train/index.ts';

export class SavedStates {
  /** Step of the last state. */
  saved: number;
  readonly #folder: string;
  readonly #kept: ReadonlySet<number>;

  constructor(folder: string, kept: ReadonlySet<number>, saved: number) {
    this.#folder = folder;
    this.#kept = kept;
    this.saved = saved;
  }

  /** Removes what is older than the last state and nobody keeps. */
  prune(): void {
    for (const old of checkpointSteps(this.#folder)) {
      if (old < this.saved && !this.#kept.has(old)) removeCheckpoint(this.#folder, old);
    }
  }

  /** The trainer's state, after the records that lead to it; the one before goes if nobody keeps it. */
  save(root: string, trainer: Trainer, transcript: Transcript): void {
    const lost = trainer.notFinite(); // the next step would find it, but the last good state might be gone by then
    if (lost !== undefined) throw new NotFinite(trainer.step, lost, 'state');
    transcript.sync();
    saveCheckpoint(this.#folder, root, trainer);
    this.saved = trainer.step;
    this.prune();
  }
}
