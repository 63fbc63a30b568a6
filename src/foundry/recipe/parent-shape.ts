// What a recipe with `from` takes over from its parent: the shape of the model, the tokenizer's entries and, where it rehearses them, sources.
// Opens no model.

import { isObject } from '../../base/index.ts';
import type { ValuePlaces, YamlValue } from '../../formats/index.ts';
import { type From, fromSchema, SEQUENCE_LENGTH } from './schema.ts';
import { type TurnTokensInput, turnTokensOf } from './turn-tokens.ts';
import type { CorpusRecipe, ModelRecipe } from './types.ts';

export interface ParentShape {
  model: ModelRecipe;
  /** Entries of the parent's tokenizer. */
  vocabSize: number;
  /** Its special tokens. */
  specials: readonly string[];
  /** The texts of a parent that is a run. */
  corpus?: CorpusRecipe;
}

/** Entries that the tokenizer of a recipe has at least: those of the parent, and the turn tokens that the parent does not have. */
export const leastEntries = ({ vocabSize, specials }: Omit<ParentShape, 'model'>, recipe: TurnTokensInput): number =>
  vocabSize + turnTokensOf(recipe).filter((token) => !specials.includes(token)).length;

type Section = { [key: string]: YamlValue };

/** Keys that a recipe with `from` has once it is resolved. */
const STATED = {
  model: ['hiddenSize', 'intermediateSize', 'numHiddenLayers', 'numAttentionHeads', 'numKeyValueHeads'],
  tokenizer: ['vocabSize'],
};

/**
 * Fills in the parent's shape where a recipe begins with another model; any other recipe comes back as it is.
 * @throws JikjiError `recipe-conflict` where it states another shape than the parent's, `recipe-missing-key` where nobody knows it
 */
export function takeShape(recipe: YamlValue, places: ValuePlaces, shapeOf?: (from: From) => ParentShape): YamlValue {
  if (!isObject(recipe) || recipe.from === undefined) return recipe;
  if (isObject(recipe.from) && 'model' in recipe.from && 'rehearse' in recipe.from) {
    const hint = 'name its texts in corpus.sources: the files of a model do not say them';
    throw places.error('recipe-conflict', ['from', 'rehearse'], 'from.rehearse goes with from.run only', hint);
  }
  const from = fromSchema.safeParse(recipe.from);
  if (!from.success) return recipe; // validation names the fault
  const whole = recipe as Section;
  const model = sectionOf(whole, 'model');
  const tokenizer = sectionOf(whole, 'tokenizer');
  if (!model || !tokenizer) return recipe;
  const missing = Object.entries(STATED)
    .flatMap(([name, keys]) => keys.map((key) => [name, key] as const))
    .find(([name, key]) => (name === 'model' ? model : tokenizer)[key] === undefined);
  const rehearse = 'run' in from.data ? from.data.rehearse : undefined;
  // The recipe in a run's folder states it all: going on with a run does not need its parent.
  if (!missing && rehearse === undefined) return recipe;
  if (!shapeOf) {
    const hint = 'only jikji make and jikji sweep open the parent and fill it in';
    const [at, message] = missing
      ? [missing, `${missing.join('.')} is missing`]
      : [['from', 'rehearse'], 'the sources that from.rehearse means are missing'];
    throw places.error('recipe-missing-key', at, message, hint);
  }
  const shape = shapeOf(from.data);
  const take = (name: string, section: Section, values: object): void => {
    for (const [key, value] of Object.entries(values)) {
      const stated = section[key];
      if (stated === undefined) section[key] = value;
      else if (stated !== value) {
        const message = `${name}.${key} is ${JSON.stringify(stated)}, the parent's is ${JSON.stringify(value)}`;
        throw places.error('recipe-conflict', [name, key], message, 'leave it out: a run has the shape of its parent');
      }
    }
  };
  take('model', model, shape.model);
  // Before the entries: turn tokens follow from the sources.
  if (rehearse !== undefined && shape.corpus) takeSources(whole, shape.corpus, rehearse);
  takeEntries(recipe as Section, tokenizer, shape, places);
  const train = sectionOf(whole, 'train');
  if (train) train.sequenceLength ??= Math.min(SEQUENCE_LENGTH, shape.model.maxPositionEmbeddings);
  return recipe;
}

/** Adds the parent's sources behind those of the recipe; by default the same share is held out. */
function takeSources(recipe: Section, { sources, validation }: CorpusRecipe, weight: number): void {
  const corpus = sectionOf(recipe, 'corpus');
  recipe.from = { run: (recipe.from as Section).run! };
  if (!corpus || !Array.isArray(corpus.sources ?? [])) return; // validation names the fault
  const rehearsed = sources.map((source) => ({ ...source, weight: source.weight * weight }));
  corpus.sources = [...((corpus.sources ?? []) as YamlValue[]), ...(rehearsed as unknown as YamlValue[])];
  corpus.validation ??= validation;
}

/** The number of entries: by default the least that will do. */
function takeEntries(recipe: Section, tokenizer: Section, shape: ParentShape, places: ValuePlaces): void {
  const least = leastEntries(shape, turnTokensInput(recipe));
  tokenizer.vocabSize ??= least;
  const { vocabSize } = tokenizer;
  if (typeof vocabSize !== 'number' || vocabSize >= least) return; // validation names what is not a number
  const turns = least - shape.vocabSize;
  const needed = turns > 0 ? `, and its conversations need ${turns} turn tokens more` : '';
  const message = `tokenizer.vocabSize is ${vocabSize}, the parent's is ${shape.vocabSize}${needed}`;
  const hint = `leave it out for ${least}, or ask for more: merges of the new texts are added`;
  throw places.error('recipe-conflict', ['tokenizer', 'vocabSize'], message, hint);
}

/** What turn tokens follow from, as far as a recipe that is not checked yet has it. */
function turnTokensInput({ corpus, chat }: Section): TurnTokensInput {
  const sources: YamlValue[] = isObject(corpus) && Array.isArray(corpus.sources) ? corpus.sources : [];
  const readerOf = (source: YamlValue) => (isObject(source) ? (source as Section).read : undefined);
  const tokens = isObject(chat) && Array.isArray(chat.tokens) ? chat.tokens.map(String) : undefined;
  return {
    corpus: { sources: sources.map(readerOf).map((read) => (typeof read === 'string' ? { read } : {})) },
    chat: { tokens },
  };
}

/** A section of the recipe, made where there is none; undefined where something else is in its place. */
function sectionOf(recipe: Section, name: string): Section | undefined {
  recipe[name] ??= Object.create(null) as Section;
  const section = recipe[name];
  return isObject(section) ? (section as Section) : undefined;
}
