// Names of a sweep's run folders, made of a point's values: readable, safe in file systems and shells, and different for each point.

import { sha256Hex } from '../../ledger/index.ts';
import { parseOverride } from '../recipe/index.ts';

/** A recipe's name has at most 100 characters, and begins with the name of the sweep's recipe. */
const MAX_LENGTH = 60;
const MAX_RECIPE_NAME = 100;

const DIGEST_LENGTH = 8;
const digest = (text: string) => sha256Hex(text).slice(0, DIGEST_LENGTH);

/** `learningRate` becomes `learning-rate`. */
const kebab = (key: string) => key.replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();

/** A text of a-z, 0-9, "." and "-" that differs wherever `text` does: what had to change, or be cut, is replaced by a digest. */
function safe(text: string, most: number): string {
  const plain = text.replace(/[^A-Za-z0-9.-]+/g, '-').toLowerCase();
  if (plain === text && text.length <= most) return text;
  return `${plain.slice(0, most - DIGEST_LENGTH - 1).replace(/^-+|[-.]+$/g, '')}-${digest(text)}`.replace(/^-/, '');
}

/** The name of a point: `learning-rate-0.003-seed-1`. Equal values have equal names, however they are written. */
export function pointName(over: readonly string[]): string {
  const settings = over.map(parseOverride);
  const lastKeys = settings.map(({ path }) => kebab(String(path.at(-1))));
  const parts = settings.map(({ path, value }, i) => {
    const isAlone = lastKeys.filter((key) => key === lastKeys[i]).length === 1;
    const key = isAlone ? lastKeys[i] : kebab(path.join('-'));
    return `${key}-${safe(typeof value === 'object' ? JSON.stringify(value) : String(value), 24)}`;
  });
  return safe(parts.join('-'), MAX_LENGTH);
}

/** `name`, or where it is taken, the name with a digest of what sets the point apart. */
export const freeName = (name: string, isTaken: (name: string) => boolean, id: string): string =>
  isTaken(name) ? `${name.slice(0, MAX_LENGTH - DIGEST_LENGTH - 1)}-${digest(id)}` : name;

/** The name of a point's recipe, which lists of runs show: that of the sweep's recipe, and the point's. */
export const recipeName = (base: string, point: string): string =>
  `${base.slice(0, MAX_RECIPE_NAME - point.length - 1)}-${point}`;
