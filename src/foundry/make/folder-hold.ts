// Our hold on the run's folder while it is trained. Knows nothing of how the folder is locked.

import { JikjiError } from '../../base/index.ts';
import type { TrainingInput } from './training-input.ts';

/** Milliseconds between looks at the lock: much less than it takes for another machine to count this one as gone. */
const LOOK = 10_000;

/** Nothing is written into a folder that another process has by now: this one was suspended, or cut off from the others. */
export class FolderHold {
  /** Whether another process was found to have the folder. */
  lost = false;
  readonly #run: Pick<TrainingInput, 'folder' | 'holds'>;
  #looked = performance.now();

  constructor(run: Pick<TrainingInput, 'folder' | 'holds'>) {
    this.#run = run;
  }

  /** Checks it if that was not done of late. */
  look(): void {
    if (performance.now() - this.#looked > LOOK) this.check();
  }

  /** @throws JikjiError `run-taken` */
  check(): void {
    this.#looked = performance.now();
    const { folder, holds } = this.#run;
    if (holds()) return;
    this.lost = true;
    throw new JikjiError(
      'run-taken',
      'another process has taken this run meanwhile: this one had been silent for too long',
      folder,
      'let that one go on; `jikji runs` shows it',
    );
  }
}
