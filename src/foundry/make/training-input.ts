// What the training stage is given: the run's folder, what the stages before it came to, and what the caller chose.

import type { Signer } from '../../ledger/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { Recipe } from '../recipe/index.ts';
import type { Tokenizer } from '../tokenizer/index.ts';
import type { Machines, Ranks } from '../train/index.ts';
import type { MakeEvent } from './events.ts';
import type { OfficeClient } from './office.ts';
import type { TokensManifest } from './tokens-manifest.ts';

export interface TrainingInput {
  folder: string;
  recipe: Recipe;
  config: ModelConfig;
  manifest: CorpusManifest;
  tokens: TokensManifest;
  tokenizer: Tokenizer;
  threads: number;
  ranks: Ranks | undefined;
  machines: Machines;
  /** Whether the folder is still ours. */
  holds: () => boolean;
  signer: Signer;
  /** `wait`, or a file: have an office counter-sign before step 1. */
  lodge: string | undefined;
  /** An office that is asked: before step 1, and at each kept state. */
  office: OfficeClient | undefined;
  signal: AbortSignal;
  tell: (event: MakeEvent) => void;
}
