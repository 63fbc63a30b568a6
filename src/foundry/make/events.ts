// What a run tells while it works, what it is given and what it gives back. Data only.

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
      /** Nats a token. */
      loss: number;
      learningRate: number;
      gradNorm: number;
      tokensPerSecond: number;
      gflops: number;
      /** Share of what this machine's tiles reach alone. */
      peakShare: number;
      secondsLeft: number;
    }
  | { kind: 'validation'; step: number; bitsPerByte: number }
  | { kind: 'checkpoint'; step: number; stateRoot: string }
  | { kind: 'note'; text: string }
  /** What somebody should know who is not looking all the time; the run goes on. */
  | { kind: 'warning'; text: string };

export interface MakeOptions {
  recipe: Recipe;
  /** Where `files` of the recipe's sources begin. */
  recipeFolder: string;
  /** The run folder. */
  out: string;
  threads: number;
  /** Processes that share each step, each with so many threads: this is rank 0, and the others are in `followRun`. */
  ranks?: Ranks | undefined;
  /** Go on with the run in `out`; without one there, begin it. */
  resume: boolean;
  /** Signs the run's statements; by default the user's own key, made on first use. */
  signer?: Signer | undefined;
  /** `wait`, or a file with an office's answer: lodged before step 1. */
  lodge?: string | undefined;
  /** An office that is asked: before step 1, at each kept state, and at the end. */
  office?: OfficeClient | undefined;
  signal: AbortSignal;
  onEvent: (event: MakeEvent) => void;
}
