// YAML that must have the form of a schema: read, checked, and every complaint with key, line and the nearest right name.
// Knows nothing of what it means.

import { z } from 'zod';
import type { JikjiError } from '../base/index.ts';
import { nearestName } from './nearest.ts';
import { Places, showPath } from './places.ts';
import { describe, valueAt, WANTED } from './values.ts';
import { type Plain, parseYaml, type What } from './yaml.ts';

type Path = readonly (string | number)[];

/**
 * Reads one YAML document of the schema's form; `places` knows the line of each value.
 * @throws JikjiError `CODE-yaml`, `CODE-duplicate-key`, `CODE-unknown-key`, `CODE-missing-key`, `CODE-type`, `CODE-range`
 */
export function readChecked<T extends z.ZodType>(
  text: string,
  file: string,
  schema: T,
  what: What,
): { value: z.output<T>; places: Places } {
  const places = new Places(file);
  const plain = parseYaml(
    text,
    (line) => `${file}:${line}`,
    (path, line) => {
      places.line(path, line);
      // A record of names would let it fall silently.
      if (path.at(-1) === '__proto__')
        throw places.error(`${what.code}-unknown-key`, path, `unknown key ${showPath(path)}`, 'remove it');
    },
    what,
  );
  const checked = schema.safeParse(plain);
  if (!checked.success) throw complain(checked.error.issues, plain, schema, places, what);
  return { value: checked.data, places };
}

/** The schema without what only says "may be left out". */
function bare(schema: unknown): unknown {
  while (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    schema = schema.unwrap();
  }
  return schema;
}

const isSection = (schema: unknown): boolean => schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
const isList = (schema: unknown): boolean => schema instanceof z.ZodArray;

/** Of a union, the first choice that `fits`; anything else stays as it is. */
function chosen(schema: unknown, fits: (schema: unknown) => boolean): unknown {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.map((option) => chosen(bare(option), fits)).find(fits);
}

/** The keys a section may hold; empty for what is no section. */
function keysAt(schema: unknown, path: Path): string[] {
  let at = bare(schema);
  for (const key of path) {
    at = chosen(at, typeof key === 'number' ? isList : isSection);
    if (at instanceof z.ZodArray) at = bare(at.element);
    else if (at instanceof z.ZodRecord) at = bare(at.valueType);
    else if (at instanceof z.ZodObject && Object.hasOwn(at.shape, key)) at = bare(at.shape[key]);
    else return [];
  }
  at = chosen(at, isSection);
  // A record of names that are given.
  if (at instanceof z.ZodRecord && at.keyType instanceof z.ZodEnum) return at.keyType.options.map(String);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** The most telling issue as one error. An unknown key comes first: it often explains the others. */
function complain(
  issues: readonly z.core.$ZodIssue[],
  value: Plain,
  schema: z.ZodType,
  places: Places,
  { name: what, code }: What,
): JikjiError {
  let issue = issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0]!;
  let path = issue.path as (string | number)[];
  // Of a union, the branch that the value tried to be.
  while (issue.code === 'invalid_union') {
    const found = valueAt(value, path);
    const branch = issue.errors.find((some) => {
      const [first] = some;
      return first && !(first.path.length === 0 && (first.code === 'invalid_type' || first.code === 'invalid_value'));
    });
    const words = issue.errors.flatMap((some) =>
      some.flatMap((one) => (one.code === 'invalid_value' ? one.values : [])),
    );
    const inner = branch?.find((one) => one.code === 'unrecognized_keys') ?? branch?.[0];
    if (!inner) {
      const keys = keysAt(schema, path);
      const mayBeList = issue.errors.some(
        ([one]) => one?.code === 'invalid_type' && one.path.length === 0 && one.expected === 'array',
      );
      const section = keys.length > 0 ? [`a section of ${keys.join(', ')}`] : [];
      const choices = [...words.map(String), ...(mayBeList ? ['a list'] : []), ...section];
      const near = typeof found === 'string' ? nearestName(found, words.map(String)) : undefined;
      return places.error(
        `${code}-range`,
        path,
        `${showPath(path) || what} cannot be ${describe(found)}`,
        near ? `did you mean ${near.name}?` : `it is ${choices.join(' or ') || 'written differently'}`,
      );
    }
    path = [...path, ...(inner.path as (string | number)[])];
    issue = inner;
  }
  const name = path.length ? showPath(path) : `the ${what}`;
  const found = valueAt(value, path);
  const range = (message: string, hint: string) => places.error(`${code}-range`, path, message, hint);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0]!;
      const at = [...path, key];
      const keys = keysAt(schema, path);
      const near = nearestName(key, keys);
      return places.error(
        `${code}-unknown-key`,
        at,
        `unknown key ${showPath(at)}`,
        near ? `did you mean ${showPath([...path, near.name])}?` : `${name} takes ${keys.join(', ')}`,
      );
    }
    case 'invalid_key':
      return places.error(`${code}-range`, path, `the key ${name} ${issue.issues[0]?.message}`, 'choose another name');
    case 'invalid_type': {
      const wanted = WANTED[issue.expected] ?? issue.expected;
      if (found === undefined)
        return places.error(`${code}-missing-key`, path, `${name} is missing`, `write it: ${wanted}`);
      const quote = issue.expected === 'string' && found !== null && typeof found !== 'object';
      const message = `${name} must be ${wanted}, not ${describe(found)}`;
      return places.error(`${code}-type`, path, message, quote ? `put it in quotes: "${found}"` : `write ${wanted}`);
    }
    case 'too_small':
    case 'too_big': {
      const limit = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
      if (issue.origin === 'array') {
        const few = limit === 1 ? 'write at least one' : `at least ${limit} are needed`;
        const message = `${name} has ${(found as Plain[]).length} items`;
        return range(message, issue.code === 'too_small' ? few : `at most ${limit} are allowed`);
      }
      if (issue.origin === 'string') return range(`${name} is too long`, `at most ${limit} characters are allowed`);
      const bound = issue.code === 'too_small' ? ['above', 'at least'] : ['below', 'at most'];
      return range(`${name} is ${describe(found)}`, `it must be ${bound[issue.inclusive ? 1 : 0]} ${limit}`);
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (found === undefined)
        return places.error(`${code}-missing-key`, path, `${name} is missing`, `it is one of ${values.join(', ')}`);
      const near = typeof found === 'string' ? nearestName(found, values) : undefined;
      const one = `it is one of ${values.join(', ')}`;
      return range(`${name} is ${describe(found)}`, near ? `did you mean ${near.name}? ${one}` : one);
    }
    default: {
      const hint = issue.code === 'custom' ? issue.params?.hint : undefined;
      return range(
        `${name} (${describe(found)}) ${issue.message}`,
        typeof hint === 'string' ? hint : 'choose another value',
      );
    }
  }
}
