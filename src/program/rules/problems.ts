// All that is wrong with the text of a rule book, for somebody who is writing it: each problem with its line and the path of its value.

import { type ErrorWords, JikjiError } from '../../base/index.ts';
import {
  type ParsedYaml,
  type Path,
  parseYamlFile,
  showPath,
  type Title,
  titleSchema,
  validateWholeYaml,
  type YamlValue,
} from '../../formats/index.ts';
import { conflictsOf } from './check.ts';
import { FAULTS } from './faults.ts';
import { completeRuleBook, WHAT } from './parse.ts';
import { ruleBookSchema } from './schema.ts';
import type { RuleBook } from './types.ts';

/** Stands in a template where somebody has to choose a value. */
export const CHOOSE = 'CHOOSE';

/** The most problems that one check lists. */
const MAX_PROBLEMS = 200;

export interface Problem {
  code: string;
  message: string;
  hint: string;
  /** Message and hint in Korean, where they are known. */
  ko?: ErrorWords | undefined;
  line: number;
  /** Null where the text could not be read as YAML. */
  path: (string | number)[] | null;
}

/** The paths of all values that are still to be chosen. */
function unchosen(value: YamlValue, path: Path = []): Path[] {
  if (value === CHOOSE) return [path];
  if (value === null || typeof value !== 'object') return [];
  const inside = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return inside.flatMap(([key, one]) => unchosen(one, [...path, key]));
}

const choiceErrors = ({ plain, places }: ParsedYaml): JikjiError[] =>
  unchosen(plain)
    .slice(0, MAX_PROBLEMS)
    .map((path) => places.fault('rule-book-choose', path, FAULTS.toChoose(showPath(path))));

/** @throws JikjiError `rule-book-choose`, and as parseRuleBook for what is not YAML */
export function requireChosen(text: string, { file }: { file: string }): void {
  const [first] = choiceErrors(parseYamlFile(text, file, WHAT));
  if (first) throw first;
}

/** The number of the line in the place of an error, `FILE:12`. */
const lineOf = ({ input }: JikjiError): number => Number(/:(\d+)$/.exec(input)?.[1] ?? 1);

const problem = (error: JikjiError, path: Path | undefined): Problem => {
  const { code, message, hint, ko } = error.failure;
  return { code, message, hint, ...(ko && { ko }), line: lineOf(error), path: path ? [...path] : null };
};

/** The title in a text that may have problems elsewhere; `name` without one. */
export function titleIn(text: string, name: string): Title {
  const { plain } = parseYamlFile(text, 'rule book', WHAT);
  const found = titleSchema.safeParse((plain as { title?: unknown } | null)?.title);
  return found.success ? found.data : { en: name };
}

/** All problems of a text, and the rule book if there is none. */
export function problemsOf(text: string): { problems: Problem[]; book: RuleBook | null } {
  let written: ParsedYaml;
  try {
    written = parseYamlFile(text, 'rule book', WHAT);
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { problems: [problem(error, undefined)], book: null };
  }
  const { places } = written;
  const choices = choiceErrors(written);
  const checked = validateWholeYaml(written, ruleBookSchema, WHAT);
  const errors = 'errors' in checked ? checked.errors : conflictsOf(checked.value, places);
  const pathText = (error: JikjiError): string => showPath(places.pathOf(error) ?? []);
  const chosen = new Set(choices.map(pathText));
  // A value that is still to be chosen has no other problem.
  const all = [...choices, ...errors.filter((error) => !chosen.has(pathText(error)))];
  const book = all.length === 0 && 'value' in checked ? completeRuleBook(checked.value) : null;
  return { problems: all.slice(0, MAX_PROBLEMS).map((error) => problem(error, places.pathOf(error))), book };
}
