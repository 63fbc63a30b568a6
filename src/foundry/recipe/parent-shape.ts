// What a recipe with `from` takes over from its parent: the shape of the model, the tokenizer's entries and, where it rehearses them, sources.
// Opens no model.

import { isObject } from '../../base/index.ts';
import type { ValuePlaces, YamlValue } from '../../formats/index.ts';
import { type From, fromSchema, SEQUENCE_LENGTH } from './schema.ts';
import { isConversations, type TurnTokensInput, turnTokensOf } from './turn-tokens.ts';
import type { CorpusRecipe, ModelRecipe } from './types.ts';

export interface ParentShape {
  model: ModelRecipe;
  /** Entries of the parent's tokenizer. */
  vocabSize: number;
  /** Its special tokens. */
  specials: readonly string[];
  /** Of a tokenizer of another maker, which gets no further entries: the tokens that it names to begin and to end a text. */
  foreign?: { bosToken?: string | undefined; eosToken?: string | undefined } | undefined;
  /** The tokens that its own chat template writes, if it has one. */
  chatTokens?: readonly string[] | undefined;
  /** The texts of a parent that is rehearsed, as the recipe names them. */
  corpus?: CorpusRecipe;
}

/** Entries that the tokenizer of a recipe has at least: those of the parent, and the turn tokens that the parent does not have. */
export const leastEntries = (
  { vocabSize, specials }: Pick<ParentShape, 'vocabSize' | 'specials'>,
  recipe: TurnTokensInput,
): number => vocabSize + turnTokensOf(recipe).filter((token) => !specials.includes(token)).length;

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
  takeTurnTokens(whole, shape);
  takeBounds(tokenizer, shape, places);
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

/** The first of a parent's special tokens. */
const named = (tokens: readonly string[]) => tokens.slice(0, 10).join(', ') || 'none, so begin with another model';

/** Conversations are written as the parent writes them, by its template, unless the recipe names another one. */
function takeTurnTokens(recipe: Section, { chatTokens }: ParentShape): void {
  const { corpus } = turnTokensInput(recipe);
  if (!chatTokens?.length || !corpus.sources.some(({ read }) => isConversations(read))) return;
  const chat = sectionOf(recipe, 'chat');
  if (chat && chat.template === undefined) chat.tokens ??= [...chatTokens];
}

/** The tokens around a document, in a tokenizer of another maker: by default those that the parent names. */
function takeBounds(tokenizer: Section, { foreign, specials }: ParentShape, places: ValuePlaces): void {
  const stated = (['eosToken', 'bosToken'] as const).find((key) => tokenizer[key] !== undefined);
  if (!foreign) {
    if (stated === undefined) return;
    const hint = 'leave it out: its end-of-text token is <|endoftext|>';
    const message = `tokenizer.${stated} goes with a parent whose tokenizer another maker made`;
    throw places.error('recipe-conflict', ['tokenizer', stated], message, hint);
  }
  const hint = `its special tokens are ${named(specials)}`;
  const { eosToken = tokenizer.eosToken } = foreign;
  if (eosToken === undefined) {
    const message = 'tokenizer.eosToken is missing: the parent does not say which token ends a text';
    throw places.error('recipe-missing-key', ['tokenizer', 'eosToken'], message, hint);
  }
  tokenizer.eosToken ??= eosToken;
  if (typeof tokenizer.eosToken !== 'string') return; // validation names what is not a text
  tokenizer.bosToken ??= foreign.bosToken ?? tokenizer.eosToken;
  for (const key of ['eosToken', 'bosToken'] as const) {
    const token = tokenizer[key];
    if (typeof token !== 'string' || specials.includes(token)) continue;
    const message = `tokenizer.${key} is ${JSON.stringify(token)}, which is not a special token of the parent's tokenizer`;
    throw places.error('recipe-conflict', ['tokenizer', key], message, hint);
  }
}

/** The number of entries: by default the least that will do. */
function takeEntries(recipe: Section, tokenizer: Section, shape: ParentShape, places: ValuePlaces): void {
  const turns = turnTokensInput(recipe);
  if (shape.foreign) {
    const lacking = turnTokensOf(turns).filter((token) => !shape.specials.includes(token));
    if (lacking.length > 0) {
      const message = `the parent's tokenizer, which another maker made, has no special token ${lacking.join(', ')}, and gets no further entries`;
      const hint = `name a template with chat.template, and with chat.tokens those of its special tokens that it writes: ${named(shape.specials.filter((token) => token !== '<|endoftext|>'))}`;
      throw places.error('recipe-conflict', ['chat', 'tokens'], message, hint);
    }
    tokenizer.vocabSize ??= shape.vocabSize;
    if (typeof tokenizer.vocabSize !== 'number' || tokenizer.vocabSize === shape.vocabSize) return;
    const message = `tokenizer.vocabSize is ${tokenizer.vocabSize}, the parent's is ${shape.vocabSize}`;
    const hint = 'leave it out: a tokenizer that another maker made is taken over as it is, without further entries';
    throw places.error('recipe-conflict', ['tokenizer', 'vocabSize'], message, hint);
  }
  const least = leastEntries(shape, turns);
  tokenizer.vocabSize ??= least;
  const { vocabSize } = tokenizer;
  if (typeof vocabSize !== 'number' || vocabSize >= least) return; // validation names what is not a number
  const more = least - shape.vocabSize;
  const needed = more > 0 ? `, and its conversations need ${more} turn tokens more` : '';
  const message = `tokenizer.vocabSize is ${vocabSize}, the parent's is ${shape.vocabSize}${needed}`;
  const hint = `leave it out for ${least}, or ask for more: merges of the new texts are added`;
  throw places.error('recipe-conflict', ['tokenizer', 'vocabSize'], message, hint);
}

/** What turn tokens follow from, as far as a recipe that is not checked yet has it. */
function turnTokensInput({ corpus, chat }: Section): TurnTokensInput {
  const sources = isObject(corpus) && Array.isArray(corpus.sources) ? corpus.sources : [];
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
