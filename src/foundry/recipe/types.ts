// The type of a recipe that has been read: every key present, every default filled in. The schema explains the keys.
// Knows nothing of YAML, files or how a recipe is carried out.

import type { ReaderName, RecipeInput } from './schema.ts';

type CorpusInput = RecipeInput['corpus'];
type SourceInput = CorpusInput['sources'][number];

export interface RecipeSource extends SourceInput {
  read: ReaderName;
}

interface CorpusRecipe extends CorpusInput {
  sources: RecipeSource[];
}

type ModelInput = RecipeInput['model'];
/** Keys for models other than Llama with heads that share hiddenSize are present only if the recipe sets them. */
type Special = 'architecture' | 'headDim';

export type ModelRecipe = Required<Omit<ModelInput, Special>> & Pick<ModelInput, Special>;

export interface TrainRecipe extends Required<RecipeInput['train']> {
  microBatchSize: number;
}

export interface Recipe extends Required<RecipeInput> {
  corpus: CorpusRecipe;
  model: ModelRecipe;
  train: TrainRecipe;
}
