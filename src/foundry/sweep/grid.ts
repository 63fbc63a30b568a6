// The grid of a sweep: which keys of the recipe it varies, over which values, and all combinations of them. Knows no recipe.

import { JikjiError } from '../../base/index.ts';
import { parseOverride } from '../recipe/index.ts';

/** The most points of one grid. A larger one is more often a slip than a plan: every point is a whole run. */
export const MAX_POINTS = 256;

/** Characters of a value: it stands in the record of the sweep, and in its tables. */
const MAX_VALUE = 1000;

const FORM = 'write for example --over train.learningRate=1e-3,3e-3 --over seed=1,2,3';

/** One key of the recipe, and the texts of its values. */
interface Axis {
  /** `corpus.sources.0.weight`. */
  path: string;
  values: string[];
}

const fault = (message: string, input: string, hint = FORM) => new JikjiError('sweep-grid', message, input, hint);

/** A path of keys in one form: `corpus.sources[0].weight` and `corpus.sources.0.weight` are the same. */
export const pathOf = (override: string): string => parseOverride(override).path.join('.');

/** The values of a list that commas separate; commas inside brackets, and inside quotes, belong to a value. */
function splitValues(text: string): string[] {
  const values: string[] = [];
  let value = '';
  let depth = 0;
  let quote = '';
  for (const c of text) {
    if (quote !== '') quote = c === quote ? '' : quote;
    else if ((c === '"' || c === "'") && (depth > 0 || value.trim() === '')) quote = c;
    else if (c === '[' || c === '{') depth++;
    else if (c === ']' || c === '}') depth--;
    else if (c === ',' && depth === 0) {
      values.push(value.trim());
      value = '';
      continue;
    }
    value += c;
  }
  return [...values, value.trim()];
}

function axisOf(over: string): Axis {
  const input = `--over ${over}`;
  const cut = over.indexOf('=');
  if (cut < 1) throw fault('not of the form path=value,value', input);
  const key = over.slice(0, cut);
  let path: string;
  try {
    path = pathOf(`${key}=0`);
  } catch (error) {
    throw error instanceof JikjiError ? fault(error.message, input) : error;
  }
  const values = splitValues(over.slice(cut + 1));
  if (values.every((value) => value === '')) throw fault(`${path} has no value`, input);
  if (values.includes('')) throw fault(`${path} has an empty value`, input, 'remove the comma too many');
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw fault(`${path} has the value ${twice} twice`, input, 'give it once');
  const long = values.find((value) => value.length > MAX_VALUE);
  if (long !== undefined) {
    const hint = 'make a recipe of its own for it';
    throw fault(`a value of ${path} has more than ${MAX_VALUE} characters`, `${input.slice(0, 100)}...`, hint);
  }
  if (path === 'name') {
    const hint = 'leave it out: each run of a sweep is named after its values';
    throw fault('name is not a setting of a training', input, hint);
  }
  return { path, values };
}

/** Whether one path is, or contains, the other. */
const overlap = (a: string, b: string) => `${a}.`.startsWith(`${b}.`) || `${b}.`.startsWith(`${a}.`);

/**
 * All points of a grid, each as its overrides (`path=value`); the last axis varies fastest.
 * @param over `path=value,value,...` of each axis
 * @param set `path=value`, for all points
 * @throws JikjiError `sweep-grid`
 */
export function pointsOfGrid(over: readonly string[], set: readonly string[]): string[][] {
  if (over.length === 0) throw fault('nothing is varied', '--over');
  const axes = over.map(axisOf);
  for (const [i, { path }] of axes.entries()) {
    const before = axes.slice(0, i).find((axis) => overlap(axis.path, path));
    if (before?.path === path) throw fault(`${path} is given twice`, `--over ${over[i]}`, 'give all its values in one');
    if (before) throw fault(`${path} and ${before.path} overlap`, `--over ${over[i]}`, 'vary one of them');
    const fixed = set.find((text) => overlap(pathOf(text), path));
    if (fixed !== undefined) throw fault(`${path} is both varied and set`, `--set ${fixed}`, 'give one of them');
  }
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  if (size > MAX_POINTS) {
    const sizes = axes.map(({ values }) => values.length).join(' x ');
    const hint = 'vary fewer keys at a time: a later sweep in the same folder adds its points';
    throw fault(
      `the grid has ${axes.length > 1 ? `${sizes} = ` : ''}${size} points, more than ${MAX_POINTS}`,
      '--over',
      hint,
    );
  }
  return axes.reduce<string[][]>(
    (points, { path, values }) => points.flatMap((point) => values.map((value) => [...point, `${path}=${value}`])),
    [[]],
  );
}
