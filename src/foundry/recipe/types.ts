// What a recipe is once it has been read: every key present, every default written out.
// Knows nothing of YAML, files or how a recipe is carried out.

/** How a source's bytes become documents. */
export type ReaderName = 'text' | 'markdown' | 'jsonl' | 'wordnet' | 'json-strings';

/** One source of text: an npm package in a pinned version, or files beside the recipe. */
export interface RecipeSource {
  /** `name@1.2.3`: fetched as a tarball. Exactly one of `npm` and `files` is there. */
  npm?: string;
  /** Files, folders or patterns (`texts/**\/*.md`), relative to the recipe's folder. */
  files?: string | string[];
  /** Digest of the tarball: 128 hex digits or npm's `sha512-...`. */
  sha512?: string;
  /** Files or patterns inside the tarball; always there with `npm`. */
  path?: string | string[];
  read: ReaderName;
  /** Which member of a JSON record holds the text; always there with `jsonl` (default `text`). */
  field?: string;
  /** A Unicode script such as `Hangul`: documents with few of their letters in it are left out. */
  script?: string;
  /** BCP 47, for example `ko`; `und` where it is not known. */
  language: string;
  licence: string;
  /** How often the source counts, relative to the others. */
  weight: number;
}

export interface CorpusRecipe {
  sources: RecipeSource[];
  /** Share of the text held out for validation, 0 to 0.5; 0 holds nothing out. */
  validation: number;
}

export interface TokenizerRecipe {
  /** Entries, the 256 bytes and the special tokens included. */
  vocabSize: number;
}

export interface ModelRecipe {
  hiddenSize: number;
  intermediateSize: number;
  numHiddenLayers: number;
  numAttentionHeads: number;
  numKeyValueHeads: number;
  /** Longest context in tokens. */
  maxPositionEmbeddings: number;
  ropeTheta: number;
  rmsNormEps: number;
  /** Standard deviation of the weights at step 0. */
  initializerRange: number;
  /** True: the output head is the embedding itself. */
  tieWordEmbeddings: boolean;
}

export interface TrainRecipe {
  steps: number;
  /** Sequences a step. */
  batchSize: number;
  /** Sequences held in memory at a time; changes no bit of the result. */
  microBatchSize: number;
  /** Tokens a sequence. */
  sequenceLength: number;
  gradientGroups: number;
  learningRate: number;
  minLearningRate: number;
  /** `cosine`, or `wsd`: warm-up, stable, decay. */
  schedule: 'cosine' | 'wsd';
  /** Share of the steps that `wsd` decays over. */
  decayFraction: number;
  warmupSteps: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** Largest norm of the gradient. */
  gradClip: number;
  /** Steps between two validations. */
  validateEvery: number;
  /** Tokens of validation text read each time. */
  validationTokens: number;
  /** Steps between two checkpoints. */
  checkpointEvery: number;
  /** Every n-th checkpoint is kept; the newest always is. */
  keepEvery: number;
}

export interface Recipe {
  /** Lower-case letters, digits, `-`, `_`, `.`; starts with a letter or digit. */
  name: string;
  /** 0 to 2^53 - 1. */
  seed: number;
  corpus: CorpusRecipe;
  tokenizer: TokenizerRecipe;
  model: ModelRecipe;
  train: TrainRecipe;
}
