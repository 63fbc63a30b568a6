// The type of a recipe that has been read: every default filled in. The schema explains the keys.
// Knows nothing of YAML, files or how a recipe is carried out.

import type { From, ReaderName, RecipeInput } from './schema.ts';

type CorpusInput = RecipeInput['corpus'];
type SourceInput = CorpusInput['sources'][number];

export interface RecipeSource extends SourceInput {
  read: ReaderName;
}

export interface CorpusRecipe extends CorpusInput {
  sources: RecipeSource[];
}

/** All keys of a section, but those in `Special` only where they are set. */
type Resolved<Section, Special extends keyof Section> = Required<Omit<Section, Special>> & Pick<Section, Special>;

/** The special keys are present for models other than Llama with heads that share hiddenSize. */
export type ModelRecipe = Resolved<RecipeInput['model'], 'architecture' | 'headDim'>;

/** The special keys are present for Muon and for pairs: what a recipe without them says has not changed since there was AdamW alone. */
export interface TrainRecipe extends Resolved<RecipeInput['train'], 'optimizer' | 'momentum' | 'dpoBeta'> {
  microBatchSize: number;
}

/** Without `template`: the one that Jikji has. */
export type ChatRecipe = Resolved<NonNullable<RecipeInput['chat']>, 'template'>;

/** The two tokens are present, both, where the parent's tokenizer is one of another maker. */
type TokenizerRecipe = Resolved<RecipeInput['tokenizer'], 'bosToken' | 'eosToken'>;

export interface Recipe extends Required<Omit<RecipeInput, 'seed' | 'from' | 'chat'>> {
  /** Left out: each run of the recipe draws its own. */
  seed?: number;
  /** Set for a run that begins with the weights of another model. */
  from?: From;
  /** Set for a run with conversations. */
  chat?: ChatRecipe;
  corpus: CorpusRecipe;
  tokenizer: TokenizerRecipe;
  model: ModelRecipe;
  train: TrainRecipe;
}

/** The recipe of a run, as it lies in the run's folder: its seed is stated, whoever chose it. */
export interface RunRecipe extends Recipe {
  seed: number;
}
