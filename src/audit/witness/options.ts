// What an audit of a run that another program trained is given.

import type { GivenRegister } from '../register-check.ts';
import type { ReplayerOptions } from './replayer.ts';
import type { WitnessCheckName } from './types.ts';

export interface WitnessAuditOptions {
  /** The run folder. */
  folder: string;
  /** How the steps are trained again; without it nothing is. */
  replayer?: ReplayerOptions | undefined;
  /** How many segments are drawn at random, or all. */
  replay?: number | 'all' | undefined;
  /** These are trained again and no others, counted from 1; instead of `replay`. */
  segments?: { from: number; to: number } | undefined;
  challenge?: string | undefined;
  /** Fingerprints of keys that the auditor knows from another source. */
  maker?: string | undefined;
  office?: string | undefined;
  register?: GivenRegister | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { check: WitnessCheckName; detail: string; fraction: number }) => void) | undefined;
}
