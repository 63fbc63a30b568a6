// Makes a run in the process of a test.

import { join } from 'node:path';
import { readRecipe } from '../../recipe/index.ts';
import { type MakeOptions, makeRun, parentShape } from '../index.ts';

export interface MakeInOptions extends Partial<Omit<MakeOptions, 'recipe' | 'out' | 'recipeFolder' | 'signal'>> {
  /** A recipe, or the name of its file in the folder. */
  recipe?: MakeOptions['recipe'] | string;
  /** Overrides for a file. */
  set?: string[];
  /** The step after which the run is interrupted. */
  stopAfter?: number | undefined;
}

/** Makes the run `out` in a folder that has its recipe, texts and parents. */
export function makeIn(
  folder: string,
  out: string,
  { recipe = 'recipe.yaml', set, stopAfter, onEvent, ...options }: MakeInOptions = {},
) {
  const stop = new AbortController();
  return makeRun({
    recipe: typeof recipe === 'string' ? readRecipe(join(folder, recipe), set, parentShape(folder)) : recipe,
    recipeFolder: folder,
    out: join(folder, out),
    threads: 1,
    resume: false,
    signal: stop.signal,
    onEvent: (event) => {
      onEvent?.(event);
      if (event.kind === 'step' && event.step === stopAfter) stop.abort();
    },
    ...options,
  });
}
