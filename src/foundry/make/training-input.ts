// Input of the training stage: the run's folder, the results of earlier stages, and the caller's options.

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
  /** Whether this process still holds the folder. */
  holds: () => boolean;
  signer: Signer;
  /** As in `MakeOptions`. */
  lodge: string | undefined;
  /** As in `MakeOptions`. */
  office: OfficeClient | undefined;
  signal: AbortSignal;
  onEvent: (event: MakeEvent) => void;
}
