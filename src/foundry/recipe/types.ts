// What a recipe is once it has been read: every key present, every default written out. The schema says what keys mean.
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
/** What makes another model than Llama with heads that share hiddenSize is written where it is asked for, and else not there. */
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
