// Checks during training that this process still holds the run folder. Does not know how the folder is locked.

import { JikjiError } from '../../base/index.ts';
import type { TrainingInput } from './training-input.ts';

/** Milliseconds between checks of the lock: much less than the time after which another machine takes a silent holder's lock. */
const CHECK_INTERVAL = 10_000;

/** Prevents writes to a folder that another process has taken since: this one was suspended, or cut off from the others. */
export class FolderHold {
  /** Whether another process has taken the folder. */
  isLost = false;
  readonly #run: Pick<TrainingInput, 'folder' | 'holds'>;
  #checkedAt = performance.now();

  constructor(run: Pick<TrainingInput, 'folder' | 'holds'>) {
    this.#run = run;
  }

  /** Checks the lock if the last check is older than `CHECK_INTERVAL`. @throws JikjiError `run-taken` */
  checkIfDue(): void {
    if (performance.now() - this.#checkedAt > CHECK_INTERVAL) this.check();
  }

  /** @throws JikjiError `run-taken` */
  check(): void {
    this.#checkedAt = performance.now();
    const { folder, holds } = this.#run;
    if (holds()) return;
    this.isLost = true;
    throw new JikjiError(
      'run-taken',
      'another process has taken this run, because this process was silent for too long',
      folder,
      'leave the run to the other process; `jikji runs` shows it',
    );
  }
}
