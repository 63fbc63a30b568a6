// The events that a run emits, and the options that it takes.

import type { Signer } from '../../ledger/index.ts';
import type { Recipe } from '../recipe/index.ts';
import type { Ranks } from '../train/index.ts';
import type { OfficeClient } from './office.ts';

export type Stage = 'corpus' | 'tokenizer' | 'tokens' | 'train' | 'model';

export type MakeEvent =
  | { kind: 'stage'; stage: Stage; state: 'start' | 'progress' | 'done'; detail?: string; fraction?: number }
  | {
      kind: 'step';
      step: number;
      steps: number;
      /** Nats of a token, or of a pair. */
      loss: number;
      learningRate: number;
      gradNorm: number;
      tokensPerSecond: number;
      gflops: number;
      /** `gflops` as a share of the measured peak of this machine's matrix kernel; NaN where that was measured too low. */
      peakShare: number;
      secondsLeft: number;
    }
  | { kind: 'validation'; step: number; bitsPerByte: number }
  | { kind: 'checkpoint'; step: number; stateRoot: string }
  | { kind: 'note'; text: string }
  /** A problem that does not stop the run; shown also where progress is not. */
  | { kind: 'warning'; text: string };

export interface MakeOptions {
  recipe: Recipe;
  /** The recipe's `files` are relative to this folder. */
  recipeFolder: string;
  /** The run folder. */
  out: string;
  threads: number;
  /** Processes that share each step, each with `threads` threads. This process is rank 0; the other ranks run `followRun`. */
  ranks?: Ranks | undefined;
  /** Resume the run in `out`, or begin it if `out` has none. */
  resume: boolean;
  /** Another run. If its recipe has the same corpus and tokenizer, its texts and tokens are copied instead of being made again. */
  textFrom?: string | undefined;
  /** Signs the run's statements; by default the user's own key, made on first use. */
  signer?: Signer | undefined;
  /** The office's answer to the request, needed before step 1: `wait` for it in the run folder, or the path of a file that has it. */
  lodge?: string | undefined;
  /** An office to lodge with: the request before step 1, the head of each kept state, the seal at the end. */
  office?: OfficeClient | undefined;
  signal: AbortSignal;
  onEvent: OnEvent;
}

export type OnEvent = (event: MakeEvent) => void;
type StageEvent = Extract<MakeEvent, { kind: 'stage' }>;

/** A function that reports the states of one stage. */
export const reporter =
  (stage: Stage, onEvent: OnEvent) =>
  (state: StageEvent['state'], figures: Pick<StageEvent, 'detail' | 'fraction'> = {}) =>
    onEvent({ kind: 'stage', stage, state, ...figures });
