// Parses YAML text into plain values, with the line of each. Refuses aliases, merge keys and tags, so a short text cannot expand to a
// huge value. Knows nothing of the values' meaning.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { type BeginningOf, type ErrorCode, JikjiError } from '../base/index.ts';
import { type Path, showPath } from './value-places.ts';

export type YamlValue = null | boolean | number | string | YamlValue[] | { [key: string]: YamlValue };

/** A kind of YAML file, for errors about it. */
export interface YamlKind {
  /** For people: `rule book`. */
  name: string;
  /** The start of its error codes: `rule-book`. */
  code: BeginningOf<ErrorCode, 'yaml'>;
  /** Descriptions of the matching texts, by pattern. */
  patterns?: Record<string, string>;
  /** The hint for a missing value at a path; by default the hint names its type. */
  missing?: (path: Path) => string | undefined;
  /** The code for a value of another type. */
  typeCode: ErrorCode;
  /** The size limit; 256 KiB by default. */
  maxBytes?: number;
}

export const MAX_YAML_BYTES = 256 * 1024;
const MAX_DEPTH = 16;

/** The longest part of a message that comes from the parser: it may repeat the text. */
const MAX_PROBLEM = 200;

const HINTS: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'remove the second "---"',
  MISSING_CHAR: 'close the bracket or quote that was opened',
  RESOURCE_EXHAUSTION: 'write it a few sections deep',
};

/**
 * Parses one YAML document. `place(line)` names a line in errors; `onValue(path, line)` gets the line of each value.
 * Objects have no prototype, so `__proto__` is a key like any other.
 * @throws JikjiError `CODE-yaml`, `CODE-duplicate-key` or `CODE-range`
 */
export function parseYaml(
  text: string,
  place: (line: number) => string,
  onValue: (path: Path, line: number) => void,
  { name: what, code: codes, maxBytes = MAX_YAML_BYTES }: YamlKind,
): YamlValue {
  if (Buffer.byteLength(text) > maxBytes) {
    throw new JikjiError(
      `${codes}-yaml`,
      `a ${what} has at most ${maxBytes / 1024} KiB`,
      place(1),
      `name the texts as files, do not write them into the ${what}`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // checked below, with the full path
    stringKeys: true,
    schema: 'core',
    merge: false,
    logLevel: 'error', // 'silent' would take the first of several documents
  });
  const lineAt = (offset: number | undefined) => Math.max(1, lines.linePos(offset ?? 0).line);
  const fail = (offset: number | undefined, message: string, hint: string, code: ErrorCode = `${codes}-yaml`) =>
    new JikjiError(code, message, place(lineAt(offset)), hint);

  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const message =
      problem.code === 'RESOURCE_EXHAUSTION'
        ? 'nested too deeply'
        : problem.code === 'NON_STRING_KEY'
          ? 'a key is a plain name'
          : problem.code === 'MULTIPLE_DOCS'
            ? 'more than one YAML document'
            : problem.message.replace(/\.?$/, '').slice(0, MAX_PROBLEM);
    const unclosed = problem.code === 'BAD_INDENT' && problem.message.startsWith('Flow');
    const hint =
      HINTS[unclosed ? 'MISSING_CHAR' : problem.code] ??
      'write it as YAML: "key: value" lines, two spaces further in for each section';
    throw fail(problem.pos[0], `not valid YAML: ${message}`, hint);
  }

  const walk = (node: unknown, path: Path): YamlValue => {
    if (node === null || node === undefined) return null;
    const at = (node as { range?: [number, number, number] | null }).range?.[0];
    const name = path.length ? showPath(path) : `the ${what}`;
    if (path.length > MAX_DEPTH) throw fail(at, `${name} is nested too deeply`, HINTS.RESOURCE_EXHAUSTION);
    if (isAlias(node)) {
      throw fail(
        at,
        `${name} is an alias (*${node.source})`,
        'write the value out; text that begins with * needs quotes',
      );
    }
    if (isScalar(node)) {
      const { value } = node;
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw fail(at, `${name} is not a finite number: ${node.source}`, 'write a finite number', `${codes}-range`);
      }
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as YamlValue;
      throw fail(at, `${name} has a value of an unknown kind`, 'write text, a number, true or false');
    }
    if (isSeq(node)) {
      return node.items.map((item, i) => {
        onValue([...path, i], lineAt((item as { range?: [number, number, number] } | null)?.range?.[0] ?? at));
        return walk(item, [...path, i]);
      });
    }
    if (isMap(node)) {
      const object: { [key: string]: YamlValue } = Object.create(null);
      for (const { key, value } of node.items) {
        const offset = (key as { range?: [number, number, number] }).range?.[0] ?? at;
        if (isAlias(key)) throw fail(offset, 'a key is an alias', 'write the key out');
        const word = String((key as { value?: unknown }).value ?? '');
        const here = [...path, word];
        if (word === '<<') throw fail(offset, `merge key << in ${name}`, 'write the keys out: there are no merge keys');
        if (Object.hasOwn(object, word)) {
          throw fail(offset, `${showPath(here)} is given twice`, 'keep one of the two', `${codes}-duplicate-key`);
        }
        onValue(here, lineAt(offset));
        object[word] = walk(value, here);
      }
      return object;
    }
    throw fail(at, `${name} has a value of an unknown kind`, 'write text, a number, true or false');
  };
  return walk(document.contents, []);
}
