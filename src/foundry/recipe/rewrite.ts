// Writes overrides into the text of a recipe, as a user would with an editor: comments and all other keys stay as they are.

import { isDeepStrictEqual } from 'node:util';
import { isScalar, parseDocument } from 'yaml';
import { parseOverride } from './override.ts';
import { parseRecipe } from './read.ts';
import { recipeToYaml } from './write.ts';

/**
 * The text of a recipe with overrides (`path=value`) written into it. Where they cannot be written into the text, the resolved recipe.
 * @throws JikjiError as `parseRecipe`
 */
export function rewriteRecipe(text: string, file: string, overrides: readonly string[]): string {
  const wanted = parseRecipe(text, { file, overrides });
  const document = parseDocument(text, { schema: 'core', merge: false });
  for (const override of overrides) {
    const { path, value } = parseOverride(override);
    for (let length = 1; length < path.length; length++) {
      const section = document.getIn(path.slice(0, length), true);
      if (isScalar(section) && section.value === null) document.deleteIn(path.slice(0, length)); // `train:` with nothing in it
    }
    document.setIn(path, document.createNode(value));
  }
  const written = document.toString({ lineWidth: 0 });
  return isDeepStrictEqual(parseRecipe(written, { file }), wanted) ? written : recipeToYaml(wanted);
}
