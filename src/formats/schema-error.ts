// Turns the issues of a schema into one error about a YAML file: the key, its line, a hint. Checks nothing itself.

import type { z } from 'zod';
import type { JikjiError } from '../base/index.ts';
import { nearestName } from './nearest-name.ts';
import { allKeys, keysAt } from './schema-keys.ts';
import { type Path, showPath, type ValuePlaces } from './value-places.ts';
import type { YamlKind, YamlValue } from './yaml.ts';
import { describe, valueAt, WANTED } from './yaml-values.ts';

type Issue = z.core.$ZodIssue;

/** A file that does not match its schema. */
interface Rejected {
  issues: readonly Issue[];
  value: YamlValue;
  schema: z.ZodType;
  places: ValuePlaces;
  what: YamlKind;
}

/** An unknown key comes first: it often explains the others. */
const mostTelling = (issues: readonly Issue[]): Issue =>
  issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0]!;

/** The most telling issue as one error. Codes: `CODE-unknown-key`, `CODE-missing-key`, `CODE-type`, `CODE-range`. */
export function schemaError(rejected: Rejected): JikjiError {
  let issue = mostTelling(rejected.issues);
  let path = issue.path as Path;
  while (issue.code === 'invalid_union') {
    const inner = triedBranch(issue);
    if (!inner) return aboutUnion(rejected, issue, path);
    path = [...path, ...(inner.path as Path)];
    issue = inner;
  }
  const { places, what } = rejected;
  const name = path.length ? showPath(path) : `the ${what.name}`;
  const found = valueAt(rejected.value, path);
  const missing = (hint: string) =>
    places.error(`${what.code}-missing-key`, path, `${name} is missing`, what.missing?.(path) ?? hint);
  const range = (message: string, hint: string) => places.error(`${what.code}-range`, path, message, hint);
  switch (issue.code) {
    case 'unrecognized_keys':
      return aboutUnknownKey(rejected, path, issue.keys[0]!);
    case 'invalid_key':
      return range(`the key ${name} ${issue.issues[0]?.message}`, 'choose another name');
    case 'invalid_type': {
      const wanted = WANTED[issue.expected] ?? issue.expected;
      if (found === undefined) return missing(`write it: ${wanted}`);
      const quote = issue.expected === 'string' && found !== null && typeof found !== 'object';
      const message = `${name} must be ${wanted}, not ${describe(found)}`;
      return places.error(what.typeCode, path, message, quote ? `put it in quotes: "${found}"` : `write ${wanted}`);
    }
    case 'too_small':
    case 'too_big':
      return range(...aboutSize(issue, name, found));
    case 'invalid_value': {
      const values = issue.values.map(String);
      const one = `it is one of ${values.join(', ')}`;
      if (found === undefined) return missing(one);
      const near = typeof found === 'string' ? nearestName(found, values) : undefined;
      return range(`${name} is ${describe(found)}`, near ? `did you mean ${near.name}? ${one}` : one);
    }
    case 'invalid_format': {
      const words = what.patterns?.[issue.pattern ?? ''];
      if (words !== undefined) return range(`${name} is ${describe(found)}`, `it must be ${words}`);
    }
  }
  const hint = issue.code === 'custom' ? issue.params?.hint : undefined;
  return range(
    `${name} (${describe(found)}) ${issue.message}`,
    typeof hint === 'string' ? hint : 'choose another value',
  );
}

/** Message and hint about a number, a list or a text that is too small or too big. */
function aboutSize(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  name: string,
  found: YamlValue | undefined,
): [message: string, hint: string] {
  const isSmall = issue.code === 'too_small';
  const limit = Number(isSmall ? issue.minimum : issue.maximum);
  if (issue.origin === 'array') {
    const few = limit === 1 ? 'write at least one' : `at least ${limit} are needed`;
    return [`${name} has ${(found as YamlValue[]).length} items`, isSmall ? few : `at most ${limit} are allowed`];
  }
  if (issue.origin === 'string')
    return [
      `${name} is too ${isSmall ? 'short' : 'long'}`,
      isSmall ? `at least ${limit} characters are needed` : `at most ${limit} characters are allowed`,
    ];
  const bound = isSmall ? ['above', 'at least'] : ['below', 'at most'];
  return [`${name} is ${describe(found)}`, `it must be ${bound[issue.inclusive ? 1 : 0]} ${limit}`];
}

/** The error for an unknown key. A key in the wrong section (steps under model) is as likely as a typing error. */
function aboutUnknownKey({ schema, places, what }: Rejected, section: Path, key: string): JikjiError {
  const path = [...section, key];
  const here = keysAt(schema, section);
  const near = nearestName(key, here);
  const elsewhere = allKeys(schema)
    .filter((other) => other.length > 1 && (other.at(-1) === key || showPath(other) === key))
    .map((other) => showPath(other).replaceAll('[0]', '[]'));
  const name = section.length ? showPath(section) : `the ${what.name}`;
  const hint =
    near && (near.distance <= 1 || elsewhere.length === 0)
      ? `did you mean ${showPath([...section, near.name])}?`
      : elsewhere.length > 0
        ? `did you mean ${elsewhere.join(' or ')}?`
        : `${name} takes ${here.join(', ')}`;
  return places.error(`${what.code}-unknown-key`, path, `unknown key ${showPath(path)}`, hint);
}

type UnionIssue = z.core.$ZodIssueInvalidUnion;

/** The issue of the union's branch that the value resembles; undefined if it resembles none. */
function triedBranch({ errors }: UnionIssue): Issue | undefined {
  const branch = errors.find(([first]) => {
    const isNone = first?.code === 'invalid_type' || first?.code === 'invalid_value';
    return first && !(first.path.length === 0 && isNone);
  });
  return branch && mostTelling(branch);
}

/** The error for a value that resembles no branch of a union, with the possible values. */
function aboutUnion({ value, schema, places, what }: Rejected, { errors }: UnionIssue, path: Path): JikjiError {
  const found = valueAt(value, path);
  const firsts = errors.flatMap(([first]) => first ?? []);
  const words = firsts.flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []));
  const types = firsts.flatMap((one) =>
    one.code === 'invalid_type' && one.path.length === 0 && one.expected !== 'object' && one.expected !== 'record'
      ? [WANTED[one.expected] ?? one.expected]
      : [],
  );
  const keys = keysAt(schema, path);
  const section = keys.length > 0 ? [`a section of ${keys.join(', ')}`] : [];
  const choices = [...new Set([...words, ...types, ...section])];
  const near = typeof found === 'string' ? nearestName(found, words) : undefined;
  return places.error(
    `${what.code}-range`,
    path,
    `${showPath(path) || `the ${what.name}`} cannot be ${describe(found)}`,
    near ? `did you mean ${near.name}?` : `it is ${choices.join(' or ') || 'written differently'}`,
  );
}
