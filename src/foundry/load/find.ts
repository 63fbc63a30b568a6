// Finds the parts of a model in a run folder (its finished model, or its newest checkpoint) or in a Hugging Face folder.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile, WeightFiles } from '../../formats/index.ts';
import { runPaths } from '../../run-folder/index.ts';
import { modelOf } from '../make/index.ts';
import { fromHuggingFace, type ModelConfig } from '../model/index.ts';
import { parseRecipe } from '../recipe/index.ts';
import { checkpointSteps, momentNames } from '../train/index.ts';
import { checkTensors } from './check.ts';

/** The limit of a config file or recipe, in bytes. */
export const MAX_CONFIG = 8 << 20;

/** The limit of tokenizer.json, in bytes. */
export const MAX_TOKENIZER = 128 << 20;

export interface FoundModel {
  /** The run folder, for the model of a run. */
  run: string | undefined;
  /** The Hugging Face folder; undefined for a checkpoint. */
  folder: string | undefined;
  /** Path of tokenizer.json, which may be missing. */
  tokenizer: string;
  /** A note about the model for the user. */
  note: string | undefined;
  config(vocabSize: number): ModelConfig;
  /** Opens the weights and checks their names, shapes and types. */
  open(config: ModelConfig): WeightFiles;
}

/** Checks the open weights, and closes them on failure. */
function checked(
  weights: WeightFiles,
  config: ModelConfig,
  path: string,
  extra?: (name: string) => boolean,
): WeightFiles {
  try {
    checkTensors(weights, config, path, extra);
    return weights;
  } catch (error) {
    weights.close();
    throw error;
  }
}

/** @throws JikjiError `model-missing`, `model-unfinished`, `not-a-model` */
export function findModel(path: string): FoundModel {
  const hint = 'see what was made here: jikji runs';
  if (!existsSync(path)) throw new JikjiError('model-missing', 'there is no such folder', path, hint);
  const run = runPaths(path);
  const isRun = existsSync(run.recipe);
  if (isRun && !existsSync(run.model)) return newestCheckpoint(path);
  const folder = isRun ? run.model : path;
  const config = join(folder, 'config.json');
  if (!existsSync(config)) {
    throw new JikjiError('not-a-model', 'is neither a run folder nor a Hugging Face model folder', path, hint);
  }
  return {
    run: isRun ? path : undefined,
    folder,
    tokenizer: join(folder, 'tokenizer.json'),
    note: undefined,
    config: () => fromHuggingFace(readSmallFile(config, MAX_CONFIG), config),
    open: (config) => checked(WeightFiles.open(folder), config, folder),
  };
}

function newestCheckpoint(folder: string): FoundModel {
  const run = runPaths(folder);
  const step = checkpointSteps(run.checkpoints).at(-1);
  if (step === undefined) {
    throw new JikjiError(
      'model-unfinished',
      'this run has no checkpoint yet',
      folder,
      'go on with it: jikji make RECIPE --resume',
    );
  }
  const recipe = parseRecipe(readSmallFile(run.recipe, MAX_CONFIG), { file: run.recipe });
  const name = readdirSync(run.checkpoints).find((n) => Number(n.slice(5)) === step)!;
  const path = join(run.checkpoints, name, 'state.safetensors');
  const isMoment = (tensor: string) => Object.values(momentNames).some((moment) => tensor.startsWith(moment));
  return {
    run: folder,
    folder: undefined,
    tokenizer: run.tokenizer,
    note: `This run is not finished: these are its weights after step ${step} of ${recipe.train.steps}.`,
    config: (vocabSize) => modelOf(recipe, vocabSize),
    open: (config) => checked(WeightFiles.single(path), config, path, isMoment),
  };
}
