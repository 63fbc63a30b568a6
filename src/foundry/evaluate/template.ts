// Jinja templates over rows of plain JSON. A template sees the row only: no clock, no files, no process. Runs in a process that can be
// killed, because a template may never end.

import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import type { Row } from '../../formats/tables/index.ts';

/** A fault of a template, or of its output for a row. */
export class TemplateError extends Error {
  /** A name in the template that is not a column. */
  readonly unknown: string | undefined;

  constructor(message: string, unknown?: string) {
    super(message);
    this.unknown = unknown;
  }
}

/** The longest text that one template may give, in UTF-16 code units. */
const MAX_TEXT = 1 << 20;
const MAX_RANGE = 100_000;

type Variables = Environment['variables'];

/** Records undefined names: Jinja makes them empty texts, which would hide a typing error. */
class Names extends Map<string, unknown> {
  /** Set when the template begins. */
  missing: Set<string> | undefined;

  override has(name: string): boolean {
    const isDefined = super.has(name);
    if (!isDefined) this.missing?.add(name);
    return isDefined;
  }
}

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`a range of more than ${MAX_RANGE} numbers`);
  return Array.from({ length: count }, (_, i) => from + i * step);
}

const GLOBALS: Record<string, unknown> = { true: true, false: false, none: null, range };

/**
 * Compiles a template; `macros` are put before it. A row's columns are names in it, and `row` is the whole row. A missing column is
 * empty as `row.x` and an error as `x`.
 * @throws TemplateError now, or when a row is rendered
 */
export function compile(source: string, macros = ''): (row: Row) => string {
  // The parser drops the last newline of a template; lm-evaluation-harness keeps it.
  const text = source.endsWith('\n') ? `${source}\n` : source;
  const program = attempt(() => parse(tokenize(macros.trimEnd() + text)));
  return (row) => {
    const names = new Names();
    const result = attempt(() => {
      const environment = new Environment();
      for (const [name, value] of environment.variables) names.set(name, value);
      environment.variables = names as unknown as Variables;
      for (const [name, value] of Object.entries(GLOBALS)) environment.set(name, value);
      environment.set('row', row);
      for (const [name, value] of Object.entries(row)) if (!names.has(name)) environment.set(name, value);
      names.missing = new Set();
      return String(new Interpreter(environment).run(program).value);
    }, names);
    if (result.length > MAX_TEXT) throw new TemplateError(`gives a text of ${result.length} characters`);
    if (!result.isWellFormed()) throw new TemplateError('gives a text with half a character in it');
    return result;
  };
}

/** Everything that parsing or running a template throws is a fault of the template. Running out of memory ends the process. */
function attempt<T>(work: () => T, names?: Names): T {
  let result: T | undefined;
  let failure: unknown;
  try {
    result = work();
  } catch (error) {
    failure = error ?? 'nothing';
  }
  // An undefined name is the likely cause of a later failure, so it is reported first.
  const [unknown] = names?.missing ?? [];
  if (unknown !== undefined) throw new TemplateError(`no column has the name ${unknown.slice(0, 100)}`, unknown);
  if (failure === undefined) return result as T;
  const message = failure instanceof Error ? failure.message : String(failure);
  const deep = failure instanceof RangeError && /call stack/.test(message);
  throw new TemplateError(deep ? 'nested too deeply' : message.slice(0, 300));
}
