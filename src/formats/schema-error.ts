// Turns the issues of a schema into one error about a YAML file: the key, its line, a hint. Checks nothing itself.

import type { z } from 'zod';
import type { Both, JikjiError } from '../base/index.ts';
import { nearestName } from './nearest-name.ts';
import { FAULTS, HINTS } from './schema-faults.ts';
import { allKeys, keysAt } from './schema-keys.ts';
import { koreanOfIssue } from './shape-words.ts';
import { type Fault, type Path, showPath, type ValuePlaces } from './value-places.ts';
import type { YamlKind, YamlValue } from './yaml.ts';

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
  issues.find((one) => one.code === 'unrecognized_keys') ?? issues[0];

/** The name of a value in errors: its path, or what the file is. */
const nameOf = (path: Path, { name, ko }: YamlKind): Both => {
  const shown = showPath(path);
  return shown === '' ? { en: `the ${name}`, ko } : { en: shown, ko: shown };
};

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
  const name = nameOf(path, what);
  const found = valueAt(rejected.value, path);
  const missing = (hint: Both) =>
    places.fault(`${what.code}-missing-key`, path, FAULTS.missing(name, what.missing?.(path) ?? hint));
  const range = (fault: Fault) => places.fault(`${what.code}-range`, path, fault);
  switch (issue.code) {
    case 'unrecognized_keys':
      return aboutUnknownKey(rejected, path, issue.keys[0]);
    case 'invalid_key': {
      const [inner] = issue.issues;
      return range(FAULTS.oddKey(name, { en: String(inner?.message), ko: koreanOfIssue(inner) }));
    }
    case 'invalid_type': {
      const wanted = wantedOf(issue.expected);
      if (found === undefined) return missing(HINTS.write(wanted));
      const quote = issue.expected === 'string' && found !== null && typeof found !== 'object';
      const fault = quote
        ? FAULTS.unquoted(name, wanted, describe(found), String(found))
        : FAULTS.otherType(name, wanted, describe(found));
      return places.fault(what.typeCode, path, fault);
    }
    case 'too_small':
    case 'too_big':
      return range(aboutSize(issue, name, found));
    case 'invalid_value': {
      const values = issue.values.map(String);
      const all = values.join(', ');
      if (found === undefined) return missing(HINTS.oneOf(all));
      const near = typeof found === 'string' ? nearestName(found, values) : undefined;
      const hint = near ? HINTS.nearOneOf(near.name, all) : HINTS.oneOf(all);
      return range(FAULTS.otherValue(name, describe(found), hint));
    }
    case 'invalid_format': {
      const words = what.patterns?.[issue.pattern ?? ''];
      if (words !== undefined) return range(FAULTS.otherValue(name, describe(found), HINTS.must(words)));
    }
  }
  const own = { en: issue.message, ko: koreanOfIssue(issue) };
  const { hint, hintKo } = (issue.code === 'custom' && issue.params) || {};
  const ownHint = typeof hint === 'string' ? { en: hint, ko: String(hintKo) } : HINTS.another;
  return range(FAULTS.otherForm(name, describe(found), own, ownHint));
}

/** About a number, a list or a text that is too small or too big. */
function aboutSize(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  name: Both,
  found: YamlValue | undefined,
): Fault {
  const isSmall = issue.code === 'too_small';
  const limit = Number(isSmall ? issue.minimum : issue.maximum);
  if (issue.origin === 'array') {
    const few = limit === 1 ? HINTS.atLeastOne : HINTS.atLeastItems(limit);
    return FAULTS.items(name, (found as YamlValue[]).length, isSmall ? few : HINTS.atMostItems(limit));
  }
  if (issue.origin === 'string') return isSmall ? FAULTS.tooShort(name, limit) : FAULTS.tooLong(name, limit);
  const [outside, inside] = isSmall ? [HINTS.above, HINTS.atLeast] : [HINTS.below, HINTS.atMost];
  return FAULTS.otherValue(name, describe(found), (issue.inclusive ? inside : outside)(limit));
}

/** The error for an unknown key. A key in the wrong section (steps under model) is as likely as a typing error. */
function aboutUnknownKey({ schema, places, what }: Rejected, section: Path, key: string): JikjiError {
  const path = [...section, key];
  const here = keysAt(schema, section);
  const near = nearestName(key, here);
  const elsewhere = allKeys(schema)
    .filter((other) => other.length > 1 && (other.at(-1) === key || showPath(other) === key))
    .map((other) => showPath(other).replaceAll('[0]', '[]'));
  const hint =
    near && (near.distance <= 1 || elsewhere.length === 0)
      ? HINTS.near(showPath([...section, near.name]))
      : elsewhere.length > 0
        ? HINTS.elsewhere(elsewhere)
        : HINTS.takes(nameOf(section, what), here.join(', '));
  return places.fault(`${what.code}-unknown-key`, path, FAULTS.unknownKey(showPath(path), hint));
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
      ? [wantedOf(one.expected)]
      : [],
  );
  const keys = keysAt(schema, path).join(', ');
  const section = keys === '' ? [] : [{ en: `a section of ${keys}`, ko: `묶음(${keys})` }];
  const choices = [...words.map((word) => ({ en: word, ko: word })), ...types, ...section];
  const near = typeof found === 'string' ? nearestName(found, words) : undefined;
  const each = (lang: keyof Both) => [...new Set(choices.map((one) => one[lang]))];
  const hint = near
    ? HINTS.nearValue(near.name)
    : choices.length > 0
      ? HINTS.either({ en: each('en').join(' or '), ko: each('ko').join(', ') })
      : HINTS.differently;
  return places.fault(`${what.code}-range`, path, FAULTS.noBranch(nameOf(path, what), describe(found), hint));
}

/** The value at a path; undefined if there is none. */
function valueAt(value: YamlValue | undefined, path: Path): YamlValue | undefined {
  for (const key of path) value = (value as { [key: string]: YamlValue } | null | undefined)?.[key];
  return value;
}

const KINDS = {
  nothing: { en: 'nothing', ko: '값 없음' },
  list: { en: 'a list', ko: '목록' },
  section: { en: 'a section', ko: '묶음' },
} as const satisfies Record<string, Both>;

/** A value in a few words. */
function describe(value: YamlValue | undefined): Both {
  if (value === undefined || value === null) return KINDS.nothing;
  if (Array.isArray(value)) return KINDS.list;
  if (typeof value === 'object') return KINDS.section;
  if (typeof value !== 'string') return { en: String(value), ko: String(value) };
  const quoted = JSON.stringify(value);
  return { en: cut(`the text ${quoted}`), ko: cut(quoted) };
}

const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** The types of a schema in words. */
const WANTED: Record<string, Both> = {
  int: { en: 'a whole number', ko: '정수' },
  number: { en: 'a number', ko: '수' },
  string: { en: 'text', ko: '글' },
  boolean: { en: 'true or false', ko: 'true 또는 false' },
  array: { en: 'a list', ko: '목록' },
  object: { en: 'a section of "key: value" lines', ko: '"이름: 값" 줄로 된 묶음' },
  record: { en: 'a section of "key: value" lines', ko: '"이름: 값" 줄로 된 묶음' },
};
const wantedOf = (type: string): Both => WANTED[type] ?? { en: type, ko: type };
