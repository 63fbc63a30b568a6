// `--set path=value`: replaces one value of a recipe from the command line. The result is checked later, with the rest of the recipe.

import { JikjiError } from '../../base/index.ts';
import { type Path, parseYaml, showPath, type ValuePlaces, type YamlValue } from '../../formats/index.ts';
import { kindAt, RECIPE } from './schema.ts';

const FORM = 'write --set train.steps=20, or --set corpus.sources.0.weight=2 for an item of a list';

/** `corpus.sources[0].weight` and `corpus.sources.0.weight` are the same path. */
function parsePath(text: string, whole: string): (string | number)[] {
  const parts = text.replace(/\[(\d+)\]/g, '.$1').split('.');
  if (!parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) {
    throw new JikjiError('recipe-override', 'not a path of keys', `--set ${whole}`, FORM);
  }
  return parts.map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : part));
}

function parseValue(text: string, path: Path, whole: string): YamlValue {
  const kind = kindAt(path);
  const isText = kind === 'text' || kind === 'text-or-list';
  try {
    const value = parseYaml(
      text,
      () => `--set ${whole}`,
      () => {},
      RECIPE,
    );
    if (kind === 'text-or-list' && Array.isArray(value)) return value;
    return isText && typeof value !== 'string' ? text : value; // --set name=1377 means the text "1377"
  } catch (error) {
    if (isText && error instanceof JikjiError) return text; // --set corpus.sources.0.files=*.md
    throw error;
  }
}

/**
 * The path and the value of one `path=value`.
 * @throws JikjiError `recipe-override`, or the error of the value's YAML
 */
export function parseOverride(text: string): { path: (string | number)[]; value: YamlValue } {
  const cut = text.indexOf('=');
  if (cut < 1) throw new JikjiError('recipe-override', 'not of the form path=value', `--set ${text}`, FORM);
  const path = parsePath(text.slice(0, cut), text);
  return { path, value: parseValue(text.slice(cut + 1), path, text) };
}

/**
 * Applies one override to a parsed recipe and returns it; creates missing sections.
 * @throws JikjiError as `parseOverride`
 */
export function applyOverride(recipe: YamlValue, text: string, places: ValuePlaces): YamlValue {
  const { path, value } = parseOverride(text);

  const put = (into: YamlValue, depth: number): YamlValue => {
    if (depth === path.length) return value;
    const here = path.slice(0, depth + 1);
    const around = showPath(path.slice(0, depth)) || 'the recipe';
    let key = path[depth];
    if (Array.isArray(into)) {
      if (typeof key !== 'number' || key > into.length) {
        const numbers = into.length === 1 ? 'its one item is 0' : `its items are 0 to ${into.length - 1}`;
        throw new JikjiError(
          'recipe-override',
          `${around} has no item ${key}`,
          `--set ${text}`,
          `${around} is a list: ${numbers}`,
        );
      }
    } else if (into === null || into === undefined) {
      into = kindAt(path.slice(0, depth)) === 'list' ? [] : (Object.create(null) as { [key: string]: YamlValue });
      if (Array.isArray(into)) return put(into, depth);
    } else if (typeof into !== 'object') {
      throw new JikjiError('recipe-override', `${around} is a value, not a section`, `--set ${text}`, FORM);
    } else key = String(key);
    places.override(here, text);
    const object = into as { [key: string]: YamlValue };
    object[key] = put(object[key] ?? null, depth + 1);
    return into;
  };
  return put(recipe, 0);
}
