// Makes a run: turns a recipe into a folder with a model and the evidence of its training.

import { dirname, join } from 'node:path';
import { type MakeEvent, type MakeResult, makeRun as make } from '../foundry/make/index.ts';
import {
  parseRecipe as parse,
  type Recipe,
  type RecipeValues,
  readRecipe as readFile,
} from '../foundry/recipe/index.ts';
import { loadSigner } from '../ledger/index.ts';
import { checkedThreads } from './checked-options.ts';

export type { MakeEvent, MakeResult } from '../foundry/make/index.ts';
export type { Recipe, RecipeValues } from '../foundry/recipe/index.ts';

/**
 * Makes a recipe from the text of a YAML file, or from its values; missing keys get their defaults. Without a seed
 * each run of it draws its own.
 * Keys: docs/recipe.md.
 *
 * @param recipe YAML, or an object with the same keys.
 * @param overrides Keys to set, as `train.steps=20`.
 * @throws JikjiError `recipe-unknown-key`, `recipe-missing-key`, `recipe-type`, `recipe-range`, `recipe-conflict`,
 * `recipe-override`, and for YAML `recipe-yaml`, `recipe-duplicate-key`; `input` names the line and the key
 * @example
 * const recipe = parseRecipe({ name: 'tiny', corpus: { sources: [{ files: 'texts' }] }, train: { steps: 20 } });
 */
export function parseRecipe(recipe: string | RecipeValues, overrides: readonly string[] = []): Recipe {
  // JSON is YAML: the recipe reader checks these values too.
  return parse(typeof recipe === 'string' ? recipe : JSON.stringify(recipe, null, 2), { file: 'recipe', overrides });
}

/**
 * Reads a recipe file.
 *
 * @param overrides Keys to set, as `train.steps=20`.
 * @throws JikjiError `recipe-not-found`, `recipe-not-readable`, and those of `parseRecipe`
 * @example
 * const { train } = readRecipe('recipes/hello.yaml', ['train.steps=20']);
 */
export const readRecipe = (path: string, overrides: readonly string[] = []): Recipe => readFile(path, overrides);

export interface MakeRunOptions {
  /** The run folder. @default `runs/NAME`, by the recipe's name */
  out?: string;
  /** The folder that `files` of the recipe's sources are relative to. @default the folder of the recipe file, else the working directory */
  texts?: string;
  /** Threads; no bit of the result depends on them. @default all cores */
  threads?: number;
  /** Continue the run in `out`, to the same bits as without a pause; begin it where there is none. @default false */
  resume?: boolean;
  /** Name of the key that signs the run (`jikji key list`). @default the user's own, made on first use */
  key?: string;
  /** The passphrase of a protected key. */
  passphrase?: string;
  /** Stops the run at the next step: its state is saved, and `resume` continues from there. */
  signal?: AbortSignal;
  /** Called for stages, steps (loss in nats of a token or a pair, tokens per second), validations (bits per byte), kept states, notes. */
  onEvent?: (event: MakeEvent) => void;
}

/**
 * Makes a run: corpus, tokenizer, training, model, evidence. The files in the folder are complete at every moment. The work runs in
 * this thread and in worker threads; events and signals are handled between steps.
 *
 * @param recipe A recipe, or the path of a recipe file.
 * @returns The seed, steps, tokens, parameters, bits per byte on held-out text (NaN without held-out text), the root of the last state.
 * @throws JikjiError for everything that a user can cause; `interrupted` where the signal stopped it
 * @example
 * const { run, valBitsPerByte } = await makeRun('recipes/hello.yaml', {
 *   onEvent: (event) => event.kind === 'step' && console.log(event.step, event.loss),
 * });
 */
export async function makeRun(recipe: string | Recipe, options: MakeRunOptions = {}): Promise<MakeResult> {
  const read = typeof recipe === 'string' ? readFile(recipe) : recipe;
  const { out = join('runs', read.name), resume = false, key, passphrase } = options;
  const recipeFolder = options.texts ?? (typeof recipe === 'string' ? dirname(recipe) : '.');
  return make({
    recipe: read,
    recipeFolder,
    out,
    threads: checkedThreads(options.threads),
    resume,
    ...(key !== undefined && { signer: loadSigner(key, passphrase) }),
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => {}),
  });
}
