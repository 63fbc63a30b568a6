// Where the parts of a MODEL lie: a run folder (its finished model, or its newest checkpoint) or a Hugging Face folder.

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

/** Largest config file or recipe that is read, in bytes. */
export const MAX_CONFIG = 8 << 20;

/** Largest tokenizer.json that is read, in bytes. */
export const MAX_TOKENIZER = 128 << 20;

export interface Found {
  /** The run's folder, where the model is a run's. */
  run: string | undefined;
  /** The Hugging Face folder; undefined where it is a checkpoint. */
  folder: string | undefined;
  /** Path of tokenizer.json, which need not be there. */
  tokenizer: string;
  /** What is to be said of it. */
  note: string | undefined;
  config(vocabSize: number): ModelConfig;
  /** Opens the weights and checks their names, shapes and types. */
  open(config: ModelConfig): WeightFiles;
}

function opened(weights: WeightFiles, check: () => void): WeightFiles {
  try {
    check();
    return weights;
  } catch (error) {
    weights.close();
    throw error;
  }
}

/** @throws JikjiError `model-missing`, `model-unfinished`, `not-a-model` */
export function findModel(named: string): Found {
  if (!existsSync(named)) {
    throw new JikjiError('model-missing', 'there is no such folder', named, 'see what was made here: jikji runs');
  }
  const run = runPaths(named);
  const isRun = existsSync(run.recipe);
  if (isRun && !existsSync(run.model)) return newestCheckpoint(named);
  const folder = isRun ? run.model : named;
  const path = join(folder, 'config.json');
  if (!existsSync(path)) {
    throw new JikjiError(
      'not-a-model',
      'is neither a run folder nor a Hugging Face model folder',
      named,
      'see what was made here: jikji runs',
    );
  }
  return {
    run: isRun ? named : undefined,
    folder,
    tokenizer: join(folder, 'tokenizer.json'),
    note: undefined,
    config: () => fromHuggingFace(readSmallFile(path, MAX_CONFIG), path),
    open: (config) => {
      const weights = WeightFiles.open(folder);
      return opened(weights, () => checkTensors(weights, config, folder));
    },
  };
}

function newestCheckpoint(folder: string): Found {
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
    open: (config) => {
      const weights = WeightFiles.single(path);
      return opened(weights, () => checkTensors(weights, config, path, isMoment));
    },
  };
}
