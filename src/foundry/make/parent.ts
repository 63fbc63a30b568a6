// The parent of a run: the model whose weights it begins with. Its weights are copied into the run's folder as binary32, with the parent's
// seal where it is a run, so that neither resuming nor an audit of this run needs the parent's folder.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { JikjiError, parseJson, writeFolderAtomic, writeFully } from '../../base/index.ts';
import { elementsOf } from '../../engine/index.ts';
import { safetensorsHeader } from '../../formats/index.ts';
import { canonicalJson, digestOfFile, type Json, type Parent, readStatement } from '../../ledger/index.ts';
import { GENESIS, handOverFiles, runPaths, SEAL } from '../../run-folder/index.ts';
import { MAX_TOKENIZER, type Model, openModel } from '../load/index.ts';
import { type ModelConfig, parameters } from '../model/index.ts';
import {
  type From,
  leastEntries,
  MAX_CONTEXT,
  MAX_TURN_TOKENS,
  modelOf,
  type ParentShape,
  type Recipe,
  readRecipe,
} from '../recipe/index.ts';
import { END_OF_TEXT, openRunTokenizer, specialTokens, Tokenizer } from '../tokenizer/index.ts';
import { hasNotFinite } from '../train/index.ts';
import { rehearsedCorpus } from './rehearsed-texts.ts';

/** What genesis will say of the parent: in the folder `start` of a run. */
const PARENT = 'parent.json';

/** The path of a parent. `recipeFolder`: what the recipe's paths are relative to. */
const pathOf = (from: From, recipeFolder: string) => resolve(recipeFolder, 'run' in from ? from.run : from.model);

const unfit = (path: string, message: string, hint: string) => new JikjiError('parent-unfit', message, path, hint);

/** Opens a parent. A run must be finished: only its seal says what its weights are. @throws JikjiError `parent-unfit`, or as `openModel` */
function openParent(from: From, recipeFolder: string): Model {
  const path = pathOf(from, recipeFolder);
  if ('run' in from && !existsSync(runPaths(path).seal)) {
    if (existsSync(runPaths(path).recipe))
      throw unfit(path, 'this run is not finished', 'go on with it: jikji make RECIPE --resume');
    const hint =
      'make it first, or name another run; to go on with a run without its parent: jikji make RUN/recipe.yaml --out RUN --resume';
    throw unfit(path, 'there is no finished run', hint);
  }
  return openModel(path);
}

/** The parent's tokenizer.json. @throws JikjiError `parent-unfit` */
function tokenizerText({ files, folder }: Model): string {
  const text = files?.text('tokenizer.json', MAX_TOKENIZER);
  if (text === undefined) throw unfit(folder, 'it has no tokenizer', 'get the model again from its source');
  return text;
}

/** The settings of a run's tokenizer, by those of its parent, if it is a run. */
const settingsOf = ({ run }: Model) => (run === undefined ? undefined : readRecipe(runPaths(run).recipe).tokenizer);

/** The special tokens of a parent's tokenizer, and whether another maker made it: then it is taken over as it is. */
function tokenizerOf(model: Model): Pick<ParentShape, 'specials' | 'foreign'> {
  const text = tokenizerText(model);
  const { vocabSize } = model.config;
  const settings = settingsOf(model);
  if (settings?.eosToken === undefined) {
    try {
      const own = Tokenizer.fromJson(text, model.folder);
      // Rows without an entry stay what they are: so no entries can be added behind them.
      if (own.vocabSize === vocabSize) return { specials: [...own.specials.keys()] };
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
    }
  }
  const { bosToken, eosToken } = settings?.eosToken === undefined ? model : settings;
  return { specials: specialTokens(text, model.folder), foreign: { bosToken, eosToken } };
}

/** The tokens that a model's chat template writes; undefined for a model without one. */
function chatTokensOf(model: Model, { specials, foreign }: Pick<ParentShape, 'specials' | 'foreign'>) {
  const { chatTemplate, run } = model;
  if (chatTemplate === undefined) return undefined;
  const stated = run === undefined ? undefined : readRecipe(runPaths(run).recipe).chat?.tokens;
  if (stated) return stated;
  const others = specials.filter((token) => token !== END_OF_TEXT);
  // A template may put their texts together; of a tokenizer with many others, only those are that it names.
  if (!foreign && others.length <= MAX_TURN_TOKENS) return others;
  const written = others.filter((token) => chatTemplate.includes(token)).slice(0, MAX_TURN_TOKENS);
  return written.length > 0 ? written : others.filter((token) => token === foreign?.eosToken);
}

/** The shape of a model as a recipe has it. @throws JikjiError `parent-unfit` where no run can have it */
function shapeOf(model: Model): ParentShape {
  const { vocabSize, ropeScaling, architecture, headDim, ...shared } = model.config;
  if (ropeScaling) throw unfit(model.folder, 'its rotary frequencies are scaled', 'training does not have that');
  const tokenizer = tokenizerOf(model);
  const special = {
    ...(architecture && architecture !== 'llama' && { architecture }),
    ...(headDim && headDim !== shared.hiddenSize / shared.numAttentionHeads && { headDim }),
  };
  const maxPositionEmbeddings = Math.min(shared.maxPositionEmbeddings, MAX_CONTEXT);
  return {
    model: { ...special, ...shared, maxPositionEmbeddings },
    vocabSize,
    ...tokenizer,
    chatTokens: chatTokensOf(model, tokenizer),
  };
}

/** Gives the shape of a recipe's parent: what reading such a recipe needs. */
export const parentShape =
  (recipeFolder: string) =>
  (from: From): ParentShape => {
    const model = openParent(from, recipeFolder);
    try {
      const shape = shapeOf(model);
      return 'run' in from && from.rehearse !== undefined
        ? { ...shape, corpus: rehearsedCorpus(model.folder, recipeFolder) }
        : shape;
    } finally {
      model.close();
    }
  };

/**
 * Copies the parent's weights, tokenizer and seal into the run's folder, unless they are there.
 * @throws JikjiError `parent-unfit`, `parent-differs`, or as `openModel`
 */
export function takeParent(folder: string, recipe: Recipe, recipeFolder: string): void {
  const { from } = recipe;
  const paths = runPaths(folder);
  if (!from || existsSync(paths.start)) return;
  const model = openParent(from, recipeFolder);
  try {
    const text = tokenizerText(model);
    const shape = shapeOf(model);
    if (!fits(recipe, shape)) throw differs(model.folder);
    openRunTokenizer(text, recipe.tokenizer, model.folder);
    const config = modelOf(recipe, shape.vocabSize);
    writeFolderAtomic(dirname(paths.start), (inside) => {
      const weights = join(inside, 'model.safetensors');
      writeWeights(weights, model, config);
      const put = (name: string, content: string) => {
        mkdirSync(dirname(join(inside, name)), { recursive: true });
        writeFileSync(join(inside, name), content, { flush: true });
      };
      put(basename(paths.parentTokenizer), text);
      if (model.chatTemplate !== undefined) put(basename(paths.parentTemplate), model.chatTemplate);
      const digest = digestOfFile(weights);
      put(PARENT, `${canonicalJson(parentOf(model, from, digest, put) as unknown as Json)}\n`);
    });
  } finally {
    model.close();
  }
}

/** Whether a recipe asks for what this parent has: its shape, and no fewer entries; with a tokenizer of another maker just as many rows. */
function fits({ model, tokenizer, ...recipe }: Recipe, shape: ParentShape): boolean {
  if (!isDeepStrictEqual(shape.model, { ...model })) return false;
  if ((tokenizer.eosToken !== undefined) !== (shape.foreign !== undefined)) return false;
  if (shape.foreign) return tokenizer.vocabSize === shape.vocabSize;
  return tokenizer.vocabSize >= leastEntries(shape, recipe);
}

const differs = (path: string) =>
  new JikjiError(
    'parent-differs',
    'has another shape than the recipe states',
    path,
    'leave model and tokenizer out of the recipe, or restore the parent',
  );

/** The parent as genesis names it. Copies the seal, the genesis and the hand-overs of a run. */
function parentOf(model: Model, from: From, weights: string, put: (name: string, text: string) => void): Parent {
  if ('model' in from)
    return { files: model.digestedFiles().map(({ name, digest }) => ({ name, sha256: digest })), weights };
  const { seal, genesis } = runPaths(model.folder);
  const statement = readStatement(seal, 'seal');
  if (statement.subjects.get('model/model.safetensors') !== weights) {
    throw unfit(model.folder, 'its weights are not those that it sealed', 'get the run again from its maker');
  }
  put(SEAL, readFileSync(seal, 'utf8'));
  put(GENESIS, readFileSync(genesis, 'utf8'));
  for (const file of handOverFiles(model.folder, statement)) put(file, readFileSync(join(model.folder, file), 'utf8'));
  return { seal: statement.digest, weights };
}

/** The weights as binary32, as a run's own model.safetensors has them: its header, then one weight at a time. */
function* weightPieces(model: Model, config: ModelConfig): Generator<Uint8Array> {
  const list = parameters(config)
    .map(({ name, shape }) => ({ name, shape, dtype: 'F32' as const }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  yield safetensorsHeader(list, { format: 'pt' });
  for (const { name, shape } of list) {
    if (model.tensors.get(name)?.shape.join() !== shape.join()) throw differs(model.folder);
    const values = new Float32Array(elementsOf(shape));
    model.read(name, values);
    const bytes = new Uint8Array(values.buffer);
    if (hasNotFinite(bytes)) throw unfit(model.folder, `${name} is not finite`, 'begin with another model');
    yield bytes;
  }
}

/** SHA-256 of a model's weights as a run that begins with them has them; `config` is that of the run, which may have more entries. */
export function weightsDigest(model: Model, config: ModelConfig): string {
  const hash = createHash('sha256');
  const { vocabSize } = model.config;
  for (const piece of weightPieces(model, { ...config, vocabSize })) hash.update(piece);
  return hash.digest('hex');
}

function writeWeights(path: string, model: Model, config: ModelConfig): void {
  const fd = openSync(path, 'wx');
  try {
    for (const piece of weightPieces(model, config)) writeFully(fd, piece);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The parent that genesis names: what `takeParent` has noted. Undefined for a run without one. */
export function notedParent(folder: string, recipe: Recipe): Parent | undefined {
  if (!recipe.from) return undefined;
  return parseJson(readFileSync(join(dirname(runPaths(folder).start), PARENT), 'utf8')) as Parent;
}
