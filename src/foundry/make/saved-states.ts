// The checkpoints of a run on disk: those that are kept, and the newest one.

import type { Transcript } from '../../ledger/index.ts';
import { checkpointSteps, NotFinite, removeCheckpoint, saveCheckpoint, type Trainer } from '../train/index.ts';

export class SavedStates {
  /** Step of the newest checkpoint. */
  saved: number;
  readonly #folder: string;
  readonly #kept: ReadonlySet<number>;

  constructor(folder: string, kept: ReadonlySet<number>, saved: number) {
    this.#folder = folder;
    this.#kept = kept;
    this.saved = saved;
  }

  /** Removes checkpoints that are older than the newest one and not kept. */
  prune(): void {
    for (const old of checkpointSteps(this.#folder)) {
      if (old < this.saved && !this.#kept.has(old)) removeCheckpoint(this.#folder, old);
    }
  }

  /** Saves the trainer's state, after the records that lead to it are on disk; then prunes. @throws NotFinite */
  save(root: string, trainer: Trainer, transcript: Transcript): void {
    const broken = trainer.notFinite(); // the next step would find it too, but this save would replace the last good checkpoint
    if (broken !== undefined) throw new NotFinite(trainer.step, broken, 'state');
    transcript.sync();
    saveCheckpoint(this.#folder, root, trainer);
    this.saved = trainer.step;
    this.prune();
  }
}
