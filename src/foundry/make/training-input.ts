// Input of the training stage: the run's folder, the results of earlier stages, and the caller's options.

import type { Signer } from '../../ledger/index.ts';
import type { CorpusManifest } from '../corpus/index.ts';
import type { ModelConfig } from '../model/index.ts';
import type { RunRecipe } from '../recipe/index.ts';
import type { RunTokenizer } from '../tokenizer/index.ts';
import type { Machines } from '../train/index.ts';
import type { MakeOptions } from './events.ts';
import type { TokensManifest } from './tokens-manifest.ts';

type CallerOptions = Pick<
  MakeOptions,
  'recipeFolder' | 'threads' | 'ranks' | 'lodge' | 'office' | 'signal' | 'onEvent'
>;

export interface TrainingInput extends CallerOptions {
  folder: string;
  recipe: RunRecipe;
  config: ModelConfig;
  manifest: CorpusManifest;
  tokens: TokensManifest;
  tokenizer: RunTokenizer;
  machines: Machines;
  /** Whether this process still holds the folder. */
  holds: () => boolean;
  signer: Signer;
}
