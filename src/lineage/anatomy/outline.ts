// What the tables see of a model: names, shapes and types of its tensors, and its config. All of it is untrusted: a number of the config is
// believed only as far as the shapes agree. Reads no weights.

import { isObject } from '../../base/index.ts';

/** Whose names the tensors have. */
export type Form = 'hugging-face' | 'gguf';

export type Fields = Readonly<Record<string, unknown>>;

export interface Outline {
  form: Form;
  tensors: ReadonlyMap<string, { dtype: string; shape: readonly number[] }>;
  /** With Hugging Face's keys, whatever the form. */
  config: Fields;
  /** Why a tensor's numbers cannot be read, in a sentence; undefined where they can. */
  unreadable(tensor: string): string | undefined;
}

/** A part of a model that no test can read: the message says why. */
export class Untestable extends Error {}

/** The member that is an object, of the first of these names that has one. */
export function memberOf(fields: Fields, names: readonly string[]): Fields | undefined {
  return names.map((name) => fields[name]).find(isObject);
}

/** A positive whole number; of a list, that of the layer. */
export function numberOf(fields: Fields, key: string, layer = 0): number | undefined {
  const found = fields[key];
  const value: unknown = Array.isArray(found) ? found[layer] : found;
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

export function textOf(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' && value.length <= 100 ? value : undefined;
}
