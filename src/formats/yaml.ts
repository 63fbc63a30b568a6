// Parses YAML text into plain values, with the line of each. Refuses aliases, merge keys and tags, so a short text cannot expand to a
// huge value. Knows nothing of the values' meaning.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { BeginningOf, Both, ErrorCode } from '../base/index.ts';
import { type Fault, faultError, type Path, showPath } from './value-places.ts';
import { FAULTS, parserFault } from './yaml-faults.ts';

export type YamlValue = null | boolean | number | string | YamlValue[] | { [key: string]: YamlValue };

/** A kind of YAML file, for errors about it. */
export interface YamlKind {
  /** For people: `rule book`, and the same in Korean. */
  name: string;
  ko: string;
  /** The start of its error codes: `rule-book`. */
  code: BeginningOf<ErrorCode, 'yaml'>;
  /** Descriptions of the matching texts, by pattern. */
  patterns?: Record<string, Both>;
  /** The hint for a missing value at a path; by default the hint names its type. */
  missing?: (path: Path) => Both | undefined;
  /** The code for a value of another type. */
  typeCode: ErrorCode;
  /** The size limit; 256 KiB by default. */
  maxBytes?: number;
}

export const MAX_YAML_BYTES = 256 * 1024;
const MAX_DEPTH = 16;

/** The longest part of a message that comes from the parser: it may repeat the text. */
const MAX_PROBLEM = 200;

/**
 * Parses one YAML document. `place(line)` names a line in errors; `onValue(path, line)` gets the line of each value.
 * Objects have no prototype, so `__proto__` is a key like any other.
 * @throws JikjiError `CODE-yaml`, `CODE-duplicate-key` or `CODE-range`
 */
export function parseYaml(
  text: string,
  place: (line: number) => string,
  onValue: (path: Path, line: number) => void,
  { name, ko, code: codes, maxBytes = MAX_YAML_BYTES }: YamlKind,
): YamlValue {
  if (Buffer.byteLength(text) > maxBytes) {
    throw faultError(`${codes}-yaml`, place(1), FAULTS.tooLarge({ en: name, ko }, maxBytes / 1024));
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
  const fail = (offset: number | undefined, fault: Fault, code: ErrorCode = `${codes}-yaml`) =>
    faultError(code, place(lineAt(offset)), fault);

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
    throw fail(problem.pos[0], parserFault(problem.code, message, unclosed));
  }

  const walk = (node: unknown, path: Path): YamlValue => {
    if (node === null || node === undefined) return null;
    const at = (node as { range?: [number, number, number] | null }).range?.[0];
    const shown = showPath(path);
    const here: Both = shown === '' ? { en: `the ${name}`, ko } : { en: shown, ko: shown };
    if (path.length > MAX_DEPTH) throw fail(at, FAULTS.tooDeep(here));
    if (isAlias(node)) {
      throw fail(at, FAULTS.alias(here, node.source));
    }
    if (isScalar(node)) {
      const { value } = node;
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw fail(at, FAULTS.notFinite(here, String(node.source)), `${codes}-range`);
      }
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as YamlValue;
      throw fail(at, FAULTS.unknownKind(here));
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
        if (isAlias(key)) throw fail(offset, FAULTS.aliasKey);
        const word = String((key as { value?: unknown }).value ?? '');
        const inside = [...path, word];
        if (word === '<<') throw fail(offset, FAULTS.mergeKey(here));
        if (Object.hasOwn(object, word)) {
          throw fail(offset, FAULTS.twice(showPath(inside)), `${codes}-duplicate-key`);
        }
        onValue(inside, lineAt(offset));
        object[word] = walk(value, inside);
      }
      return object;
    }
    throw fail(at, FAULTS.unknownKind(here));
  };
  return walk(document.contents, []);
}
