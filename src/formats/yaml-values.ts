// Describes values of a YAML file, for error messages. Checks nothing.

import type { Both } from '../base/index.ts';
import type { Path } from './value-places.ts';
import type { YamlValue } from './yaml.ts';

/** The value at a path; undefined if there is none. */
export function valueAt(value: YamlValue | undefined, path: Path): YamlValue | undefined {
  for (const key of path) value = (value as { [key: string]: YamlValue } | null | undefined)?.[key];
  return value;
}

const KINDS = {
  nothing: { en: 'nothing', ko: '값 없음' },
  list: { en: 'a list', ko: '목록' },
  section: { en: 'a section', ko: '묶음' },
} as const satisfies Record<string, Both>;

/** A value in a few words. */
export function describe(value: YamlValue | undefined): Both {
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
export const wantedOf = (type: string): Both => WANTED[type] ?? { en: type, ko: type };
