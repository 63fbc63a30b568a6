// What the processes share in which this room has work done.

import type { ChildSettings } from '../../apart/index.ts';

export interface ChildrenOptions {
  /** Of the engine. */
  threads: number;
  settings: () => ChildSettings;
  /** Ends them. */
  ending: AbortSignal;
}
