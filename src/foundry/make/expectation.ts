// What a run's training will reach, from its corpus and its sizes, before it begins. Trains nothing.

import { runPaths } from '../../run-folder/index.ts';
import { type CorpusManifest, corpusDifficulty } from '../corpus/index.ts';
import { flopsPerToken, type ModelConfig } from '../model/index.ts';
import { type Expected, expectedBitsPerByte, type Recipe, reasonOfKind } from '../recipe/index.ts';
import type { TokensManifest } from './tokens-manifest.ts';

interface Input {
  /** The run folder. */
  folder: string;
  recipe: Recipe;
  config: ModelConfig;
  manifest: CorpusManifest;
  tokens: TokensManifest;
}

export function expectationOf({ folder, recipe, config, manifest, tokens }: Input): Expected {
  const { train } = recipe;
  const unknown = reasonOfKind(recipe);
  if (unknown !== undefined) return { unknown };
  const read = train.steps * train.batchSize * train.sequenceLength;
  return expectedBitsPerByte({
    difficulty: () => corpusDifficulty(runPaths(folder).corpus, manifest),
    corpusTokens: tokens.sources.reduce((sum, source) => sum + source.train.tokens, 0),
    tokens: read,
    flops: read * flopsPerToken(config, train.sequenceLength),
    hiddenSize: config.hiddenSize,
    train,
  });
}
