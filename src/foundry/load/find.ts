// Finds the parts of a model in a run folder (its finished model, or its newest checkpoint), in a Hugging Face folder or in a GGUF file.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JikjiError, shellWord } from '../../base/index.ts';
import { readSmallFile, WeightFiles } from '../../formats/index.ts';
import { checkpointSteps, runPaths } from '../../run-folder/index.ts';
import { fromHuggingFace, type ModelConfig } from '../model/index.ts';
import { modelOf, parseRecipe } from '../recipe/index.ts';
import type { TokenizerSettings } from '../tokenizer/index.ts';
import { momentNames } from '../train/index.ts';
import { checkTensors } from './check.ts';
import { openGguf } from './gguf-files.ts';
import { filesOfFolder, MAX_CONFIG, MAX_TEMPLATE, MAX_TOKENIZER, type ModelFiles } from './model-files.ts';
import type { Weights } from './weights.ts';

/** A tokenizer.json. */
export interface ModelTokenizer {
  /** For errors. */
  path: string;
  /** Undefined where there is none. */
  text(): string | undefined;
}

export interface FoundModel {
  /** The run folder, for the model of a run. */
  run: string | undefined;
  /** Config and what begins and ends a text, as a Hugging Face folder has them; undefined for a checkpoint. */
  files: ModelFiles | undefined;
  tokenizer: ModelTokenizer;
  /** The chat template of a run that is not finished, and its settings of the tokenizer. */
  chatTemplate?: string | undefined;
  settings?: TokenizerSettings;
  /** A note about the model for the user. */
  note: string | undefined;
  config(vocabSize: number): ModelConfig;
  /** Opens the weights and checks their names, shapes and types. */
  open(config: ModelConfig): Weights;
  /** Closes what finding has opened; not after `open`, whose weights close it. */
  close(): void;
}

/** Where the weights of a model are. `run` is the run folder, for the model of a run. */
export type ModelPlace =
  | { kind: 'gguf'; path: string; run: undefined }
  | { kind: 'folder'; path: string; run: string | undefined }
  | { kind: 'checkpoint'; path: string; run: string; step: number };

/** @throws JikjiError `model-missing`, `model-unfinished`, `not-a-model` */
export function placeOfModel(path: string): ModelPlace {
  const hint = 'see what was made here: jikji runs';
  if (!existsSync(path)) throw new JikjiError('model-missing', 'there is no such folder or file', path, hint);
  if (/\.gguf$/i.test(path)) return { kind: 'gguf', path, run: undefined };
  const run = runPaths(path);
  const isRun = existsSync(run.recipe);
  // A run has lines of its own: a transcript, that of another program too.
  const isBegun = [run.model, run.corpus, run.transcript, run.genesis].some((one) => existsSync(one));
  if (!isBegun && holdsTexts(path)) throw textsFolder(path, isRun);
  if (isRun && !existsSync(run.model)) return newestCheckpoint(path);
  const folder = isRun ? run.model : path;
  if (!existsSync(join(folder, 'config.json'))) {
    const what = 'is neither a run folder nor a Hugging Face model folder nor a .gguf file';
    throw new JikjiError('not-a-model', what, path, hint);
  }
  return { kind: 'folder', path: folder, run: isRun ? path : undefined };
}

/** Whether a folder holds texts to train on and no model. */
function holdsTexts(path: string): boolean {
  if (!statSync(path).isDirectory() || existsSync(join(path, 'config.json'))) return false;
  return readdirSync(path).some((name) => /\.(txt|md|markdown|jsonl|jsonl\.gz)$/i.test(name));
}

function textsFolder(path: string, hasRecipe: boolean): JikjiError {
  const recipe = shellWord(join(path, 'recipe.yaml'));
  const make = `jikji make ${recipe}, and name the run that it gives`;
  const hint = hasRecipe
    ? `make a model of them: ${make}`
    : `make a model of them: jikji init ${shellWord(path)}, then ${make}`;
  return new JikjiError('not-a-model', 'is a folder of texts, not a run or a model', path, hint);
}

/** The newest checkpoint's state.safetensors. */
function newestCheckpoint(folder: string): ModelPlace {
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
  const name = readdirSync(run.checkpoints).find((n) => Number(n.slice(5)) === step)!;
  return { kind: 'checkpoint', path: join(run.checkpoints, name, 'state.safetensors'), run: folder, step };
}

/** Whether a tensor of a checkpoint is a moment of the optimizer's, not a weight. */
export const isMoment = (tensor: string): boolean =>
  Object.values(momentNames).some((moment) => tensor.startsWith(moment));

/** Checks the open weights, and closes them on failure. */
function checked(weights: Weights, config: ModelConfig, path: string, extra?: (name: string) => boolean): Weights {
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
  const place = placeOfModel(path);
  if (place.kind === 'gguf') return ggufModel(path);
  if (place.kind === 'checkpoint') return checkpoint(place);
  const folder = place.path;
  const config = join(folder, 'config.json');
  const files = filesOfFolder(folder);
  return {
    run: place.run,
    files,
    tokenizer: tokenizerIn(files),
    note: undefined,
    config: () => fromHuggingFace(readSmallFile(config, MAX_CONFIG), config),
    open: (config) => checked(WeightFiles.open(folder), config, folder),
    close: () => {},
  };
}

const tokenizerIn = (files: ModelFiles): ModelTokenizer => ({
  path: files.path('tokenizer.json'),
  text: () => files.text('tokenizer.json', MAX_TOKENIZER),
});

function ggufModel(path: string): FoundModel {
  const { files, weights, close } = openGguf(path);
  return {
    run: undefined,
    files,
    tokenizer: tokenizerIn(files),
    note: undefined,
    config: () => fromHuggingFace(files.text('config.json', MAX_CONFIG)!, path),
    open: (config) => checked(weights(config), config, path),
    close,
  };
}

function checkpoint({ path, run: folder, step }: Extract<ModelPlace, { kind: 'checkpoint' }>): FoundModel {
  const run = runPaths(folder);
  const recipe = parseRecipe(readSmallFile(run.recipe, MAX_CONFIG), { file: run.recipe });
  return {
    run: folder,
    files: undefined,
    tokenizer: {
      path: run.tokenizer,
      text: () => (existsSync(run.tokenizer) ? readSmallFile(run.tokenizer, MAX_TOKENIZER) : undefined),
    },
    settings: recipe.tokenizer,
    chatTemplate: existsSync(run.chatTemplate) ? readSmallFile(run.chatTemplate, MAX_TEMPLATE) : undefined,
    note: `This run is not finished: these are its weights after step ${step} of ${recipe.train.steps}.`,
    config: (vocabSize) =>
      modelOf(recipe, recipe.tokenizer.eosToken === undefined ? vocabSize : recipe.tokenizer.vocabSize),
    open: (config) => checked(WeightFiles.single(path), config, path, isMoment),
    close: () => {},
  };
}
