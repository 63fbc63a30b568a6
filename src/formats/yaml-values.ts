// Describes values of a YAML file, for error messages. Checks nothing.

import type { Path } from './value-places.ts';
import type { YamlValue } from './yaml.ts';

/** The value at a path; undefined if there is none. */
export function valueAt(value: YamlValue | undefined, path: Path): YamlValue | undefined {
  for (const key of path) value = (value as { [key: string]: YamlValue } | null | undefined)?.[key];
  return value;
}

/** A value in a few words. */
export function describe(value: YamlValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  const text = typeof value === 'string' ? `the text ${JSON.stringify(value)}` : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The types of a schema in words. */
export const WANTED: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of "key: value" lines',
  record: 'a section of "key: value" lines',
};
