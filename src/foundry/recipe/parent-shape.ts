// What a recipe with `from` takes over from its parent: the shape of the model and the number of tokenizer entries. Opens no model.

import { isObject } from '../../base/index.ts';
import type { ValuePlaces, YamlValue } from '../../formats/index.ts';
import { type From, fromSchema, SEQUENCE_LENGTH } from './schema.ts';
import type { ModelRecipe } from './types.ts';

export interface ParentShape {
  model: ModelRecipe;
  vocabSize: number;
}

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
  const from = fromSchema.safeParse(recipe.from);
  if (!from.success) return recipe; // validation names the fault
  const whole = recipe as Section;
  const model = sectionOf(whole, 'model');
  const tokenizer = sectionOf(whole, 'tokenizer');
  if (!model || !tokenizer) return recipe;
  const missing = Object.entries(STATED)
    .flatMap(([name, keys]) => keys.map((key) => [name, key] as const))
    .find(([name, key]) => (name === 'model' ? model : tokenizer)[key] === undefined);
  // The recipe in a run's folder states it all: going on with a run does not need its parent.
  if (!missing) return recipe;
  if (!shapeOf) {
    const hint = 'only jikji make and jikji sweep open the parent and fill it in';
    throw places.error('recipe-missing-key', missing, `${missing.join('.')} is missing`, hint);
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
  take('tokenizer', tokenizer, { vocabSize: shape.vocabSize });
  const train = sectionOf(whole, 'train');
  if (train) train.sequenceLength ??= Math.min(SEQUENCE_LENGTH, shape.model.maxPositionEmbeddings);
  return recipe;
}

/** A section of the recipe, made where there is none; undefined where something else is in its place. */
function sectionOf(recipe: Section, name: string): Section | undefined {
  recipe[name] ??= Object.create(null) as Section;
  const section = recipe[name];
  return isObject(section) ? (section as Section) : undefined;
}
